//go:build battery

package battery

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"snapshotter/catalog"
)

// world is a catalogue that changes as the real one does. In ten recordings of
// 18 regions over 80 days there were 1,280 items, some regions with a tenth of
// what others had; 1,439 changes, about one a region and day, for which 498 new
// documents sufficed, as most of them befell many regions at once; and one
// change in eight was of an item that came, one in twenty of one that went.
//
// It is the same each time, and in the same number of steps.
type world struct {
	random   *rand.Rand
	regions  []string
	scopes   map[catalog.Scope]map[string]catalog.Item
	altered  map[catalog.Scope]map[string]bool // keys, since they were last taken
	models   []string                          // that are offered, the oldest first
	launched int
	start    time.Time
}

// How the catalogue goes, by the day.
const (
	modelsAtFirst = 135  // distinct ones, of which each region lists a part
	growth        = 0.03 // more of them each year
	launches      = 0.2
	lifecycles    = 1.0 // a model's, in every region
	reroutings    = 1.0 // of a profile, in every region of a geography
	local         = 0.2 // of an item in one region, each
)

func newWorld(regions int, start time.Time) *world {
	w := &world{
		random: rand.New(rand.NewPCG(1, uint64(regions))), regions: codes(regions), start: start,
		scopes: map[catalog.Scope]map[string]catalog.Item{}, altered: map[catalog.Scope]map[string]bool{},
	}
	for _, region := range w.regions {
		for _, kind := range catalog.Kinds() {
			w.scopes[catalog.Scope{Region: region, Kind: kind}] = map[string]catalog.Item{}
		}
	}
	for range modelsAtFirst {
		w.launch(start.AddDate(0, 0, -w.random.IntN(1000)))
	}
	return w
}

// codes are so many region codes: those of farther, and then others that look
// like them.
func codes(n int) []string {
	var codes []string
	for i := range n {
		code := farther[i%len(farther)]
		stem, digit := code[:len(code)-1], code[len(code)-1:]
		codes = append(codes, stem+strings.Repeat("1", i/len(farther))+digit)
	}
	return codes
}

// step lets a part of a day go by.
func (w *world) step(at time.Time, days float64) {
	if day := at.Weekday(); day == time.Saturday || day == time.Sunday {
		return
	}
	days *= 7.0 / 5
	times := func(rate float64, happens func(time.Time)) {
		for range w.draw(rate * days) {
			happens(at)
		}
	}
	times(launches, w.launch)
	years := at.Sub(w.start).Hours() / 24 / 365
	for float64(len(w.models)) > modelsAtFirst*math.Pow(1+growth, years)+1 {
		w.withdraw()
	}
	times(lifecycles, w.age)
	times(reroutings, w.reroute)
	times(local*float64(len(w.regions)), w.changeHere)
}

// draw is a number of events, of which there are so many in the mean.
func (w *world) draw(mean float64) (n int) {
	for at := w.random.ExpFloat64(); at < mean; at += w.random.ExpFloat64() {
		n++
	}
	return n
}

// launch offers a new model in a part of the regions, and in the same ones, for
// four in ten, by profiles.
func (w *world) launch(at time.Time) {
	w.launched++
	provider := w.random.IntN(12)
	id := fmt.Sprintf("provider%02d.series-%d-large-%s-v1:0", provider, w.launched, at.Format("20060102"))
	w.models = append(w.models, id)
	streaming := w.random.IntN(4) > 0
	model := &catalog.FoundationModel{
		ID: id, Name: fmt.Sprintf("Series %d Large", w.launched), Provider: fmt.Sprintf("Provider %02d", provider),
		InputModalities: []string{"IMAGE", "TEXT"}[w.random.IntN(2):], OutputModalities: []string{"TEXT"},
		InferenceTypes: []string{"ON_DEMAND"}, Customizations: []string{}, Streaming: &streaming,
		Lifecycle: catalog.Lifecycle{Status: catalog.StatusActive, StartOfLife: at},
	}
	profiles, global := w.random.IntN(10) < 4, w.random.IntN(10) < 3
	if profiles {
		model.InferenceTypes = []string{"INFERENCE_PROFILE"}
	}
	for i, region := range w.regions {
		if w.random.Float64() > max(0.17, 1-1.2*float64(i)/float64(len(w.regions))) {
			continue
		}
		w.put(region, model)
		if profiles {
			w.put(region, w.profile(region, id, at))
		}
		if profiles && global {
			w.put(region, globalProfile(region, id, at))
		}
	}
}

// profile is the one for a model in the geography of a region, from where it
// leads to some of that geography: every third profile to the same from
// everywhere.
func (w *world) profile(region, model string, at time.Time) *catalog.InferenceProfile {
	geography := catalog.Geography(region)
	p := &catalog.InferenceProfile{
		ID: geography + "." + model, Name: strings.ToUpper(geography) + " " + model,
		Status: catalog.StatusActive, Type: catalog.TypeSystemDefined, CreatedAt: at, UpdatedAt: at,
	}
	var near []string
	for _, other := range w.regions {
		if catalog.Geography(other) == geography && (other == region || len(model)%3 == 0 || w.random.IntN(3) > 0) && len(near) < 7 {
			near = append(near, other)
		}
	}
	slices.Sort(near)
	for _, to := range near {
		p.Destinations = append(p.Destinations, catalog.Destination{Region: to, Model: model})
	}
	p.Description = "Routes requests to " + model + " in " + strings.Join(near, ", ") + "."
	return p
}

