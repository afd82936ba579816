package bedrocktest_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	accounttypes "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/bedrock"
	"github.com/aws/aws-sdk-go-v2/service/bedrock/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"snapshotter/internal/bedrocktest"
)

var content = cmp.Options{
	cmpopts.IgnoreUnexported(types.FoundationModelSummary{}, types.FoundationModelLifecycle{},
		types.InferenceProfileSummary{}, types.InferenceProfileModel{}),
	cmpopts.SortSlices(func(a, b types.FoundationModelSummary) bool { return *a.ModelId < *b.ModelId }),
	cmpopts.SortSlices(func(a, b types.InferenceProfileSummary) bool {
		return *a.InferenceProfileId < *b.InferenceProfileId
	}),
}

// convert makes a list of one string type of another.
func convert[S ~string](list []string) []S {
	if list == nil {
		return nil
	}
	converted := []S{}
	for _, text := range list {
		converted = append(converted, S(text))
	}
	return converted
}

func TestModelsArriveAsTheFixtureSays(t *testing.T) {
	got, err := listModels(t.Context(), clientConfig(start(t), "us-east-1"), nil)
	if err != nil {
		t.Fatal(err)
	}
	var want []types.FoundationModelSummary
	for _, m := range models() {
		summary := types.FoundationModelSummary{
			ModelArn: aws.String("arn:aws:bedrock:us-east-1::foundation-model/" + m.ID),
			ModelId:  aws.String(m.ID), ModelName: aws.String(m.Name), ProviderName: aws.String(m.Provider),
			InputModalities: convert[types.ModelModality](m.Input), OutputModalities: convert[types.ModelModality](m.Output),
			ResponseStreamingSupported: m.Streaming,
			CustomizationsSupported:    convert[types.ModelCustomization](m.Customizations),
			InferenceTypesSupported:    convert[types.InferenceType](m.InferenceTypes),
		}
		if life := m.Lifecycle; life.Status != "" {
			summary.ModelLifecycle = &types.FoundationModelLifecycle{
				Status: types.FoundationModelLifecycleStatus(life.Status), StartOfLifeTime: instant(t, life.StartOfLife),
				LegacyTime: instant(t, life.Legacy), PublicExtendedAccessTime: instant(t, life.PublicExtendedAccess),
				EndOfLifeTime: instant(t, life.EndOfLife),
			}
		}
		want = append(want, summary)
	}
	if d := cmp.Diff(want, got, content); d != "" {
		t.Errorf("models (-want +got):\n%s", d)
	}
}

func TestModelsPassTheFilters(t *testing.T) {
	cfg := clientConfig(start(t), "us-east-1")
	for name, test := range map[string]struct {
		in   bedrock.ListFoundationModelsInput
		want []string
	}{
		"provider, in any case": {bedrock.ListFoundationModelsInput{ByProvider: aws.String("amazon")},
			[]string{"amazon.nova-canvas-v1:0", "amazon.titan-embed-text-v1:2:8k"}},
		"output modality": {bedrock.ListFoundationModelsInput{ByOutputModality: "EMBEDDING"},
			[]string{"amazon.titan-embed-text-v1:2:8k", "twelvelabs.marengo-embed-2-7-v1:0"}},
		"inference type": {bedrock.ListFoundationModelsInput{ByInferenceType: "ON_DEMAND"},
			[]string{"amazon.nova-canvas-v1:0", "twelvelabs.marengo-embed-2-7-v1:0"}},
		"customization type": {bedrock.ListFoundationModelsInput{ByCustomizationType: "FINE_TUNING"},
			[]string{"amazon.nova-canvas-v1:0"}},
		"together": {bedrock.ListFoundationModelsInput{ByProvider: aws.String("Amazon"), ByInferenceType: "PROVISIONED", ByOutputModality: "EMBEDDING"},
			[]string{"amazon.titan-embed-text-v1:2:8k"}},
		"none": {bedrock.ListFoundationModelsInput{ByProvider: aws.String("Nobody")}, nil},
	} {
		got, err := listModels(t.Context(), cfg, &test.in)
		if ids := sorted(modelIDs(got)); err != nil || !slices.Equal(ids, test.want) {
			t.Errorf("%s: %v, %v; want %v", name, ids, err, test.want)
		}
	}
	for name, in := range map[string]bedrock.ListFoundationModelsInput{
		"provider":           {ByProvider: aws.String("a/b")},
		"output modality":    {ByOutputModality: "SMELL"},
		"inference type":     {ByInferenceType: "SOMETIMES"},
		"customization type": {ByCustomizationType: "NONE"},
	} {
		_, err := listModels(t.Context(), cfg, &in)
		if _, refused := errors.AsType[*types.ValidationException](err); !refused {
			t.Errorf("a bad %s: %v, want a ValidationException", name, err)
		}
	}
}

