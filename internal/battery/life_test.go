//go:build battery

package battery

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"snapshotter/internal/bedrocktest"
)

// evolve lets a day pass in every region.
func (w *life) evolve() {
	for _, region := range worldRegions {
		content, there := w.truth[region]
		switch {
		case !there && w.chance(60), there && w.chance(96):
			w.truth[region] = w.evolved(content)
			if region == home {
				w.truth[region] = enabled(w.truth[region])
			}
		default:
			delete(w.truth, region) // no endpoint, or none any more
		}
	}
}

// enabled keeps a region enabled.
func enabled(region bedrocktest.Region) bedrocktest.Region {
	region.OptIn = ""
	return region
}

func (w *life) evolved(region bedrocktest.Region) bedrocktest.Region {
	if w.chance(4) {
		return bedrocktest.Region{OptIn: region.OptIn} // all of it is gone, for a while
	}
	if w.chance(8) {
		region.OptIn = pick(w, "", "ENABLED", "DISABLED")
	} else if region.OptIn == "DISABLED" && w.chance(60) {
		region.OptIn = ""
	}
	models, profiles := map[string]bedrocktest.Model{}, map[string]bedrocktest.Profile{}
	for _, m := range region.Models {
		models[m.ID] = m
	}
	for _, p := range region.Profiles {
		profiles[p.ID] = p
	}
	young := len(models)+len(profiles) == 0
	for i := range 6 {
		model := fmt.Sprintf("maker.model-%d", i)
		if w.chance(18) || young && w.chance(60) {
			w.evolveModel(models, model)
		}
		for _, profile := range w.geographies(model) {
			if w.chance(18) || young && w.chance(60) {
				w.evolveProfile(profiles, profile, model)
			}
		}
	}
	region.Models, region.Profiles = nil, nil
	for _, id := range slices.Sorted(maps.Keys(models)) {
		region.Models = append(region.Models, models[id])
	}
	for _, id := range slices.Sorted(maps.Keys(profiles)) {
		region.Profiles = append(region.Profiles, profiles[id])
	}
	return region
}

// geographies are the profiles of a model that may change.
func (w *life) geographies(model string) []string {
	if w.rich {
		return []string{"gov." + model, "global." + model}
	}
	return []string{pick(w, "gov.", "global.") + model}
}

func (w *life) evolveModel(models map[string]bedrocktest.Model, id string) {
	m, listed := models[id]
	switch {
	case !listed:
		m = bedrocktest.Model{
			ID: id, Name: "Model " + id, Provider: "Maker", Input: []string{"TEXT"}, Output: []string{"TEXT"},
			InferenceTypes: []string{"ON_DEMAND"}, Lifecycle: bedrocktest.Lifecycle{Status: "ACTIVE"},
		}
		if w.chance(15) {
			m.InferenceTypes = nil
		}
	case w.chance(35):
		delete(models, id)
		return
	case w.chance(40):
		m.InferenceTypes = pick(w, nil, []string{}, []string{"ON_DEMAND"}, []string{"PROVISIONED"}, []string{"PROVISIONED", "ON_DEMAND"}, []string{"INFERENCE_PROFILE"})
	case w.chance(40):
		m.Lifecycle.Status = pick(w, "ACTIVE", "LEGACY", "")
		m.Lifecycle.Legacy, m.Lifecycle.EndOfLife = w.date(), w.date()
	case w.chance(40):
		m.Lifecycle.StartOfLife, m.Lifecycle.PublicExtendedAccess = w.date(), w.date()
		m.Streaming = pick(w, nil, new(true), new(false))
	default:
		m.Name = pick(w, "Model "+id, "The Model "+id, "")
		m.Provider = pick(w, "Maker", "Another Maker")
		m.Output = pick(w, nil, []string{}, []string{"TEXT"}, []string{"VIDEO", "IMAGE"})
		m.Customizations = pick(w, nil, []string{}, []string{"FINE_TUNING"})
	}
	models[id] = m
}

