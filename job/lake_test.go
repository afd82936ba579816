package job

import (
	"bytes"
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	gocmp "github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"snapshotter/catalog"
	"snapshotter/internal/buckettest"
	"snapshotter/internal/catalogtest"
	"snapshotter/lake"
	"snapshotter/state"
	"snapshotter/store"
)

// lakeLife is a random history over some months, which tests write to lakes.
type lakeLife struct {
	*testing.T
	random *rand.Rand
	db     *store.Store
	path   string
	at     time.Time
	listed map[catalog.Scope]map[string]catalog.Item
	runs   int64
}

func newLakeLife(t *testing.T, seed uint64) *lakeLife {
	path := filepath.Join(t.TempDir(), "snapshotter.db")
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &lakeLife{
		T: t, random: rand.New(rand.NewPCG(seed, 17)), db: db, path: path,
		at: time.Date(2026, 1, 20, 2, 0, 0, 0, time.UTC), listed: map[catalog.Scope]map[string]catalog.Item{},
	}
}

var lakeRegions = []string{"ap-south-1", "eu-west-1", "us-east-1"}

// live records a run some days later: now and then one that fails, or one whose clock
// was set back.
func (l *lakeLife) live() {
	l.Helper()
	l.at = l.at.Add(time.Duration(l.random.IntN(12)+1) * 24 * time.Hour)
	if l.random.IntN(10) == 0 {
		l.at = l.at.Add(-20 * 24 * time.Hour)
	}
	run := catalog.Run{StartedAt: l.at, FinishedAt: l.at.Add(time.Second), Trigger: catalog.Schedule, Partition: "aws", CollectorVersion: "test"}
	if l.random.IntN(8) == 0 {
		run.Message = "no credentials"
		recorded, err := l.db.RecordFailure(l.Context(), run)
		if err != nil {
			l.Fatal(err)
		}
		l.runs = recorded.ID
		return
	}
	recorded, err := l.db.Record(l.Context(), run, l.listings(), store.ConfirmApart(time.Millisecond))
	if err != nil {
		l.Fatal(err)
	}
	l.runs = recorded.ID
}

func (l *lakeLife) listings() []catalog.Listing {
	var listings []catalog.Listing
	for _, region := range lakeRegions {
		for _, kind := range catalog.Kinds() {
			scope := catalog.Scope{Region: region, Kind: kind}
			switch l.random.IntN(12) {
			case 0:
				continue // not asked for
			case 1:
				outcome := []catalog.Outcome{catalog.Denied, catalog.Throttled, catalog.NotEnabled}[l.random.IntN(3)]
				listings = append(listings, catalog.Listing{Scope: scope, Outcome: outcome, ErrorCode: "Code" + strconv.Itoa(l.random.IntN(2)), Message: "why"})
				continue
			}
			listings = append(listings, catalog.Listing{Scope: scope, Outcome: catalog.Complete, Items: l.items(scope)})
		}
	}
	return listings
}

// items are what a scope lists now: a little else than before.
func (l *lakeLife) items(scope catalog.Scope) []catalog.Item {
	items := l.listed[scope]
	if items == nil {
		items = map[string]catalog.Item{}
		l.listed[scope] = items
	}
	for range l.random.IntN(4) {
		model := fmt.Sprintf("a.model-%d", l.random.IntN(6))
		item := catalog.Item(l.model(model))
		if scope.Kind == catalog.KindInferenceProfile {
			item = l.profile([]string{"us", "global"}[l.random.IntN(2)]+"."+model, model)
		}
		if l.random.IntN(3) == 0 {
			delete(items, item.Key())
		} else {
			items[item.Key()] = item
		}
	}
	return slices.SortedFunc(maps.Values(items), catalog.CompareItems)
}

