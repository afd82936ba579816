package bedrocktest

import (
	"cmp"
	"encoding/json"
	"strings"
)

// Resource is something of the account, in the words of catalog for its kind. How it
// is sent depends on the kind; what a kind does not have is not sent.
type Resource struct {
	Kind   string // "application-inference-profile", "prompt", …
	ID     string
	Name   string
	Status string // empty means that it is ready
	Type   string // customization type, architecture, or type of a router
	// Models are what it rests on, as it is sent: ARNs, of [ModelARN] and its like, or
	// for prompts and agents IDs. A kind that rests on one thing takes the first.
	Models     []string
	Fallback   string // of a router
	Foundation string // of a throughput
	Desired    string // of a throughput, the model if empty
	// CommitmentEnd is when a throughput's commitment ends, empty without one.
	CommitmentEnd    string
	Created, Updated string // empty is a fixed time
	// Deleted is set if it was deleted a moment ago: lists still have it, and nothing
	// describes it.
	Deleted bool
}

// Secret is in what the account writes: the text of prompts, the instructions of
// agents. Nobody who only lists may keep or show it.
const Secret = "the launch is on 4 July"

// ModelARN is the ARN of a foundation model in a region, "" for a global profile's.
func ModelARN(region, id string) string {
	return arn(region, bedrock, region, "", "foundation-model/"+id)
}

// ResourceARN is the ARN of a resource of the account in a region.
func ResourceARN(region, kind, id string) string {
	service := bedrock
	if kind == marketplaceEndpoint {
		service = "sagemaker"
	}
	return arn(region, service, region, Account, cmp.Or(types[kind], kind)+"/"+id)
}

// The kinds whose answers differ in form.
const (
	applicationProfile  = "application-inference-profile"
	throughput          = "provisioned-throughput"
	customModel         = "custom-model"
	deployment          = "custom-model-deployment"
	importedModel       = "imported-model"
	promptRouter        = "prompt-router"
	marketplaceEndpoint = "marketplace-endpoint"
	prompt              = "prompt"
	agent               = "agent"
	knowledgeBase       = "knowledge-base"
)

// types are those of ARNs that are not named as the kind is.
var types = map[string]string{throughput: "provisioned-model", marketplaceEndpoint: "endpoint"}

type object map[string]any

// summary is the resource in its list.
func (r Resource) summary(region string) object {
	arn, made, changed := ResourceARN(region, r.Kind, r.ID), cmp.Or(r.Created, "2026-01-05T08:00:00Z"), cmp.Or(r.Updated, "2026-01-06T08:00:00Z")
	switch r.Kind {
	case applicationProfile:
		return object{
			"inferenceProfileArn": arn, "inferenceProfileId": r.ID, "inferenceProfileName": r.Name, "type": application,
			"status": cmp.Or(r.Status, "ACTIVE"), "createdAt": made, "updatedAt": changed, "models": targets(r.Models),
		}
	case throughput:
		o := object{
			"provisionedModelArn": arn, "provisionedModelName": r.Name, "status": cmp.Or(r.Status, "InService"),
			"modelArn": r.first(), "desiredModelArn": cmp.Or(r.Desired, r.first()), "foundationModelArn": cmp.Or(r.Foundation, r.first()),
			"modelUnits": 1, "desiredModelUnits": 1, "creationTime": made, "lastModifiedTime": changed,
		}
		if r.CommitmentEnd != "" {
			o["commitmentDuration"], o["commitmentExpirationTime"] = "SixMonths", r.CommitmentEnd
		}
		return o
	case customModel:
		return object{
			"modelArn": arn, "modelName": r.Name, "creationTime": made, "baseModelArn": r.first(), "baseModelName": "base",
			"customizationType": cmp.Or(r.Type, "FINE_TUNING"), "ownerAccountId": Account, "modelStatus": cmp.Or(r.Status, "Active"),
		}
	case deployment:
		return object{
			"customModelDeploymentArn": arn, "customModelDeploymentName": r.Name, "modelArn": r.first(),
			"createdAt": made, "lastUpdatedAt": changed, "status": cmp.Or(r.Status, "Active"),
		}
	case importedModel:
		return object{
			"modelArn": arn, "modelName": r.Name, "creationTime": made, "instructSupported": true, "modelArchitecture": cmp.Or(r.Type, "llama3"),
		}
	case promptRouter:
		return object{
			"promptRouterArn": arn, "promptRouterName": r.Name, "routingCriteria": object{"responseQualityDifference": 0.25},
			"createdAt": made, "updatedAt": changed, "models": targets(r.Models), "fallbackModel": object{"modelArn": cmp.Or(r.Fallback, r.first())},
			"status": cmp.Or(r.Status, "AVAILABLE"), "type": cmp.Or(r.Type, "custom"),
		}
	case marketplaceEndpoint:
		return object{
			"endpointArn": arn, "modelSourceIdentifier": r.first(), "status": cmp.Or(r.Status, "REGISTERED"), "createdAt": made, "updatedAt": changed,
		}
	case prompt:
		return object{"arn": arn, "id": r.ID, "name": r.Name, "version": "DRAFT", "createdAt": made, "updatedAt": changed}
	case agent:
		return object{"agentId": r.ID, "agentName": r.Name, "agentStatus": cmp.Or(r.Status, "PREPARED"), "latestAgentVersion": "1", "updatedAt": changed}
	case knowledgeBase:
		return object{"knowledgeBaseId": r.ID, "name": r.Name, "status": cmp.Or(r.Status, "ACTIVE"), "updatedAt": changed}
	}
	panic("bedrocktest: no resource is a " + r.Kind)
}

