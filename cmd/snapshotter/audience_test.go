package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A channel of the configuration file may hear of a part. A flag replaces them all.
func TestChannelsThatHearOfAPart(t *testing.T) {
	t.Parallel()
	n, all, eu, opus := newOperator(t), listen(t), listen(t), listen(t)
	config := filepath.Join(n.dir, "snapshotter.yaml")
	if err := os.WriteFile(config, []byte(`
remind: off
notify:
- `+all.hook()+`
- {url: "`+eu.hook()+`", region: [eu-*], at: breaking}
- {url: "`+opus.hook()+`", model: opus}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	titles := func(l *listener) string {
		messages, _ := l.heard()
		var titles []string
		for _, m := range messages {
			titles = append(titles, m.Title)
		}
		return strings.Join(titles, "|")
	}
	n.run(0, "--config", config)
	for _, l := range []*listener{all, eu, opus} {
		if got := titles(l); got != "" {
			t.Errorf("at first: %q", got)
		}
	}
	n.serve(2)
	n.run(0, "--config", config)
	if got := titles(all); got != "Bedrock 2026-05-02: Claude 3 Sonnet can't be called from eu-west-2; 1 more" {
		t.Errorf("all: %q", got)
	}
	if got := titles(eu); !strings.HasPrefix(got, "Bedrock 2026-05-02 for eu-*: Claude 3 Sonnet can't be called from eu-west-2") {
		t.Errorf("eu-*: %q", got)
	}
	if got := titles(opus); !strings.HasPrefix(got, "Bedrock 2026-05-02 for opus: ") {
		t.Errorf("opus: %q", got)
	}
	n.serve(1)
	n.run(0, "--config", config, "--notify", all.hook())
	if got := titles(all); got == "" {
		t.Error("the flag's channel heard nothing")
	}
	if got := titles(eu) + titles(opus); got != "" {
		t.Errorf("the file's channels heard %q beside a flag", got)
	}
	if stdout, _ := n.command(0, "notify", "test", "--config", config, "--format", "csv"); strings.Count(stdout, "delivered") != 3 {
		t.Errorf("a sample reached %s", stdout)
	}
}
