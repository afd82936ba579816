//go:build battery

package battery

import "testing"

// broken are programs with one fault each, which a careless change could bring,
// and the check that has to find it.
var broken = []struct {
	name   string
	edits  []edit
	strace bool // the check needs it
	check  func(t *testing.T, program string) (problems []string)
}{
	{
		"does not wait for the disk",
		[]edit{{"store/file.go", "_pragma=synchronous(FULL)", "_pragma=synchronous(OFF)"}},
		true, onPowerLoss,
	},
	{
		"does not sync a report",
		[]edit{{"internal/atomicfile/atomicfile.go", "if err := file.Sync(); err != nil {", "if err := error(nil); err != nil {"}},
		true, onPowerLoss,
	},
	{
		"does not sync the name of a report",
		[]edit{{"internal/atomicfile/atomicfile.go", "	return syncDirectory(filepath.Dir(path))\n}\n\n// partPrefix", "	return nil\n}\n\n// partPrefix"}},
		true, onPowerLoss,
	},
	{
		"writes a report in its place",
		[]edit{{"internal/atomicfile/atomicfile.go", "file, err := createPart(path, mode)", "file, err := os.Create(path)"}},
		true, onPowerLoss,
	},
	{
		"commits a run in two parts",
		[]edit{{"store/record.go", "	w := bulkWriter{ctx: ctx, tx: tx,", "	tx.ExecContext(ctx, `COMMIT; BEGIN`)\n	w := bulkWriter{ctx: ctx, tx: tx,"}},
		true, onKills,
	},
	{
		"shows a run before all of it is there",
		[]edit{{"store/record.go", "	w := bulkWriter{ctx: ctx, tx: tx,", "	tx.ExecContext(ctx, `COMMIT`)\n	time.Sleep(time.Second)\n	tx.ExecContext(ctx, `BEGIN`)\n	w := bulkWriter{ctx: ctx, tx: tx,"}},
		false, func(t *testing.T, program string) []string {
			needs(t, "sqlite3")
			_, problems := readDuringRuns(t, program, 2)
			return problems
		},
	},
	{
		"does not look for missing reports",
		[]edit{{"job/reports.go", "const Repairs = 7", "const Repairs = 0"}},
		false, func(t *testing.T, program string) []string {
			_, problems := killed(t, program, []string{reporting}, 50, 1)
			return problems
		},
	},
	{
		"does not ask whether a commit took",
		[]edit{{"store/record.go", "	return add.run, tx.Commit()", "	tx.Commit()\n	return add.run, nil"}},
		true, func(t *testing.T, program string) []string {
			_, problems := everyCall(t, nightly(t, program), []string{"error=EIO"}, 1)
			return problems
		},
	},
	{
		"takes no lock",
		[]edit{{"store/lock.go", "taken, err := file.TryLock()", "taken, err := true, error(nil)"}},
		false, func(t *testing.T, program string) []string {
			if problem := twentyAtOnce(t, program); problem != "" {
				return []string{problem}
			}
			return nil
		},
	},
}

func onPowerLoss(t *testing.T, program string) []string {
	_, problems := powerLosses(t, nightly(t, program), 3, 1)
	return problems
}

func onKills(t *testing.T, program string) []string {
	_, problems := everyCall(t, nightly(t, program), []string{"signal=KILL"}, 1)
	return problems
}

// TestFaultsCatch shows that every check can fail: it gives each a program that
// is wrong, and wants it found.
func TestFaultsCatch(t *testing.T) {
	for _, mutant := range broken {
		t.Run(mutant.name, func(t *testing.T) {
			if mutant.strace {
				needs(t, "strace")
			}
			problems := mutant.check(t, built(t, append(mutant.edits, onOneThread)...))
			if len(problems) == 0 {
				t.Fatal("nobody noticed")
			}
			t.Logf("caught: %.300s", problems[0])
		})
	}
}
