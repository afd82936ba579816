package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"snapshotter/internal/configfile"
	"snapshotter/schedule"
)

// settings sets flags that are not on the command line from the environment, or
// else from the configuration file, which also holds the watch rules. An unknown
// key in the file is an error that names its line.
type settings struct {
	getenv  func(string) string
	grammar func() *kong.Application // of all commands
	file    *configfile.File
	err     error // of reading the file; kong would blame it on a flag
	// channels are the file's, unless a flag or the environment names others.
	channels []configfile.Channel
}

// notSettable are flags that make sense only on the command line: "within" means
// places to one command and days to another.
var notSettable = []string{"help", "config", "within", "ids", "event", "new", "accept-account", "from", "json", "all", "brief", "name", "guard", "note"}

const environmentPrefix = "SNAPSHOTTER_"

func environmentName(flag string) string {
	return environmentPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// Validate implements [kong.Resolver]. Kong calls it before Resolve.
func (s *settings) Validate(*kong.Application) error { return nil }

// Resolve implements [kong.Resolver].
func (s *settings) Resolve(context *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if flag.Name != "config" && slices.Contains(notSettable, flag.Name) || ofRule(context, flag) {
		return nil, nil
	}
	if value := s.getenv(environmentName(flag.Name)); value != "" {
		return s.valueFor(flag, environmentValue(flag, value)), nil
	}
	if flag.Name == "config" {
		return nil, nil
	}
	s.load(context)
	if flag.Name == "notify" {
		s.channels = s.file.Channels
	}
	return s.valueFor(flag, s.file.Flags[flag.Name]), nil
}

// ofRule reports whether a flag says what a watch rule is, which no setting does.
func ofRule(context *kong.Context, flag *kong.Flag) bool {
	command := context.Selected()
	return command != nil && command.FullPath() == "snapshotter watch add" && slices.Contains(configfile.RuleKeys(), flag.Name)
}

// valueFor returns the value for a flag that several commands have, or nil if only
// the others accept it: "format: csv" is not an error because a report has no such
// format.
func (s *settings) valueFor(flag *kong.Flag, value any) any {
	word, ok := value.(string)
	if !ok || flag.Enum == "" || slices.Contains(flag.EnumSlice(), word) {
		return value
	}
	for _, other := range everyFlag(s.grammar()) {
		if other.Name == flag.Name && slices.Contains(other.EnumSlice(), word) {
			return nil
		}
	}
	return value
}

// environmentValue returns the value for a flag. Where values may contain commas,
// so that the flag is repeated on the command line, spaces separate them.
func environmentValue(flag *kong.Flag, value string) any {
	if flag.Tag.Sep != noSeparator {
		return value
	}
	var values []any
	for _, part := range strings.Fields(value) {
		values = append(values, part)
	}
	return values
}

// noSeparator is how kong represents the tag sep:"none".
const noSeparator = -1

// due is the schedule that the environment or the file sets for the daemon, nil if none
// does. One that serve refuses is none.
func (s *settings) due() *schedule.Schedule {
	set := func(flag string) string {
		inFile, _ := s.file.Flags[flag].(string)
		return cmp.Or(s.getenv(environmentName(flag)), inFile)
	}
	at := timing{Schedule: set("schedule"), TZ: cmp.Or(set("tz"), "UTC")}
	if at.Schedule == "" {
		return nil
	}
	times, err := at.times("")
	if err != nil {
		return nil
	}
	return times
}

// load reads the configuration file, if there is one, the first time it is called.
func (s *settings) load(context *kong.Context) {
	if s.file != nil {
		return
	}
	s.file = &configfile.File{}
	if path := s.path(context); path != "" {
		s.err = s.read(path, flagNames(s.grammar()))
	}
}

// read reads the file at path, which may set the given flags.
func (s *settings) read(path string, flags []string) error {
	// A named pipe would wait for a writer. Those in /dev have one: a shell's
	// <(command), and standard input.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !strings.HasPrefix(filepath.Clean(path), "/dev/") {
		return fmt.Errorf("configuration file %s is not a regular file", path)
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("configuration file %s does not exist", path)
	} else if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	read, err := configfile.Parse(data, flags)
	if err != nil {
		if read != nil {
			s.file.Flags = read.Flags // for the form of the error
		}
		return fmt.Errorf("configuration file %s: %w", path, err)
	}
	s.file = read
	return nil
}

// path returns the file named on the command line, or else in the environment.
func (s *settings) path(context *kong.Context) string {
	for _, flag := range context.Flags() {
		if flag.Name == "config" {
			if path, _ := context.FlagValue(flag).(string); path != "" {
				return path
			}
		}
	}
	return s.getenv(environmentName("config"))
}

// flagNames returns the keys that a configuration file may contain, sorted.
func flagNames(app *kong.Application) []string {
	var names []string
	for _, flag := range everyFlag(app) {
		if !slices.Contains(notSettable, flag.Name) {
			names = append(names, flag.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// everyFlag returns the flags of all commands. A flag that several commands have
// appears several times.
func everyFlag(app *kong.Application) []*kong.Flag {
	flags := slices.Clone(app.Flags)
	for _, command := range app.Leaves(false) {
		flags = append(flags, command.Flags...)
	}
	return flags
}
