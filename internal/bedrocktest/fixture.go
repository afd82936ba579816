package bedrocktest

import "encoding/json"

// Catalogue is what Bedrock offers everywhere, by region code. A region that
// is not in the map has no Bedrock endpoint.
type Catalogue map[string]Region

// Region is what one region's Bedrock answers.
type Region struct {
	Models   []Model
	Profiles []Profile
	// Resources are what the account has there.
	Resources []Resource
	// OptIn is the region's opt-in status as account:ListRegions spells it:
	// ENABLED_BY_DEFAULT (also when empty), ENABLED, or DISABLED. A DISABLED
	// region refuses Bedrock calls with UnrecognizedClientException, as AWS does.
	OptIn string
}

// Model is a foundation model summary in the words of the API.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_FoundationModelSummary.html
type Model struct {
	ID             string
	Name           string
	Provider       string
	Input          []string // TEXT, IMAGE, …; a nil list is left out, an empty one sent
	Output         []string
	Streaming      *bool // nil leaves the field out
	Customizations []string
	InferenceTypes []string
	Lifecycle      Lifecycle
	Extra          map[string]json.RawMessage // further fields, sent as they are
}

// Lifecycle is a model's lifecycle; empty fields are left out of the answer.
// Times are sent as written.
type Lifecycle struct {
	Status               string
	StartOfLife          string
	Legacy               string
	PublicExtendedAccess string
	EndOfLife            string
}

// Profile is a system-defined inference profile summary.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_InferenceProfileSummary.html
type Profile struct {
	ID          string
	Name        string
	Description string
	Status      string // empty means ACTIVE
	Type        string // empty means SYSTEM_DEFINED
	// Models are the model ids it routes to, usually one; Regions are its
	// destinations, where "" is the empty region of a global profile's ARN.
	// The answer holds the product of both.
	Models    []string
	Regions   []string
	CreatedAt string
	UpdatedAt string
	Extra     map[string]json.RawMessage
}
