package bedrocktest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/bedrock"
	"github.com/aws/aws-sdk-go-v2/service/bedrock/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"snapshotter/internal/bedrocktest"
)

const regionsPath = "/aws/service/global-infrastructure/services/bedrock/regions"

// start is a server of world for the time of a test.
func start(t testing.TB) *bedrocktest.Server {
	t.Helper()
	s, err := bedrocktest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.Serve(world())
	return s
}

// clientConfig is that of a client in region that tries each request once, so that a
// test sees what each single one comes to.
func clientConfig(s *bedrocktest.Server, region string) aws.Config {
	cfg := s.Config()
	cfg.Region = region
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	return cfg
}

// world has regions enough to fill pages, in two partitions; a region of each
// opt-in status; profiles enough to fill pages; and one of everything that an
// answer may hold.
func world() bedrocktest.Catalogue {
	c := bedrocktest.Catalogue{
		"us-east-1":     {Models: models(), Profiles: profiles("us", "us-east-1", "us-west-2")},
		"eu-west-1":     {Models: models()[:3], Profiles: profiles("eu", "eu-central-1", "eu-west-1")[:3]},
		"ap-south-1":    {},
		"af-south-1":    {Models: models()[:1], OptIn: "ENABLED"},
		"me-south-1":    {Models: models()[:1], OptIn: "DISABLED"},
		"us-gov-west-1": {Models: models()[:2], Profiles: profiles("us-gov", "us-gov-east-1", "us-gov-west-1")[:2]},
	}
	for n := range 20 {
		c[fmt.Sprintf("ap-east-%d", n+1)] = bedrocktest.Region{Models: models()[:1]}
	}
	return c
}

func models() []bedrocktest.Model {
	return []bedrocktest.Model{
		{
			ID: "anthropic.claude-haiku-4-5-20251001-v1:0", Name: "Claude Haiku 4.5", Provider: "Anthropic",
			Input: []string{"TEXT", "IMAGE"}, Output: []string{"TEXT"}, Streaming: aws.Bool(true),
			Customizations: []string{}, InferenceTypes: []string{"INFERENCE_PROFILE"},
			Lifecycle: bedrocktest.Lifecycle{Status: "ACTIVE", StartOfLife: "2025-10-15T00:00:00Z"},
		},
		{
			ID: "amazon.titan-embed-text-v1:2:8k", Name: "Titan Embeddings G1 - Text", Provider: "Amazon",
			Input: []string{"TEXT"}, Output: []string{"EMBEDDING"}, Streaming: aws.Bool(false),
			Customizations: []string{}, InferenceTypes: []string{"PROVISIONED"},
			Lifecycle: bedrocktest.Lifecycle{
				Status: "LEGACY", StartOfLife: "2023-09-28T00:00:00Z", Legacy: "2026-03-31T00:00:00.5Z",
				PublicExtendedAccess: "2026-06-30T00:00:00Z", EndOfLife: "2026-09-30T00:00:00+00:00",
			},
		},
		{
			ID: "amazon.nova-canvas-v1:0", Name: "Nova Canvas", Provider: "Amazon",
			Input: []string{"TEXT", "IMAGE"}, Output: []string{"IMAGE"}, Streaming: aws.Bool(false),
			Customizations: []string{"FINE_TUNING"}, InferenceTypes: []string{"ON_DEMAND", "PROVISIONED"},
			Lifecycle: bedrocktest.Lifecycle{Status: "ACTIVE"},
		},
		{ // as little as the API may say
			ID: "stability.stable-diffusion-xl-v1", Name: "SDXL 1.0", Provider: "Stability AI",
		},
		{
			ID: "twelvelabs.marengo-embed-2-7-v1:0", Name: "Marengo Embed v2.7", Provider: "TwelveLabs",
			Input: []string{"TEXT", "IMAGE", "SPEECH", "VIDEO"}, Output: []string{"EMBEDDING"},
			Customizations: []string{}, InferenceTypes: []string{"ON_DEMAND"},
			Lifecycle: bedrocktest.Lifecycle{Status: "ACTIVE"},
			Extra:     map[string]json.RawMessage{"responseStreamingSupported": json.RawMessage("null")},
		},
	}
}

