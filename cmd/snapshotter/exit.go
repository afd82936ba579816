package main

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/internal/awssettings"
	"snapshotter/internal/terminal"
	"snapshotter/job"
	"snapshotter/state"
	"snapshotter/store"
)

// Exit codes. They are part of the product's interface.
const (
	exitOK      = 0  // recorded, and every readable region was read
	exitFailed  = 1  // failed, nothing recorded, or not saved in S3
	exitUsage   = 2  // the command line, the environment or the configuration is wrong
	exitPartial = 3  // recorded, but a scope that should be readable was not read
	exitLocked  = 4  // another run holds the lock, or was saved in S3 first
	exitChanged = 10 // changes were found, with --exit-code
)

// codedError ends the program with its code. Without an error it prints nothing.
type codedError struct {
	code int
	err  error
}

func (e *codedError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *codedError) Unwrap() error { return e.err }

func usageError(format string, args ...any) error {
	return &codedError{exitUsage, fmt.Errorf(format, args...)}
}

// statusError returns the error that ends the program after a run with a status.
func statusError(status catalog.Status) error {
	switch status {
	case catalog.RunComplete:
		return nil
	case catalog.RunPartial:
		return &codedError{code: exitPartial}
	}
	return &codedError{code: exitFailed}
}

// exitCode returns the exit code of an error that ends the program.
func exitCode(err error) int {
	coded, isCoded := errors.AsType[*codedError](err)
	_, unreported := errors.AsType[*job.ReportError](err)
	_, other := errors.AsType[*store.OwnerError](err)
	switch {
	case job.Overtaken(err):
		return exitLocked
	case isCoded:
		return coded.code
	case other, misconfigured(err):
		return exitUsage
	case unreported:
		return exitPartial
	}
	return exitFailed
}

// adviser is an error that says what to do next.
type adviser interface {
	error
	Advice() string
}

// advised is a problem, and what to do about it.
type advised struct{ problem, advice string }

func (e advised) Error() string  { return e.problem }
func (e advised) Advice() string { return e.advice }

// plainly returns the AWS setting at fault, if err shows one, or else err: a call
// that it fails says what came of it, and not why. An error that says where a run is
// kept stays as it is.
func plainly(err error) error {
	if fault := awssettings.FaultOf(err); fault != nil && !errors.As(err, new(*state.SaveError)) {
		return fault
	}
	return err
}

// misconfigured reports whether an AWS setting is at fault, which trying again does
// not help.
func misconfigured(err error) bool {
	_, fault := plainly(err).(*awssettings.FaultError)
	region, noRegion := errors.AsType[*collect.RegionError](err)
	return fault || noRegion && region.Partition == "" ||
		errors.As(err, new(*collect.EndpointError)) || errors.As(err, new(*collect.TokenError))
}

// exit prints what went wrong and what to do, in one line, and returns the exit
// code.
func (p *program) exit(err error) int {
	if err == nil {
		return exitOK
	}
	code, cause := exitCode(err), plainly(err)
	if coded, ok := errors.AsType[*codedError](err); ok && coded.err == nil {
		return code
	}
	if errors.Is(err, syscall.EPIPE) {
		return code // whoever read the output has gone
	}
	if job.Stopped(err) {
		cause = errors.New("stopped by a signal")
	}
	if p.LogFormat == "json" {
		p.logger().Error("ended with an error", append(problem(cause), "exit_code", code)...)
		return code
	}
	message := cause.Error()
	if advice, ok := errors.AsType[adviser](cause); ok {
		message += "; " + advice.Advice()
	}
	fmt.Fprintln(p.stderr, "snapshotter: "+catalog.Hide(terminal.OneLine(message)))
	return code
}

// crashed says in one line that the program has a fault, and returns the exit code.
// The trace, which -v shows, may hold what came from outside.
func (p *program) crashed(crash any, trace []byte) int {
	message := strings.SplitN(fmt.Sprint(crash), "\n", 2)[0] // what collect passes on carries a trace of its own
	said := p.said()
	fmt.Fprintf(said, "snapshotter: internal error: %s; this is a fault of snapshotter: please report it with version %s and the trace that -v shows\n",
		catalog.Redact(message), version())
	if p.Verbose {
		fmt.Fprint(said, catalog.Hide(fmt.Sprintf("%v\n%s", crash, trace)))
	}
	return exitFailed
}
