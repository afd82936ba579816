package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// versionCommand prints the version.
type versionCommand struct{}

func (versionCommand) Help() string {
	return `Prints the version, or the revision if the build has no version. Each run records it.

Examples:
  snapshotter version`
}

func (versionCommand) Run(p *program) error {
	fmt.Fprintf(p.stdout, "snapshotter %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

// version returns the module's version, or the revision if the build has none. Each
// run records it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	settings := map[string]string{}
	for _, setting := range info.Settings {
		settings[setting.Key] = setting.Value
	}
	revision := settings["vcs.revision"]
	if len(revision) < 12 {
		return "devel"
	}
	if settings["vcs.modified"] == "true" {
		return "devel-" + revision[:12] + "-modified"
	}
	return "devel-" + revision[:12]
}
