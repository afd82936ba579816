package job

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"snapshotter/catalog"
	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/sample"
	"snapshotter/store"
)

// runOwn runs the job of a day with kinds of the account's resources.
func (w *world) runOwn(day int, kinds ...catalog.Kind) *Result {
	w.Helper()
	job := w.job(day)
	job.Options.Kinds = kinds
	job.Options.Include = func(region string) bool {
		return slices.Contains([]string{"us-east-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-3"}, region)
	}
	job.Rules.Account = true
	job.Announce.Policy.Reminders = []int{90}
	result, err := job.Run(w.Context())
	if err != nil {
		w.Fatalf("day %d: %v", day, err)
	}
	return result
}

func (w *world) serveOwn(moment int) {
	w.bedrock.Serve(sample.OfAccount(sample.Moments()[moment-1].Catalogue))
}

// resources are the account's as of a run, and how its lists were read.
func (w *world) resources(run int64) *catalog.Snapshot {
	w.Helper()
	var resources *catalog.Snapshot
	err := w.history.Read(w.Context(), func(db *store.Store) (err error) {
		if err := db.Verify(w.Context(), run); err != nil {
			return err
		}
		resources, err = db.Resources(w.Context(), run)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return resources
}

// Kinds that are turned off and on again lose nothing and tell nothing, and the public
// catalogue never holds a resource.
func TestKindsOffAndOn(t *testing.T) {
	w := onDisk(t)
	w.serveOwn(3)
	kinds := catalog.AccountKinds()
	for day, asked := range [][]catalog.Kind{kinds, kinds, nil, kinds[:3], nil, kinds} {
		result := w.runOwn(day+1, asked...)
		if result.Run.Status != catalog.RunComplete {
			t.Errorf("day %d is %s", day+1, result.Run.Status)
		}
		resources := w.resources(result.Run.ID)
		if n := Resources(resources); n != 14 {
			t.Errorf("day %d has %d resources, want 14", day+1, n)
		}
		if changes := len(result.Report.ActOn) + len(result.Report.Good) + len(result.Report.Other); day > 0 && changes > 0 {
			t.Errorf("day %d tells %d changes", day+1, changes)
		}
	}
	err := w.history.Read(t.Context(), func(db *store.Store) error {
		public, err := db.Snapshot(t.Context(), 6)
		if err != nil {
			return err
		}
		covered, err := db.Coverage(t.Context(), nil)
		if err != nil {
			return err
		}
		for _, state := range public.Scopes {
			if state.Kind.OfAccount() {
				t.Errorf("the public catalogue has %v", state.Scope)
			}
		}
		for scope := range covered {
			if scope.Kind.OfAccount() {
				t.Errorf("the public coverage has %v", scope)
			}
		}
		events, err := db.History(t.Context(), catalog.KindPrompt, "PR0MPT7EU1")
		if len(events) != 1 {
			t.Errorf("the prompt has the history %v", events)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A list that is not read keeps its resources, and what rests on what is known still.
func TestResourcesCarriedForward(t *testing.T) {
	w := onDisk(t)
	w.serveOwn(3)
	w.runOwn(1, catalog.AccountKinds()...)
	w.serve(3) // without any resource, which is suspect
	result := w.runOwn(2, catalog.AccountKinds()...)
	if result.Run.Status != catalog.RunPartial {
		t.Errorf("a run that lost every resource is %s", result.Run.Status)
	}
	var said strings.Builder
	if err := result.Report.Markdown(&said); err != nil || !strings.Contains(said.String(), "Not read: ") || !strings.Contains(said.String(), "of your account (") {
		t.Errorf("a report that does not say which lists of the account were not read (%v):\n%s", err, &said)
	}
	if n := Resources(w.resources(result.Run.ID)); n != 14 {
		t.Errorf("%d resources after a loss that is not believed, want 14", n)
	}
}

// Reports and messages count what rests on a model, and name nothing.
func TestYours(t *testing.T) {
	w := onDisk(t)
	w.serveOwn(3)
	w.runOwn(1, catalog.AccountKinds()...)
	w.heard()
	w.serveOwn(4)
	result := w.runOwn(2, catalog.AccountKinds()...)
	if len(result.Report.Yours) != 3 || result.Report.Yours[0].Model != "anthropic.claude-3-7-sonnet-20250219-v1:0" {
		t.Errorf("yours: %+v", result.Report.Yours)
	}
	var said strings.Builder
	if err := result.Report.Markdown(&said); err != nil {
		t.Fatal(err)
	}
	if err := result.Report.JSON(&said); err != nil {
		t.Fatal(err)
	}
	messages := w.heard()
	for _, m := range messages {
		said.WriteString(m.Title + "\n" + m.Message)
	}
	for _, want := range []string{"Yours: resources rest on 3 models", "1 application profile, 1 throughput, 1 prompt router, 1 prompt and 1 agent", "yours: 1 application profile rests on it"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("nothing says %q in\n%s", want, said.String())
		}
	}
	for _, secret := range []string{"chat-team", "k7x2m9q4w1zt", "PR0MPT7EU1", "helpdesk", "claims-throughput", "$ACCOUNT"} {
		if strings.Contains(said.String(), secret) {
			t.Errorf("a report or message names %q", secret)
		}
	}
}

// The past of a resource says when its list was not read.
func TestPastOfResource(t *testing.T) {
	w := onDisk(t)
	w.bedrock.Serve(sample.OfAccount(sample.Moments()[3].Catalogue))
	for day := range 3 {
		w.bedrock.Inject()
		if day == 1 {
			w.bedrock.Inject(bedrocktest.Fault{Operation: bedrocktest.ListAgents, Region: "us-east-1", Kind: bedrocktest.DenyIAM})
		}
		w.runOwn(day+1, catalog.KindAgent)
	}
	err := w.history.Read(t.Context(), func(db *store.Store) error {
		past, err := FindPast(t.Context(), db, 3, "AGENT7US01")
		if err != nil {
			return err
		}
		chapters, err := past.Chapters(t.Context(), db, nil, 0, func(string) bool { return true })
		var told []string
		for _, c := range chapters {
			told = append(told, fmt.Sprint(c.Run.ID, " ", c.What))
		}
		want := []string{"1 now observed", "2 agents not read (denied) in 1 run up to 2026-05-02"}
		if !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
