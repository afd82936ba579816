package catalog

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const (
	homeModel = "arn:aws:bedrock:us-east-1::foundation-model/a.model-v1:0"
	ownModel  = "arn:aws:bedrock:us-east-1:111122223333:custom-model/a.model-v1:0/abcdefghij12"
)

func TestParseResources(t *testing.T) {
	base := Base{Kind: KindFoundationModel, ID: "a.model-v1:0"}
	for _, test := range []struct {
		kind  Kind
		list  string
		sent  string
		wants Resource
	}{
		{
			KindApplicationProfile, "inferenceProfileSummaries",
			`{"inferenceProfileArn":"arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc","inferenceProfileId":"abc","inferenceProfileName":"team 111122223333","type":"APPLICATION","status":"ACTIVE","createdAt":"2026-01-02T03:04:05Z","updatedAt":"2026-01-03T03:04:05Z","models":[{"modelArn":"` + homeModel + `"},{"modelArn":"arn:aws:bedrock:us-west-2::foundation-model/a.model-v1:0"},{"modelArn":"arn:aws:bedrock:::foundation-model/a.model-v1:0"}]}`,
			Resource{
				ID: "abc", Name: "team [account]", Status: "ACTIVE", Path: "bedrock:application-inference-profile/abc",
				Bases:     []Base{base, {Kind: KindFoundationModel, Region: Anywhere, ID: "a.model-v1:0"}, {Kind: KindFoundationModel, Region: "us-west-2", ID: "a.model-v1:0"}},
				CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), UpdatedAt: time.Date(2026, 1, 3, 3, 4, 5, 0, time.UTC),
			},
		},
		{
			KindThroughput, "provisionedModelSummaries",
			`{"provisionedModelArn":"arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abc","provisionedModelName":"p","status":"InService","modelArn":"` + ownModel + `","desiredModelArn":"` + homeModel + `","foundationModelArn":"` + homeModel + `","commitmentExpirationTime":"2026-06-01T00:00:00Z"}`,
			Resource{
				ID: "abc", Name: "p", Status: "InService", Path: "bedrock:provisioned-model/abc", CommitmentEnd: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC),
				Bases: []Base{
					{Kind: KindCustomModel, ID: "a.model-v1:0/abcdefghij12"},
					{Kind: KindFoundationModel, ID: "a.model-v1:0", As: AsDesired}, {Kind: KindFoundationModel, ID: "a.model-v1:0", As: AsFoundation},
				},
			},
		},
		{
			KindCustomModel, "modelSummaries",
			`{"modelArn":"` + ownModel + `","modelName":"mine","modelStatus":"Active","baseModelArn":"` + homeModel + `","customizationType":"FINE_TUNING","ownerAccountId":"111122223333"}`,
			Resource{ID: "a.model-v1:0/abcdefghij12", Name: "mine", Status: "Active", Type: "FINE_TUNING", Path: "bedrock:custom-model/a.model-v1:0/abcdefghij12", Bases: []Base{base}},
		},
		{
			KindDeployment, "modelDeploymentSummaries",
			`{"customModelDeploymentArn":"arn:aws:bedrock:us-east-1:111122223333:custom-model-deployment/abc","customModelDeploymentName":"d","modelArn":"` + ownModel + `","status":"Active"}`,
			Resource{ID: "abc", Name: "d", Status: "Active", Path: "bedrock:custom-model-deployment/abc", Bases: []Base{{Kind: KindCustomModel, ID: "a.model-v1:0/abcdefghij12"}}},
		},
		{
			KindImportedModel, "modelSummaries", `{"modelArn":"arn:aws:bedrock:us-east-1:111122223333:imported-model/abc","modelName":"i","modelArchitecture":"llama3"}`,
			Resource{ID: "abc", Name: "i", Type: "llama3", Path: "bedrock:imported-model/abc", Bases: []Base{}},
		},
		{
			KindPromptRouter, "promptRouterSummaries",
			`{"promptRouterArn":"arn:aws:bedrock:us-east-1:111122223333:default-prompt-router/a:1","promptRouterName":"r","status":"AVAILABLE","type":"default","models":[{"modelArn":"arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.a.model-v1:0"}],"fallbackModel":{"modelArn":"` + homeModel + `"}}`,
			Resource{
				ID: "a:1", Name: "r", Status: "AVAILABLE", Type: "default", Path: "bedrock:default-prompt-router/a:1",
				Bases: []Base{{Kind: KindInferenceProfile, ID: "us.a.model-v1:0"}, {Kind: KindFoundationModel, ID: "a.model-v1:0", As: AsFallback}},
			},
		},
		{
			KindEndpoint, "marketplaceModelEndpoints",
			`{"endpointArn":"arn:aws:sagemaker:us-east-1:111122223333:endpoint/falcon","modelSourceIdentifier":"arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/falcon/1.0","status":"REGISTERED"}`,
			Resource{
				ID: "falcon", Status: "REGISTERED", Path: "sagemaker:endpoint/falcon",
				Bases: []Base{{Kind: KindOther, Region: "us-east-1", ID: "sagemaker:hub-content/SageMakerPublicHub/Model/falcon/1.0"}},
			},
		},
		{
			KindPrompt, "promptSummaries", `{"arn":"arn:aws:bedrock:us-east-1:111122223333:prompt/ABC","id":"ABC","name":"p","version":"DRAFT","description":"secret"}`,
			Resource{ID: "ABC", Name: "p", Type: "DRAFT", Path: "bedrock:prompt/ABC"},
		},
		{
			KindAgent, "agentSummaries", `{"agentId":"ABC","agentName":"a","agentStatus":"PREPARED","description":"secret"}`,
			Resource{ID: "ABC", Name: "a", Status: "PREPARED", Path: "bedrock:agent/ABC"},
		},
		{
			KindKnowledgeBase, "knowledgeBaseSummaries", `{"knowledgeBaseId":"ABC","name":"k","status":"ACTIVE","description":"secret"}`,
			Resource{ID: "ABC", Name: "k", Status: "ACTIVE", Path: "bedrock:knowledge-base/ABC"},
		},
	} {
		scope := Scope{Region: "us-east-1", Kind: test.kind}
		page, err := ParsePage(scope, []byte(`{"`+test.list+`":[`+test.sent+`],"nextToken":"more"}`))
		if err != nil || len(page.Items) != 1 || page.NextToken != "more" {
			t.Errorf("%s: %v, %v", test.kind, page, err)
			continue
		}
		got := page.Items[0].(*Resource)
		got.normalise()
		if got.Kind() != test.kind {
			t.Errorf("%s: parsed as %s", test.kind, got.Kind())
		}
		if d := cmp.Diff(test.wants, *got, cmpopts.IgnoreUnexported(Resource{})); d != "" {
			t.Errorf("%s (-want +got):\n%s", test.kind, d)
		}
		document := Encode(got)
		for _, unwanted := range []string{"111122223333", "secret", "us-east-1:"} {
			if strings.Contains(string(document), unwanted) {
				t.Errorf("%s: the document holds %q: %s", test.kind, unwanted, document)
			}
		}
		again, err := Decode(test.kind, document)
		if err != nil || string(Encode(again)) != string(document) || again.Kind() != test.kind {
			t.Errorf("%s: read back as %v, %v", test.kind, again, err)
		}
		if arn := got.ARN("us-east-1"); strings.HasPrefix(test.sent, `{"`) && !strings.Contains(strings.ReplaceAll(arn, Account, "111122223333"), ":111122223333:") {
			t.Errorf("%s: ARN %s", test.kind, arn)
		}
	}
}