func TestProfilesArriveAsTheFixtureSays(t *testing.T) {
	for region, test := range map[string]struct {
		arns      string // of the profiles
		partition string
		profiles  []bedrocktest.Profile
	}{
		"us-east-1":     {"arn:aws:bedrock:us-east-1:111122223333:inference-profile/", "arn:aws", systems(world()["us-east-1"].Profiles)},
		"us-gov-west-1": {"arn:aws-us-gov:bedrock:us-gov-west-1:111122223333:inference-profile/", "arn:aws-us-gov", systems(world()["us-gov-west-1"].Profiles)},
	} {
		got, err := listProfiles(t.Context(), clientConfig(start(t), region), 0)
		if err != nil {
			t.Fatal(err)
		}
		var want []types.InferenceProfileSummary
		for _, p := range test.profiles {
			summary := types.InferenceProfileSummary{
				InferenceProfileArn: aws.String(test.arns + p.ID), InferenceProfileId: aws.String(p.ID),
				InferenceProfileName: aws.String(p.Name), Description: aws.String(p.Description),
				Status: "ACTIVE", Type: "SYSTEM_DEFINED",
				CreatedAt: instant(t, p.CreatedAt), UpdatedAt: instant(t, p.UpdatedAt),
			}
			for _, destination := range p.Regions {
				summary.Models = append(summary.Models, types.InferenceProfileModel{
					ModelArn: aws.String(test.partition + ":bedrock:" + destination + "::foundation-model/" + p.Models[0]),
				})
			}
			want = append(want, summary)
		}
		if d := cmp.Diff(want, got, content); d != "" {
			t.Errorf("%s (-want +got):\n%s", region, d)
		}
	}
}

func TestProfilesComeInPages(t *testing.T) {
	want := sorted(fixtureIDs(systems(profiles("us", "us-east-1"))))
	for _, test := range []struct{ size, pages int }{{0, 3}, {1000, 1}, {230, 1}, {229, 2}, {7, 33}, {1, 230}} {
		s := start(t)
		got, err := listProfiles(t.Context(), clientConfig(s, "us-east-1"), int32(test.size))
		if ids := sorted(profileIDs(got)); err != nil || !slices.Equal(ids, want) {
			t.Errorf("in pages of %d: %d profiles, %v; want %d, each once", test.size, len(ids), err, len(want))
		}
		calls := s.Calls()
		if len(calls) != test.pages {
			t.Errorf("in pages of %d: %d calls, want %d", test.size, len(calls), test.pages)
		}
		for i, c := range calls {
			want := bedrocktest.Call{Service: "bedrock", Region: "us-east-1", Operation: bedrocktest.ListInferenceProfiles, Page: i + 1, MaxResults: test.size}
			if c != want {
				t.Errorf("call %d in pages of %d: %+v, want %+v", i+1, test.size, c, want)
			}
		}
	}
}

func fixtureIDs(list []bedrocktest.Profile) []string {
	var ids []string
	for _, p := range list {
		ids = append(ids, p.ID)
	}
	return ids
}

func TestProfilesOfOneType(t *testing.T) {
	s := start(t)
	client := bedrock.NewFromConfig(clientConfig(s, "us-east-1"))
	for kind, want := range map[types.InferenceProfileType]int{"": 230, "SYSTEM_DEFINED": 230, "APPLICATION": 1} {
		out, err := client.ListInferenceProfiles(t.Context(), &bedrock.ListInferenceProfilesInput{TypeEquals: kind, MaxResults: aws.Int32(1000)})
		if err != nil {
			t.Fatal(err)
		}
		if len(out.InferenceProfileSummaries) != want {
			t.Errorf("type %q: %d profiles, want %d", kind, len(out.InferenceProfileSummaries), want)
		}
		calls := s.Calls()
		if last := calls[len(calls)-1]; last.Type != string(kind) {
			t.Errorf("type %q was recorded as %q", kind, last.Type)
		}
		for _, p := range out.InferenceProfileSummaries {
			if kind == "APPLICATION" && *p.InferenceProfileArn != "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abcdefghij12" {
				t.Errorf("its ARN is %s", *p.InferenceProfileArn)
			}
		}
	}
	_, err := client.ListInferenceProfiles(t.Context(), &bedrock.ListInferenceProfilesInput{TypeEquals: "OTHER"})
	if _, refused := errors.AsType[*types.ValidationException](err); !refused {
		t.Errorf("an unknown type: %v, want a ValidationException", err)
	}
}

