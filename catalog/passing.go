package catalog

// Passing is how items of a kind are listed, and what to pass to call one.
type Passing struct {
	Kind Kind `json:"kind"`
	// Actions are the IAM actions that list the kind, the operation that lists it first.
	Actions []string `json:"actions"`
	// RestsOn says what an item rests on, in words; "" for a foundation model.
	RestsOn string `json:"rests_on,omitempty"`
	// Pass says what to pass as modelId, in words.
	Pass string `json:"pass"`
}

// Passings returns one for each kind: the public ones, then those of an account.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
func Passings() []Passing {
	return []Passing{
		{KindFoundationModel, []string{"bedrock:ListFoundationModels"}, "", "the model ID, where on demand"},
		{KindInferenceProfile, []string{"bedrock:ListInferenceProfiles"}, "models in its regions", "the profile ID"},
		{KindApplicationProfile, []string{"bedrock:ListInferenceProfiles"}, "models in its regions", "the ARN"},
		{KindThroughput, []string{"bedrock:ListProvisionedModelThroughputs"}, "a foundation or custom model", "the ARN"},
		{KindCustomModel, []string{"bedrock:ListCustomModels"}, "a foundation model", "nothing: its deployment or throughput"},
		{KindDeployment, []string{"bedrock:ListCustomModelDeployments"}, "a custom model", "the ARN"},
		{KindImportedModel, []string{"bedrock:ListImportedModels"}, "nothing of AWS's", "the ARN, to InvokeModel"},
		{KindPromptRouter, []string{"bedrock:ListPromptRouters"}, "models, and a fallback", "the ARN"},
		{KindEndpoint, []string{"bedrock:ListMarketplaceModelEndpoints"}, "a model of the marketplace", "the endpoint's ARN"},
		{KindPrompt, []string{"bedrock:ListPrompts", "bedrock:GetPrompt"}, "the models of its variants", "the ARN, with or without a version"},
		{KindAgent, []string{"bedrock:ListAgents", "bedrock:GetAgent"}, "a foundation model or a profile", "nothing: InvokeAgent takes its ID"},
		{KindKnowledgeBase, []string{"bedrock:ListKnowledgeBases", "bedrock:GetKnowledgeBase"}, "an embedding model", "nothing: Retrieve takes its ID"},
	}
}
