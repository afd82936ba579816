//go:build battery

package battery

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"snapshotter/internal/bedrocktest"
	"snapshotter/job"
	"snapshotter/store"
)

// This file is what befalls a history beside Bedrock's faults: other names of its
// file, a second writer, credentials of somebody else, rows that somebody altered,
// and runs repeated within seconds.

// strangers lets somebody else's credentials run on the history. They are refused:
// those of another partition before anything is listed, those of another account
// whatever was listed meanwhile, as nobody waits for who they belong to.
func (w *life) strangers() {
	if w.reader.run == 0 || !w.chance(10) {
		return
	}
	stranger, what := w.job(w.db), "another partition"
	if w.bound && w.chance(60) {
		what = "another account"
		stranger.Identify = func(context.Context) (string, error) { return w.otherAccount(), nil }
	} else {
		stranger.AWS.Region = "us-east-1"
	}
	calls := len(w.server.Calls())
	w.refused(stranger, what, func(err error) bool {
		_, owned := errors.AsType[*store.OwnerError](err)
		return owned
	})
	w.reader.expect(what == "another account" || len(w.server.Calls()) == calls, "Bedrock was asked with the credentials of %s", what)
}

func (w *life) otherAccount() string {
	if w.account == accounts[0] {
		return accounts[1]
	}
	return accounts[0]
}

// refused runs a job that must record nothing, for a reason.
func (w *life) refused(j *job.Job, what string, why func(error) bool) {
	w.reader.tally["refused: "+what]++
	before := w.lastRun()
	_, err := j.Run(w.t.Context())
	w.reader.expect(why(err), "%s was not refused: %v", what, err)
	w.reader.expect(w.lastRun() == before, "a run was recorded in spite of %s", what)
}

// lastRun is the id of the last run, failed or not.
func (w *life) lastRun() (id int64) {
	w.onFile(func(db *sql.DB) error { return db.QueryRow(`SELECT coalesce(max(id), 0) FROM runs`).Scan(&id) })
	return id
}

// onFile opens the history as any other program can.
func (w *life) onFile(use func(*sql.DB) error) {
	w.t.Helper()
	db := must(sql.Open("sqlite", w.db))(w.t)
	defer db.Close()
	if err := use(db); err != nil {
		w.t.Fatal(err)
	}
}