// profiles are 230 of the system's and one of the account's own.
func profiles(geography string, regions ...string) []bedrocktest.Profile {
	list := []bedrocktest.Profile{{
		ID: "global.anthropic.claude-haiku-4-5-20251001-v1:0", Name: "Global Anthropic Claude Haiku 4.5",
		Description: "Routes requests to Anthropic Claude Haiku 4.5 globally across all supported AWS Regions.",
		Models:      []string{"anthropic.claude-haiku-4-5-20251001-v1:0"}, Regions: append([]string{""}, regions...),
		CreatedAt: "2025-10-01T00:00:00Z", UpdatedAt: "2026-01-05T10:20:30.123456Z",
	}}
	for n := 1; n < 230; n++ {
		list = append(list, bedrocktest.Profile{
			ID: fmt.Sprintf("%s.example.model-%03d-v1:0", geography, n), Name: fmt.Sprintf("Example Model %03d", n),
			Description: "Routes requests to Example Model in " + regions[0] + ".",
			Models:      []string{fmt.Sprintf("example.model-%03d-v1:0", n)}, Regions: regions,
			CreatedAt: "2025-10-01T00:00:00Z", UpdatedAt: "2025-10-01T00:00:00Z",
		})
	}
	return append(list, bedrocktest.Profile{
		ID: "abcdefghij12", Name: "Team search", Type: "APPLICATION",
		Models: []string{"amazon.nova-canvas-v1:0"}, Regions: regions[:1],
		CreatedAt: "2026-01-01T00:00:00Z", UpdatedAt: "2026-01-01T00:00:00Z",
	})
}

// systems are the profiles that a listing with no type holds.
func systems(list []bedrocktest.Profile) []bedrocktest.Profile {
	return slices.DeleteFunc(slices.Clone(list), func(p bedrocktest.Profile) bool { return p.Type != "" })
}

func listModels(ctx context.Context, cfg aws.Config, in *bedrock.ListFoundationModelsInput) ([]types.FoundationModelSummary, error) {
	out, err := bedrock.NewFromConfig(cfg).ListFoundationModels(ctx, in)
	if err != nil {
		return nil, err
	}
	return out.ModelSummaries, nil
}

// listProfiles reads all pages, of size at most; 0 leaves it to the server.
func listProfiles(ctx context.Context, cfg aws.Config, size int32) ([]types.InferenceProfileSummary, error) {
	in := &bedrock.ListInferenceProfilesInput{}
	if size > 0 {
		in.MaxResults = aws.Int32(size)
	}
	var all []types.InferenceProfileSummary
	pages := bedrock.NewListInferenceProfilesPaginator(bedrock.NewFromConfig(cfg), in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return all, err
		}
		all = append(all, page.InferenceProfileSummaries...)
	}
	return all, nil
}

// asking is every operation by its client, for what all have in common.
var asking = map[string]func(context.Context, aws.Config) error{
	bedrocktest.ListFoundationModels: func(ctx context.Context, cfg aws.Config) error {
		_, err := listModels(ctx, cfg, nil)
		return err
	},
	bedrocktest.ListInferenceProfiles: func(ctx context.Context, cfg aws.Config) error {
		_, err := listProfiles(ctx, cfg, 0)
		return err
	},
	bedrocktest.GetParametersByPath: func(ctx context.Context, cfg aws.Config) error {
		_, err := ssm.NewFromConfig(cfg).GetParametersByPath(ctx, &ssm.GetParametersByPathInput{Path: aws.String(regionsPath)})
		return err
	},
	bedrocktest.ListRegions: func(ctx context.Context, cfg aws.Config) error {
		_, err := account.NewFromConfig(cfg).ListRegions(ctx, nil)
		return err
	},
	bedrocktest.DescribeRegions: func(ctx context.Context, cfg aws.Config) error {
		_, err := ec2.NewFromConfig(cfg).DescribeRegions(ctx, nil)
		return err
	},
	bedrocktest.GetCallerIdentity: func(ctx context.Context, cfg aws.Config) error {
		_, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, nil)
		return err
	},
}

func modelIDs(list []types.FoundationModelSummary) []string {
	var ids []string
	for _, m := range list {
		ids = append(ids, aws.ToString(m.ModelId))
	}
	return ids
}

func profileIDs(list []types.InferenceProfileSummary) []string {
	var ids []string
	for _, p := range list {
		ids = append(ids, aws.ToString(p.InferenceProfileId))
	}
	return ids
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// instant is a fixture's time as a client reads it.
func instant(t testing.TB, text string) *time.Time {
	t.Helper()
	if text == "" {
		return nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return &at
}
