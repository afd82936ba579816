package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"maps"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"snapshotter/catalog"
	"snapshotter/doctor"
	"snapshotter/internal/bedrocktest"
	"snapshotter/store"
)

// examined is what doctor found, by check.
func examined(t *testing.T, stdout string) map[string]doctor.Finding {
	t.Helper()
	var e doctor.Examination
	if err := json.Unmarshal([]byte(stdout), &e); err != nil {
		t.Fatalf("%v in %s", err, stdout)
	}
	if strings.Contains(stdout, bedrocktest.Account) || strings.Contains(stdout, "arn:") {
		t.Errorf("the account or an ARN is shown:\n%s", stdout)
	}
	by := map[string]doctor.Finding{}
	for _, f := range e.Findings {
		by[f.Check] = f
		if (f.Health == doctor.OK) != (f.Advice == "") {
			t.Errorf("%s is %s and advises %q", f.Check, f.Health, f.Advice)
		}
	}
	return by
}

func wantFinding(t *testing.T, by map[string]doctor.Finding, check string, health doctor.Health, parts ...string) {
	t.Helper()
	f, made := by[check]
	if !made || f.Health != health {
		t.Errorf("%s: %+v, want %s; of %v", check, f, health, by)
	}
	for _, part := range parts {
		if !strings.Contains(f.Found+"\n"+f.Advice, part) {
			t.Errorf("%s: %+v lacks %q", check, f, part)
		}
	}
}

func TestDoctorExaminesTheDatabase(t *testing.T) {
	t.Parallel()
	n := newOperator(t)
	n.run(0)
	n.run(0)
	change := func(statements ...string) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			db, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			for _, statement := range statements {
				if _, err := db.Exec(statement); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for _, c := range []struct {
		name, check string
		spoil       func(t *testing.T, path string)
		deep        bool
		health      doctor.Health
		parts       []string
	}{
		{"whole", "database", func(*testing.T, string) {}, false, doctor.OK, []string{"schema ", "SQLite's quick check finds nothing wrong, 2 runs recorded, and what run 2 recorded is intact"}},
		{"whole, read thoroughly", "database", func(*testing.T, string) {}, true, doctor.OK, []string{"integrity check finds nothing"}},
		{"locked", "lock", func(t *testing.T, path string) {
			lock, err := store.Acquire(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { lock.Release() })
		}, false, doctor.Warning, []string{"is in use by process ", "wait for that run"}},
		{"newer", "database", change("INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)"), false, doctor.Problem, []string{"schema 999", "install the newest snapshotter"}},
		{"older", "database", change("DELETE FROM goose_db_version WHERE version_id > 1"), false, doctor.Warning, []string{"older version", "the next run brings it up to date"}},
		{"a page scribbled over", "database", func(t *testing.T, path string) {
			data := []byte(readFile(t, path))
			middle := len(data) / 2 / 4096 * 4096
			copy(data[middle:], bytes.Repeat([]byte("scribble"), 512))
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}, false, doctor.Problem, []string{"damaged", "restore the database from a copy"}},
		{"cut off", "database", func(t *testing.T, path string) {
			if err := os.Truncate(path, 8192); err != nil {
				t.Fatal(err)
			}
		}, false, doctor.Problem, []string{"damaged", "restore a copy"}},
		{"a row that refers to none", "database", change("PRAGMA foreign_keys = 0", "INSERT INTO items (scope_id, key) VALUES (9999, 'x')"), true, doctor.Problem, []string{"of items refers to a missing row of scopes"}},
		{"a row that was altered", "database", change("DELETE FROM item_changes WHERE item_id = (SELECT max(item_id) FROM item_changes)"), false, doctor.Problem, []string{"not what the run recorded", "restore the database"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := t.TempDir() + "/history.db"
			if err := os.WriteFile(path, []byte(readFile(t, n.db())), 0o644); err != nil {
				t.Fatal(err)
			}
			c.spoil(t, path)
			found := &doctor.Examination{}
			p := &program{common: common{DB: path}}
			database := doctor.Database{Name: path, Read: p.reading, Deep: c.deep}
			database.Examine(t.Context(), found)
			by := map[string]doctor.Finding{}
			for _, f := range found.Findings {
				by[f.Check] = f
			}
			wantFinding(t, by, c.check, c.health, c.parts...)
			if c.health == doctor.OK {
				wantFinding(t, by, "lock", doctor.OK)
			}
		})
	}
}

func TestDoctorTellsWhoAndWhen(t *testing.T) {
	t.Parallel()
	n := newOperator(t)
	stdout, _ := n.command(0, "doctor", "--format", "json", "--schedule", "30 2 * * *", "--tz", "Europe/Berlin")
	by := examined(t, stdout)
	wantFinding(t, by, "identity", doctor.OK, "assumed-role snapshotter")
	if strings.Contains(stdout, "nightly") {
		t.Errorf("the session's name is shown:\n%s", stdout)
	}
	wantFinding(t, by, "schedule", doctor.OK, `serve runs at "30 2 * * *" in Europe/Berlin, next: Sat 2026-05-02 02:30 CEST, Sun 2026-05-03 02:30 CEST`)
	var e doctor.Examination
	if err := json.Unmarshal([]byte(stdout), &e); err != nil {
		t.Fatal(err)
	}
	if len(e.NextRuns) != 5 || !e.NextRuns[4].Equal(time.Date(2026, 5, 6, 0, 30, 0, 0, time.UTC)) || *e.Identity != (doctor.Identity{Kind: "assumed-role", Name: "snapshotter", Partition: "aws"}) {
		t.Errorf("next runs %v, identity %+v", e.NextRuns, e.Identity)
	}
	n.command(2, "doctor", "--tz", "Mars")
	n.command(2, "doctor", "--time-limit", "0s")
}

// bubbled is doctor by the clock of a bubble, on a network of its own.
func bubbled(t *testing.T, faults []bedrocktest.Fault, args ...string) (code int, by map[string]doctor.Finding, took time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network := bedrocktest.NewNetwork()
		server := bedrocktest.StartIn(network)
		defer server.Close()
		server.Serve(moments()[0].Catalogue)
		server.Inject(faults...)
		var stdout bytes.Buffer
		p := &program{machine: silent(server)}
		p.stdout = &stdout
		began := time.Now()
		code = p.exit(p.main(context.Background(), append([]string{"doctor", "--format", "json", "--db", t.TempDir() + "/none.db"}, args...)))
		by, took = examined(t, stdout.String()), time.Since(began)
	})
	return code, by, took
}

