package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCompletionInBash has a real bash source the script and call its function
// as it does when somebody presses TAB.
func TestCompletionInBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
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
	script := string(command(t, "completion", "bash"))
	for line, want := range map[string]string{
		"snapshotter wh":                          "where",
		"snapshotter where --in ":                 "eu-west-1",
		"snapshotter where --in=eu":               "eu-west-1",
		"snapshotter where maker.":                "maker.one-v1:0 maker.one-v1:1",
		"snapshotter where maker.one-v1:":         "0 1",
		"snapshotter export --format ":            "aws csv",
		"snapshotter export --as-of l":            "latest",
		"snapshotter diff ":                       "1 latest",
		"snapshotter export --exc":                "--exclude-region",
		"snapshotter comple":                      "completion",
		"snapshotter where --db missing.db --in ": "",
		"snapshotter import ":                     "",
	} {
		program := script + fmt.Sprintf("COMP_LINE=%q COMP_POINT=%d; _snapshotter snapshotter; echo \"${COMPREPLY[*]}\"", line, len(line))
		asked := exec.Command(bash, "--norc", "-c", program)
		asked.Dir = dir
		asked.Env = append(os.Environ(), asCommand+"=1", "SNAPSHOTTER_DB="+db, "PATH="+bin+":"+os.Getenv("PATH"))
		out, err := asked.CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("%q completes to %q (%v), want %q", line, got, err, want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "missing.db")); err == nil {
		t.Error("completing made a database")
	}
}
