package main

import (
	"context"
	"errors"
	"fmt"

	"snapshotter/catalog"
	"snapshotter/store"
)

// Exit codes. They are part of the product's interface.
const (
	exitOK      = 0  // recorded, and every readable region was read
	exitFailed  = 1  // failed, nothing recorded
	exitUsage   = 2  // the command line, the environment or the configuration is wrong
	exitPartial = 3  // recorded, but a scope that should be readable was not read
	exitLocked  = 4  // another run holds the lock
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

// adviser is an error that knows what to do next.
type adviser interface{ Advice() string }

// exit says what went wrong in one line, and what to do, and returns the code.
func (p *program) exit(err error) int {
	if err == nil {
		return exitOK
	}
	code, said := exitFailed, err
	if coded := (*codedError)(nil); errors.As(err, &coded) {
		code = coded.code
		if coded.err == nil {
			return code
		}
	}
	if locked := (*store.LockedError)(nil); errors.As(err, &locked) {
		code = exitLocked
	}
	if errors.Is(err, context.Canceled) {
		said = errors.New("stopped by a signal")
	}
	message := oneLine(said.Error())
	if advice := adviser(nil); errors.As(err, &advice) {
		message += "; " + advice.Advice()
	}
	fmt.Fprintln(p.stderr, "snapshotter: "+message)
	return code
}