func (l *lakeLife) model(id string) *catalog.FoundationModel {
	m := catalogtest.Model(id, [][]string{nil, {}, {"ON_DEMAND"}, {"PROVISIONED"}, {"ON_DEMAND", "PROVISIONED"}}[l.random.IntN(5)]...)
	m.Lifecycle.Status = []string{"ACTIVE", "LEGACY", ""}[l.random.IntN(3)]
	if l.random.IntN(2) == 0 {
		m.Lifecycle.EndOfLife = time.Date(2026, 6, 1+l.random.IntN(3), l.random.IntN(24), 0, 0, 0, time.UTC)
	}
	if l.random.IntN(3) == 0 {
		m.Lifecycle.Legacy = time.Date(1969, 12, 31, 23, 0, 0, 0, time.UTC) // before the epoch
	}
	return m
}

func (l *lakeLife) profile(id, model string) *catalog.InferenceProfile {
	p := catalogtest.Profile(id, model, lakeRegions[l.random.IntN(3):]...)
	if l.random.IntN(3) == 0 {
		p = catalogtest.Profile(id, model, "")
	}
	p.Status = []string{"ACTIVE", "ACTIVE", "INACTIVE", ""}[l.random.IntN(4)]
	return p
}

// inDirectory is a lake in a new directory, and the directory.
func (l *lakeLife) inDirectory() (*Lake, string) {
	dir := l.TempDir()
	files, err := state.NewFiles(dir, aws.Config{})
	if err != nil {
		l.Fatal(err)
	}
	return &Lake{Files: files, History: "a"}, dir
}

func (l *lakeLife) fill(to *Lake, upTo int64) Filled {
	l.Helper()
	filled, err := to.Fill(l.Context(), l.db, upTo)
	if err != nil {
		l.Fatal(err)
	}
	return filled
}

// lakeTables are all rows of a lake, by table.
type lakeTables struct {
	runs     []lake.Run
	coverage []lake.Coverage
	changes  []lake.Change
	models   []lake.Model
	profiles []lake.Profile
	paths    []lake.AccessPath
	dates    []lake.LifecycleDate

	resourceCoverage []lake.Coverage
	resources        []lake.Resource
	impacts          []lake.Impact

	month map[int64]string // of each run
}

// readLake reads every file of a lake with the library, as engines do.
func readLake(t *testing.T, files *state.Files) *lakeTables {
	t.Helper()
	tables := &lakeTables{month: map[int64]string{}}
	names, err := files.Names(t.Context(), lake.Root, lake.Root)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := files.Read(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		month := lake.MonthOf(name)
		if month == "" {
			t.Fatalf("%s has no month", name)
		}
		switch table, _, _ := strings.Cut(strings.TrimPrefix(name, lake.Root), "/"); table {
		case "runs":
			rows := readRows[lake.Run](t, data)
			for _, run := range rows {
				tables.month[run.ID] = month
			}
			tables.runs = append(tables.runs, rows...)
		case "coverage":
			tables.coverage = append(tables.coverage, readRows[lake.Coverage](t, data)...)
		case "changes":
			tables.changes = append(tables.changes, readRows[lake.Change](t, data)...)
		case "models":
			tables.models = append(tables.models, readRows[lake.Model](t, data)...)
		case "profiles":
			tables.profiles = append(tables.profiles, readRows[lake.Profile](t, data)...)
		case "access_paths":
			tables.paths = append(tables.paths, readRows[lake.AccessPath](t, data)...)
		case "lifecycle_dates":
			tables.dates = append(tables.dates, readRows[lake.LifecycleDate](t, data)...)
		case "resource_coverage":
			tables.resourceCoverage = append(tables.resourceCoverage, readRows[lake.Coverage](t, data)...)
		case "resources":
			tables.resources = append(tables.resources, readRows[lake.Resource](t, data)...)
		case "impact":
			tables.impacts = append(tables.impacts, readRows[lake.Impact](t, data)...)
		case "resource_runs":
			readRows[lake.ResourceRun](t, data)
		default:
			t.Fatalf("%s is of no table", name)
		}
	}
	return tables
}