// description is the answer that describes the resource, nil for kinds without one.
func (r Resource) description(region string) object {
	made, changed := cmp.Or(r.Created, "2026-01-05T08:00:00Z"), cmp.Or(r.Updated, "2026-01-06T08:00:00Z")
	role := arn(region, "iam", "", Account, "role/service-role/bedrock")
	switch r.Kind {
	case prompt:
		o := r.summary(region)
		variants := []object{}
		for i, model := range r.Models {
			variant := object{
				"name": "variant" + string(rune('A'+i)), "templateType": "TEXT",
				"templateConfiguration": object{"text": object{"text": Secret}},
			}
			if strings.Contains(model, ":agent-alias/") {
				variant["genAiResource"] = object{"agent": object{"agentIdentifier": model}}
			} else {
				variant["modelId"] = model
			}
			variants = append(variants, variant)
		}
		o["variants"] = variants
		return o
	case agent:
		o := object{
			"agentId": r.ID, "agentName": r.Name, "agentArn": ResourceARN(region, agent, r.ID), "agentVersion": "DRAFT",
			"agentStatus": cmp.Or(r.Status, "PREPARED"), "idleSessionTTLInSeconds": 600, "agentResourceRoleArn": role,
			"createdAt": made, "updatedAt": changed, "instruction": Secret + ", and nobody is to know that",
		}
		if r.first() != "" {
			o["foundationModel"] = r.first()
		}
		return object{"agent": o}
	case knowledgeBase:
		return object{"knowledgeBase": object{
			"knowledgeBaseId": r.ID, "name": r.Name, "knowledgeBaseArn": ResourceARN(region, knowledgeBase, r.ID), "roleArn": role,
			"status": cmp.Or(r.Status, "ACTIVE"), "createdAt": made, "updatedAt": changed, "description": Secret,
			"knowledgeBaseConfiguration": object{"type": "VECTOR", "vectorKnowledgeBaseConfiguration": object{"embeddingModelArn": r.first()}},
		}}
	}
	return nil
}

func (r Resource) first() string {
	if len(r.Models) == 0 {
		return ""
	}
	return r.Models[0]
}

func targets(arns []string) []object {
	list := []object{}
	for _, arn := range arns {
		list = append(list, object{"modelArn": arn})
	}
	return list
}