func (w *life) evolveProfile(profiles map[string]bedrocktest.Profile, id, model string) {
	p, listed := profiles[id]
	switch {
	case !listed:
		profiles[id] = bedrocktest.Profile{ID: id, Name: "GOV " + model, Status: "ACTIVE", Models: []string{model}, Regions: knownRegions}
		return
	case w.chance(35):
		delete(profiles, id)
		return
	case w.chance(50):
		p.Regions = pick(w, knownRegions, knownRegions[:1], []string{""}, []string{})
		p.Models = pick(w, []string{model}, []string{model, "maker.unlisted"})
	case w.chance(50):
		p.Status = pick(w, "ACTIVE", "CREATING")
		p.UpdatedAt = w.date() // never a change
	default:
		p.Description = pick(w, "", "Routes requests to the model.", "Routes all requests to the model in the region.")
	}
	profiles[id] = p
}

func (w *life) date() string {
	if w.chance(30) {
		return ""
	}
	return time.Now().AddDate(0, 0, w.random.IntN(400)-100).UTC().Truncate(24 * time.Hour).Format(time.RFC3339)
}

// discovery puts faults on the sources of regions, and says which regions the
// run must come to know by them.
func (w *life) discovery(n *night) {
	named := true
	for _, operation := range []string{bedrocktest.GetParametersByPath, bedrocktest.ListRegions, bedrocktest.DescribeRegions} {
		if !w.chance(15) {
			continue
		}
		w.faults = append(w.faults, bedrocktest.Fault{
			Operation: operation, Times: pick(w, 0, 0, 1, 2),
			Kind: pick(w, bedrocktest.DenyIAM, bedrocktest.Throttle, bedrocktest.InternalError, bedrocktest.Hang, bedrocktest.Malformed, bedrocktest.Reset, bedrocktest.InvalidToken),
		})
		named = named && operation != bedrocktest.GetParametersByPath
	}
	for _, region := range knownRegions {
		n.regions[region] = true
	}
	for region := range w.truth {
		n.maybe[region] = true
		n.regions[region] = n.regions[region] || named
	}
	maps.DeleteFunc(n.regions, func(_ string, is bool) bool { return !is })
}

// Faults, by what the collector may make of them.
var (
	// passing are those after which it asks again.
	passing = []bedrocktest.FaultKind{
		bedrocktest.Throttle, bedrocktest.InternalError, bedrocktest.BadGateway, bedrocktest.Reset, bedrocktest.HangUp,
		bedrocktest.Truncated, bedrocktest.Malformed, bedrocktest.Hang, bedrocktest.Stall,
	}
	// refusing are those after which it does not.
	refusing = []bedrocktest.FaultKind{
		bedrocktest.DenyIAM, bedrocktest.DenySCP, bedrocktest.NotEnabled, bedrocktest.ExpiredCredentials,
		bedrocktest.InvalidCredentials, bedrocktest.InvalidSignature, bedrocktest.NoOperation, bedrocktest.NoEndpoint,
	}
	// misleading are answers that are well received and wrong.
	misleading = []bedrocktest.FaultKind{
		bedrocktest.Empty, bedrocktest.Flap, bedrocktest.ShortPage, bedrocktest.DuplicatePage, bedrocktest.RepeatToken, bedrocktest.InvalidToken,
	}
)

// meanings are the outcomes that a lasting fault may be told as.
var meanings = map[bedrocktest.FaultKind][]string{
	bedrocktest.Throttle: {"throttled"}, bedrocktest.InternalError: {"service-error"}, bedrocktest.BadGateway: {"service-error"},
	bedrocktest.Reset: {"unreachable"}, bedrocktest.HangUp: {"unreachable"}, bedrocktest.Hang: {"unreachable"}, bedrocktest.Stall: {"unreachable"},
	bedrocktest.Truncated: {"invalid"}, bedrocktest.Malformed: {"invalid"},
	bedrocktest.DenyIAM: {"denied"}, bedrocktest.DenySCP: {"denied"}, bedrocktest.ExpiredCredentials: {"denied"}, bedrocktest.InvalidSignature: {"denied"},
	bedrocktest.InvalidCredentials: {"denied", "not-enabled"}, bedrocktest.NotEnabled: {"denied", "not-enabled"},
	bedrocktest.NoOperation: {"not-offered"}, bedrocktest.NoEndpoint: {"not-offered", "unreachable"},
	bedrocktest.DuplicatePage: {"invalid"}, bedrocktest.RepeatToken: {"invalid"}, bedrocktest.InvalidToken: {"invalid"},
	bedrocktest.Empty: {"suspect"},
}