func TestBadPageSizesAndTokensAreRefused(t *testing.T) {
	s := start(t)
	here := bedrock.NewFromConfig(clientConfig(s, "us-east-1"))
	elsewhere := bedrock.NewFromConfig(clientConfig(s, "us-gov-west-1"))
	first, err := here.ListInferenceProfiles(t.Context(), &bedrock.ListInferenceProfilesInput{MaxResults: aws.Int32(10)})
	if err != nil {
		t.Fatal(err)
	}
	token := first.NextToken
	for name, ask := range map[string]func() error{
		"page size of 0": func() error {
			_, err := here.ListInferenceProfiles(t.Context(), &bedrock.ListInferenceProfilesInput{MaxResults: aws.Int32(0)})
			return err
		},
		"page size of 1001": func() error {
			_, err := here.ListInferenceProfiles(t.Context(), &bedrock.ListInferenceProfilesInput{MaxResults: aws.Int32(1001)})
			return err
		},
		"made-up token": func() error {
			_, err := here.ListInferenceProfiles(t.Context(), &bedrock.ListInferenceProfilesInput{NextToken: aws.String("MTA=")})
			return err
		},
		"token of another region": func() error {
			_, err := elsewhere.ListInferenceProfiles(t.Context(), &bedrock.ListInferenceProfilesInput{NextToken: token})
			return err
		},
	} {
		err := ask()
		if _, refused := errors.AsType[*types.ValidationException](err); !refused {
			t.Errorf("a %s: %v, want a ValidationException", name, err)
		}
	}
	_, err = ssm.NewFromConfig(clientConfig(s, "us-east-1")).GetParametersByPath(t.Context(), &ssm.GetParametersByPathInput{Path: aws.String(regionsPath), NextToken: token})
	if _, refused := errors.AsType[*ssmtypes.InvalidNextToken](err); !refused {
		t.Errorf("a token of another operation: %v, want InvalidNextToken", err)
	}
	if _, err = here.ListInferenceProfiles(t.Context(), &bedrock.ListInferenceProfilesInput{NextToken: token}); err != nil {
		t.Errorf("the token where it belongs: %v", err)
	}
}

// A listing goes on with what it began with, while new ones see the new
// catalogue.
func TestAListingOutlivesItsCatalogue(t *testing.T) {
	s := start(t)
	client := bedrock.NewFromConfig(clientConfig(s, "us-east-1"))
	first, err := client.ListInferenceProfiles(t.Context(), &bedrock.ListInferenceProfilesInput{MaxResults: aws.Int32(200)})
	if err != nil {
		t.Fatal(err)
	}
	s.Serve(bedrocktest.Catalogue{"us-east-1": {}})
	second, err := client.ListInferenceProfiles(t.Context(), &bedrock.ListInferenceProfilesInput{NextToken: first.NextToken})
	if err != nil || len(second.InferenceProfileSummaries) != 30 {
		t.Errorf("its second page: %v, want the 30 that were left", err)
	}
	if all, err := listProfiles(t.Context(), clientConfig(s, "us-east-1"), 0); err != nil || len(all) != 0 {
		t.Errorf("a new listing: %d profiles, %v; want none", len(all), err)
	}
}

func TestOrderIsUnstableAndTheSameEachTime(t *testing.T) {
	record := func() (orders [][]string) {
		s := start(t)
		for _, region := range []string{"us-east-1", "us-east-1", "us-gov-west-1"} {
			got, err := listProfiles(t.Context(), clientConfig(s, region), 0)
			if err != nil {
				t.Fatal(err)
			}
			orders = append(orders, profileIDs(got))
		}
		return orders
	}
	first, second := record(), record()
	if !reflect.DeepEqual(first, second) {
		t.Error("two servers asked alike answered in different orders")
	}
	if slices.Equal(first[0], first[1]) {
		t.Error("two listings of a region came in the same order")
	}
	if !slices.Equal(sorted(first[0]), sorted(first[1])) {
		t.Error("two listings of a region hold different profiles")
	}
}