func globalProfile(region, model string, at time.Time) *catalog.InferenceProfile {
	return &catalog.InferenceProfile{
		ID: "global." + model, Name: "Global " + model,
		Description: "Routes requests to " + model + " globally across all supported AWS Regions.",
		Status:      catalog.StatusActive, Type: catalog.TypeSystemDefined, CreatedAt: at, UpdatedAt: at,
		Destinations: []catalog.Destination{{Model: model}, {Region: region, Model: model}},
	}
}

// withdraw ends the offer of one of the older models.
func (w *world) withdraw() {
	i := w.random.IntN(len(w.models)/2 + 1)
	model := w.models[i]
	w.models = slices.Delete(w.models, i, i+1)
	for _, region := range w.regions {
		w.drop(catalog.Scope{Region: region, Kind: catalog.KindFoundationModel}, model)
		for _, profile := range []string{catalog.Geography(region) + "." + model, "global." + model} {
			w.drop(catalog.Scope{Region: region, Kind: catalog.KindInferenceProfile}, profile)
		}
	}
}

// age sets a model's dates, or sets them anew, wherever it is listed.
func (w *world) age(at time.Time) {
	id := w.model()
	legacy, end := at.AddDate(0, 0, w.random.IntN(60)), at.AddDate(0, 0, 180+w.random.IntN(365))
	documents := map[*catalog.FoundationModel]*catalog.FoundationModel{}
	for _, region := range w.regions {
		before, listed := w.scopes[catalog.Scope{Region: region, Kind: catalog.KindFoundationModel}][id].(*catalog.FoundationModel)
		if !listed {
			continue
		}
		if documents[before] == nil {
			after := *before
			after.Lifecycle = catalog.Lifecycle{
				Status: catalog.StatusLegacy, StartOfLife: before.Lifecycle.StartOfLife,
				Legacy: legacy, ExtendedAccess: end.AddDate(0, 0, -90), EndOfLife: end,
			}
			documents[before] = &after
		}
		w.put(region, documents[before])
	}
}

// reroute makes a model's profile lead elsewhere from all of a geography.
func (w *world) reroute(at time.Time) {
	id, geography := w.model(), catalog.Geography(w.regions[w.random.IntN(len(w.regions))])
	for _, region := range w.regions {
		scope := catalog.Scope{Region: region, Kind: catalog.KindInferenceProfile}
		before, listed := w.scopes[scope][geography+"."+id].(*catalog.InferenceProfile)
		if !listed {
			continue
		}
		after := w.profile(region, id, before.CreatedAt)
		after.UpdatedAt = at
		w.put(region, after)
	}
}

// changeHere lists a model in one region by other inference types, or takes it
// off the list, or puts it back.
func (w *world) changeHere(time.Time) {
	region, id := w.regions[w.random.IntN(len(w.regions))], w.model()
	scope := catalog.Scope{Region: region, Kind: catalog.KindFoundationModel}
	before, listed := w.scopes[scope][id].(*catalog.FoundationModel)
	switch {
	case !listed:
		if elsewhere := w.anywhere(id); elsewhere != nil && w.random.IntN(4) == 0 {
			w.put(region, elsewhere)
		}
	case w.random.IntN(10) == 0:
		w.drop(scope, id)
	default:
		after := *before
		all := []string{"INFERENCE_PROFILE", "ON_DEMAND", "PROVISIONED"}
		after.InferenceTypes = all[w.random.IntN(2):][:1+w.random.IntN(2)]
		w.put(region, &after)
	}
}

func (w *world) model() string { return w.models[w.random.IntN(len(w.models))] }

// anywhere is a model as the first region that lists it does.
func (w *world) anywhere(id string) catalog.Item {
	for _, region := range w.regions {
		if item := w.scopes[catalog.Scope{Region: region, Kind: catalog.KindFoundationModel}][id]; item != nil {
			return item
		}
	}
	return nil
}

func (w *world) put(region string, item catalog.Item) {
	scope := catalog.Scope{Region: region, Kind: item.Kind()}
	w.scopes[scope][item.Key()] = item
	w.alter(scope, item.Key())
}

func (w *world) drop(scope catalog.Scope, key string) {
	if w.scopes[scope][key] != nil {
		delete(w.scopes[scope], key)
		w.alter(scope, key)
	}
}

func (w *world) alter(scope catalog.Scope, key string) {
	if w.altered[scope] == nil {
		w.altered[scope] = map[string]bool{}
	}
	w.altered[scope][key] = true
}

// take is which items of a scope were altered since it was last taken, sorted.
func (w *world) take(scope catalog.Scope) []string {
	keys := slices.Sorted(maps.Keys(w.altered[scope]))
	delete(w.altered, scope)
	return keys
}

// listing is what a scope lists now.
func (w *world) listing(scope catalog.Scope) catalog.Listing {
	return catalog.Listing{
		Scope: scope, Outcome: catalog.Complete,
		Items: slices.SortedFunc(maps.Values(w.scopes[scope]), catalog.CompareItems),
	}
}

// sorted are the world's scopes.
func (w *world) sorted() []catalog.Scope {
	return slices.SortedFunc(maps.Keys(w.scopes), catalog.Scope.Compare)
}