// What STS says or does not say of the credentials is told apart from what
// Bedrock says.
func TestDoctorAsksWho(t *testing.T) {
	t.Parallel()
	for kind, want := range map[bedrocktest.FaultKind]struct {
		code   int
		health doctor.Health
		part   string
	}{
		bedrocktest.ExpiredCredentials: {exitFailed, doctor.Problem, "sign in again"},
		bedrocktest.InvalidCredentials: {exitFailed, doctor.Problem, "InvalidClientTokenId"},
		bedrocktest.DenySCP:            {exitOK, doctor.Warning, "a run works without it"},
		bedrocktest.HangUp:             {exitOK, doctor.Warning, "STS gave no answer"},
		bedrocktest.Malformed:          {exitOK, doctor.Warning, "STS gave no answer"},
	} {
		code, by, _ := bubbled(t, []bedrocktest.Fault{{Operation: bedrocktest.GetCallerIdentity, Kind: kind}})
		wantFinding(t, by, "identity", want.health, want.part)
		if code != want.code {
			t.Errorf("%s: exit code %d, want %d", kind, code, want.code)
		}
	}
}

// Denied where others are read, doctor says whose policy it is, and what to do.
func TestDoctorExplainsDenials(t *testing.T) {
	t.Parallel()
	n := newOperator(t)
	n.bedrock.Inject(
		bedrocktest.Fault{Region: "us-west-2", Kind: bedrocktest.DenySCP},
		bedrocktest.Fault{Region: "eu-west-2", Kind: bedrocktest.DenyIAM},
		bedrocktest.Fault{Region: "us-east-2", Kind: bedrocktest.NotEnabled},
	)
	stdout, _ := n.command(1, "doctor", "--format", "json")
	by := examined(t, stdout)
	for _, kind := range catalog.Kinds() {
		wantFinding(t, by, "us-west-2 "+string(kind), doctor.Problem, "AccessDeniedException", "(SCP) denies the region", "--exclude-region")
		wantFinding(t, by, "eu-west-2 "+string(kind), doctor.Problem, "aws:RequestedRegion")
	}
	n.bedrock.Inject(bedrocktest.Fault{Region: "us-east-1", Kind: bedrocktest.DenySCP})
	stdout, _ = n.command(1, "doctor", "--format", "json")
	wantFinding(t, examined(t, stdout), "us-east-1 foundation-model", doctor.Problem, "(SCP) denies the region")
}

// A region without opt-in is none that a run lacks.
func TestDoctorNamesRegionsNotEnabled(t *testing.T) {
	t.Parallel()
	n := newOperator(t)
	world := maps.Clone(moments()[0].Catalogue)
	region := world["eu-west-2"]
	region.OptIn = "DISABLED"
	world["eu-west-2"] = region
	n.bedrock.Serve(world)
	stdout, _ := n.command(0, "doctor", "--format", "json")
	wantFinding(t, examined(t, stdout), "regions not enabled", doctor.OK, "eu-west-2")
}

// Regions that never answer take no longer than they are given.
func TestDoctorIsBounded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		hangs  bedrocktest.Fault
		code   int
		check  string
		health doctor.Health
	}{
		{"one region", bedrocktest.Fault{Region: "eu-west-2", Kind: bedrocktest.Hang}, exitOK, "eu-west-2 foundation-model", doctor.Warning},
		{"who", bedrocktest.Fault{Operation: bedrocktest.GetCallerIdentity, Kind: bedrocktest.Hang}, exitOK, "identity", doctor.Warning},
		{"everything", bedrocktest.Fault{Kind: bedrocktest.Hang}, exitFailed, "bedrock", doctor.Problem},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, by, took := bubbled(t, []bedrocktest.Fault{c.hangs}, "--time-limit", "24s")
			if took > 24*time.Second || took < 4*time.Second {
				t.Errorf("took %s", took)
			}
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			wantFinding(t, by, c.check, c.health)
			wantFinding(t, by, "database", doctor.OK)
		})
	}
}