// add adds a resource to what the region lists.
func (o *offer) add(region string, r Resource) {
	listed := &item{id: r.ID, raw: mustMarshal(r.summary(region)), profileType: application}
	if r.Kind == applicationProfile {
		o.profiles = append(o.profiles, listed)
		return
	}
	o.resources[r.Kind] = append(o.resources[r.Kind], listed)
	if description := r.description(region); description != nil && !r.Deleted {
		o.described[r.Kind] = append(o.described[r.Kind], &item{id: r.ID, raw: mustMarshal(description)})
	}
}

// resourceOperations are those that list and describe what an account has.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations.html
func resourceOperations() map[string]*operation {
	operations := map[string]*operation{}
	for _, o := range []struct{ key, name, kind, list string }{
		{"GET /provisioned-model-throughputs", ListProvisionedModelThroughputs, throughput, "provisionedModelSummaries"},
		{"GET /custom-models", ListCustomModels, customModel, "modelSummaries"},
		{"GET /model-customization/custom-model-deployments", ListCustomModelDeployments, deployment, "modelDeploymentSummaries"},
		{"GET /imported-models", ListImportedModels, importedModel, "modelSummaries"},
		{"GET /prompt-routers", ListPromptRouters, promptRouter, "promptRouterSummaries"},
		{"GET /marketplace-model/endpoints", ListMarketplaceModelEndpoints, marketplaceEndpoint, "marketplaceModelEndpoints"},
		{"GET /prompts/", ListPrompts, prompt, "promptSummaries"},
		{"POST /agents/", ListAgents, agent, "agentSummaries"},
		{"POST /knowledgebases/", ListKnowledgeBases, knowledgeBase, "knowledgeBaseSummaries"},
	} {
		operations[o.key] = &operation{
			name: o.name, pageSize: 10, read: readPageQuery,
			list: func(offers map[string]*offer, region string) []*item {
				return offerIn(offers, region).resources[o.kind]
			},
			write: writeJSON(o.list, "nextToken"),
		}
	}
	for _, o := range []struct{ key, name, kind string }{
		{"GET /prompts/{id}/", GetPrompt, prompt},
		{"GET /agents/{id}/", GetAgent, agent},
		{"GET /knowledgebases/{id}", GetKnowledgeBase, knowledgeBase},
	} {
		operations[o.key] = &operation{
			name: o.name, one: true,
			read: func(x *exchange) query {
				id := strings.Split(strings.TrimPrefix(x.http.URL.Path, "/"), "/")[1]
				return query{keep: func(i *item) bool { return i.id == id }}
			},
			list: func(offers map[string]*offer, region string) []*item {
				return offerIn(offers, region).described[o.kind]
			},
			write: func(_ *exchange, items []*item, _ string) []byte { return items[0].raw },
		}
	}
	return operations
}

// readPageQuery reads what every list of resources takes: from the query, or of a
// POST from its body.
func readPageQuery(x *exchange) query {
	p := parameters(x.http.URL.Query())
	if x.http.Method == "POST" {
		var body struct {
			MaxResults json.Number `json:"maxResults"`
			NextToken  string      `json:"nextToken"`
		}
		if err := json.Unmarshal(x.body, &body); err != nil && len(x.body) > 0 {
			return query{refusal: &refusal{400, "SerializationException", "the body is not JSON"}}
		}
		p["nextToken"] = body.NextToken
		if body.MaxResults != "" {
			p["maxResults"] = body.MaxResults.String()
		}
	}
	q := query{token: p["nextToken"]}
	if text, set := p["maxResults"]; set {
		q.maxResults, q.refusal = bounded(text, "maxResults", 1000)
	}
	return q
}

// described are the paths with an ID in them, by what is before it.
var describedPaths = map[string]string{"prompts": "/", "agents": "/", "knowledgebases": ""}

// pathKey is the path of a request with {id} in place of the ID of what it describes.
func pathKey(path string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if end, found := describedPaths[parts[0]]; found && len(parts) == 2 {
		return "/" + parts[0] + "/{id}" + end
	}
	return path
}
