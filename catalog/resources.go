package catalog

import "strings"

// accountAnswers are the answers of the operations that list an account's resources.
var accountAnswers = map[Kind]answers{
	KindApplicationProfile: {"inferenceProfileSummaries", parseApplicationProfile},
	KindThroughput:         {"provisionedModelSummaries", parseThroughput},
	KindCustomModel:        {"modelSummaries", parseCustomModel},
	KindDeployment:         {"modelDeploymentSummaries", parseDeployment},
	KindImportedModel:      {"modelSummaries", parseImportedModel},
	KindPromptRouter:       {"promptRouterSummaries", parsePromptRouter},
	KindEndpoint:           {"marketplaceModelEndpoints", parseEndpoint},
	KindPrompt:             {"promptSummaries", parsePrompt},
	KindAgent:              {"agentSummaries", parseAgent},
	KindKnowledgeBase:      {"knowledgeBaseSummaries", parseKnowledgeBase},
}

func parseApplicationProfile(o *object) Item {
	if kind := o.text("type"); kind != "" {
		o.match("type", OfType, kind, typeApplication)
	}
	r := o.resource(KindApplicationProfile, "inferenceProfileArn", "inferenceProfileName", "status", resourceApplication).times(o, "createdAt", "updatedAt")
	r.restsOnModels(o)
	return r
}

// restsOnModels reads a list of models, each an object with an ARN.
func (r *Resource) restsOnModels(o *object) {
	models, sent := o.objects("models")
	if sent {
		r.Bases = []Base{}
	}
	for _, model := range models {
		r.rests(model, "modelArn", "")
	}
}

func parseThroughput(o *object) Item {
	r := o.resource(KindThroughput, "provisionedModelArn", "provisionedModelName", "status", "provisioned-model").times(o, "creationTime", "lastModifiedTime")
	r.rests(o, "modelArn", "")
	r.rests(o, "desiredModelArn", AsDesired)
	r.rests(o, "foundationModelArn", AsFoundation)
	r.CommitmentEnd = o.time("commitmentExpirationTime")
	return r
}

func parseCustomModel(o *object) Item {
	r := o.resource(KindCustomModel, "modelArn", "modelName", "modelStatus", "custom-model").times(o, "creationTime", "")
	r.Type = o.text("customizationType")
	r.rests(o, "baseModelArn", "")
	return r
}

func parseDeployment(o *object) Item {
	r := o.resource(KindDeployment, "customModelDeploymentArn", "customModelDeploymentName", "status", "custom-model-deployment").times(o, "createdAt", "lastUpdatedAt")
	r.rests(o, "modelArn", "")
	return r
}

func parseImportedModel(o *object) Item {
	r := o.resource(KindImportedModel, "modelArn", "modelName", "", "imported-model").times(o, "creationTime", "")
	r.Type = o.text("modelArchitecture")
	r.Bases = []Base{} // its weights are the account's own
	return r
}

func parsePromptRouter(o *object) Item {
	r := o.resource(KindPromptRouter, "promptRouterArn", "promptRouterName", "status", "prompt-router", "default-prompt-router").times(o, "createdAt", "updatedAt")
	r.Type = o.text("type")
	r.restsOnModels(o)
	if fallback := o.object("fallbackModel"); fallback != nil {
		r.rests(fallback, "modelArn", AsFallback)
	}
	return r
}

func parseEndpoint(o *object) Item {
	r := o.resource(KindEndpoint, "endpointArn", "", "status", "endpoint").times(o, "createdAt", "updatedAt")
	r.rests(o, "modelSourceIdentifier", "")
	return r
}

func parsePrompt(o *object) Item {
	r := o.resource(KindPrompt, "arn", "name", "", "prompt").times(o, "createdAt", "updatedAt")
	r.Type = o.text("version")
	return r
}

func parseAgent(o *object) Item {
	return o.identified(KindAgent, "agentId", "agentName", "agentStatus").times(o, "", "updatedAt")
}

func parseKnowledgeBase(o *object) Item {
	return o.identified(KindKnowledgeBase, "knowledgeBaseId", "name", "status").times(o, "", "updatedAt")
}

// Passed reports whether an item of the kind is itself passed as modelId.
func (k Kind) Passed() bool { return k != KindCustomModel && k != KindAgent && k != KindKnowledgeBase }

// Described reports whether what a resource of the kind rests on is not in its list:
// each has to be described, see [ParseDescription].
func (k Kind) Described() bool { return k == KindPrompt || k == KindAgent || k == KindKnowledgeBase }

// ParseDescription reads from the description of one resource in a region what it
// rests on.
//
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_GetPrompt.html
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_GetAgent.html
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_GetKnowledgeBase.html
func ParseDescription(scope Scope, data []byte) ([]Base, error) {
	answer, err := parseAnswer(scope.Region, data)
	if err != nil {
		return nil, err
	}
	r := &Resource{kind: scope.Kind, Bases: []Base{}}
	switch scope.Kind {
	case KindPrompt:
		variants, _ := answer.objects("variants")
		for _, variant := range variants {
			r.rests(variant, "modelId", "")
			r.restsOnAgent(variant)
		}
	case KindAgent:
		r.describeAgent(answer)
	case KindKnowledgeBase:
		r.describeKnowledgeBase(answer)
	}
	if err := answer.err(); err != nil {
		return nil, err
	}
	r.normalise()
	return r.Bases, nil
}

// restsOnAgent reads the agent that answers a variant of a prompt.
func (r *Resource) restsOnAgent(variant *object) {
	resource := variant.object("genAiResource")
	if resource == nil {
		return
	}
	if agent := resource.object("agent"); agent != nil {
		if base, named := agent.base("agentIdentifier", ""); named {
			base.ID, _, _ = strings.Cut(base.ID, "/") // of agent-alias/AGENT/ALIAS
			r.Bases = append(r.Bases, base)
		}
	}
}

func (r *Resource) describeAgent(answer *object) {
	agent := answer.object("agent")
	if agent == nil {
		answer.fail("agent", errMissing)
		return
	}
	r.rests(agent, "foundationModel", "")
	if overrides := agent.object("promptOverrideConfiguration"); overrides != nil {
		prompts, _ := overrides.objects("promptConfigurations")
		for _, prompt := range prompts {
			r.rests(prompt, "foundationModel", "")
		}
	}
}

func (r *Resource) describeKnowledgeBase(answer *object) {
	base := answer.object("knowledgeBase")
	if base == nil {
		answer.fail("knowledgeBase", errMissing)
		return
	}
	if how := base.object("knowledgeBaseConfiguration"); how != nil {
		if vectors := how.object("vectorKnowledgeBaseConfiguration"); vectors != nil {
			r.rests(vectors, "embeddingModelArn", AsEmbedding)
		}
	}
}