// altered lets somebody alter rows of the history. The next run is refused, the
// first bad run named; then the file is put back, or the history repaired.
func (w *life) altered() {
	if !w.reader.holds() || !w.chance(7) {
		return
	}
	kept := must(os.ReadFile(w.db))(w.t)
	bad := w.alter()
	w.refused(w.job(pick(w, w.db, w.alias)), "altered rows", func(err error) bool {
		_, altered := errors.AsType[*store.AlteredError](err)
		return altered
	})
	if good := w.before(bad); good != 0 && w.chance(60) {
		w.repaired(good, bad)
		return
	}
	if err := os.WriteFile(w.db, kept, 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// alter changes what the history holds as of its last run, by one row, and returns
// the first run that the change makes wrong, 0 if a run itself is gone. A last run
// that changed nothing may go: nothing can be told wrongly without it.
func (w *life) alter() (bad int64) {
	w.onFile(func(db *sql.DB) error {
		var runs []int64
		if err := each(db, func(rows *sql.Rows) error {
			var id int64
			err := rows.Scan(&id)
			runs = append(runs, id)
			return err
		}, `
			SELECT id FROM runs
			WHERE ordinal < (SELECT max(ordinal) FROM runs) OR ordinal NOT NULL AND id IN (SELECT run_id FROM item_changes)`); err != nil {
			return err
		}
		type change struct {
			item, run int64
			document  sql.NullInt64
		}
		var changes []change
		if err := each(db, func(rows *sql.Rows) error {
			var c change
			err := rows.Scan(&c.item, &c.run, &c.document)
			changes = append(changes, c)
			return err
		}, `SELECT item_id, max(run_id), document_id FROM item_changes GROUP BY item_id`); err != nil {
			return err
		}
		if len(runs) > 0 && w.chance(20) {
			_, err := db.Exec(`DELETE FROM runs WHERE id = ?`, pick(w, runs...))
			return err
		}
		c := pick(w, changes...)
		bad = c.run
		if c.document.Valid && w.chance(50) { // a removal put in by hand
			_, err := db.Exec(`UPDATE item_changes SET document_id = NULL WHERE item_id = ? AND run_id = ?`, c.item, c.run)
			return err
		}
		_, err := db.Exec(`DELETE FROM item_changes WHERE item_id = ? AND run_id = ?`, c.item, c.run)
		return err
	})
	return bad
}

// before is the last run that was followed before the bad one, 0 if there is none.
func (w *life) before(bad int64) (good int64) {
	for id := range w.readers {
		if id < bad {
			good = max(good, id)
		}
	}
	return good
}

// repaired goes back to a good run, and so does the reader.
func (w *life) repaired(good, bad int64) {
	ctx := w.t.Context()
	db := must(store.Open(ctx, w.db))(w.t)
	defer db.Close()
	first := must(db.FirstBad(ctx))(w.t)
	w.reader.expect(first == bad, "run %d is called the first bad one, want %d", first, bad)
	kept := must(db.Rewind(ctx, good))(w.t)
	if err := os.Remove(kept); err != nil {
		w.t.Fatal(err)
	}
	first = must(db.FirstBad(ctx))(w.t)
	w.reader.expect(first == 0, "after the repair run %d is bad", first)
	problems, tally := w.reader.problems, w.reader.tally
	w.reader = w.readers[good].clone()
	w.reader.problems, w.reader.tally = problems, tally
	maps.DeleteFunc(w.readers, func(id int64, _ *reader) bool { return id > good })
	w.reader.tally["repaired"]++
}

// each calls scan for each row.
func each(db *sql.DB, scan func(*sql.Rows) error, query string) error {
	rows, err := db.Query(query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// overtaken lets a run read what Bedrock lists, and then wait until a run of the
// next night, which was let in by the loss of the lock file, has recorded. It must
// give way.
func (w *life) overtaken() {
	slow := w.undisturbed()
	j, last := w.job(w.db), w.reader.run
	j.Observe = func(e job.Event) {
		if _, collected := e.(job.Collected); !collected {
			return
		}
		w.refused(w.job(w.alias), "a second writer", func(err error) bool {
			_, locked := errors.AsType[*store.LockedError](err)
			return locked
		})
		if err := os.Remove(w.db + ".lock"); err != nil {
			w.t.Fatal(err)
		}
		time.Sleep(24 * time.Hour)
		w.ordinary()
	}
	result, err := j.Run(w.t.Context())
	if w.reader.run == last { // the other run failed, so nothing has moved
		w.learn(slow, result, err)
		return
	}
	w.reader.tally["refused: overtaken"]++
	_, moved := errors.AsType[*store.MovedError](err)
	w.reader.expect(moved && job.Overtaken(err), "a run that was overtaken was not refused: %v", err)
	w.reader.expect(w.lastRun() == w.reader.run, "a run that was overtaken was recorded")
}

// undisturbed is what a night without faults is.
func (w *life) undisturbed() night {
	n := night{truth: maps.Clone(w.truth), prospects: map[list]prospect{}, regions: map[string]bool{}, maybe: map[string]bool{}}
	w.faults = nil
	for _, region := range worldRegions {
		for _, l := range lists(region) {
			n.prospects[l] = w.unreadable(l)
		}
		if _, there := w.truth[region]; there || slices.Contains(knownRegions, region) {
			n.regions[region] = true
		}
		n.maybe[region] = n.regions[region]
	}
	w.server.Serve(w.truth)
	w.server.Inject()
	return n
}

// again runs once or twice more, long before the next night, as one does after a
// partial run. Lists that lie do so still.
func (w *life) again() {
	for range w.random.IntN(3) {
		time.Sleep(pick(w, time.Second, 20*time.Second, 10*time.Minute, 5*time.Hour+59*time.Minute, 6*time.Hour, 7*time.Hour))
		w.reader.tally["runs again"]++
		w.ordinary()
	}
}

// lie makes a list of profiles lack much of what was there, however often it is
// read in this run. Nobody could see through it three times, hours apart.
func (w *life) lie(l list) (prospect, bool) {
	told := slices.Sorted(maps.Keys(w.reader.told[l]))
	if l.kind != profileKind || len(told) < 6 {
		return prospect{}, false
	}
	hidden := w.lies[l]
	if hidden == nil {
		hidden = told[:max(6, len(told)/3+1)]
	}
	p := prospect{hidden: hidden, lost: true, outcomes: []string{"suspect"}, late: true}
	missing, shown := w.reader.missing(l, truthOf(w.truth, l), hidden)
	if w.reader.runsMissing(l, missing, time.Now()) > 2 || !much(len(told), len(missing), shown) {
		return prospect{}, false
	}
	w.lies[l] = hidden
	w.reader.tally["lies"]++
	return p, true
}

// shown is the catalogue that Bedrock admits to.
func (w *life) shown() bedrocktest.Catalogue {
	shown := maps.Clone(w.truth)
	for l, hidden := range w.lies {
		region := shown[l.region]
		region.Profiles = slices.DeleteFunc(slices.Clone(region.Profiles), func(p bedrocktest.Profile) bool { return slices.Contains(hidden, p.ID) })
		shown[l.region] = region
	}
	return shown
}

var accounts = []string{"111122223333", "444455556666"}

var errUnknownAccount = errors.New("STS did not answer")

func (w *life) String() string {
	return fmt.Sprintf("seed %d, %s, with %+v, lies %v, notes %q", w.seed, time.Now().Format(time.DateTime), w.faults, w.lies, w.notes)
}
