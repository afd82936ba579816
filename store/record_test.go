package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
	"snapshotter/store"
)

var profiles = catalog.Scope{Region: "us-east-1", Kind: catalog.KindInferenceProfile}

// rows counts the rows of every table.
func rows(t *testing.T, path string) map[string]int {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	counts := map[string]int{}
	for _, table := range []string{"runs", "scopes", "coverage", "items", "documents", "item_changes", "routes"} {
		var n int
		if err := db.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		counts[table] = n
	}
	return counts
}

func TestUnchangedRunIsOneRow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	s := open(t, path)
	listings := []catalog.Listing{
		listed(models, model("m1", "One"), model("m2", "Two")),
		listed(profiles, &catalog.InferenceProfile{ID: "us.m1", Destinations: []catalog.Destination{{Region: "us-east-1", Model: "m1"}}}),
		{Scope: catalog.Scope{Region: "eu-west-1", Kind: catalog.KindFoundationModel}, Outcome: catalog.Denied, ErrorCode: "AccessDeniedException", Message: "port 4711"},
		{Scope: catalog.Scope{Region: "ap-east-1", Kind: catalog.KindFoundationModel}, Outcome: catalog.NotListed},
	}
	first := record(t, s, run(0), listings...)
	want := rows(t, path)
	listings[2].Message = "port 4712" // differs every night
	second := record(t, s, run(1), listings[:3]...)
	want["runs"]++
	if d := cmp.Diff(want, rows(t, path)); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
	if first.Digest != second.Digest || first.Digest == "" {
		t.Errorf("digests %q and %q, want one", first.Digest, second.Digest)
	}
}

