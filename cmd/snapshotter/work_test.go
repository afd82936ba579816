package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"snapshotter/internal/bedrocktest"
)

// varying is what differs between two executions of a command that does something:
// how long it took, and which build it is.
var varying = []struct {
	pattern *regexp.Regexp
	stand   string
}{
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:PORT"},
	{regexp.MustCompile(`\b(devel\S*|\(devel\)) go\S+ \S+/\S+`), "VERSION"},
	{regexp.MustCompile(`PORT  [0-9a-f]{6}`), "PORT  ID----"},
	{regexp.MustCompile(`time=\S+`), "time=TIME"},
	{regexp.MustCompile(`seconds=[\d.]+`), "seconds=N"},
	{regexp.MustCompile(`SQLite [\d.]+`), "SQLite VERSION"},
}

func masked(printed string) string {
	for _, v := range varying {
		printed = v.pattern.ReplaceAllString(printed, v.stand)
	}
	return printed
}

// TestWidthsOfWork compares what the commands that do something print on terminals of
// the usual widths with golden files; rewrite them with -update.
func TestWidthsOfWork(t *testing.T) {
	t.Parallel()
	server := startBedrock(t)
	server.Serve(moments()[0].Catalogue)
	server.Inject(bedrocktest.Fault{Region: "us-west-2", Operation: bedrocktest.ListInferenceProfiles, Kind: bedrocktest.DenyIAM})
	hook := listen(t)
	for _, width := range []int{80, 100, 120} {
		dir := t.TempDir()
		inside := func(name string) string { return filepath.Join(dir, name) }
		if err := os.WriteFile(inside("rules.yaml"), []byte(watchedRules), 0o600); err != nil {
			t.Fatal(err)
		}
		database := demoFile(t)
		for _, line := range []struct {
			name, args string
			code       int
		}{
			{"run-first", "run --confirm-after 1ms", exitPartial},
			{"doctor", "doctor", exitFailed},
			{"repair", "repair --from 3 --db " + database, exitOK},
			{"export", "export --db " + database + " --out " + inside("captures"), exitOK},
			{"import", "import " + inside("captures") + " --db " + inside("imported.db"), exitOK},
			{"import-again", "import " + inside("captures") + " --db " + inside("imported.db"), exitOK},
			{"site", "site --db " + database + " --out " + inside("public"), exitOK},
			{"notify", "notify test --notify " + hook.hook(), exitOK},
			{"watch-add", "watch add *opus-4-7* --region tokyo --name tokyo --config " + inside("rules.yaml"), exitOK},
			{"watch-remove", "watch remove tokyo --config " + inside("rules.yaml"), exitOK},
			{"demo", "demo --dir " + inside("demo"), exitOK},
			{"version", "version", exitOK},
			{"none", "models --model nothing --db " + database, exitOK},
			{"usage", "where --in nowhere nova-pro --db " + database, exitUsage},
		} {
			if long := []string{"demo", "site", "import", "import-again"}; raced && width > 80 && slices.Contains(long, line.name) {
				continue // they print the same at every width
			}
			var out bytes.Buffer
			on := silent(server)
			on.stdout, on.stderr = &out, &out
			on.getenv = environment{"COLUMNS": fmt.Sprint(width), "SNAPSHOTTER_DB": inside("snapshotter.db"), "SNAPSHOTTER_REPORTS": inside("reports")}.get
			on.now = func() time.Time { return moments()[len(moments())-1].At }
			if code := run(context.Background(), strings.Fields(line.args), on); code != line.code {
				t.Errorf("%s: exit code %d, want %d: %s", line.args, code, line.code, &out)
			}
			printed := strings.NewReplacer(dir, "DIR", filepath.Dir(database), "DIR").Replace(out.String())
			wantGolden(t, fmt.Sprintf("work-%s-%d.txt", line.name, width), masked(printed))
		}
	}
}

// TestServeSays compares the log of a service's first run and of its end with a golden
// file. It is the same at every width.
func TestServeSays(t *testing.T) {
	t.Parallel()
	server := startBedrock(t)
	server.Serve(moments()[0].Catalogue)
	dir := t.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	log := &until{text: "report written", then: stop}
	on := silent(server)
	on.stdout, on.stderr = log, log
	on.getenv = environment{"SNAPSHOTTER_DB": filepath.Join(dir, "snapshotter.db"), "SNAPSHOTTER_REPORTS": filepath.Join(dir, "reports")}.get
	on.now = func() time.Time { return moments()[0].At }
	if code := run(ctx, []string{"serve", "--schedule", "0 2 * * *", "--tz", "UTC", "--confirm-after", "1ms"}, on); code != exitOK {
		t.Errorf("exit code %d: %s", code, log)
	}
	wantGolden(t, "work-serve.txt", masked(strings.ReplaceAll(log.String(), dir, "DIR")))
}

// until calls then when text was written.
type until struct {
	bytes.Buffer
	text string
	then func()
}

func (u *until) Write(p []byte) (int, error) {
	n, err := u.Buffer.Write(p)
	if strings.Contains(u.String(), u.text) {
		u.then()
	}
	return n, err
}