// An answer of another region, kind or type is refused, and so is one without an ID.
func TestResourcesOfAnother(t *testing.T) {
	for what, page := range map[string]struct {
		kind Kind
		data string
	}{
		"region":    {KindThroughput, `{"provisionedModelSummaries":[{"provisionedModelArn":"arn:aws:bedrock:eu-west-1:111122223333:provisioned-model/abc","modelArn":"` + homeModel + `"}]}`},
		"partition": {KindThroughput, `{"provisionedModelSummaries":[{"provisionedModelArn":"arn:aws-us-gov:bedrock:us-east-1:111122223333:provisioned-model/abc"}]}`},
		"kind":      {KindThroughput, `{"provisionedModelSummaries":[{"provisionedModelArn":"arn:aws:bedrock:us-east-1:111122223333:custom-model/abc"}]}`},
		"type":      {KindApplicationProfile, `{"inferenceProfileSummaries":[{"inferenceProfileArn":"arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.a","inferenceProfileId":"us.a","type":"SYSTEM_DEFINED"}]}`},
	} {
		_, err := ParsePage(Scope{Region: "us-east-1", Kind: page.kind}, []byte(page.data))
		if mismatch, ok := errors.AsType[*MismatchError](err); !ok || string(mismatch.What) != what {
			t.Errorf("another %s: %v", what, err)
		}
	}
	for _, page := range []struct {
		kind Kind
		data string
	}{
		{KindAgent, `{"agentSummaries":[{"agentName":"a"}]}`},
		{KindPrompt, `{"promptSummaries":[{"id":"ABC"}]}`},
		{KindPrompt, `{}`},
		{KindCustomModel, `{"modelSummaries":[{"modelArn":"arn:aws:bedrock:us-east-1:111122223333:custom-model/"}]}`},
	} {
		if got, err := ParsePage(Scope{Region: "us-east-1", Kind: page.kind}, []byte(page.data)); err == nil {
			t.Errorf("%s is read as %v", page.data, got)
		}
	}
}

