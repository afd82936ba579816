//go:build battery

package battery

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"snapshotter/internal/bedrocktest"
)

// binary is the command as it is shipped, built once for all tests.
var binary string

var program = flag.String("program", "", "a build of the command to prove, instead of one made now")

func TestMain(m *testing.M) {
	flag.Parse()
	if binary = *program; binary != "" {
		os.Exit(m.Run())
	}
	os.Exit(withBinary(m))
}

func withBinary(m *testing.M) int {
	dir, err := os.MkdirTemp("", "snapshotter-battery")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "snapshotter")
	if out, err := exec.Command("go", "build", "-o", binary, "snapshotter/cmd/snapshotter").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the command: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// bedrock starts a Bedrock of our own, which ends with the test.
func bedrock(t *testing.T) *bedrocktest.Server {
	t.Helper()
	server, err := bedrocktest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

// surroundings are a process's environment variables: ours without any AWS
// setting, and those that lead to the server.
func surroundings(server *bedrocktest.Server) []string {
	var env []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "AWS_") && !strings.HasPrefix(variable, "SNAPSHOTTER_") {
			env = append(env, variable)
		}
	}
	for name, value := range server.Env() {
		env = append(env, name+"="+value)
	}
	return env
}

// command is one call of the program, in dir, against the server. Where a tool
// is named it runs under that, as in command(…, "strace -f -o log", "run").
func command(ctx context.Context, dir string, server *bedrocktest.Server, tool string, args ...string) *exec.Cmd {
	return commandOf(ctx, binary, dir, server, tool, args...)
}

// commandOf is the same of another build of the program.
func commandOf(ctx context.Context, program, dir string, server *bedrocktest.Server, tool string, args ...string) *exec.Cmd {
	line := append(append(strings.Fields(tool), program), args...)
	process := exec.CommandContext(ctx, line[0], line[1:]...)
	process.Dir, process.Env = dir, surroundings(server)
	return process
}

// exitCode is the code a finished call left with, -1 where a signal ended it.
func exitCode(t *testing.T, err error) int {
	t.Helper()
	if err == nil {
		return 0
	}
	exit, ok := err.(*exec.ExitError)
	if !ok {
		t.Fatal(err)
	}
	return exit.ExitCode()
}

// needs skips a test whose tools are not installed.
func needs(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
}
