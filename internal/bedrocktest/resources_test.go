package bedrocktest_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"snapshotter/internal/bedrocktest"
)

// resources are two of each kind.
func resources() []bedrocktest.Resource {
	model := []string{bedrocktest.ModelARN("us-east-1", "amazon.nova-lite-v1:0")}
	var all []bedrocktest.Resource
	for _, kind := range []string{
		"application-inference-profile", "provisioned-throughput", "custom-model", "custom-model-deployment", "imported-model",
		"prompt-router", "marketplace-endpoint", "prompt", "agent", "knowledge-base",
	} {
		for _, id := range []string{"ABCDEFGHI1", "ABCDEFGHI2", "ABCDEFGHI3"} {
			all = append(all, bedrocktest.Resource{Kind: kind, ID: id, Name: "name of " + id, Models: model})
		}
	}
	return all
}

// The AWS CLI pages through every kind of an account's resources, and describes those
// that can be described.
func TestTheAWSCLIReadsResources(t *testing.T) {
	aws := awsCLI(t)
	for _, test := range []struct{ service, command, list, id string }{
		{"bedrock", "list-inference-profiles --type-equals APPLICATION", "inferenceProfileSummaries", "inferenceProfileArn"},
		{"bedrock", "list-provisioned-model-throughputs", "provisionedModelSummaries", "provisionedModelArn"},
		{"bedrock", "list-custom-models", "modelSummaries", "modelArn"},
		{"bedrock", "list-custom-model-deployments", "modelDeploymentSummaries", "customModelDeploymentArn"},
		{"bedrock", "list-imported-models", "modelSummaries", "modelArn"},
		{"bedrock", "list-prompt-routers", "promptRouterSummaries", "promptRouterArn"},
		{"bedrock", "list-marketplace-model-endpoints", "marketplaceModelEndpoints", "endpointArn"},
		{"bedrock-agent", "list-prompts", "promptSummaries", "id"},
		{"bedrock-agent", "list-agents", "agentSummaries", "agentId"},
		{"bedrock-agent", "list-knowledge-bases", "knowledgeBaseSummaries", "knowledgeBaseId"},
	} {
		t.Run(test.command, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			s.Serve(bedrocktest.Catalogue{"us-east-1": {Resources: resources()}})
			var got map[string][]map[string]any
			aws.read(t, s, &got, append(append([]string{test.service}, strings.Fields(test.command)...), "--page-size", "2")...)
			var ids []string
			for _, listed := range got[test.list] {
				id, _ := listed[test.id].(string)
				ids = append(ids, id[strings.LastIndex(id, "/")+1:])
			}
			if want := []string{"ABCDEFGHI1", "ABCDEFGHI2", "ABCDEFGHI3"}; !slices.Equal(sorted(ids), want) {
				t.Errorf("read %q of %v, want %q", ids, got, want)
			}
			if calls := s.Calls(); len(calls) != 2 || calls[0].MaxResults != 2 {
				t.Errorf("calls %+v, want two pages", calls)
			}
		})
	}
	for _, test := range []struct{ command, holds string }{
		{"get-prompt --prompt-identifier ABCDEFGHI2", `"modelId": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"`},
		{"get-agent --agent-id ABCDEFGHI2", `"foundationModel": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"`},
		{"get-knowledge-base --knowledge-base-id ABCDEFGHI2", `"embeddingModelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"`},
	} {
		t.Run(test.command, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			s.Serve(bedrocktest.Catalogue{"us-east-1": {Resources: resources()}})
			var got json.RawMessage
			aws.read(t, s, &got, append([]string{"bedrock-agent"}, strings.Fields(test.command)...)...)
			if !strings.Contains(string(got), test.holds) || !strings.Contains(string(got), bedrocktest.Secret) && test.command[:10] != "get-prompt" {
				t.Errorf("described as %s", got)
			}
		})
	}
}
