// Package lake writes the history as Parquet files for the engines that people have:
// Athena, Trino, Spark, DuckDB. What the account has is in tables of its own, and only
// where it is asked for.
//
// It guarantees that a file never changes once it is written, that no row is ever
// written twice, and that a file of a name always has the same bytes for the same
// history and the same last run. Every month begins with the whole state, so that the
// state at any time is in the files of its month alone. It refuses to add to the files
// of another history. It reads no clock, network or disk: see [snapshotter/job] for
// how files get to their place. SQLite stays the truth: whatever is here can be
// written again from it.
package lake

import (
	"fmt"
	"strconv"
	"strings"

	"snapshotter/catalog"
)

// Root is the folder of everything, with the version of the layout: tables and columns
// may be added to it, and any other change gets a folder of its own.
const Root = "v1/"

// DefaultHistory is the name of a history that its owner gave none.
const DefaultHistory = "main"

// CheckHistory returns an error unless name can name a history in paths, in any file
// system and any engine: lower-case letters, digits, dots, hyphens and underscores.
func CheckHistory(name string) error {
	odd := strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789.-_")
	if name == "" || len(name) > 64 || odd != "" || strings.Trim(name[:1], ".-_") == "" {
		return fmt.Errorf("a history has a name of up to 64 lower-case letters, digits, dots, hyphens and underscores that begins with a letter or digit")
	}
	return nil
}

// Folder is the folder of a table's files of one history.
func Folder(table, history string) string { return Root + table + "/history=" + history + "/" }

// File is an immutable file of one table.
type File struct {
	Name    string // relative to the folder of the lake
	Data    []byte
	Private bool // has what the account has
}

// A file has the name of the first run that it has rows of. Two programs that add the
// same run at once make the same name, and only one of them can create it.
func fileName(table, history, month string, first catalog.RunRef) string {
	return fmt.Sprintf("%smonth=%s/%09d_%s.parquet", Folder(table, history), month, first.ID, catalog.FileTime(first.At))
}

// MonthOf is the month of a file below [Folder], such as "2026-04"; "" if it is not one
// of a table.
func MonthOf(name string) string {
	_, rest, _ := strings.Cut(name, "/month=")
	month, file, _ := strings.Cut(rest, "/")
	digits, rest, found := strings.Cut(file, "_")
	if _, err := strconv.ParseUint(digits, 10, 63); err != nil || !found || strings.Contains(rest, "/") || !strings.HasSuffix(rest, ".parquet") {
		return ""
	}
	return month
}

// Done is the last run of which each table lacks nothing, by the table's name.
type Done map[string]int64

// After is the last run of which no table lacks anything.
func (d Done) After(withPrivate bool) int64 {
	after := d[runsTable]
	if withPrivate {
		after = min(after, d[resourceRunsTable])
	}
	return after
}

// ForeignError means that the files of a history are of another one.
type ForeignError struct {
	History string
	Run     int64 // the last that is there
}

func (e *ForeignError) Error() string {
	return fmt.Sprintf("history %q of the lake ends with a run %d that this database does not have", e.History, e.Run)
}

// Advice says how to go on.
func (e *ForeignError) Advice() string {
	return "name this history otherwise with --lake-history; or, if runs were taken back, remove history=" + e.History + " of every table and export again"
}

// Check returns a [*ForeignError] unless content, the last of a history's runs, is of
// this history. The order of runs is that of their IDs.
func Check(history string, content Content, runs []catalog.Run) error {
	for _, run := range runs {
		if run.ID == content.Last && catalog.FileTime(run.StartedAt) == content.At && run.Digest == content.Digest {
			return nil
		}
	}
	return &ForeignError{history, content.Last}
}