func TestRegionsShareDocuments(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	s := open(t, path)
	var listings []catalog.Listing
	for _, region := range []string{"us-east-1", "eu-west-1", "ap-south-1"} {
		scope := catalog.Scope{Region: region, Kind: catalog.KindFoundationModel}
		listings = append(listings, listed(scope, model("m1", "One")))
	}
	id := record(t, s, run(0), listings...).ID
	if got := rows(t, path); got["items"] != 3 || got["documents"] != 1 {
		t.Errorf("%v, want 3 items and 1 document", got)
	}
	snapshot, err := s.Snapshot(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	if snapshot.Scopes[0].Items[0] != snapshot.Scopes[2].Items[0] {
		t.Error("one document is two items in memory")
	}
}

// outcomes records listings of one scope run by run and returns what became of
// each: "failed" is a failed run, "unnamed" one that does not name the scope.
func outcomes(t *testing.T, listings ...string) (outcomes []catalog.Outcome) {
	s := open(t, filepath.Join(t.TempDir(), "history.db"))
	for n, listing := range listings {
		var r catalog.Run
		switch listing {
		case "failed":
			if _, err := s.RecordFailure(context.Background(), run(n)); err != nil {
				t.Fatal(err)
			}
			continue
		case "unnamed":
			r = record(t, s, run(n))
		case "empty":
			r = record(t, s, run(n), listed(models))
		case "items":
			r = record(t, s, run(n), listed(models, model("m1", "One")))
		default:
			r = record(t, s, run(n), catalog.Listing{Scope: models, Outcome: catalog.Outcome(listing)})
		}
		snapshot, err := s.Snapshot(context.Background(), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		outcomes = append(outcomes, snapshot.Scope(models).Outcome)
	}
	return outcomes
}

// An empty listing where there were items is believed when three runs in a row
// say so. A failed run listed nothing and does not count; one that learned
// something else, or did not ask, begins the row anew.
func TestEmptyListings(t *testing.T) {
	const complete, suspect, notListed, denied = catalog.Complete, catalog.Suspect, catalog.NotListed, catalog.Denied
	for _, test := range []struct {
		listings []string
		want     []catalog.Outcome
	}{
		{[]string{"empty", "empty"}, []catalog.Outcome{complete, complete}},
		{[]string{"items", "empty", "empty", "empty", "empty"}, []catalog.Outcome{complete, suspect, suspect, complete, complete}},
		{[]string{"items", "empty", "items", "empty"}, []catalog.Outcome{complete, suspect, complete, suspect}},
		{[]string{"items", "empty", "failed", "empty", "empty"}, []catalog.Outcome{complete, suspect, suspect, complete}},
		{[]string{"items", "empty", "empty", "unnamed", "empty"}, []catalog.Outcome{complete, suspect, suspect, notListed, suspect}},
		{[]string{"items", "empty", "empty", "denied", "empty"}, []catalog.Outcome{complete, suspect, suspect, denied, suspect}},
	} {
		if got := outcomes(t, test.listings...); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%v: %v, want %v", test.listings, got, test.want)
		}
	}
}

// A listing that is not what it should be is refused whole: taken as it is, it
// could be a removal.
func TestRefusedListings(t *testing.T) {
	path := recorded(t)
	s := open(t, path)
	before := rows(t, path)
	for name, listings := range map[string][]catalog.Listing{
		"twice":          {listed(models, model("m1", "One")), listed(models)},
		"unsorted":       {listed(models, model("m2", "Two"), model("m1", "One"))},
		"duplicate":      {listed(models, model("m1", "One"), model("m1", "Two"))},
		"other kind":     {listed(profiles, model("m1", "One"))},
		"items, failed":  {{Scope: models, Outcome: catalog.Denied, Items: []catalog.Item{model("m1", "One")}}},
		"items, suspect": {{Scope: models, Outcome: catalog.Suspect, Items: []catalog.Item{model("m1", "One")}}},
	} {
		if _, err := s.Record(context.Background(), run(1), listings); err == nil {
			t.Errorf("%s: recorded", name)
		}
	}
	if d := cmp.Diff(before, rows(t, path)); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
}

func TestRunsAreKeptAsTheyWere(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "history.db"))
	at := time.Date(2026, 9, 23, 6, 3, 0, 123456789, time.FixedZone("JST", 9*60*60))
	given := catalog.Run{
		ID: 77, Status: catalog.RunFailed, Digest: "ignored",
		StartedAt: at, FinishedAt: at.Add(time.Second), Trigger: catalog.Manual,
		CollectorVersion: "v1.2.3", Partition: "aws-us-gov", Message: "did without account:ListRegions",
	}
	got := record(t, s, given, listed(models))
	want := given
	want.ID, want.Status, want.Digest = 1, catalog.RunComplete, got.Digest
	want.StartedAt = time.Date(2026, 9, 22, 21, 3, 0, 123000000, time.UTC)
	want.FinishedAt = want.StartedAt.Add(time.Second)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("recorded (-want +got):\n%s", d)
	}
	runs, err := s.Runs(context.Background())
	if d := cmp.Diff([]catalog.Run{want}, runs); err != nil || d != "" {
		t.Errorf("Runs(): %v (-want +got):\n%s", err, d)
	}
}

// Ids and texts from outside are kept as they came, whatever they hold.
func TestHostileTexts(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "history.db"))
	var items []catalog.Item
	for _, key := range []string{"\x00", "\x00a", " ", "'; DROP TABLE runs; --", "a\nb", "a|b", "é", "é\x00", "\U0001F600", strings.Repeat("k", 1<<20)} {
		items = append(items, model(key, key))
	}
	slices.SortFunc(items, catalog.CompareItems)
	listing := listed(models, items...)
	first := record(t, s, run(0), listing)
	second := record(t, s, run(1), listing)
	if first.Digest != second.Digest {
		t.Error("the same listing once more is another state")
	}
	snapshot, err := s.Snapshot(context.Background(), second.ID)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(listing.Items, snapshot.Scopes[0].Items); d != "" {
		t.Errorf("items (-want +got):\n%s", d)
	}
	if err := s.Verify(context.Background(), second.ID); err != nil {
		t.Error(err)
	}
	for _, item := range listing.Items {
		events, err := s.History(context.Background(), catalog.KindFoundationModel, item.Key())
		if err != nil || len(events) != 1 {
			t.Errorf("History(%.20q) = %v, %v; want one event", item.Key(), events, err)
		}
	}
}

