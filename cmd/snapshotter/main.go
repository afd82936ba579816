// Command snapshotter records what Amazon Bedrock offers in every AWS region
// and reports what changed.
//
// Only this package reads the clock, the environment and flags, and only it logs.
// The exit code says whether a run was recorded and whether every readable region
// was read. A report that can't be written never undoes a recorded run.
package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

func main() { os.Exit(process(time.Now)) }

// process runs the program until it ends or a signal stops it.
func process(now func() time.Time) int {
	collectLate()
	// A reader that goes away must not end a run: writing to it fails instead.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The second signal ends the program at once. The database survives that.
	context.AfterFunc(ctx, stop)
	var others libraries
	defer others.restore()
	return run(ctx, os.Args[1:], machine{
		stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, now: now, aws: loadAWS, adopt: others.adopt,
	})
}

// machine is what the program uses of the machine that it runs on.
type machine struct {
	stdout, stderr io.Writer
	getenv         func(string) string
	now            func() time.Time
	aws            func(context.Context) (aws.Config, error)
	web            *http.Client // for channels; nil is the default client
	temp           string       // directory for temporary files; "" is the system's
	// adopt makes libraries log in the chosen form; nil leaves them alone.
	adopt func(log *slog.Logger, json bool)
}

// run runs the program and returns its exit code.
func run(ctx context.Context, args []string, on machine) (code int) {
	program := &program{machine: on}
	defer func() {
		if crash := recover(); crash != nil {
			code = program.crashed(crash, debug.Stack())
		}
	}()
	return program.exit(program.main(ctx, args))
}

// reloadSignals receives the signals to read the configuration again, until stop
// is called.
func reloadSignals() (times <-chan os.Signal, stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	return signals, func() {
		signal.Stop(signals)
		close(signals)
	}
}
