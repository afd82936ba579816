package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// A secret that was given in the wrong place, or in a wrong way, is nowhere in what
// the command prints, logs, records and writes. The script secrets does the same
// with the AWS settings.
func TestPlantedSecrets(t *testing.T) {
	t.Parallel()
	n := newOperator(t)
	n.run(0)
	channels := []string{
		"slack://hook:" + secret + "@webhook",
		"SLACK://hook:" + secret + "@webhook",
		"https://hooks.slack.com/services/T0/B0/" + secret,
		"Generic+HTTPS://me:a/b" + secret + "@example.com/in?key=" + secret,
		"ping:https://hc-ping.com/" + secret,
		"s3://me:" + secret + "@bucket/key",
	}
	for _, planted := range channels {
		for _, args := range [][]string{
			{"run", planted},
			{"run", "--notfy=" + planted},
			{"run", "--notify", "x" + planted},
			{"run", "--notify-at", planted},
			{"run", "--lost-runs", planted},
			{"run", "--remind", planted},
			{"run", "--extra-region", planted},
			{"run", "--config", planted},
			{"run", "--run-limit", planted},
			{"serve", "--schedule", planted},
			{"serve", "--tz", planted},
			{"where", "--db", n.db(), planted},
			{"where", "--db", n.db(), "nova", "--in", planted},
			{"history", "--db", n.db(), planted},
			{"diff", "--db", n.db(), planted, "latest"},
			{"diff", "--db", n.db(), "--fail-on", planted},
			{"models", "--db", n.db(), "--access", planted},
			{"models", "--db", n.db(), "--format", planted},
			{"lifecycle", "--db", n.db(), "--event", planted},
			{"import", "--db", n.db(), planted},
			{"notify", "test", "--link", planted},
			{planted},
		} {
			n.refused(args...)
		}
		for _, text := range []string{
			`"` + planted + `": x`,
			`{notify: {"` + planted + `": x}}`,
			planted,
			"notify: [" + planted + "\nx: }",
			"notify-at: " + planted,
			"lost-runs: " + planted,
			`watch: [{name: x, "` + planted + `": 1}]`,
			`watch: [{name: "` + planted + `"}]`,
			`watch: [{name: x, model: y, access: "` + planted + `"}]`,
			`watch: [{name: x, model: y, within: "` + planted + `"}]`,
			`watch: [{name: x, model: y, region: ["` + planted + `"]}]`,
		} {
			file := filepath.Join(t.TempDir(), "config.yaml")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			n.refused("run", "--config", file, "--lost-runs", "0") // no run begins
		}
		for _, name := range []string{"SNAPSHOTTER_NOTIFY", "SNAPSHOTTER_QUIET", "SNAPSHOTTER_LOST_RUNS", "SNAPSHOTTER_CONFIG", "SNAPSHOTTER_REGION"} {
			n.machine.getenv = environment{name: planted}.get
			n.refused("run", "--lost-runs", "0")
		}
		n.machine.getenv = environment{}.get
	}
	n.checkSecrets()
}

// refused runs the command with a mistake, in both forms of the log.
func (n *operator) refused(args ...string) {
	n.t.Helper()
	for _, form := range []string{"text", "json"} {
		on := n.machine
		on.stdout, on.stderr, on.now = &n.output, &n.output, func() time.Time { return time.Date(2026, 5, 2, 2, 0, 0, 0, time.UTC) }
		if code := run(n.t.Context(), append(slices.Clone(args), "--log-format="+form, "--verbose"), on); code == exitOK {
			n.t.Errorf("%q exits with 0", args)
		}
	}
}