// On a full disk the history stays as it was, says so, and goes on when there
// is room again.
func TestFullDisk(t *testing.T) {
	path := recorded(t)
	s := open(t, path)
	var many []catalog.Item
	for i := range 2000 {
		many = append(many, model(fmt.Sprintf("m%05d", i), strings.Repeat("x", 100)))
	}
	s.LimitPages(t, 3)
	_, err := s.Record(context.Background(), run(1), []catalog.Listing{listed(models, many...)})
	wantError(t, err, new(*store.FaultError), path)
	if err == nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("error %v does not tell that the disk is full", err)
	}
	if runs, err := s.Runs(context.Background()); err != nil || len(runs) != 1 {
		t.Errorf("Runs() = %v, %v; want the first alone", runs, err)
	}
	if err := s.Verify(context.Background(), 1); err != nil {
		t.Error(err)
	}
	s.LimitPages(t, 0)
	if got := record(t, s, run(1), listed(models, many...)); got.ID != 2 {
		t.Errorf("run %d after the failure, want 2", got.ID)
	}
}

func TestCancelledRecord(t *testing.T) {
	s := open(t, recorded(t))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Record(ctx, run(1), []catalog.Listing{listed(models)}); !errors.Is(err, context.Canceled) {
		t.Errorf("Record: %v, want that it was cancelled", err)
	}
	if runs, err := s.Runs(context.Background()); err != nil || len(runs) != 1 {
		t.Errorf("Runs() = %v, %v; want the first alone", runs, err)
	}
}

// Whatever is altered in the state as of a run, Verify tells.
func TestVerify(t *testing.T) {
	for name, alter := range map[string]string{
		"content":         "UPDATE documents SET body = replace(body, 'One', 'Ten')",
		"content and sum": "UPDATE documents SET body = '{}', sha256 = x'44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'",
		"key":             "UPDATE items SET key = 'm2'",
		"region":          "UPDATE scopes SET region = 'us-east-2'",
		"removal":         "UPDATE item_changes SET document_id = NULL",
		"change":          "DELETE FROM item_changes",
		"observation":     "UPDATE coverage SET outcome = 'denied', confirmed_run_id = NULL",
		"digest":          "UPDATE runs SET digest = 'x'",
	} {
		t.Run(name, func(t *testing.T) {
			path := recorded(t)
			execute(t, path, alter)
			if err := openReader(t, path).Verify(context.Background(), 1); err == nil {
				t.Error("nothing found")
			}
		})
	}
	if err := openReader(t, recorded(t)).Verify(context.Background(), 1); err != nil {
		t.Errorf("unaltered: %v", err)
	}
}

