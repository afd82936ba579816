package catalog

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Encode is the canonical form of an item's content: JSON with fields in a
// fixed order, lists sorted, times in UTC, and nothing that names the account
// or the region that listed it. Equal items, and only they, have equal bytes,
// so regions share one document.
func Encode(item Item) []byte { return marshal(item) }

// Decode reads back what [Encode] wrote, from this version or an older one.
func Decode(kind Kind, document []byte) (Item, error) {
	switch kind {
	case KindFoundationModel:
		if m := canonicalModel(string(document)); m != nil {
			return checked(m)
		}
		return decode(document, new(FoundationModel))
	case KindInferenceProfile:
		if p := canonicalProfile(string(document)); p != nil {
			return checked(p)
		}
		return decode(document, new(InferenceProfile))
	}
	if kind.OfAccount() {
		return decode(document, &Resource{kind: kind})
	}
	return decodeOpaque(kind, document)
}

// Opaque is an item of a kind that this version does not know. It is kept and
// compared as a document.
type Opaque struct {
	kind     Kind
	key      string
	document json.RawMessage
}

// Kind is what the item was listed as.
func (o *Opaque) Kind() Kind { return o.kind }

// Key is the document's field "id".
func (o *Opaque) Key() string { return o.key }

// MarshalJSON returns the document as it was stored.
func (o *Opaque) MarshalJSON() ([]byte, error) { return o.document, nil }

func decodeOpaque(kind Kind, document []byte) (Item, error) {
	var id struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(document, &id); err != nil {
		return nil, fmt.Errorf("decode a document of kind %s: %w", kind, err)
	}
	if id.ID == "" {
		return nil, fmt.Errorf("decode a document of kind %s: it has no id", kind)
	}
	return &Opaque{kind, id.ID, slices.Clone(document)}, nil
}

type normalised interface {
	Item
	normalise()
}

func decode[T normalised](document []byte, item T) (Item, error) {
	if err := json.Unmarshal(document, item); err != nil {
		return nil, fmt.Errorf("decode a document of kind %s: %w", item.Kind(), err)
	}
	return checked(item)
}

func checked[T normalised](item T) (Item, error) {
	if item.Key() == "" {
		return nil, fmt.Errorf("decode a document of kind %s: it has no id", item.Kind())
	}
	item.normalise()
	return item, nil
}
