package main

import (
	"errors"
	"fmt"

	"snapshotter/catalog"
	"snapshotter/internal/terminal"
	"snapshotter/job"
	"snapshotter/store"
)

// Exit codes. They are part of the product's interface.
const (
	exitOK      = 0  // recorded, and every readable region was read
	exitFailed  = 1  // failed, nothing recorded, or not saved in S3
	exitUsage   = 2  // the command line, the environment or the configuration is wrong
	exitPartial = 3  // recorded, but a scope that should be readable was not read
	exitLocked  = 4  // another run holds the lock, or was saved in S3 first
	exitChanged = 10 // changes were found, and --exit-code asked to be told
)

// codedError ends the program with a code of its own. Without an error it does
// so silently: everything has been said.
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

// statusError is how a run with a status ends the program.
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
	case other:
		return exitUsage
	case unreported:
		return exitPartial
	}
	return exitFailed
}

// adviser is an error that knows what to do next.
type adviser interface{ Advice() string }

// advised is an error with what to do next.
type advised struct{ problem, advice string }

func (e advised) Error() string  { return e.problem }
func (e advised) Advice() string { return e.advice }

// exit says what went wrong in one line, and what to do, and returns the code.
func (p *program) exit(err error) int {
	if err == nil {
		return exitOK
	}
	code, said := exitCode(err), err
	if coded, ok := errors.AsType[*codedError](err); ok && coded.err == nil {
		return code
	}
	if job.Stopped(err) {
		said = errors.New("stopped by a signal")
	}
	message := terminal.OneLine(said.Error())
	if advice := adviser(nil); errors.As(err, &advice) {
		message += "; " + advice.Advice()
	}
	fmt.Fprintln(p.stderr, "snapshotter: "+message)
	return code
}
