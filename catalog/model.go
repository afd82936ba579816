package catalog

import (
	"encoding/json"
	"slices"
	"time"
)

// FoundationModel is a base model as one region lists it.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_FoundationModelSummary.html
//
// Lists are sorted and without duplicates; a nil list was not sent, an empty
// one was sent empty. Enum values are kept as they are: real answers have
// values (INFERENCE_PROFILE, VIDEO) that the published enums lack.
type FoundationModel struct {
	ID               string    `json:"id"`
	Name             string    `json:"name,omitzero"`
	Provider         string    `json:"provider,omitzero"`
	InputModalities  []string  `json:"input_modalities,omitzero"`
	OutputModalities []string  `json:"output_modalities,omitzero"`
	InferenceTypes   []string  `json:"inference_types,omitzero"`
	Customizations   []string  `json:"customizations,omitzero"`
	Streaming        *bool     `json:"streaming,omitzero"` // nil: not said
	Lifecycle        Lifecycle `json:"lifecycle,omitzero"`
	// Unknown has the fields that this version does not know, by their dotted
	// path, as compact JSON with sorted keys. They are kept, never compared.
	Unknown map[string]json.RawMessage `json:"unknown,omitzero"`
}

// Lifecycle is a model's state of life in one region. A zero time was not
// sent. EndOfLife is a hard date; prices may rise from ExtendedAccess.
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle.html
type Lifecycle struct {
	Status         string    `json:"status,omitzero"`
	StartOfLife    time.Time `json:"start_of_life,omitzero"` // UTC, as are all below
	Legacy         time.Time `json:"legacy,omitzero"`
	ExtendedAccess time.Time `json:"extended_access,omitzero"`
	EndOfLife      time.Time `json:"end_of_life,omitzero"`
}

// Lifecycle statuses with a meaning of their own.
const (
	StatusActive = "ACTIVE"
	StatusLegacy = "LEGACY"
)

// Inference types with a meaning of their own.
const (
	InferenceOnDemand    = "ON_DEMAND"
	InferenceProvisioned = "PROVISIONED"
)

// Kind is [KindFoundationModel].
func (m *FoundationModel) Kind() Kind { return KindFoundationModel }

// Key is the model id.
func (m *FoundationModel) Key() string { return m.ID }

// ARN is the model's ARN as listed in region.
func (m *FoundationModel) ARN(region string) string { return modelARN(region, m.ID) }

func modelARN(region, id string) string {
	return "arn:" + Partition(region) + ":bedrock:" + region + "::foundation-model/" + id
}

func (m *FoundationModel) normalise() {
	m.InputModalities = set(m.InputModalities)
	m.OutputModalities = set(m.OutputModalities)
	m.InferenceTypes = set(m.InferenceTypes)
	m.Customizations = set(m.Customizations)
}

// set sorts list and drops duplicates; nil stays nil.
func set(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
