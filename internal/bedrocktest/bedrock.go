package bedrocktest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// offer is what one region's Bedrock lists, ready to send.
type offer struct {
	optIn    string
	models   []*item
	profiles []*item
	// resources and described are what the account has, by kind: as it is listed, and
	// as it is described.
	resources, described map[string][]*item
}

func newOffer(region string, content Region) *offer {
	o := &offer{optIn: optInOf(content), resources: map[string][]*item{}, described: map[string][]*item{}}
	for _, m := range content.Models {
		o.models = append(o.models, &item{id: m.ID, raw: m.encode(region), model: &m})
	}
	for _, p := range content.Profiles {
		o.profiles = append(o.profiles, &item{id: p.ID, raw: p.encode(region), profileType: p.kind()})
	}
	for _, r := range content.Resources {
		o.add(region, r)
	}
	return o
}

// offerIn returns what a region offers: nothing once the catalogue lacks it.
func offerIn(offers map[string]*offer, region string) *offer {
	if o := offers[region]; o != nil {
		return o
	}
	return &offer{optIn: enabledByDefault}
}

// arn is an ARN in the partition of the region that lists it: the models of a
// global profile have an empty region.
func arn(lister, service, region, account, resource string) string {
	return strings.Join([]string{"arn", partition(lister), service, region, account, resource}, ":")
}

// partition returns the partition of a region, among those that have Bedrock.
func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	case strings.HasPrefix(region, "eusc-"):
		return "aws-eusc"
	}
	return "aws"
}

func (m Model) encode(region string) []byte {
	type lifecycle struct {
		Status               string `json:"status,omitzero"`
		StartOfLife          string `json:"startOfLifeTime,omitzero"`
		Legacy               string `json:"legacyTime,omitzero"`
		PublicExtendedAccess string `json:"publicExtendedAccessTime,omitzero"`
		EndOfLife            string `json:"endOfLifeTime,omitzero"`
	}
	return encode(struct {
		ARN            string    `json:"modelArn"`
		ID             string    `json:"modelId"`
		Name           string    `json:"modelName,omitzero"`
		Provider       string    `json:"providerName,omitzero"`
		Input          []string  `json:"inputModalities,omitzero"`
		Output         []string  `json:"outputModalities,omitzero"`
		Streaming      *bool     `json:"responseStreamingSupported,omitzero"`
		Customizations []string  `json:"customizationsSupported,omitzero"`
		InferenceTypes []string  `json:"inferenceTypesSupported,omitzero"`
		Lifecycle      lifecycle `json:"modelLifecycle,omitzero"`
	}{
		ARN: arn(region, bedrock, region, "", "foundation-model/"+m.ID), ID: m.ID,
		Name: m.Name, Provider: m.Provider, Input: m.Input, Output: m.Output, Streaming: m.Streaming,
		Customizations: m.Customizations, InferenceTypes: m.InferenceTypes, Lifecycle: lifecycle(m.Lifecycle),
	}, m.Extra)
}

const (
	systemDefined = "SYSTEM_DEFINED"
	application   = "APPLICATION"
)

func (p Profile) kind() string { return cmp.Or(p.Type, systemDefined) }

func (p Profile) encode(region string) []byte {
	type target struct {
		ARN string `json:"modelArn"`
	}
	resource := "inference-profile/"
	if p.kind() == application {
		resource = "application-inference-profile/"
	}
	targets := []target{}
	for _, model := range p.Models {
		for _, destination := range p.Regions {
			targets = append(targets, target{arn(region, bedrock, destination, "", "foundation-model/"+model)})
		}
	}
	return encode(struct {
		Name        string   `json:"inferenceProfileName"`
		Description string   `json:"description,omitzero"`
		CreatedAt   string   `json:"createdAt,omitzero"`
		UpdatedAt   string   `json:"updatedAt,omitzero"`
		ARN         string   `json:"inferenceProfileArn"`
		Models      []target `json:"models"`
		ID          string   `json:"inferenceProfileId"`
		Status      string   `json:"status"`
		Type        string   `json:"type"`
	}{
		Name: p.Name, Description: p.Description, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
		ARN: arn(region, bedrock, region, Account, resource+p.ID), Models: targets, ID: p.ID,
		Status: cmp.Or(p.Status, "ACTIVE"), Type: p.kind(),
	}, p.Extra)
}

// encode returns fields as JSON, overlaid with the extra ones.
func encode(fields any, extra map[string]json.RawMessage) []byte {
	raw := mustMarshal(fields)
	if len(extra) == 0 {
		return raw
	}
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &all); err != nil {
		panic(err) // it was marshalled a line above
	}
	for name, value := range extra {
		all[name] = value
	}
	return mustMarshal(all)
}

