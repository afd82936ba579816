//go:build battery

package battery

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/store"
)

// held is all that a history holds, as its tables say it, and no history at all
// is a zero one. Two are the same if == says so of their text.
type held struct {
	schema string              // the names of what the schema consists of
	tables map[string][]string // rows as text, sorted, without the times of runs
	runs   []catalog.Run
}

// examine reads the history in dir together with what its last writer left beside it,
// which stays as it is: a copy is read. It finds every damage: to the file, to
// references, and to any state that a digest was recorded of.
func examine(dir string) (held, error) {
	copied, err := os.MkdirTemp("", "examined")
	if err != nil {
		return held{}, err
	}
	defer os.RemoveAll(copied)
	if err := copyDatabase(dir, copied); err != nil {
		return held{}, err
	}
	path := filepath.Join(copied, database)
	history, err := store.OpenReader(context.Background(), path)
	switch {
	case errors.As(err, new(*store.NotFoundError)):
		return held{}, nil
	case errors.As(err, new(*store.EmptyError)): // a first run that was cut off; the next one must go on
		return held{}, nil
	case errors.As(err, new(*store.OlderError)), err != nil && hasJournal(copied):
		return readTables(path)
	case err != nil:
		return held{}, err
	}
	defer history.Close()
	found, err := readTables(path)
	if err != nil {
		return held{}, err
	}
	found.runs, err = verified(history)
	return found, err
}

// hasJournal reports whether the history was being created when it was cut off,
// which only a writer can take back. Nothing is recorded at that time.
func hasJournal(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, database+"-journal"))
	return err == nil
}

// verified are the runs that recorded a catalogue, each checked against its
// digest.
func verified(history *store.Store) ([]catalog.Run, error) {
	ctx := context.Background()
	runs, err := history.Runs(ctx)
	if err != nil {
		return nil, err
	}
	runs = slices.DeleteFunc(runs, func(r catalog.Run) bool { return r.Status == catalog.RunFailed })
	for _, run := range runs {
		if err := history.Verify(ctx, run.ID); err != nil {
			return nil, err
		}
	}
	return runs, nil
}

const database = "snapshotter.db"

// copyDatabase copies the database and what SQLite keeps beside it.
func copyDatabase(from, to string) error {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		data, err := os.ReadFile(filepath.Join(from, database+suffix))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, database+suffix), data, 0o644)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func readTables(path string) (held, error) {
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		return held{}, err
	}
	defer db.Close()
	damage, err := texts(db, "SELECT * FROM pragma_integrity_check UNION ALL SELECT 'reference from ' || \"table\" FROM pragma_foreign_key_check")
	if err != nil || !slices.Equal(damage, []string{"ok"}) {
		return held{}, errors.Join(fmt.Errorf("integrity_check: %q", damage), err)
	}
	names, err := texts(db, "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name")
	if err != nil {
		return held{}, err
	}
	tables, err := texts(db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
	if err != nil {
		return held{}, err
	}
	found := held{schema: strings.Join(names, " "), tables: map[string][]string{}}
	for _, table := range tables {
		if found.tables[table], err = texts(db, "SELECT * FROM "+table); err != nil {
			return held{}, err
		}
	}
	return found, nil
}

// moments are the times of runs and migrations, which differ each time.
var moments = regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d[:-]\d\d([:-]\d\d)?(\.\d+)?`)

// differing are the columns that differ each time: when a migration was applied, and
// the random salt of a history with what is derived from it.
var differing = []string{"tstamp", "salt", "account_hash"}

// texts are the rows of a query, sorted, without what differs each time.
func texts(db *sql.DB, query string) ([]string, error) {
	rows, err := db.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var found []string
	for rows.Next() {
		row, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		var line []string
		for i, value := range row {
			if strings.HasSuffix(columns[i], "_at") || slices.Contains(differing, columns[i]) {
				value.String = "then"
			}
			line = append(line, value.String)
		}
		found = append(found, strings.Join(line, "|"))
	}
	slices.Sort(found)
	return found, rows.Err()
}

func (h held) equal(other held) bool {
	return h.schema == other.schema && maps.EqualFunc(h.tables, other.tables, slices.Equal)
}

// holds reports whether all that was is there.
func (h held) holds(was held) bool {
	for table, rows := range was.tables {
		for _, row := range rows {
			if _, found := slices.BinarySearch(h.tables[table], row); !found {
				return false
			}
		}
	}
	return true
}

// unchangedFrom reports whether the history says what it said, whatever version
// its schema has come to.
func (h held) unchangedFrom(was held) bool {
	for table, rows := range h.tables {
		if table != schemaVersions && !slices.Equal(rows, was.tables[table]) {
			return false
		}
	}
	return h.holds(was)
}

// schemaVersions is the table of the migrations that were applied.
const schemaVersions = "goose_db_version"

// reportsIn are the reports in dir by their names, without times.
func reportsIn(dir string) (map[string]string, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "reports", "[^.]*"))
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		found[filepath.Base(path)] = moments.ReplaceAllString(string(text), "then")
	}
	return found, nil
}

// repairs is how many of the newest runs' reports the next run looks for.
const repairs = 7

// wholeReports checks that the newest runs have their reports, that the latest is
// theirs, and that none was cut off or left lying about half written.
func wholeReports(dir string, h held) error {
	if len(h.runs) == 0 {
		return errors.New("nothing is recorded")
	}
	newest := h.runs[max(0, len(h.runs)-repairs):]
	if missing := missingReports(dir, newest); len(missing) > 0 {
		return fmt.Errorf("these runs have no report: %v", missing)
	}
	reports, err := reportsIn(dir)
	if err != nil {
		return err
	}
	for name, text := range reports {
		if !strings.HasPrefix(text, "# Bedrock ") || !strings.HasSuffix(text, "\n") {
			return fmt.Errorf("the report %s is not whole", name)
		}
	}
	if parts, err := filepath.Glob(filepath.Join(dir, "reports", ".*")); err != nil || len(parts) > 0 {
		return fmt.Errorf("half-written reports are left: %q, %v", parts, err)
	}
	if reports["latest.md"] != reports[reportOf(newest[len(newest)-1])] {
		return errors.New("latest.md is not the report of the latest run")
	}
	return nil
}

// missingReports are the ids of runs that have no report.
func missingReports(dir string, runs []catalog.Run) (ids []int64) {
	for _, run := range runs {
		if _, err := os.Stat(filepath.Join(dir, "reports", reportOf(run))); err != nil {
			ids = append(ids, run.ID)
		}
	}
	return ids
}

// reportOf is the name of a run's report.
func reportOf(run catalog.Run) string {
	return strings.ReplaceAll(run.StartedAt.UTC().Format("2006-01-02T15:04:05Z"), ":", "-") + ".md"
}
