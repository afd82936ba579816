package job

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	gocmp "github.com/google/go-cmp/cmp"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/internal/bedrocktest"
	"snapshotter/lake"
	"snapshotter/state"
	"snapshotter/store"
)

// operationsOf are the calls that list and describe a kind.
var operationsOf = map[catalog.Kind][]string{
	catalog.KindApplicationProfile: {}, // that of the public profiles
	catalog.KindThroughput:         {bedrocktest.ListProvisionedModelThroughputs},
	catalog.KindCustomModel:        {bedrocktest.ListCustomModels},
	catalog.KindDeployment:         {bedrocktest.ListCustomModelDeployments},
	catalog.KindImportedModel:      {bedrocktest.ListImportedModels},
	catalog.KindPromptRouter:       {bedrocktest.ListPromptRouters},
	catalog.KindEndpoint:           {bedrocktest.ListMarketplaceModelEndpoints},
	catalog.KindPrompt:             {bedrocktest.ListPrompts, bedrocktest.GetPrompt},
	catalog.KindAgent:              {bedrocktest.ListAgents, bedrocktest.GetAgent},
	catalog.KindKnowledgeBase:      {bedrocktest.ListKnowledgeBases, bedrocktest.GetKnowledgeBase},
}

// TestHistoriesOfAccounts lives random nights of random accounts: resources come, go and
// change, kinds are turned off and on, and operations fail. What is recorded is what was
// there when a list was last read whole, or what was recorded before.
// SNAPSHOTTER_HISTORIES sets how many are lived.
func TestHistoriesOfAccounts(t *testing.T) {
	histories := 8
	if n, err := strconv.Atoi(os.Getenv("SNAPSHOTTER_HISTORIES")); err == nil {
		histories = n
	}
	for seed := range histories {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			newAccountLife(t, uint64(seed)).live()
		})
	}
}

type accountLife struct {
	*testing.T
	random  *rand.Rand
	bedrock *bedrocktest.Server
	history *state.History
	reports *state.Reports
	// truth is what the account has, and recorded what the history must have, by scope
	// and ID: the model that it rests on.
	truth, recorded map[catalog.Scope]map[string]string
	changed         int // how often something changed, which is when
}

var accountRegions = []string{"us-gov-east-1", "us-gov-west-1"}

func newAccountLife(t *testing.T, seed uint64) *accountLife {
	bedrock, err := bedrocktest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bedrock.Close)
	dir := t.TempDir()
	history, err := state.NewHistory(filepath.Join(dir, "snapshotter.db"), aws.Config{})
	if err != nil {
		t.Fatal(err)
	}
	reports, err := state.NewReports(filepath.Join(dir, "reports"), aws.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return &accountLife{
		T: t, random: rand.New(rand.NewPCG(seed, 2)), bedrock: bedrock, history: history, reports: reports,
		truth: map[catalog.Scope]map[string]string{}, recorded: map[catalog.Scope]map[string]string{},
	}
}

func (l *accountLife) live() {
	files, err := state.NewFiles(l.TempDir(), aws.Config{})
	if err != nil {
		l.Fatal(err)
	}
	to := &Lake{Files: files, History: "a"}
	for night := range 6 {
		l.happen()
		kinds := slices.DeleteFunc(catalog.AccountKinds(), func(catalog.Kind) bool { return l.random.IntN(8) == 0 })
		fault, at, whole := l.fault()
		l.bedrock.Inject(fault...)
		l.bedrock.LimitPages(l.random.IntN(4))
		l.run(night, kinds)
		l.check(night, kinds, at, whole)
		if to.Private = to.Private || l.random.IntN(3) == 0; l.random.IntN(2) == 0 {
			l.fill(to)
		}
	}
	to.Private = true
	l.fill(to)
	l.checkLake(files)
}

func (l *accountLife) fill(to *Lake) {
	if err := l.history.Read(l.Context(), func(db *store.Store) error {
		_, err := to.Fill(l.Context(), db, math.MaxInt64)
		return err
	}); err != nil {
		l.Fatal(err)
	}
}

// checkLake holds what a private lake says of the account, as of every run, against the
// database, and the other tables to the public kinds.
func (l *accountLife) checkLake(files *state.Files) {
	tables := readLake(l.T, files)
	for _, c := range tables.coverage {
		if catalog.Kind(c.Kind).OfAccount() {
			l.Errorf("public coverage has %s", c.Kind)
		}
	}
	for _, c := range tables.changes {
		if catalog.Kind(c.Kind).OfAccount() {
			l.Errorf("public changes have %s", c.Kind)
		}
	}
	err := l.history.Read(l.Context(), func(db *store.Store) error {
		runs, err := db.Runs(l.Context())
		for _, run := range runs {
			err = errors.Join(err, l.checkResources(db, tables, run))
		}
		return err
	})
	if err != nil {
		l.Fatal(err)
	}
}

