package catalog

import "strings"

// Unsaid reports whether an answer left out a field of item that can be said: what
// the field holds is then not known, and is not empty. A date is unsaid only with
// the whole lifecycle: most models have no date to say.
func Unsaid(item Item) bool {
	switch item := item.(type) {
	case *FoundationModel:
		return item.Name == "" || item.Provider == "" || item.InputModalities == nil || item.OutputModalities == nil ||
			item.InferenceTypes == nil || item.Customizations == nil || item.Streaming == nil || item.Lifecycle == (Lifecycle{})
	case *InferenceProfile:
		return item.Name == "" || item.Description == "" || item.Status == "" || item.Destinations == nil
	}
	return false
}

// PathsUnsaid reports whether an answer left out a field of item without which the
// paths that it gives are not known.
func PathsUnsaid(item Item) bool {
	switch item := item.(type) {
	case *FoundationModel:
		return item.InferenceTypes == nil
	case *InferenceProfile:
		return item.Status == "" || item.Destinations == nil
	}
	return false
}

// LastSaid returns item with what it leaves unsaid as earlier, an older version of
// it, said.
func LastSaid(item, earlier Item) Item {
	switch item := item.(type) {
	case *FoundationModel:
		filled, from := *item, earlier.(*FoundationModel)
		fill(&filled.Name, from.Name)
		fill(&filled.Provider, from.Provider)
		fillList(&filled.InputModalities, from.InputModalities)
		fillList(&filled.OutputModalities, from.OutputModalities)
		fillList(&filled.InferenceTypes, from.InferenceTypes)
		fillList(&filled.Customizations, from.Customizations)
		if filled.Streaming == nil {
			filled.Streaming = from.Streaming
		}
		if filled.Lifecycle == (Lifecycle{}) {
			filled.Lifecycle = from.Lifecycle
		}
		return &filled
	case *InferenceProfile:
		filled, from := *item, earlier.(*InferenceProfile)
		fill(&filled.Name, from.Name)
		fill(&filled.Description, from.Description)
		fill(&filled.Status, from.Status)
		fillList(&filled.Destinations, from.Destinations)
		return &filled
	}
	return item
}

func fill(text *string, from string) {
	if *text == "" {
		*text = from
	}
}

func fillList[T any](list *[]T, from []T) {
	if *list == nil {
		*list = from
	}
}

// AccessUnsaid reports whether the region leaves open if model can be called: it
// lists the model without its inference types, or a profile that routes to it
// without its status.
func (r *Region) AccessUnsaid(model string) bool {
	if m := r.Models[model]; m != nil && m.InferenceTypes == nil {
		return true
	}
	for _, p := range r.byModel[model] {
		if p.Status == "" {
			return true
		}
	}
	return false
}

// DestinationsUnsaid reports whether the region lists a profile without its
// destinations that, by its ID, may route to model.
func (r *Region) DestinationsUnsaid(model string) bool {
	for id, p := range r.Profiles {
		if p.Destinations == nil && strings.HasSuffix(id, "."+model) {
			return true
		}
	}
	return false
}

// PathUnsaid reports whether the region lists the path's model or profile without a
// field that shows whether the path exists: the inference types of a model, or the
// status or destinations of a profile.
func (r *Region) PathUnsaid(path Path) bool {
	if path.Access == ViaProfile {
		p := r.Profiles[path.ModelID]
		return p != nil && PathsUnsaid(p)
	}
	m := r.Models[path.ModelID]
	return m != nil && PathsUnsaid(m)
}
