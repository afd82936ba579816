// Package needs finds the programs that tests run, such as jq or the AWS CLI.
//
// A test that lacks its program is skipped, with the command that installs it.
// Where SNAPSHOTTER_TOOLS=required is set, as in .ci/run, the test fails
// instead: no check disappears there because a machine lacks something.
package needs

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"testing"
)

// Required is the environment variable that, set to "required", turns skipped
// tests into failed ones.
const Required = "SNAPSHOTTER_TOOLS"

// packages are the Debian packages of the programs that tests run.
var packages = map[string]string{
	"aws":     "awscli",
	"bash":    "bash",
	"curl":    "curl",
	"fish":    "fish",
	"jq":      "jq",
	"node":    "nodejs",
	"rclone":  "rclone",
	"sqlite3": "sqlite3",
	"zsh":     "zsh",
}

// Tool returns the path of a program. The test is skipped without it.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Skip(t, Install(name))
	}
	return path
}

// Skip skips a test because the machine lacks something, or fails it if
// everything is required.
func Skip(t testing.TB, why string) {
	t.Helper()
	if os.Getenv(Required) == "required" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// Install says that a program is missing and how to install it.
func Install(name string) string {
	if packages[name] == "" {
		return name + " is not installed"
	}
	return fmt.Sprintf("%s is not installed: apt-get install %s", name, packages[name])
}

// Missing returns the programs that the machine lacks, sorted.
func Missing() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(packages)), func(name string) bool {
		_, err := exec.LookPath(name)
		return err == nil
	})
}
