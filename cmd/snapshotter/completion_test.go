package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"snapshotter/internal/needs"
)

// shells are real shells that source our script and complete a line as they do when
// somebody presses TAB; ask prints the candidates.
var shells = map[string]struct {
	flags []string
	ask   func(line string) string
}{
	"bash": {[]string{"--norc"}, func(line string) string {
		return fmt.Sprintf("COMP_LINE=%q COMP_POINT=%d; _snapshotter snapshotter; printf '%%s\\n' \"${COMPREPLY[@]}\"", line, len(line))
	}},
	// Zsh completes only on a terminal: the test replaces its functions by ones that
	// print their arguments.
	"zsh": {[]string{"-f"}, func(line string) string {
		return fmt.Sprintf(`line=%q; words=("${(@s: :)line}"); CURRENT=$#words; compadd() { print -rl -- "${(P@)2}" }; _files() { :; }; _snapshotter`, line)
	}},
	"fish": {[]string{"--no-config"}, func(line string) string { return fmt.Sprintf("complete -C %q", line) }},
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder := filepath.Join(dir, "2026-02-08", "eu-west-1")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	models := `{"modelSummaries": [{"modelId": "maker.one-v1:0"}, {"modelId": "maker.one-v1:1"}, {"modelId": "other.two"}]}`
	if err := os.WriteFile(filepath.Join(folder, "foundation-models.json"), []byte(models), 0o644); err != nil {
		t.Fatal(err)
	}
	db := filepath.Join(dir, "history.db")
	command(t, "import", "--db", db, filepath.Dir(folder))
	bin := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "snapshotter")); err != nil {
		t.Fatal(err)
	}
	for shell, how := range shells {
		t.Run(shell, func(t *testing.T) {
			path := needs.Tool(t, shell)
			script := string(command(t, "completion", shell))
			if shell == "zsh" {
				script = "compdef() { :; }\n" + script
			}
			for line, want := range map[string]string{
				"snapshotter wh":                           "where",
				"snapshotter where --in ":                  "eu-west-1",
				"snapshotter where --in=eu":                "--in=eu-west-1",
				"snapshotter where maker.":                 "maker.one-v1:0 maker.one-v1:1",
				"snapshotter where maker.one-v1:":          "maker.one-v1:0 maker.one-v1:1",
				"snapshotter export --format ":             "aws csv parquet",
				"snapshotter export --as-of l":             "latest",
				"snapshotter diff ":                        "1 latest",
				"snapshotter export --exc":                 "--exclude-region",
				"snapshotter comple":                       "completion",
				"snapshotter where --db missing.db --in z": "",
				"snapshotter import z":                     "", // no file begins with it
			} {
				if shell == "bash" { // which keeps what precedes a colon or "="
					fields := strings.Fields(want)
					for i, field := range fields {
						fields[i] = field[strings.LastIndexAny(line[strings.LastIndex(line, " ")+1:], ":=")+1:]
					}
					want = strings.Join(fields, " ")
				}
				asked := exec.Command(path, append(how.flags, "-c", script+how.ask(line))...)
				asked.Dir = dir
				asked.Env = append(os.Environ(), asCommand+"=1", "SNAPSHOTTER_DB="+db, "HOME="+bin, "PATH="+bin+":"+os.Getenv("PATH"))
				out, err := asked.CombinedOutput()
				if got := strings.Join(strings.Fields(string(out)), " "); err != nil || got != want {
					t.Errorf("%q completes to %q (%v), want %q", line, got, err, want)
				}
			}
			if _, err := os.Stat(filepath.Join(dir, "missing.db")); err == nil {
				t.Error("completion created a database")
			}
		})
	}
}
