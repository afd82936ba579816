package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"snapshotter/internal/bedrocktest"
	"snapshotter/job"
	"snapshotter/schedule"
)

// A configuration that is read again holds from the next run on, all of it: the
// schedule and its zone, the channels, the watch rules and what is read.
func TestReloadHoldsFromTheNextRunOn(t *testing.T) { synctest.Test(t, reloadHolds) }

func reloadHolds(t *testing.T) {
	network := bedrocktest.NewNetwork()
	server, hooks := bedrocktest.StartIn(network), openHooks(t, network)
	defer server.Close()
	defer hooks.close()
	server.Serve(moments()[0].Catalogue)
	dir := t.TempDir()
	config := filepath.Join(dir, "snapshotter.yaml")
	configure := func(lines ...string) {
		if err := os.WriteFile(config, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	configure("region: [us-*, eu-west-2]", "notify: "+hooksChannels[0])
	time.Sleep(time.Until(time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)))
	p := &program{machine: silent(server)}
	p.web = webOn(network)
	var set commands
	if _, _, err := p.parse(t.Context(), []string{"serve", "--config", config, "--db", filepath.Join(dir, "history.db"), "--reports", filepath.Join(dir, "reports")}, &set); err != nil {
		t.Fatal(err)
	}
	times, err := set.Serve.times(p.DB)
	if err != nil {
		t.Fatal(err)
	}
	s := newService(p, &set.Serve)
	s.keeper = schedule.NewKeeper(times, schedule.Job{Last: s.last, Run: s.run}, p.now)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.keeper.Run(ctx, patience, cronLog{p.log}) }()
	time.Sleep(time.Hour) // its first run is at once

	server.Serve(moments()[1].Catalogue)
	configure("schedule: 0 7 * * *", "tz: Asia/Tokyo", "notify: "+hooksChannels[1], "region: [us-*, eu-west-2]", "exclude-region: us-west-1",
		"watch: [{name: opus-in-london, model: anthropic.claude-opus-4-7, region: eu-west-2, within: eu, access: profile}]")
	s.reload(ctx)
	time.Sleep(23 * time.Hour)

	runs, err := s.program.runs(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(runs) != 2 || runs[1].StartedAt.Truncate(time.Minute) != time.Date(2026, 4, 1, 22, 0, 0, 0, time.UTC) {
		t.Errorf("runs %+v, want the second at seven in Tokyo", runs)
	}
	if told := hooks.messages["two"]; len(hooks.messages["one"]) != 1 || len(told) != 1 || !strings.Contains(told[0].text, "satisfies rule opus-in-london") {
		t.Errorf("told %+v, want the new channel alone of the new rule", hooks.messages)
	}
	if text := readFile(t, filepath.Join(dir, "reports", job.LatestReport)); !strings.Contains(text, "opus-in-london") {
		t.Errorf("the report knows nothing of the rule:\n%s", text)
	}
	if page := get(s, "/reports/latest", "").Body.String(); !strings.Contains(page, "opus-in-london") {
		t.Errorf("the page knows nothing of the rule:\n%s", page)
	}

	configure("watch: [{model: 'a['}]")
	held, following := s.program, s.keeper.Schedule()
	s.reload(ctx)
	if s.program != held || s.keeper.Schedule() != following {
		t.Error("a wrong configuration was taken over")
	}
	before := len(hooks.messages["two"])
	if err := os.Truncate(config, 0); err != nil {
		t.Fatal(err)
	}
	s.reload(ctx)
	if s.program != held || s.keeper.Schedule() != following {
		t.Error("an empty configuration was taken over: it has no channels, rules and schedule")
	}
	if told := hooks.messages["two"]; len(told) != before+1 || !strings.Contains(told[before].text, "the configuration file is empty") {
		t.Errorf("told %+v, want that the file is empty", told)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
