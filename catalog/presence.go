package catalog

import "slices"

// Presence knows which regions list which models, as last confirmed.
type Presence struct {
	listed map[string][]string // regions by model, sorted
	read   map[string]bool     // regions whose models were ever read
	unread bool                // a region that might list models never was
}

// NewPresence indexes the models that s lists.
func NewPresence(s *Snapshot) *Presence {
	p := &Presence{listed: map[string][]string{}, read: map[string]bool{}}
	for i := range s.Scopes {
		state := &s.Scopes[i]
		switch {
		case state.Kind != KindFoundationModel:
		case !state.Observed():
			p.unread = p.unread || state.Outcome != NotEnabled && state.Outcome != NotOffered
		default:
			p.read[state.Region] = true
			for _, item := range state.Items {
				p.listed[item.Key()] = append(p.listed[item.Key()], state.Region)
			}
		}
	}
	return p
}

// Regions are the regions that list a model, sorted; nil if none does.
func (p *Presence) Regions(model string) []string { return p.listed[model] }

// Doubtful reports whether a profile that routes model to destinations remains
// although none of them lists the model: it can probably not be called any more.
// What was not read leaves no doubt: a destination whose models were never read
// may list it, and "any commercial region" (the empty one) may be any that was
// not read.
func (p *Presence) Doubtful(model string, destinations []string) bool {
	for _, region := range destinations {
		switch {
		case region == "" && (p.unread || len(p.listed[model]) > 0):
			return false
		case region != "" && (!p.read[region] || slices.Contains(p.listed[model], region)):
			return false
		}
	}
	return len(destinations) > 0
}