func (l *accountLife) checkResources(db *store.Store, tables *lakeTables, run catalog.Run) error {
	public, err := db.Snapshot(l.Context(), run.ID)
	if err != nil {
		return err
	}
	impacts, account, err := Impacts(l.Context(), db, public, ask.Impacted{Today: run.StartedAt})
	if err != nil {
		return err
	}
	var resources, coverage, harms []string
	for _, scope := range account.Scopes {
		confirmed := "-"
		if scope.Confirmed != nil && scope.Outcome != catalog.Complete {
			confirmed = fmt.Sprint(scope.Confirmed.ID)
		}
		coverage = append(coverage, fmt.Sprintln(scope.Region, scope.Kind, scope.Outcome, scope.ErrorCode, scope.Since.ID, confirmed))
		for _, item := range scope.Items {
			r := item.(*catalog.Resource)
			var bases []lake.Base
			for _, b := range r.Bases {
				bases = append(bases, lake.Base{Kind: string(b.Kind), Region: b.Region, ID: b.ID, Role: string(b.As)})
			}
			resources = append(resources, fmt.Sprintln(scope.Region, r.Kind(), r.ID, cmp.Or(r.Name, "-"), bases, moment(&r.UpdatedAt)))
		}
	}
	for _, i := range impacts {
		missing, replacement := "-", "-"
		if i.Missing != nil {
			missing = i.Missing.ID
		}
		if i.Replacement != nil {
			replacement = i.Replacement.Model
		}
		harms = append(harms, fmt.Sprintln(i.Harm, cmp.Or(i.Date, "-"), i.Region, i.Kind, i.ID, cmp.Or(i.Model, "-"), i.In, missing, replacement))
	}
	same := func(what string, got, want []string) {
		slices.Sort(got)
		slices.Sort(want)
		if d := gocmp.Diff(want, got); d != "" {
			l.Errorf("%s as of run %d: %s", what, run.ID, d)
		}
	}
	same("coverage of resources", lastOf(l.T, tables, run.ID, tables.resourceCoverage, coverageText), coverage)
	same("resources", lastOf(l.T, tables, run.ID, tables.resources, func(r lake.Resource) (int64, string, string, bool) {
		key := r.Region + " " + r.Kind + " " + r.ID
		return r.RunID, key, fmt.Sprintln(key, text(r.Name), r.Bases, moment(r.UpdatedAt)), r.Present
	}), resources)
	same("impacts", lastOf(l.T, tables, run.ID, tables.impacts, func(r lake.Impact) (int64, string, string, bool) {
		return r.RunID, r.Key, fmt.Sprintln(text(r.Harm), dayText(r.Date), text(r.Region), text(r.Kind), text(r.ID), text(r.Model), r.ModelRegions, text(r.Missing), text(r.Replacement)), r.Present
	}), harms)
	return nil
}

// happen changes some resources.
func (l *accountLife) happen() {
	catalogue := bedrocktest.Catalogue{}
	for _, region := range accountRegions {
		content := bedrocktest.Region{Models: []bedrocktest.Model{
			{ID: "a.two", Lifecycle: bedrocktest.Lifecycle{Status: "LEGACY", EndOfLife: "2026-06-04T00:00:00Z"}}, {ID: "a.three", InferenceTypes: []string{"ON_DEMAND"}},
		}}
		if l.random.IntN(6) > 0 { // else it is gone
			content.Models = append(content.Models, bedrocktest.Model{ID: "a.one"})
		}
		for _, kind := range catalog.AccountKinds() {
			scope := catalog.Scope{Region: region, Kind: kind}
			if l.truth[scope] == nil {
				l.truth[scope] = map[string]string{}
			}
			for range l.random.IntN(3) {
				id := fmt.Sprint("RES", l.random.IntN(6))
				if l.random.IntN(4) == 0 {
					delete(l.truth[scope], id)
				} else {
					l.truth[scope][id] = fmt.Sprint([]string{"a.one", "a.two"}[l.random.IntN(2)], " ", l.changed)
					l.changed++
				}
			}
			for _, id := range slices.Sorted(maps.Keys(l.truth[scope])) {
				model, version, _ := strings.Cut(l.truth[scope][id], " ")
				at, _ := strconv.Atoi(version)
				content.Resources = append(content.Resources, bedrocktest.Resource{
					Kind: string(kind), ID: id, Name: "n" + id, Models: []string{bedrocktest.ModelARN(region, model)},
					Updated: time.Date(2026, 1, 1, 0, 0, at, 0, time.UTC).Format(time.RFC3339), Created: "2026-01-01T00:00:00Z",
				})
			}
		}
		catalogue[region] = content
	}
	l.bedrock.Serve(catalogue)
}

