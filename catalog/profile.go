package catalog

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// InferenceProfile is a system-defined inference profile as one region lists
// it: the same id may route to other regions when called from elsewhere.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_InferenceProfileSummary.html
type InferenceProfile struct {
	ID          string `json:"id"`
	Name        string `json:"name,omitzero"`
	Description string `json:"description,omitzero"`
	Status      string `json:"status,omitzero"`
	Type        string `json:"type,omitzero"`
	// Destinations are sorted by region, then model, without duplicates; nil
	// was not sent.
	Destinations []Destination `json:"destinations,omitzero"`
	CreatedAt    time.Time     `json:"created_at,omitzero"` // UTC; stored, never compared
	UpdatedAt    time.Time     `json:"updated_at,omitzero"` // UTC; stored, never compared
	// Unknown is as in [FoundationModel].
	Unknown map[string]json.RawMessage `json:"unknown,omitzero"`
}

// Destination is a model in a region that a profile may route a call to. The
// empty region, in a global profile, means any commercial region.
type Destination struct {
	Region string `json:"region"`
	Model  string `json:"model"`
}

// Compare orders destinations by region, then model.
func (d Destination) Compare(e Destination) int {
	return cmp.Or(cmp.Compare(d.Region, e.Region), cmp.Compare(d.Model, e.Model))
}

// TypeSystemDefined is the type of the profiles that AWS provides.
const TypeSystemDefined = "SYSTEM_DEFINED"

// Kind is [KindInferenceProfile].
func (p *InferenceProfile) Kind() Kind { return KindInferenceProfile }

// Key is the profile id.
func (p *InferenceProfile) Key() string { return p.ID }

// Active reports whether the profile can be called.
func (p *InferenceProfile) Active() bool { return p.Status == StatusActive }

// Geography is the prefix of the ID as it is: "us", "apac", "global", or any
// that AWS may add.
func (p *InferenceProfile) Geography() string {
	prefix, _, found := strings.Cut(p.ID, ".")
	if !found {
		return ""
	}
	return prefix
}

// Models are the ids of the models it routes to, sorted.
func (p *InferenceProfile) Models() []string {
	var models []string
	for _, d := range p.Destinations {
		models = append(models, d.Model)
	}
	return set(models)
}

// Regions are the destinations for one model, sorted; "" is any commercial
// region.
func (p *InferenceProfile) Regions(model string) []string {
	var regions []string
	for _, d := range p.Destinations {
		if d.Model == model {
			regions = append(regions, d.Region)
		}
	}
	return regions
}

func (p *InferenceProfile) normalise() {
	slices.SortFunc(p.Destinations, Destination.Compare)
	p.Destinations = slices.Compact(p.Destinations)
}