func TestRegionsThatBedrockDoesNotServe(t *testing.T) {
	s := start(t)
	_, err := listModels(t.Context(), clientConfig(s, "me-south-1"), nil)
	expect(t, "a region that is not enabled", err, "UnrecognizedClientException", 403)
	_, err = listModels(t.Context(), clientConfig(s, "mx-central-1"), nil)
	expectNoHost(t, "a region that the catalogue lacks", err)
	calls := s.Calls()
	if last := calls[len(calls)-1]; last.Fault != bedrocktest.NoEndpoint {
		t.Errorf("recorded as %+v, want the fault to be told", last)
	}
	cfg := clientConfig(s, "us-east-1")
	_, err = bedrock.NewFromConfig(cfg).ListGuardrails(t.Context(), nil)
	expect(t, "an operation that the server lacks", err, "UnknownOperationException", 404)
}

func TestParametersNameTheRegionsOfThePartition(t *testing.T) {
	for at, want := range map[string][]string{
		"us-east-1":     commercial(),
		"us-gov-west-1": {"us-gov-west-1"},
	} {
		s := start(t)
		var got []string
		pages := ssm.NewGetParametersByPathPaginator(ssm.NewFromConfig(clientConfig(s, at)), &ssm.GetParametersByPathInput{Path: aws.String(regionsPath)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Parameters) > 10 {
				t.Errorf("a page of %d parameters; SSM has at most 10", len(page.Parameters))
			}
			for _, p := range page.Parameters {
				if *p.Name != regionsPath+"/"+*p.Value || p.Type != ssmtypes.ParameterTypeString || p.LastModifiedDate.IsZero() {
					t.Errorf("parameter %s of type %s is %q", *p.Name, p.Type, *p.Value)
				}
				got = append(got, *p.Value)
			}
		}
		if !slices.Equal(sorted(got), want) {
			t.Errorf("from %s: %v, want %v", at, sorted(got), want)
		}
		if calls := len(s.Calls()); calls != (len(want)+9)/10 {
			t.Errorf("from %s: %d calls for %d regions", at, calls, len(want))
		}
	}
	client := ssm.NewFromConfig(clientConfig(start(t), "us-east-1"))
	other, err := client.GetParametersByPath(t.Context(), &ssm.GetParametersByPathInput{Path: aws.String("/aws/service/other")})
	if err != nil || len(other.Parameters) != 0 {
		t.Errorf("another path: %v, %v; want no parameters", other, err)
	}
	_, err = client.GetParametersByPath(t.Context(), &ssm.GetParametersByPathInput{Path: aws.String(regionsPath), MaxResults: aws.Int32(11)})
	expect(t, "a page of 11", err, "ValidationException", 400)
	_, err = client.GetParametersByPath(t.Context(), &ssm.GetParametersByPathInput{
		Path: aws.String(regionsPath), ParameterFilters: []ssmtypes.ParameterStringFilter{{Key: aws.String("Type")}},
	})
	expect(t, "a filter", err, "InvalidFilterKey", 400)
}

// commercial are the regions of world in the partition aws.
func commercial() []string {
	var regions []string
	for region := range world() {
		if region != "us-gov-west-1" {
			regions = append(regions, region)
		}
	}
	return sorted(regions)
}