// fault is what goes wrong in a night with one kind of a region. Whole is set if the list
// is read whole all the same.
func (l *accountLife) fault() (faults []bedrocktest.Fault, at catalog.Scope, whole bool) {
	kinds := catalog.AccountKinds()
	at = catalog.Scope{Region: accountRegions[l.random.IntN(2)], Kind: kinds[l.random.IntN(len(kinds))]}
	operations := operationsOf[at.Kind]
	if len(operations) == 0 {
		return nil, catalog.Scope{}, true
	}
	f := bedrocktest.Fault{Region: at.Region, Operation: operations[l.random.IntN(len(operations))]}
	causes := []bedrocktest.FaultKind{
		bedrocktest.DenyIAM, bedrocktest.DenySCP, bedrocktest.NoOperation, bedrocktest.InternalError, bedrocktest.Malformed, bedrocktest.Empty,
		bedrocktest.Throttle, bedrocktest.Reset, bedrocktest.Truncated,
	}
	f.Kind = causes[l.random.IntN(len(causes))]
	if whole = (f.Kind == bedrocktest.Throttle || f.Kind == bedrocktest.InternalError) && l.random.IntN(2) == 0; whole {
		f.Times = 1
	}
	return []bedrocktest.Fault{f}, at, whole
}

func (l *accountLife) run(night int, kinds []catalog.Kind) {
	config := l.bedrock.Config()
	config.Region = accountRegions[0]
	at := time.Date(2026, 5, 1+12*night, 2, 0, 0, 0, time.UTC)
	job := &Job{
		History: l.history, Reports: l.reports, Trigger: catalog.Manual, Version: "test", AWS: config,
		Options: collect.Options{Kinds: kinds, Pause: time.Millisecond, Region: 2 * time.Second},
		Now:     func() time.Time { return at },
	}
	if _, err := job.Run(l.Context()); err != nil {
		l.Fatalf("night %d: %v", night, err)
	}
}

// check holds the history to what must be there after a night.
func (l *accountLife) check(night int, kinds []catalog.Kind, failing catalog.Scope, whole bool) {
	err := l.history.Read(l.Context(), func(db *store.Store) error {
		last, err := db.Latest(l.Context(), 0)
		if err != nil {
			return err
		}
		if err := db.Verify(l.Context(), last.ID); err != nil {
			return err
		}
		resources, err := db.Resources(l.Context(), last.ID)
		if err != nil {
			return err
		}
		for scope, truth := range l.truth {
			got, outcome := map[string]string{}, catalog.NotListed
			if state := resources.Scope(scope); state != nil {
				outcome = state.Outcome
				for _, item := range state.Items {
					r := item.(*catalog.Resource)
					got[r.ID] = ""
					for _, base := range r.Bases {
						got[r.ID] = base.ID
					}
				}
			}
			lied := outcome == catalog.Complete && scope == failing && !whole
			switch {
			case lied:
				l.believe(night, scope, got)
			case outcome == catalog.Complete:
				l.recorded[scope] = map[string]string{}
				for id, model := range truth {
					model, _, _ = strings.Cut(model, " ")
					if scope.Kind == catalog.KindImportedModel {
						model = "" // it rests on nothing of AWS's
					}
					l.recorded[scope][id] = model
				}
			}
			if want := l.recorded[scope]; len(got)+len(want) > 0 && !maps.Equal(got, want) {
				l.Errorf("night %d: %v is %s with %v, want %v", night, scope, outcome, got, want)
			}
			asked, emptied := slices.Contains(kinds, scope.Kind), len(truth) == 0 && len(l.recorded[scope]) > 0
			switch fails := scope == failing && !whole; {
			case !asked && outcome != catalog.NotListed:
				l.Errorf("night %d: %v was not asked for, and is %s", night, scope, outcome)
			case asked && !fails && !emptied && outcome != catalog.Complete:
				l.Errorf("night %d: nothing failed in %v, and it is %s", night, scope, outcome)
			}
		}
		return nil
	})
	if err != nil {
		l.Fatalf("night %d: %v", night, err)
	}
}

// believe takes over what was recorded of a list that answered with a lie: an empty one
// that was believed at last, or that described nothing. No lie removes what is there.
func (l *accountLife) believe(night int, scope catalog.Scope, got map[string]string) {
	for id := range l.recorded[scope] {
		_, kept := got[id]
		if _, there := l.truth[scope][id]; there && !kept {
			l.Errorf("night %d: %s of %v is there, and was removed", night, id, scope)
		}
	}
	l.recorded[scope] = got
}
