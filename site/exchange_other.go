//go:build !linux

package site

import "errors"

// exchange is for systems that can swap two directories in one step.
func exchange(_, _ string) error { return errors.ErrUnsupported }