// mustMarshal panics on a value that has no JSON form, such as an invalid extra
// field of a fixture.
func mustMarshal(value any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(fmt.Sprintf("bedrocktest: encode a fixture: %v", err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func bedrockService() *service {
	s := &service{
		protocol: restJSON,
		wording:  bedrockWording,
		operations: map[string]*operation{
			"GET /foundation-models": {
				name:  ListFoundationModels,
				read:  readModelQuery,
				list:  func(offers map[string]*offer, region string) []*item { return offerIn(offers, region).models },
				write: writeJSON("modelSummaries", "nextToken"),
			},
			"GET /inference-profiles": {
				name:     ListInferenceProfiles,
				pageSize: 100,
				read:     readProfileQuery,
				list:     func(offers map[string]*offer, region string) []*item { return offerIn(offers, region).profiles },
				write:    writeJSON("inferenceProfileSummaries", "nextToken"),
			},
		},
	}
	maps.Copy(s.operations, resourceOperations())
	return s
}

// providerPattern is that of the API's Provider shape, which has up to 63
// characters.
var providerPattern = regexp.MustCompile(`^[A-Za-z0-9- ]+$`)

// readModelQuery reads the filters of ListFoundationModels; a model must match
// all.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html
func readModelQuery(x *exchange) query {
	p := parameters(x.http.URL.Query())
	provider, byProvider := p["byProvider"]
	filters := []struct {
		name   string
		values []string // the published ones
		of     func(*Model) []string
	}{
		{"byCustomizationType", []string{"FINE_TUNING", "CONTINUED_PRE_TRAINING", "DISTILLATION"}, func(m *Model) []string { return m.Customizations }},
		{"byOutputModality", []string{"TEXT", "IMAGE", "EMBEDDING"}, func(m *Model) []string { return m.Output }},
		{"byInferenceType", []string{"ON_DEMAND", "PROVISIONED"}, func(m *Model) []string { return m.InferenceTypes }},
	}
	q := query{keep: func(i *item) bool {
		if byProvider && !strings.EqualFold(i.model.Provider, provider) {
			return false
		}
		for _, f := range filters {
			if value, set := p[f.name]; set && !slices.Contains(f.of(i.model), value) {
				return false
			}
		}
		return true
	}}
	if byProvider && (len(provider) > 63 || !providerPattern.MatchString(provider)) {
		q.refusal = constraint(provider, "byProvider", "satisfy regular expression pattern: [A-Za-z0-9- ]{1,63}")
	}
	for _, f := range filters {
		if value, set := p[f.name]; set && !slices.Contains(f.values, value) {
			q.refusal = constraint(value, f.name, "satisfy enum value set: ["+strings.Join(f.values, ", ")+"]")
		}
	}
	return q
}

// readProfileQuery reads the filter of ListInferenceProfiles. It goes over the
// wire as "type", and without it only system-defined profiles are listed:
// https://github.com/aws/aws-cli/issues/9728
func readProfileQuery(x *exchange) query {
	p := parameters(x.http.URL.Query())
	q := query{token: p["nextToken"], profileType: p["type"]}
	wanted := cmp.Or(q.profileType, systemDefined)
	q.keep = func(i *item) bool { return i.profileType == wanted }
	if wanted != systemDefined && wanted != application {
		q.refusal = constraint(wanted, "typeEquals", "satisfy enum value set: [SYSTEM_DEFINED, APPLICATION]")
	}
	if text, set := p["maxResults"]; set {
		q.maxResults, q.refusal = bounded(text, "maxResults", 1000)
	}
	return q
}

// bounded reads a page size from 1 to limit.
func bounded(text, name string, limit int) (int, *refusal) {
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return 0, &refusal{400, "SerializationException", "STRING_VALUE can not be converted to an Integer"}
	case n < 1:
		return n, constraint(text, name, "have value greater than or equal to 1")
	case n > limit:
		return n, constraint(text, name, fmt.Sprintf("have value less than or equal to %d", limit))
	}
	return n, nil
}

// constraint is AWS's wording for a parameter that violates its model.
func constraint(value, name, must string) *refusal {
	return &refusal{400, "ValidationException", fmt.Sprintf(
		"1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must %s", value, name, must)}
}

// writeJSON returns a page of a JSON answer.
func writeJSON(list, next string) func(*exchange, []*item, string) []byte {
	return func(_ *exchange, items []*item, token string) []byte {
		page := fmt.Appendf(nil, `{"%s":[%s]`, list, join(items, ","))
		if token != "" {
			page = fmt.Appendf(page, `,"%s":"%s"`, next, token)
		}
		return append(page, '}')
	}
}

func join(items []*item, separator string) []byte {
	raw := make([][]byte, 0, len(items))
	for _, i := range items {
		raw = append(raw, i.raw)
	}
	return bytes.Join(raw, []byte(separator))
}
