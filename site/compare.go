package site

import (
	"bytes"
	"context"
	"encoding/json"
	"html/template"

	"snapshotter/ask"
)

// comparePage is the page on which the script compares two regions.
type comparePage struct {
	Regions []string
	Counts  []ask.Coverage
	Data    template.JS
}

// comparison is what the script compares: the IDs that call a model, by region.
type comparison struct {
	Regions []string           `json:"regions"`
	Models  []comparedInRegion `json:"models"`
}

type comparedInRegion struct {
	Name string              `json:"name"`
	Page string              `json:"page"` // from the root
	IDs  map[string][]string `json:"ids"`
}

func (s *Site) compare(context.Context, *page) (any, error) {
	this := comparePage{}
	data := comparison{Models: []comparedInRegion{}, Regions: []string{}}
	for _, r := range s.regions {
		if r.Models.Confirmed != nil || r.Profiles.Confirmed != nil {
			this.Counts, this.Regions = append(this.Counts, r), append(this.Regions, r.Region)
		}
	}
	data.Regions = append(data.Regions, this.Regions...)
	for _, m := range s.models {
		if m.Entry == nil || m.Base != "" {
			continue
		}
		in := comparedInRegion{Name: orID(m), Page: modelPage(m), IDs: map[string][]string{}}
		for _, at := range m.Entry.Regions {
			for _, path := range at.Callable() {
				in.IDs[at.Region] = append(in.IDs[at.Region], path.ModelID)
			}
		}
		data.Models = append(data.Models, in)
	}
	text, err := compactJSON(data)
	if err != nil {
		return nil, err
	}
	var safe bytes.Buffer
	json.HTMLEscape(&safe, text) // < and > as escapes: it cannot end the element
	this.Data = template.JS(safe.String())
	return this, nil
}
