package ask

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/ordered"
)

// Owned is a resource of the account, and what to pass to call it.
type Owned struct {
	Kind   catalog.Kind `json:"kind"`
	ID     string       `json:"id"`
	Name   string       `json:"name,omitempty"`
	Status string       `json:"status,omitempty"`
	Region string       `json:"region"`
	// ARN has [catalog.Account] in place of the account's ID. Pass says in words what to
	// pass as modelId.
	ARN     string         `json:"arn"`
	Pass    string         `json:"pass"`
	RestsOn []catalog.Base `json:"rests_on"`
	Impacts []Impact       `json:"impacts"`
	Carried bool           `json:"carried,omitempty"` // the run did not read the list
}

// FindOwned returns the resources that word means, by region, kind and ID: those with
// exactly this ID, name or ARN, whatever its case, or else with a part of it; nil if
// none does.
func FindOwned(resources *catalog.Snapshot, word string) []Owned {
	folded := strings.ToLower(word)
	named := func(holds func(text, part string) bool) (found []Owned) {
		for _, state := range resources.Scopes {
			for _, item := range state.Items {
				r, ok := item.(*catalog.Resource)
				if !ok {
					continue
				}
				for _, text := range []string{r.ID, r.Name, r.ARN(state.Region)} {
					if holds(strings.ToLower(text), folded) {
						found = append(found, owned(r, &state))
						break
					}
				}
			}
		}
		return found
	}
	if found := named(func(text, part string) bool { return text == part }); found != nil || folded == "" {
		return found
	}
	return named(strings.Contains)
}

func owned(r *catalog.Resource, state *catalog.ScopeState) Owned {
	o := Owned{
		Kind: r.Kind(), ID: r.ID, Name: r.Name, Status: r.Status, Region: state.Region, ARN: r.ARN(state.Region),
		RestsOn: append([]catalog.Base{}, r.Bases...), Impacts: []Impact{}, Carried: !state.Fresh(),
	}
	for _, passing := range catalog.Passings() {
		if passing.Kind == o.Kind {
			o.Pass = passing.Pass
		}
	}
	return o
}

// SetImpacts sets the impacts on each of the resources.
func SetImpacts(resources []Owned, impacts []Impact) {
	for n := range resources {
		o := &resources[n]
		for _, i := range impacts {
			if i.Region == o.Region && i.Kind == o.Kind && i.ID == o.ID {
				o.Impacts = append(o.Impacts, i)
			}
		}
	}
}

// Title names the resource: "chat-team (application profile k7x2) in eu-west-1".
func (o Owned) Title() string {
	if o.Name == "" {
		return fmt.Sprintf("%s (%s) in %s", o.ID, o.Kind.Words(), o.Region)
	}
	return fmt.Sprintf("%s (%s %s) in %s", o.Name, o.Kind.Words(), o.ID, o.Region)
}

// Lines say what to pass, what it rests on, and what happens to that.
func (o Owned) Lines() []string {
	lines := []string{fmt.Sprintf("Pass %s: %s", o.Pass, o.ARN)}
	if !o.Kind.Passed() {
		lines[0] = "Not passed as modelId: " + strings.TrimPrefix(o.Pass, "nothing: ") + "."
	}
	if o.Carried {
		lines = append(lines, "The run did not read its list: this is as it was last read.")
	}
	for _, same := range ordered.By(o.RestsOn, func(b catalog.Base) catalog.Base { return catalog.Base{Kind: b.Kind, ID: b.ID, As: b.As} }) {
		var regions []string
		for _, base := range same.Values {
			regions = append(regions, cmp.Or(base.Region, o.Region))
		}
		slices.Sort(regions)
		line := "Rests on " + baseWords(same.Key)
		if len(regions) > 1 || regions[0] != o.Region {
			line += " in " + strings.ReplaceAll(strings.Join(regions, ", "), catalog.Anywhere, catalog.AnyRegion)
		}
		lines = append(lines, line+".")
	}
	for _, i := range o.Impacts {
		lines = append(lines, i.sentence())
	}
	return lines
}

func baseWords(b catalog.Base) string {
	words := b.ID
	if b.Kind != "" && b.Kind != catalog.KindOther {
		words = b.Kind.Words() + " " + b.ID
	}
	switch b.Region {
	case "":
	case catalog.Anywhere:
		words += " in " + catalog.AnyRegion
	default:
		words += " in " + b.Region
	}
	if b.As != "" {
		words += " (" + string(b.As) + ")"
	}
	return words
}