func readRows[T any](t *testing.T, data []byte) []T {
	t.Helper()
	rows, err := parquet.Read[T](bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// lastOf are the texts of the last rows of each key in the month of a run, up to it:
// the state as of it. Rows that are not present are left out. A key twice in one run is
// an error.
func lastOf[T any](t *testing.T, tables *lakeTables, run int64, rows []T, of func(T) (run int64, key, text string, present bool)) []string {
	t.Helper()
	type last struct {
		run  int64
		text string
	}
	state := map[string]last{}
	seen := map[string]bool{}
	for _, row := range rows {
		id, key, text, present := of(row)
		if once := fmt.Sprint(id, " ", key); seen[once] {
			t.Errorf("run %d: %q is there twice", id, key)
		} else {
			seen[once] = true
		}
		if id > run || tables.month[id] != tables.month[run] || id <= state[key].run && state[key].run != 0 {
			continue
		}
		if !present {
			text = ""
		}
		state[key] = last{id, text}
	}
	var texts []string
	for _, l := range state {
		if l.text != "" {
			texts = append(texts, l.text)
		}
	}
	slices.Sort(texts)
	return texts
}

// text is a value or, if it is nil, a dash.
func text[T any](value *T) string {
	if value == nil {
		return "-"
	}
	return fmt.Sprint(*value)
}

func moment(at *time.Time) string {
	if at == nil || at.IsZero() {
		return "-"
	}
	return at.UTC().Format(time.RFC3339)
}

func dayText(day *int32) string {
	if day == nil {
		return "-"
	}
	return catalog.Day(time.Unix(int64(*day)*24*60*60, 0))
}

func coverageText(r lake.Coverage) (int64, string, string, bool) {
	key := r.Region + " " + r.Kind
	return r.RunID, key, fmt.Sprintln(key, r.Outcome, r.ErrorCode, r.SinceRunID, text(r.ConfirmedRunID)), true
}

func said(list []string) string {
	if list == nil {
		return "not said"
	}
	return fmt.Sprint(list)
}

// check holds a lake against the database, as of every run.
func (l *lakeLife) check(files *state.Files) {
	l.Helper()
	tables := readLake(l.T, files)
	slices.SortFunc(tables.runs, func(a, b lake.Run) int { return cmp.Compare(a.ID, b.ID) })
	runs, err := l.db.Runs(l.Context())
	if err != nil {
		l.Fatal(err)
	}
	if len(runs) != len(tables.runs) {
		l.Fatalf("%d runs are %d in the lake", len(runs), len(tables.runs))
	}
	for i, run := range runs {
		got := tables.runs[i]
		if got.ID != run.ID || got.Digest != run.Digest || !got.StartedAt.Equal(run.StartedAt) || (got.Ordinal == nil) != (run.Status == catalog.RunFailed) {
			l.Fatalf("run %+v is %+v", run, got)
		}
		if i > 0 && tables.month[run.ID] < tables.month[runs[i-1].ID] {
			l.Errorf("run %d is in %s, after one in %s", run.ID, tables.month[run.ID], tables.month[runs[i-1].ID])
		}
	}
	recorded := int64(0)
	for _, run := range runs {
		if run.Status != catalog.RunFailed {
			recorded = run.ID
		}
		if recorded != 0 { // after a failed run the state is that of the run before
			l.checkState(tables, run.ID, recorded)
		}
	}
	l.checkChanges(tables)
}

func (l *lakeLife) same(what string, run int64, got, want []string) {
	l.Helper()
	slices.Sort(want)
	if d := gocmp.Diff(want, got); d != "" {
		l.Fatalf("%s as of run %d: %s", what, run, d)
	}
}

func (l *lakeLife) checkState(tables *lakeTables, run, recorded int64) {
	l.Helper()
	snapshot, err := l.db.Snapshot(l.Context(), recorded)
	if err != nil {
		l.Fatal(err)
	}
	var models, profiles, dates, paths, coverage []string
	presence := catalog.NewPresence(snapshot)
	for _, scope := range snapshot.Scopes {
		confirmed := "-"
		if scope.Confirmed != nil && scope.Outcome != catalog.Complete {
			confirmed = fmt.Sprint(scope.Confirmed.ID)
		}
		coverage = append(coverage, fmt.Sprintln(scope.Region, scope.Kind, scope.Outcome, scope.ErrorCode, scope.Since.ID, confirmed))
		for _, item := range scope.Items {
			switch item := item.(type) {
			case *catalog.FoundationModel:
				life := item.Lifecycle
				models = append(models, fmt.Sprintln(scope.Region, item.ID, cmp.Or(life.Status, "-"), moment(&life.EndOfLife), said(item.InferenceTypes)))
				for event, at := range map[string]time.Time{"legacy": life.Legacy, "end_of_life": life.EndOfLife, "start_of_life": life.StartOfLife} {
					if !at.IsZero() {
						dates = append(dates, fmt.Sprintln(scope.Region, item.ID, event, cmp.Or(life.Status, "-"), moment(&at), catalog.Day(at)))
					}
				}
			case *catalog.InferenceProfile:
				profiles = append(profiles, fmt.Sprintln(scope.Region, item.ID, cmp.Or(item.Status, "-"), item.Geography(), item.Destinations))
			}
		}
	}
	for _, region := range snapshot.Regions() {
		listed := snapshot.Region(region)
		for _, model := range listed.ModelIDs() {
			for _, path := range listed.Paths(model) {
				geography := "-"
				if path.Access == catalog.ViaProfile {
					geography = path.Geography
				}
				paths = append(paths, fmt.Sprintln(region, model, path.Access, path.ModelID, geography, said(path.Destinations), path.Callable(), presence.Doubtful(model, path.Destinations)))
			}
		}
	}
	l.same("coverage", run, lastOf(l.T, tables, run, tables.coverage, coverageText), coverage)
	l.same("models", run, lastOf(l.T, tables, run, tables.models, func(r lake.Model) (int64, string, string, bool) {
		key := r.Region + " " + r.ID
		return r.RunID, key, fmt.Sprintln(key, text(r.Status), moment(r.EndOfLife), said(r.InferenceTypes)), r.Present
	}), models)
	l.same("profiles", run, lastOf(l.T, tables, run, tables.profiles, func(r lake.Profile) (int64, string, string, bool) {
		key := r.Region + " " + r.ID
		return r.RunID, key, fmt.Sprintln(key, text(r.Status), text(r.Geography), r.Destinations), r.Present
	}), profiles)
	l.same("dates", run, lastOf(l.T, tables, run, tables.dates, func(r lake.LifecycleDate) (int64, string, string, bool) {
		key := r.Region + " " + r.Model + " " + r.Event
		return r.RunID, key, fmt.Sprintln(key, text(r.Status), moment(r.Moment), dayText(r.Date)), r.Present
	}), dates)
	l.same("access paths", run, lastOf(l.T, tables, run, tables.paths, func(r lake.AccessPath) (int64, string, string, bool) {
		key := strings.Join([]string{r.Region, r.Model, r.Access, r.ModelID}, " ")
		return r.RunID, key, fmt.Sprintln(key, text(r.Geography), said(r.Destinations), text(r.Callable), text(r.Doubtful)), r.Present
	}), paths)
}

// checkChanges holds the changes against the view of the database, read by other means.
func (l *lakeLife) checkChanges(tables *lakeTables) {
	l.Helper()
	db, err := sql.Open("sqlite", "file:"+l.path+"?mode=ro")
	if err != nil {
		l.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT run_id, coalesce(after_run_id, '-'), region, kind, id, change, coalesce(old_document, '-'), coalesce(new_document, '-') FROM changes`)
	if err != nil {
		l.Fatal(err)
	}
	defer rows.Close()
	var want []string
	for rows.Next() {
		cells := make([]string, 8)
		into := make([]any, len(cells))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			l.Fatal(err)
		}
		want = append(want, strings.Join(cells, " "))
	}
	if err := rows.Err(); err != nil {
		l.Fatal(err)
	}
	var got []string
	for _, c := range tables.changes {
		got = append(got, strings.Join([]string{fmt.Sprint(c.RunID), text(c.AfterRunID), c.Region, c.Kind, c.ID, c.Change, text(c.OldDocument), text(c.NewDocument)}, " "))
	}
	slices.Sort(got)
	l.same("changes", l.runs, got, want)
}

// lakeHistories is how many random histories are lived; SNAPSHOTTER_HISTORIES sets
// another number.
func lakeHistories() uint64 {
	if n, err := strconv.ParseUint(os.Getenv("SNAPSHOTTER_HISTORIES"), 10, 64); err == nil {
		return n
	}
	return 12
}

// A lake says what the database says, as of every run, whether its runs were added one
// by one, some at a time, or together; the same runs give the same files.
func TestLakeIsTheHistory(t *testing.T) {
	t.Parallel()
	for seed := range lakeHistories() {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			l := newLakeLife(t, seed)
			grown, grownIn := l.inDirectory()
			for range 25 {
				l.live()
				if l.random.IntN(3) > 0 {
					l.fill(grown, l.random.Int64N(l.runs)+1)
				}
			}
			l.fill(grown, l.runs)
			l.check(grown.Files)
			before := contents(t, grownIn)
			if filled := l.fill(grown, l.runs); filled.Files != 0 || filled.Before != l.runs {
				t.Errorf("a lake that has everything: %+v", filled)
			}
			together, togetherIn := l.inDirectory()
			l.fill(together, l.runs)
			l.check(together.Files)
			again, againIn := l.inDirectory()
			l.fill(again, l.runs)
			if !maps.EqualFunc(contents(t, togetherIn), contents(t, againIn), bytes.Equal) {
				t.Error("the same runs gave other files")
			}
			if !maps.EqualFunc(before, contents(t, grownIn), bytes.Equal) {
				t.Error("files changed")
			}
		})
	}
}

// contents are all files of a directory.
func contents(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			all[strings.TrimPrefix(path, dir)], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Wherever an addition to a lake in S3 breaks off, the lake stays readable and the next
// one completes it: requests and answers are lost, one after the other.
func TestLakeBreaksOff(t *testing.T) {
	t.Parallel()
	l := newLakeLife(t, 3)
	for range 12 {
		l.live()
	}
	for name, fault := range map[string]buckettest.Fault{"request": buckettest.Reset, "answer": buckettest.Lost} {
		t.Run(name, func(t *testing.T) {
			s3 := buckettest.Start(t, "")
			config := s3.Config()
			config.RetryMaxAttempts = 1
			broken := 0
			for request := range 36 {
				files, err := state.NewFiles("s3://"+buckettest.Bucket+"/"+strconv.Itoa(request), config)
				if err != nil {
					t.Fatal(err)
				}
				to := &Lake{Files: files, History: "a"}
				l.fill(to, l.runs/2)
				s3.At(after(request, fault))
				_, err = to.Fill(t.Context(), l.db, l.runs)
				s3.At(nil)
				readLake(t, files) // every file is whole
				l.fill(to, l.runs)
				l.check(files)
				if err != nil { // HTTP itself repeats some
					broken++
				}
			}
			if broken < 5 {
				t.Errorf("only %d additions broke off", broken)
			}
		})
	}
}

// after lets so many requests through and has a fault at the next one.
func after(n int, fault buckettest.Fault) buckettest.Fault {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request, behind http.Handler) {
		mu.Lock()
		n--
		now := n == -1
		mu.Unlock()
		if now {
			fault(w, r, behind)
			return
		}
		behind.ServeHTTP(w, r)
	}
}

// Many may add to one lake while the history grows: none of it is there twice.
func TestLakeOfMany(t *testing.T) {
	t.Parallel()
	for _, place := range []string{"directory", "S3"} {
		t.Run(place, func(t *testing.T) {
			l := newLakeLife(t, 5)
			to, _ := l.inDirectory()
			if place == "S3" {
				files, err := state.NewFiles("s3://"+buckettest.Bucket+"/lake", buckettest.Start(t, "").Config())
				if err != nil {
					t.Fatal(err)
				}
				to = &Lake{Files: files, History: "a"}
			}
			for range 8 {
				for range 3 {
					l.live()
				}
				var working sync.WaitGroup
				failures := make([]error, 4)
				for i := range failures {
					upTo := max(1, l.runs-l.random.Int64N(4))
					working.Go(func() { _, failures[i] = to.Fill(t.Context(), l.db, upTo) })
				}
				working.Wait()
				if err := errors.Join(failures...); err != nil {
					t.Fatal(err)
				}
			}
			l.fill(to, l.runs)
			l.check(to.Files)
		})
	}
}

// What the account has can be added to a lake later, after a month in which nothing
// changed, too: the public tables that have no file of that month stay as they are.
func TestLakeTurnsPrivate(t *testing.T) {
	t.Parallel()
	l := newLakeLife(t, 8)
	scope := catalog.Scope{Region: "us-east-1", Kind: catalog.KindFoundationModel}
	to, _ := l.inDirectory()
	for day := range 5 {
		items := []catalog.Item{l.model("a.model-1"), l.model("a.model-2")}
		at := time.Date(2026, 1, 5+day, 2, 0, 0, 0, time.UTC)
		if day == 4 { // nothing changes in the second month
			items, at = slices.SortedFunc(maps.Values(l.listed[scope]), catalog.CompareItems), at.AddDate(0, 1, 0)
		}
		l.listed[scope] = map[string]catalog.Item{items[0].Key(): items[0], items[1].Key(): items[1]}
		run := catalog.Run{StartedAt: at, FinishedAt: at, Trigger: catalog.Schedule, Partition: "aws", CollectorVersion: "test"}
		recorded, err := l.db.Record(t.Context(), run, []catalog.Listing{{Scope: scope, Outcome: catalog.Complete, Items: items}})
		if err != nil {
			t.Fatal(err)
		}
		l.runs = recorded.ID
	}
	l.fill(to, l.runs)
	to.Private = true
	l.fill(to, 2)
	l.fill(to, l.runs)
	l.check(to.Files)
}

// A lake of another history is refused, and so is one whose last run was taken back.
func TestLakeOfAnother(t *testing.T) {
	t.Parallel()
	l, other := newLakeLife(t, 6), newLakeLife(t, 7)
	for range 6 {
		l.live()
		other.live()
	}
	to, dir := l.inDirectory()
	l.fill(to, l.runs)
	before := contents(t, dir)
	_, err := to.Fill(t.Context(), other.db, other.runs)
	if _, foreign := errors.AsType[*lake.ForeignError](err); !foreign {
		t.Errorf("another history: %v", err)
	}
	if !maps.EqualFunc(before, contents(t, dir), bytes.Equal) {
		t.Error("files of another history changed")
	}
	second := &Lake{Files: to.Files, History: "b"}
	other.fill(second, other.runs)
	other.T, l.T = t, t

	folder := filepath.Join(dir, lake.Folder("models", "c"), "month=2026-01")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "000000001_x.parquet"), []byte("not Parquet"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := (&Lake{Files: to.Files, History: "c"}).Fill(t.Context(), l.db, l.runs); err == nil || !strings.Contains(err.Error(), "not a Parquet file") {
		t.Errorf("a file of something else: %v", err)
	}
}

// A lake that can't be written costs no run, and the next run catches up.
func TestRunFillsLake(t *testing.T) {
	for name, start := range map[string]func(*testing.T) *world{
		"directory": onDisk,
		"S3":        func(t *testing.T) *world { w, _ := inS3(t); return w },
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			dir := filepath.Join(t.TempDir(), "lake")
			files, err := state.NewFiles(dir, aws.Config{})
			if err != nil {
				t.Fatal(err)
			}
			night := func(day int) LakeFilled {
				w.events = nil
				job := w.job(day)
				job.Lake = &Lake{Files: files, History: "prod"}
				if _, err := job.Run(t.Context()); err != nil {
					t.Fatal(err)
				}
				for _, e := range w.events {
					if filled, ok := e.(LakeFilled); ok {
						return filled
					}
				}
				t.Fatalf("day %d: nothing was said of the lake", day)
				return LakeFilled{}
			}
			if err := os.WriteFile(dir, nil, 0o644); err != nil { // where a directory must be
				t.Fatal(err)
			}
			if filled := night(1); filled.Err == nil {
				t.Errorf("a file in place of the lake: %+v", filled)
			}
			if err := os.Remove(dir); err != nil {
				t.Fatal(err)
			}
			w.serve(2)
			if filled := night(2); filled.Err != nil || filled.Runs != 2 {
				t.Errorf("the next run: %+v", filled)
			}
			if filled := night(3); filled.Err != nil || filled.Runs != 1 || filled.Before != 2 {
				t.Errorf("the run after: %+v", filled)
			}
		})
	}
}