func TestFindRuns(t *testing.T) {
	ctx := context.Background()
	s := open(t, filepath.Join(t.TempDir(), "history.db"))
	wantNone := func(_ catalog.Run, err error) {
		t.Helper()
		if !errors.As(err, new(*store.NoRunError)) {
			t.Errorf("error %v, want that there is no such run", err)
		}
	}
	wantNone(s.Latest(ctx, 0))
	wantNone(s.RunAt(ctx, day))
	wantNone(s.First(ctx))
	wantNone(s.Before(ctx, 1))
	first := record(t, s, run(0), listed(models))
	second := record(t, s, run(5), listed(models))
	failed, err := s.RecordFailure(ctx, run(6))
	if err != nil {
		t.Fatal(err)
	}
	back := record(t, s, run(3), listed(models)) // the clock was put back

	want := func(want catalog.Run) func(catalog.Run, error) {
		return func(got catalog.Run, err error) {
			t.Helper()
			if err != nil || got != want {
				t.Errorf("run %d, %v; want %d", got.ID, err, want.ID)
			}
		}
	}
	wantNone(s.Before(ctx, first.ID))
	wantNone(s.Run(ctx, failed.ID))
	want(first)(s.First(ctx))
	want(first)(s.Before(ctx, second.ID))
	want(second)(s.Before(ctx, back.ID)) // the failed one is passed over
	want(second)(s.Run(ctx, second.ID))
	want(back)(s.Latest(ctx, 0))
	want(second)(s.Latest(ctx, 1))
	want(first)(s.Latest(ctx, 2))
	wantNone(s.Latest(ctx, 3))
	wantNone(s.Latest(ctx, -1))
	wantNone(s.RunAt(ctx, day.Add(-time.Millisecond)))
	want(first)(s.RunAt(ctx, day))
	want(first)(s.RunAt(ctx, day.AddDate(0, 0, 2)))
	want(back)(s.RunAt(ctx, day.AddDate(0, 0, 3)))
	want(back)(s.RunAt(ctx, day.AddDate(0, 0, 9)))

	for _, id := range []int64{0, -1, failed.ID, 99} {
		_, err := s.Snapshot(ctx, id)
		wantNone(catalog.Run{}, err)
		_, _, err = s.Between(ctx, first.ID, id)
		wantNone(catalog.Run{}, err)
		_, _, err = s.Between(ctx, id, first.ID)
		wantNone(catalog.Run{}, err)
		wantNone(catalog.Run{}, s.Verify(ctx, id))
	}
}

func TestUnknownNames(t *testing.T) {
	ctx := context.Background()
	s := open(t, recorded(t))
	if events, err := s.History(ctx, catalog.KindFoundationModel, "m9"); events != nil || err != nil {
		t.Errorf("History of an id never listed = %v, %v", events, err)
	}
	covered, err := s.Coverage(ctx, []string{profiles.Region, "mars-north-1"})
	if covered[profiles] != nil || len(covered) != 1 || err != nil {
		t.Errorf("Coverage = %v, %v; want it of the scope that was named", covered, err)
	}
}

func TestEmptyHistory(t *testing.T) {
	ctx := context.Background()
	s := open(t, filepath.Join(t.TempDir(), "history.db"))
	if runs, err := s.Runs(ctx); runs != nil || err != nil {
		t.Errorf("Runs() = %v, %v", runs, err)
	}
	if known, err := s.Known(ctx); len(known.Scopes) != 0 || err != nil {
		t.Errorf("Known() = %v, %v", known, err)
	}
}

// What was read from AWS is not given up because somebody has the database open
// in a shell.
func TestPatiently(t *testing.T) {
	ctx := context.Background()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "locked.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	holder, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	begin := func(on interface {
		ExecContext(context.Context, string, ...any) (sql.Result, error)
	}) error {
		_, err := on.ExecContext(ctx, "BEGIN IMMEDIATE")
		return err
	}
	if err := begin(holder); err != nil {
		t.Fatal(err)
	}
	tries := 0
	err = store.Patiently(func() error {
		tries++
		if tries == 4 {
			if _, err := holder.ExecContext(ctx, "ROLLBACK"); err != nil {
				t.Fatal(err)
			}
		}
		return begin(db)
	})
	if err != nil || tries != 4 {
		t.Errorf("after %d tries: %v; want none but the fourth to begin", tries, err)
	}
	tries = 0
	err = store.Patiently(func() error { tries++; return begin(holder) })
	if err == nil || tries < 10 {
		t.Errorf("after %d tries: %v; want it to give up at last", tries, err)
	}
	tries = 0
	if err = store.Patiently(func() error { tries++; return io.EOF }); err != io.EOF || tries != 1 {
		t.Errorf("after %d tries: %v; want what is not about a lock at once", tries, err)
	}
}