// sentence says what happens, and what to move to.
func (i Impact) sentence() string {
	model := i.ModelName
	if model == "" {
		model = i.Model
	}
	said := ""
	switch i.Harm {
	case HarmGone:
		if i.Missing != nil {
			model = baseWords(*i.Missing)
		}
		said = model + " is gone: calls fail"
	case HarmUncallable:
		said = model + " can't be called by this ID"
	case HarmEndOfLife:
		said = fmt.Sprintf("%s ends on %s", model, i.Date)
		if *i.Days < 0 {
			said = fmt.Sprintf("%s ended on %s", model, i.Date)
		}
	case HarmCommitted:
		said = fmt.Sprintf("it is paid for until %s, and %s ends on %s", i.Until, model, i.Date)
	case HarmOutside:
		said = "calls may leave " + i.Outside
	case HarmPrice:
		said = fmt.Sprintf("prices of %s may rise from %s", model, i.Date)
	case HarmLegacy:
		said = model + " is legacy"
		if i.Date != "" {
			said = fmt.Sprintf("%s turns legacy on %s", model, i.Date)
		}
	}
	if ids := i.Replacement.IDs(); len(ids) > 0 {
		said += "; move to " + strings.Join(ids, ", ")
	}
	return strings.ToUpper(said[:1]) + said[1:] + "."
}

// findOwned reads the past of the only resource that was ever listed under a word; nil
// if none was.
func findOwned(ctx context.Context, h History, resources func() (*catalog.Snapshot, error), word string) (*Past, error) {
	for _, kind := range catalog.AccountKinds() {
		if p, err := ReadPast(ctx, h, kind, word); err != nil || !p.Empty() {
			return p, err
		}
	}
	recorded, err := resources()
	if err != nil {
		return nil, err
	}
	var ids []string
	found := FindOwned(recorded, word)
	for _, o := range found {
		ids = append(ids, o.ID)
	}
	slices.Sort(ids)
	switch ids = slices.Compact(ids); len(ids) {
	case 0:
		return nil, nil
	case 1:
		return ReadPast(ctx, h, found[0].Kind, ids[0])
	}
	return nil, &AmbiguousError{Word: word, Lost: ids}
}

// owned are the chapters of a resource: what its list said of it, run by run.
func (p *Past) owned(includes func(string) bool) []Chapter {
	var all chapters
	last := map[string]*catalog.Resource{} // by region
	for _, e := range p.events[p.Kind][p.ID] {
		if !includes(e.Region) || e.After == nil {
			last[e.Region], _ = e.Item.(*catalog.Resource)
			continue
		}
		now, _ := e.Item.(*catalog.Resource)
		c := Chapter{Run: e.Run, After: e.After, Resource: p.Kind, ID: p.ID}
		was, seen := last[e.Region]
		switch {
		case now == nil:
			c.Event, c.What = diff.Removed, "not listed any more"
		case was == nil && seen:
			c.Event, c.What = diff.Reappeared, "listed again"
		case was == nil:
			c.Event, c.What = diff.Added, "new"
		default:
			c.Event, c.What = diff.Changed, changeOf(was, now)
		}
		if c.What != "" {
			all.add(c, e.Region)
		}
		last[e.Region] = now
	}
	return all.joined()
}

// changeOf says what changed of a resource, "" for what nobody compares: its times.
func changeOf(was, now *catalog.Resource) string {
	var parts []string
	for _, f := range []struct{ what, was, now string }{
		{"name", was.Name, now.Name}, {"status", was.Status, now.Status}, {"type", was.Type, now.Type},
		{"rests on", basesWords(was.Bases), basesWords(now.Bases)},
		{"commitment", catalog.Day(was.CommitmentEnd), catalog.Day(now.CommitmentEnd)},
	} {
		if f.was != f.now {
			parts = append(parts, fmt.Sprintf("%s: %s → %s", f.what, orNothing(f.was), orNothing(f.now)))
		}
	}
	return strings.Join(parts, "; ")
}

func basesWords(bases []catalog.Base) string {
	var words []string
	for _, b := range bases {
		words = append(words, baseWords(b))
	}
	return strings.Join(words, ", ")
}

func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}