func TestAccountRegions(t *testing.T) {
	for name, test := range map[string]struct {
		only  []accounttypes.RegionOptStatus
		size  int32
		want  int
		calls int
	}{
		"all":                {nil, 0, 25, 2},
		"in large pages":     {nil, 50, 25, 1},
		"enabled":            {[]accounttypes.RegionOptStatus{"ENABLED", "ENABLED_BY_DEFAULT"}, 50, 24, 1},
		"disabled":           {[]accounttypes.RegionOptStatus{"DISABLED"}, 0, 1, 1},
		"of a status unused": {[]accounttypes.RegionOptStatus{"ENABLING"}, 0, 0, 1},
	} {
		s := start(t)
		in := &account.ListRegionsInput{RegionOptStatusContains: test.only}
		if test.size > 0 {
			in.MaxResults = aws.Int32(test.size)
		}
		status := map[string]accounttypes.RegionOptStatus{}
		pages := account.NewListRegionsPaginator(account.NewFromConfig(clientConfig(s, "us-east-1")), in)
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page.Regions {
				status[*r.RegionName] = r.RegionOptStatus
			}
		}
		if len(status) != test.want || len(s.Calls()) != test.calls {
			t.Errorf("%s: %d regions in %d calls, want %d in %d", name, len(status), len(s.Calls()), test.want, test.calls)
		}
		for region, want := range map[string]accounttypes.RegionOptStatus{"us-east-1": "ENABLED_BY_DEFAULT", "af-south-1": "ENABLED", "me-south-1": "DISABLED"} {
			if got, listed := status[region]; listed && got != want {
				t.Errorf("%s: %s is %s, want %s", name, region, got, want)
			}
		}
	}
	client := account.NewFromConfig(clientConfig(start(t), "us-east-1"))
	_, err := client.ListRegions(t.Context(), &account.ListRegionsInput{MaxResults: aws.Int32(51)})
	expect(t, "a page of 51", err, "ValidationException", 400)
	_, err = client.ListRegions(t.Context(), &account.ListRegionsInput{RegionOptStatusContains: []accounttypes.RegionOptStatus{"OFF"}})
	expect(t, "an unknown status", err, "ValidationException", 400)
}

func TestDescribedRegions(t *testing.T) {
	client := ec2.NewFromConfig(clientConfig(start(t), "us-east-1"))
	filter := func(name string, values ...string) []ec2types.Filter {
		return []ec2types.Filter{{Name: aws.String(name), Values: values}}
	}
	for name, test := range map[string]struct {
		in   ec2.DescribeRegionsInput
		want int
	}{
		"those enabled": {ec2.DescribeRegionsInput{}, 24},
		"all":           {ec2.DescribeRegionsInput{AllRegions: aws.Bool(true)}, 25},
		"by name":       {ec2.DescribeRegionsInput{RegionNames: []string{"me-south-1", "us-east-1"}}, 2},
		"by status":     {ec2.DescribeRegionsInput{AllRegions: aws.Bool(true), Filters: filter("opt-in-status", "opted-in", "not-opted-in")}, 2},
		"by endpoint":   {ec2.DescribeRegionsInput{Filters: filter("endpoint", "ec2.us-east-1.amazonaws.com")}, 1},
	} {
		out, err := client.DescribeRegions(t.Context(), &test.in)
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Regions) != test.want {
			t.Errorf("%s: %d regions, want %d", name, len(out.Regions), test.want)
		}
		for _, r := range out.Regions {
			want := map[string]string{"me-south-1": "not-opted-in", "af-south-1": "opted-in"}[*r.RegionName]
			if want == "" {
				want = "opt-in-not-required"
			}
			if *r.OptInStatus != want || *r.Endpoint != "ec2."+*r.RegionName+".amazonaws.com" {
				t.Errorf("%s: %s is %s at %s", name, *r.RegionName, *r.OptInStatus, *r.Endpoint)
			}
		}
	}
	_, err := client.DescribeRegions(t.Context(), &ec2.DescribeRegionsInput{Filters: filter("colour", "red")})
	expect(t, "an unknown filter", err, "InvalidParameterValue", 400)
}

func TestCallerIdentity(t *testing.T) {
	for region, partition := range map[string]string{"us-east-1": "aws", "us-gov-west-1": "aws-us-gov"} {
		out, err := sts.NewFromConfig(clientConfig(start(t), region)).GetCallerIdentity(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if *out.Account != bedrocktest.Account || *out.Arn != "arn:"+partition+":sts::111122223333:assumed-role/snapshotter/nightly" || *out.UserId == "" {
			t.Errorf("from %s: %s, %s, %s", region, *out.Account, *out.Arn, *out.UserId)
		}
	}
}

// expect checks an error of the AWS protocol by its code and HTTP status.
func expect(t testing.TB, what string, err error, code string, status int) {
	t.Helper()
	api, refused := errors.AsType[smithy.APIError](err)
	response, answered := errors.AsType[interface {
		error
		HTTPStatusCode() int
	}](err)
	switch {
	case !refused || !answered:
		t.Errorf("%s: %v, want %s", what, err, code)
	case api.ErrorCode() != code || response.HTTPStatusCode() != status:
		t.Errorf("%s: %s with status %d, want %s with %d", what, api.ErrorCode(), response.HTTPStatusCode(), code, status)
	}
}