func TestParseDescription(t *testing.T) {
	for _, test := range []struct {
		kind Kind
		sent string
		want []Base
	}{
		{
			KindPrompt, `{"variants":[{"name":"a","modelId":"us.a.model-v1:0","templateConfiguration":{"text":{"text":"secret"}}},{"name":"b","modelId":"` + homeModel + `"},{"name":"c","genAiResource":{"agent":{"agentIdentifier":"arn:aws:bedrock:us-east-1:111122223333:agent-alias/AGENT/ALIAS"}}},{"name":"d"}]}`,
			[]Base{{ID: "us.a.model-v1:0"}, {Kind: KindAgent, ID: "AGENT"}, {Kind: KindFoundationModel, ID: "a.model-v1:0"}},
		},
		{KindPrompt, `{"variants":[]}`, []Base{}},
		{
			KindAgent, `{"agent":{"foundationModel":"arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc","instruction":"secret","promptOverrideConfiguration":{"promptConfigurations":[{"foundationModel":"a.other-v1:0"}]}}}`,
			[]Base{{ID: "a.other-v1:0"}, {Kind: KindApplicationProfile, ID: "abc"}},
		},
		{KindAgent, `{"agent":{}}`, []Base{}},
		{
			KindKnowledgeBase, `{"knowledgeBase":{"knowledgeBaseConfiguration":{"type":"VECTOR","vectorKnowledgeBaseConfiguration":{"embeddingModelArn":"` + homeModel + `"}}}}`,
			[]Base{{Kind: KindFoundationModel, ID: "a.model-v1:0", As: AsEmbedding}},
		},
		{KindKnowledgeBase, `{"knowledgeBase":{"knowledgeBaseConfiguration":{"type":"KENDRA"}}}`, []Base{}},
	} {
		got, err := ParseDescription(Scope{Region: "us-east-1", Kind: test.kind}, []byte(test.sent))
		if d := cmp.Diff(test.want, got); err != nil || d != "" {
			t.Errorf("%s (-want +got, error %v):\n%s", test.sent, err, d)
		}
	}
	for _, sent := range []string{`{}`, `null`, `{"agent":[]}`, `{"agent":{"foundationModel":7}}`, `{"agent":{"foundationModel":"arn:aws"}}`} {
		if got, err := ParseDescription(Scope{Region: "us-east-1", Kind: KindAgent}, []byte(sent)); err == nil {
			t.Errorf("%s is read as %v", sent, got)
		}
	}
}

// FuzzParseDescription: what is read from a description is read alike again, and holds
// no account.
func FuzzParseDescription(f *testing.F) {
	f.Add("prompt", `{"variants":[{"modelId":"us.a.model-v1:0"},{"modelId":"`+homeModel+`"}]}`)
	f.Add("agent", `{"agent":{"foundationModel":"arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc"}}`)
	f.Add("knowledge-base", `{"knowledgeBase":{"knowledgeBaseConfiguration":{"vectorKnowledgeBaseConfiguration":{"embeddingModelArn":"`+homeModel+`"}}}}`)
	f.Fuzz(func(t *testing.T, kind, data string) {
		scope := Scope{Region: "us-east-1", Kind: Kind(kind)}
		if !scope.Kind.Described() {
			t.Skip()
		}
		bases, err := ParseDescription(scope, []byte(data))
		if err != nil {
			return
		}
		r := &Resource{kind: scope.Kind, ID: "x", Path: "bedrock:x/x", Bases: bases}
		document := Encode(r)
		again, err := Decode(scope.Kind, document)
		if err != nil || string(Encode(again)) != string(document) {
			t.Errorf("%s is read back as %v (%v)", document, again, err)
		}
	})
}

// What is passed as modelId is not what something else must be passed for.
func TestPassed(t *testing.T) {
	for _, passing := range Passings() {
		if nothing := strings.HasPrefix(passing.Pass, "nothing"); passing.Kind.Passed() == nothing {
			t.Errorf("%s: passed %t, and %q is passed", passing.Kind, passing.Kind.Passed(), passing.Pass)
		}
	}
}