// trouble puts a fault in the way of a list, or none, and says what may be
// expected of reading it.
func (w *life) trouble(l list) prospect {
	p := w.unreadable(l)
	if p.lost {
		delete(w.lies, l)
		return p
	}
	if w.lies[l] != nil || w.chance(6) {
		if p, lied := w.lie(l); lied {
			return p
		}
		delete(w.lies, l)
	}
	f := bedrocktest.Fault{Region: l.region, Operation: bedrocktest.ListFoundationModels, Seed: w.random.Uint64()}
	if l.kind == profileKind {
		f.Operation = bedrocktest.ListInferenceProfiles
	}
	if w.chance(10) {
		slow := f
		slow.Until = time.Second
		w.faults = append(w.faults, slow)
	}
	switch n := w.random.IntN(100); {
	case n < 55:
		return prospect{readable: true}
	case n < 70:
		f, p = w.passing(f, l)
	case n < 82:
		f, p = w.refusing(f)
	default:
		f, p = w.misleading(f, l)
	}
	w.faults = append(w.faults, f)
	p.outcomes = meanings[f.Kind]
	return p
}

// unreadable says what may be expected of a list without faults: that it is
// read, where the region has one and is enabled.
func (w *life) unreadable(l list) prospect {
	region, there := w.truth[l.region]
	switch {
	case !there:
		return prospect{lost: true, outcomes: meanings[bedrocktest.NoEndpoint]}
	case region.OptIn == "DISABLED":
		return prospect{lost: true, outcomes: []string{"not-enabled", "denied"}}
	}
	return prospect{readable: true}
}

// pages are how many a whole listing has.
func (w *life) pages(l list) int {
	n := len(truthOf(w.truth, l))
	if l.kind == modelKind || n == 0 {
		return 1
	}
	return (n + w.limit - 1) / w.limit
}

func (w *life) passing(f bedrocktest.Fault, l list) (bedrocktest.Fault, prospect) {
	f.Kind = pick(w, passing...)
	f.Page = pick(w, 0, 0, 1, 2, 3)
	if w.chance(50) {
		f.Times, f.After = pick(w, 1, 2), pick(w, 0, 0, 1, 2)
		return f, prospect{readable: true} // six attempts outlast it
	}
	if w.chance(20) {
		f.After = 1 // the first listing may be whole, and its confirmation fail
		return f, prospect{}
	}
	met := f.Page <= w.pages(l)
	return f, prospect{readable: !met, lost: met}
}

func (w *life) refusing(f bedrocktest.Fault) (bedrocktest.Fault, prospect) {
	f.Kind = pick(w, refusing...)
	if w.chance(30) {
		f.Times, f.After = pick(w, 0, 1), pick(w, 0, 1, 2)
		return f, prospect{lost: f.Times == 0 && f.After == 0}
	}
	return f, prospect{lost: true}
}

// misleading leaves out two lies that nobody could see through: an empty list
// for three nights in a row, and the same item missing from two listings made
// one after the other.
func (w *life) misleading(f bedrocktest.Fault, l list) (bedrocktest.Fault, prospect) {
	f.Kind = pick(w, misleading...)
	known := len(w.reader.told[l]) > 0
	// A list of one that is confirmed by an empty one is not believed.
	alone := len(truthOf(w.truth, l)) == 1
	switch f.Kind {
	case bedrocktest.Empty:
		if w.chance(50) || w.reader.doubt[l].runs > 0 {
			f.Times = 1
			return f, prospect{readable: true, late: !known}
		}
		return f, prospect{readable: !known, lost: known, late: !known}
	case bedrocktest.Flap:
		f.Times, f.After, f.OneIn = 1, pick(w, 0, 0, 1), pick(w, 0, 2, 3)
		return f, prospect{readable: f.After == 0 || !alone, late: f.After == 0}
	case bedrocktest.ShortPage:
		f.Times, f.After = 1, pick(w, 0, 0, 1, 2)
		return f, prospect{readable: f.After == 0 || !alone, late: true}
	case bedrocktest.InvalidToken:
		f.Times = pick(w, 0, 1, 2)
		lasting := f.Times == 0 && w.pages(l) > 1
		return f, prospect{readable: !lasting, lost: lasting}
	}
	// Its pages lead astray: only profiles have more than one.
	f.Times = pick(w, 0, 1)
	lasting := f.Times == 0 && l.kind == profileKind
	return f, prospect{readable: !lasting, lost: lasting}
}
