package catalog

import (
	"encoding/json"
	"fmt"
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
		return decode(document, new(FoundationModel))
	case KindInferenceProfile:
		return decode(document, new(InferenceProfile))
	}
	return nil, fmt.Errorf("decode a document of unknown kind %q", kind)
}

func decode[T interface {
	Item
	normalise()
}](document []byte, item T) (Item, error) {
	if err := json.Unmarshal(document, item); err != nil {
		return nil, fmt.Errorf("decode a document of kind %s: %w", item.Kind(), err)
	}
	if item.Key() == "" {
		return nil, fmt.Errorf("decode a document of kind %s: it has no id", item.Kind())
	}
	item.normalise()
	return item, nil
}
