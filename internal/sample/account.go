package sample

import (
	"snapshotter/internal/bedrocktest"
)

// OfAccount adds to a catalogue what an account could have in Ireland and Virginia: one
// or more of each kind, resting on models that end, are gone, or go on.
func OfAccount(c bedrocktest.Catalogue) bedrocktest.Catalogue {
	for region, resources := range map[string][]bedrocktest.Resource{"eu-west-1": ireland(), "us-east-1": virginia()} {
		content := c[region]
		content.Resources = resources
		c[region] = content
	}
	return c
}

func models(id string, regions ...string) []string {
	var arns []string
	for _, region := range regions {
		arns = append(arns, bedrocktest.ModelARN(region, id))
	}
	return arns
}

func ireland() []bedrocktest.Resource {
	const here = "eu-west-1"
	european := []string{"eu-central-1", "eu-north-1", "eu-west-1", "eu-west-3"}
	return []bedrocktest.Resource{
		{Kind: "application-inference-profile", ID: "k7x2m9q4w1zt", Name: "chat-team", Models: models(claudeSonnet4, european...)},
		{Kind: "application-inference-profile", ID: "p3n8v5c1d6fj", Name: "summaries", Models: models(claude37Sonnet, european...)},
		{Kind: "application-inference-profile", ID: "z9t4r2b7h5ls", Name: "search", Models: models(novaLite, european...)},
		{Kind: "prompt", ID: "PR0MPT7EU1", Name: "triage", Models: []string{"eu." + claudeSonnet4}},
		{Kind: "agent", ID: "AGENT4EU01", Name: "helpdesk", Models: []string{bedrocktest.ResourceARN(here, "application-inference-profile", "k7x2m9q4w1zt")}},
		{Kind: "knowledge-base", ID: "KB00VIDEO1", Name: "video-library", Models: models(marengo27, here)},
	}
}

func virginia() []bedrocktest.Resource {
	const (
		here = "us-east-1"
		own  = "amazon.nova-micro-v1:0:128k/a1b2c3d4e5f6"
	)
	return []bedrocktest.Resource{
		{
			Kind: "provisioned-throughput", ID: "t5h8k2m9q1w4", Name: "claims-throughput", Models: models(claudeSonnet4, here),
			CommitmentEnd: "2026-12-31T00:00:00Z",
		},
		{Kind: "custom-model", ID: own, Name: "claims-classifier", Models: models(novaMicro, here)},
		{Kind: "custom-model-deployment", ID: "d7f3g1h9j2k5", Name: "claims-classifier", Models: []string{bedrocktest.ResourceARN(here, "custom-model", own)}},
		{Kind: "imported-model", ID: "i4n6o8p2q0r3", Name: "own-weights"},
		{Kind: "prompt-router", ID: "r2t4v6x8z0b1", Name: "claude-router", Models: models(claudeHaiku45, here), Fallback: bedrocktest.ModelARN(here, claudeSonnet4)},
		{
			Kind: "marketplace-endpoint", ID: "jumpstart-falcon",
			Models: []string{"arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/huggingface-llm-falcon/1.0.0"},
		},
		{Kind: "prompt", ID: "PR0MPT7US1", Name: "greeting", Models: []string{"us." + claude3Opus, novaPro}},
		{Kind: "agent", ID: "AGENT7US01", Name: "claims", Models: []string{bedrocktest.ResourceARN(here, "custom-model-deployment", "d7f3g1h9j2k5")}},
	}
}
