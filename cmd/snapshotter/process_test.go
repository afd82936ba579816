package main

import (
	"bufio"
	"bytes"
	"database/sql"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/sample"
)

// A run is recorded, and its exit code is its own, although nobody reads what it
// prints.
func TestRunWithoutReaders(t *testing.T) {
	t.Parallel()
	server := startBedrock(t)
	dir := t.TempDir()
	command := func(arguments ...string) *exec.Cmd {
		process := exec.Command(os.Args[0], arguments...)
		process.Dir, process.Env = dir, environ(server.Env())
		return process
	}
	server.Serve(sample.Moments()[0].Catalogue)
	server.Inject(bedrocktest.Fault{Region: "us-west-2", Kind: bedrocktest.DenySCP})
	unread := command("run", "-v", "--confirm-after", "1ms")
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	reader.Close() // every write to the other end is a broken pipe
	unread.Stdout, unread.Stderr = writer, writer
	err = unread.Run()
	writer.Close()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != exitPartial {
		t.Errorf("the run ended with %v, want exit code %d", err, exitPartial)
	}
	if runs := recordedIn(t, dir); len(runs) != 1 {
		t.Errorf("%d runs are recorded, want 1", len(runs))
	}

	// A question is not answered to nobody, and does not complain about it.
	reader, writer, err = os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	reader.Close()
	var said bytes.Buffer
	question := command("models")
	question.Stdout, question.Stderr = writer, &said
	err = question.Run()
	writer.Close()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != exitFailed || said.Len() > 0 {
		t.Errorf("the question ended with %v and said %q", err, said.String())
	}
}

// The second signal ends a run at once, even one that waits for another program
// that has locked the database.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	server := startBedrock(t)
	server.Serve(sample.Moments()[0].Catalogue)
	dir := t.TempDir()
	command := func() *exec.Cmd {
		process := exec.Command(os.Args[0], "run", "-v", "--region-limit", "2s")
		process.Dir, process.Env = dir, environ(server.Env())
		return process
	}
	if out, err := command().CombinedOutput(); err != nil {
		t.Fatalf("first run: %v: %s", err, out)
	}
	server.Inject(bedrocktest.Fault{Region: "us-west-2", Kind: bedrocktest.Hang})
	waiting := command()
	stderr, err := waiting.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := waiting.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	for lines.Scan() && !strings.Contains(lines.Text(), "region=us-east-1") { // the database is open
	}
	other, err := sql.Open("sqlite", filepath.Join(dir, "snapshotter.db")+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	for lines.Scan() && !strings.Contains(lines.Text(), "region=us-west-2") { // everything is read
	}
	ended := make(chan error)
	go func() {
		io.Copy(io.Discard, stderr)
		ended <- waiting.Wait()
	}()
	for {
		select {
		case err := <-ended:
			exit, ok := errors.AsType[*exec.ExitError](err)
			if !ok || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGTERM {
				t.Errorf("the run ended with %v, want the signal", err)
			}
			tx.Rollback()
			if runs := recordedIn(t, dir); len(runs) != 1 {
				t.Errorf("%d runs are recorded, want the first", len(runs))
			}
			return
		case <-time.After(time.Millisecond):
			waiting.Process.Signal(syscall.SIGTERM) // until the program notices the second
		}
	}
}

// A fault of the program is one line with a way to report it, and no secret.
func TestCrash(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	p := &program{machine: machine{stderr: &said}}
	if code := p.crashed("a mistake for arn:aws:iam::111122223333:role/r\nstack", []byte("trace")); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	text := said.String()
	if strings.Count(text, "\n") != 1 || !strings.Contains(text, "please report it") || strings.Contains(text, "1111") || strings.Contains(text, "trace\n") {
		t.Errorf("said %q", text)
	}
	p.Verbose = true
	p.crashed("a mistake", []byte("trace"))
	if !strings.HasSuffix(said.String(), "trace") {
		t.Errorf("-v does not show the trace: %q", said.String())
	}
}
