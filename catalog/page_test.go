package catalog_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
)

const (
	models   = catalog.KindFoundationModel
	profiles = catalog.KindInferenceProfile
)

// page parses an answer that must be readable.
func page(t testing.TB, kind catalog.Kind, answer string) catalog.Page {
	t.Helper()
	p, err := catalog.ParsePage(asked(kind), []byte(answer))
	if err != nil {
		t.Fatalf("ParsePage(%s, %s): %v", kind, answer, err)
	}
	return p
}

// asked is the scope that the answers of the tests are of.
func asked(kind catalog.Kind) catalog.Scope { return catalog.Scope{Region: "us-east-1", Kind: kind} }

// collected joins pages that make a listing.
func collected(t testing.TB, pages ...catalog.Page) []catalog.Item {
	t.Helper()
	items, err := catalog.Collect(pages...)
	if err != nil {
		t.Fatal(err)
	}
	return items
}

// model parses one element of modelSummaries; modelId may be left out.
func model(t testing.TB, fields string) *catalog.FoundationModel {
	t.Helper()
	answer := `{"modelSummaries":[{"modelId":"m",` + fields + `}]}`
	return page(t, models, answer).Items[0].(*catalog.FoundationModel)
}

// profile parses one element of inferenceProfileSummaries, without its id.
func profile(t testing.TB, fields string) *catalog.InferenceProfile {
	t.Helper()
	answer := `{"inferenceProfileSummaries":[{"inferenceProfileId":"us.m",` + fields + `}]}`
	return page(t, profiles, answer).Items[0].(*catalog.InferenceProfile)
}

func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func raw(fields ...string) map[string]json.RawMessage {
	m := map[string]json.RawMessage{}
	for i := 0; i < len(fields); i += 2 {
		m[fields[i]] = json.RawMessage(fields[i+1])
	}
	return m
}

func TestParsePageReadsEveryFieldOfAModel(t *testing.T) {
	got := page(t, models, `{
		"nextToken": "more",
		"modelSummaries": [{
			"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/maker.thing-v1:0",
			"modelId": "maker.thing-v1:0",
			"modelName": "Thing <&> One",
			"providerName": "Maker",
			"inputModalities": ["TEXT", "IMAGE", "VIDEO", "TEXT"],
			"outputModalities": ["TEXT", "EMBEDDING"],
			"responseStreamingSupported": true,
			"customizationsSupported": ["FINE_TUNING", "CONTINUED_PRE_TRAINING"],
			"inferenceTypesSupported": ["ON_DEMAND", "INFERENCE_PROFILE"],
			"modelLifecycle": {
				"status": "LEGACY",
				"startOfLifeTime": "2024-03-04T00:00:00Z",
				"legacyTime": "2026-01-30T00:00:00+00:00",
				"publicExtendedAccessTime": "2026-07-30T02:00:00+02:00",
				"endOfLifeTime": "2026-11-30T10:11:12.5Z"
			}
		}]}`)
	streaming := true
	want := catalog.Page{
		NextToken: "more",
		Items: []catalog.Item{&catalog.FoundationModel{
			ID:               "maker.thing-v1:0",
			Name:             "Thing <&> One",
			Provider:         "Maker",
			InputModalities:  []string{"IMAGE", "TEXT", "VIDEO"},
			OutputModalities: []string{"EMBEDDING", "TEXT"},
			InferenceTypes:   []string{"INFERENCE_PROFILE", "ON_DEMAND"},
			Customizations:   []string{"CONTINUED_PRE_TRAINING", "FINE_TUNING"},
			Streaming:        &streaming,
			Lifecycle: catalog.Lifecycle{
				Status:         "LEGACY",
				StartOfLife:    day(2024, 3, 4),
				Legacy:         day(2026, 1, 30),
				ExtendedAccess: day(2026, 7, 30),
				EndOfLife:      time.Date(2026, 11, 30, 10, 11, 12, 5e8, time.UTC),
			},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ParsePage (-want +got):\n%s", diff)
	}
}

func TestParsePageReadsEveryFieldOfAProfile(t *testing.T) {
	got := page(t, profiles, `{"inferenceProfileSummaries": [{
		"inferenceProfileArn": "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.maker.thing-v1:0",
		"inferenceProfileId": "us.maker.thing-v1:0",
		"inferenceProfileName": "US Thing",
		"description": "Routes requests to Thing in us-east-1 and us-west-2.",
		"status": "ACTIVE",
		"type": "SYSTEM_DEFINED",
		"createdAt": "2024-08-26T00:00:00Z",
		"updatedAt": "2025-01-02T03:04:05.678901Z",
		"models": [
			{"modelArn": "arn:aws:bedrock:us-west-2::foundation-model/maker.thing-v1:0"},
			{"modelArn": "arn:aws:bedrock:::foundation-model/maker.thing-v1:0"},
			{"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/maker.thing-v1:0"},
			{"modelArn": "arn:aws:bedrock:us-west-2::foundation-model/maker.thing-v1:0"},
			{"modelArn": "arn:aws:bedrock:us-east-1:111122223333:custom-model/mine:1"}
		]
	}]}`)
	want := catalog.Page{Items: []catalog.Item{&catalog.InferenceProfile{
		ID:          "us.maker.thing-v1:0",
		Name:        "US Thing",
		Description: "Routes requests to Thing in us-east-1 and us-west-2.",
		Status:      "ACTIVE",
		Type:        "SYSTEM_DEFINED",
		Destinations: []catalog.Destination{
			{Region: "", Model: "maker.thing-v1:0"},
			{Region: "us-east-1", Model: "custom-model/mine:1"},
			{Region: "us-east-1", Model: "maker.thing-v1:0"},
			{Region: "us-west-2", Model: "maker.thing-v1:0"},
		},
		CreatedAt: day(2024, 8, 26),
		UpdatedAt: time.Date(2025, 1, 2, 3, 4, 5, 678901000, time.UTC),
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ParsePage (-want +got):\n%s", diff)
	}
}

func TestParsePageKeepsWhatItDoesNotKnow(t *testing.T) {
	for _, c := range []struct {
		name string
		got  map[string]json.RawMessage
		want map[string]json.RawMessage
	}{
		{"nothing", model(t, `"modelName":"M"`).Unknown, nil},
		{
			"of a model",
			model(t, `"zeta": {"b": [2, 1], "a": 1.50}, "alpha": null, "html": "<&>"`).Unknown,
			raw("zeta", `{"a":1.50,"b":[2,1]}`, "alpha", `null`, "html", `"<&>"`),
		},
		{
			"of a lifecycle",
			model(t, `"modelLifecycle": {"status": "ACTIVE", "phase": {"y": 1, "x": 2}}`).Unknown,
			raw("modelLifecycle.phase", `{"x":2,"y":1}`),
		},
		{
			"of a profile",
			profile(t, `"quota": 12345678901234567890`).Unknown,
			raw("quota", `12345678901234567890`),
		},
		{
			"of a destination",
			profile(t, `"models": [{"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/m", "weight": 1e2}]`).Unknown,
			raw("models.us-east-1/m.weight", `1e2`),
		},
		{
			"of a destination that is sent twice: the greater",
			profile(t, `"models": [
				{"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/m", "weight": 2},
				{"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/m", "weight": 1}]`).Unknown,
			raw("models.us-east-1/m.weight", `2`),
		},
		{
			"without the account of an ARN",
			profile(t, `"logArn": "arn:aws:logs:us-east-1:111122223333:log-group:/a", "roles": ["arn:aws-us-gov:iam::111122223333:role/x"]`).Unknown,
			raw("logArn", `"arn:aws:logs:us-east-1::log-group:/a"`, "roles", `["arn:aws-us-gov:iam:::role/x"]`),
		},
		{
			"without a bare account",
			model(t, `"ownerAccountId": "111122223333", "sharedWith": ["111122223333", "444455556666"], "size": 111122223333`).Unknown,
			raw("ownerAccountId", `"[account]"`, "sharedWith", `["[account]","[account]"]`, "size", `"[account]"`),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.got); diff != "" {
				t.Errorf("Unknown (-want +got):\n%s", diff)
			}
		})
	}
}

// What was not sent, or sent as null, is not said; an empty list is a value.
func TestParsePageTellsEmptyFromNotSaid(t *testing.T) {
	for _, c := range []struct{ name, fields string }{
		{"missing", `"modelName":"M"`},
		{"null", `"modelName":"M","inputModalities":null,"outputModalities":null,"customizationsSupported":null,
			"inferenceTypesSupported":null,"responseStreamingSupported":null,"providerName":null,"modelLifecycle":null,"modelArn":null`},
		{"nulls within", `"modelName":"M","modelLifecycle":{"status":null,"startOfLifeTime":null,"endOfLifeTime":null}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := &catalog.FoundationModel{ID: "m", Name: "M"}
			if diff := cmp.Diff(want, model(t, c.fields)); diff != "" {
				t.Errorf("ParsePage (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("empty", func(t *testing.T) {
		off := false
		want := &catalog.FoundationModel{
			ID: "m", InputModalities: []string{}, OutputModalities: []string{}, Customizations: []string{},
			InferenceTypes: []string{}, Streaming: &off,
		}
		got := model(t, `"inputModalities":[],"outputModalities":[],"customizationsSupported":[],
			"inferenceTypesSupported":[],"responseStreamingSupported":false,"modelLifecycle":{}`)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ParsePage (-want +got):\n%s", diff)
		}
	})
	t.Run("destinations", func(t *testing.T) {
		if got := profile(t, `"status":"ACTIVE"`).Destinations; got != nil {
			t.Errorf("missing: %#v, want nil", got)
		}
		if got := profile(t, `"models":null`).Destinations; got != nil {
			t.Errorf("null: %#v, want nil", got)
		}
		if got := profile(t, `"models":[]`).Destinations; got == nil || len(got) > 0 {
			t.Errorf("empty: %#v, want an empty list", got)
		}
	})
}

func TestParsePageOfNothing(t *testing.T) {
	for kind, answer := range map[catalog.Kind]string{
		models:   `{"modelSummaries":[]}`,
		profiles: `{"inferenceProfileSummaries":[],"nextToken":null,"ResponseMetadata":{"RetryAttempts":0}}`,
	} {
		if diff := cmp.Diff(catalog.Page{}, page(t, kind, answer)); diff != "" {
			t.Errorf("ParsePage(%s) (-want +got):\n%s", kind, diff)
		}
	}
}

// The AWS CLI spells the token its own way where it stops at --max-items. Read
// as a whole list, the rest would be removed.
func TestParsePageSeesThatTheCLIStoppedShort(t *testing.T) {
	got := page(t, profiles, `{"inferenceProfileSummaries":[],"NextToken":"eyJuZXh0VG9rZW4iOiBudWxsfQ=="}`)
	if got.NextToken == "" {
		t.Error("the recording counts as a whole list")
	}
}

// Profiles that the account made are another kind: nothing in them can spoil
// the listing of this one.
func TestParsePageLeavesOutApplicationProfiles(t *testing.T) {
	got := page(t, profiles, `{"inferenceProfileSummaries":[
		{"inferenceProfileId":"a1b2c3","type":"APPLICATION","models":[{"modelArn":"odd"}]},
		{"inferenceProfileId":"us.m","type":"SYSTEM_DEFINED"},
		{"inferenceProfileId":"eu.m"},
		{"inferenceProfileId":"xx.m","type":"SOMETHING_NEW"}]}`)
	var ids []string
	for _, item := range got.Items {
		ids = append(ids, item.Key())
	}
	if diff := cmp.Diff([]string{"us.m", "eu.m", "xx.m"}, ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
}

// An answer is believed only for what was asked: its ARNs say what it is of.
func TestParsePageRefusesAnotherListThanAskedFor(t *testing.T) {
	model := func(arn string) string {
		return `{"modelSummaries": [{"modelId": "a"}, {"modelId": "m", "modelArn": "` + arn + `"}]}`
	}
	profile := func(arn, kind, destination string) string {
		return `{"inferenceProfileSummaries": [{"inferenceProfileId": "us.m", "inferenceProfileArn": "` + arn + `", "type": "` + kind + `",
			"models": [{"modelArn": "arn:aws:bedrock:::foundation-model/m"}, {"modelArn": "` + destination + `"}]}]}`
	}
	const (
		good        = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.m"
		destination = "arn:aws:bedrock:eu-west-1::foundation-model/m"
		system      = catalog.TypeSystemDefined
	)
	for _, c := range []struct {
		name   string
		kind   catalog.Kind
		answer string
		what   catalog.Property
		want   string
	}{
		{"a model of another region", models, model("arn:aws:bedrock:eu-west-1::foundation-model/m"), catalog.OfRegion,
			`modelSummaries[1].modelArn is of region "eu-west-1", but us-east-1 was asked for`},
		{"a model of no region", models, model("arn:aws:bedrock:::foundation-model/m"), catalog.OfRegion,
			`modelSummaries[1].modelArn is of region "", but us-east-1 was asked for`},
		{"a model of another partition", models, model("arn:aws-us-gov:bedrock:us-east-1::foundation-model/m"), catalog.OfPartition,
			`modelSummaries[1].modelArn is of partition "aws-us-gov", but aws was asked for`},
		{"a custom model", models, model("arn:aws:bedrock:us-east-1:111122223333:custom-model/m:1"), catalog.OfKind,
			`modelSummaries[1].modelArn is of kind "custom-model", but foundation-model was asked for`},
		{"hostile", models, model(`arn:aws:bedrock:\u001b[31m\n111122223333::foundation-model/m`), catalog.OfRegion,
			`modelSummaries[1].modelArn is of region "[account]", but us-east-1 was asked for`},
		{"a profile of another region", profiles, profile("arn:aws:bedrock:us-west-2:111122223333:inference-profile/us.m", system, destination), catalog.OfRegion,
			`inferenceProfileSummaries[0].inferenceProfileArn is of region "us-west-2", but us-east-1 was asked for`},
		{"a profile of another partition", profiles, profile("arn:aws-eusc:bedrock:us-east-1::inference-profile/us.m", system, destination), catalog.OfPartition,
			`inferenceProfileSummaries[0].inferenceProfileArn is of partition "aws-eusc", but aws was asked for`},
		{"an application's profile that says it is not", profiles, profile("arn:aws:bedrock:us-east-1::application-inference-profile/us.m", system, destination), catalog.OfKind,
			`inferenceProfileSummaries[0].inferenceProfileArn is of kind "application-inference-profile", but inference-profile was asked for`},
		{"a prompt router", profiles, profile("arn:aws:bedrock:us-east-1::default-prompt-router/m", "default", destination), catalog.OfKind,
			`inferenceProfileSummaries[0].inferenceProfileArn is of kind "default-prompt-router", but inference-profile was asked for`},
		{"a destination of another partition", profiles, profile(good, system, "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/m"), catalog.OfPartition,
			`inferenceProfileSummaries[0].models[1].modelArn is of partition "aws-us-gov", but aws was asked for`},
		{"a destination in a region of another", profiles, profile(good, system, "arn:aws:bedrock:us-gov-west-1::foundation-model/m"), catalog.OfPartition,
			`inferenceProfileSummaries[0].models[1].modelArn is of partition "aws-us-gov", but aws was asked for`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := catalog.ParsePage(asked(c.kind), []byte(c.answer))
			mismatch, ok := errors.AsType[*catalog.MismatchError](err)
			if !ok || mismatch.What != c.what || err.Error() != c.want || len(got.Items) > 0 {
				t.Errorf("ParsePage(%s)\n  got %v\n want %s", c.answer, err, c.want)
			}
		})
	}
	page(t, profiles, profile(good, system, destination)) // destinations may be anywhere in the partition
}

// A listing of application profiles alone is not an empty one of AWS's; whether
// a single page is does not matter.
func TestCollectRefusesApplicationProfilesAlone(t *testing.T) {
	mine := page(t, profiles, `{"inferenceProfileSummaries":[{"inferenceProfileId":"a1","type":"APPLICATION"},
		{"inferenceProfileId":"a2","inferenceProfileArn":"arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a2"}]}`)
	theirs := page(t, profiles, `{"inferenceProfileSummaries":[{"inferenceProfileId":"us.m","type":"SYSTEM_DEFINED"}]}`)
	items, err := catalog.Collect(mine)
	if mismatch, ok := errors.AsType[*catalog.MismatchError](err); !ok || mismatch.What != catalog.OfType || items != nil {
		t.Errorf("got %v, %v", items, err)
	}
	if items := collected(t, mine, theirs); len(items) != 1 {
		t.Errorf("with others: %v", items)
	}
}

func TestParsePageRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		kind   catalog.Kind
		answer string
		want   string
	}{
		{"no kind", "", `{"modelSummaries":[]}`, `read a page of unknown kind ""`},
		{"nothing", models, ``, `line 1, column 1: unexpected end of JSON input`},
		{"a truncated answer", models, "{\"modelSummaries\": [\n  {\"modelId\": \"a\"},\n", `line 2, column 20: unexpected end of JSON input`},
		{"a truncated text", models, `{"modelSummaries": [{"modelId": "a`, `line 1, column 34: unexpected end of JSON input`},
		{"a page of HTML", models, "<html>\n<head>", `line 1, column 1: invalid character '<' looking for beginning of value`},
		{"a syntax error", models, "{\n  \"modelSummaries\": [\n    {\"modelId\" \"a\"}]}", `line 3, column 16: invalid character '"' after object key`},
		{"a line break in a text", models, "{\"modelSummaries\": [{\"modelId\": \"a\nb\"}]}", `line 1, column 35: invalid character '\n' in string literal`},
		{"something after the answer", models, "{\"modelSummaries\": []}\n{}", `line 2, column 1: invalid character '{' after top-level value`},
		{"null", models, `null`, `null, not a JSON object`},
		{"a list", models, `[]`, `a JSON array, not an object`},
		{"a text", models, `"modelSummaries"`, `a JSON string, not an object`},
		{"no list", models, `{}`, `has no "modelSummaries" list`},
		{"a null list", models, `{"modelSummaries": null}`, `has no "modelSummaries" list`},
		{"an error", models, `{"message": "The security token included in the request is expired"}`, `has no "modelSummaries" list`},
		{"the other list", models, `{"inferenceProfileSummaries": []}`, `has no "modelSummaries" list`},
		{"the other list again", profiles, `{"modelSummaries": []}`, `has no "inferenceProfileSummaries" list`},
		{"an ARN that is none", models, `{"modelSummaries": [{"modelId": "a", "modelArn": "a"}]}`, `modelSummaries[0].modelArn: not an ARN`},
		{"a destination without an ARN", profiles, `{"inferenceProfileSummaries": [{"inferenceProfileId": "a", "models": [{}]}]}`, `inferenceProfileSummaries[0].models[0].modelArn: missing`},
		{"a list that is none", models, `{"modelSummaries": {}}`, `modelSummaries: unexpected JSON object`},
		{"a token that is none", models, `{"modelSummaries": [], "nextToken": 7}`, `nextToken: unexpected JSON number`},
		{"an item that is none", models, `{"modelSummaries": [{"modelId": "a"}, "b"]}`, `modelSummaries: unexpected JSON string`},
		{"a null item", models, `{"modelSummaries": [{"modelId": "a"}, null]}`, `modelSummaries[1].modelId: missing`},
		{"no id", models, `{"modelSummaries": [{"modelId": "a"}, {"modelName": "b"}]}`, `modelSummaries[1].modelId: missing`},
		{"a null id", models, `{"modelSummaries": [{"modelId": null}]}`, `modelSummaries[0].modelId: missing`},
		{"an id beyond measure", models, `{"modelSummaries": [{"modelId": "` + strings.Repeat("a", 2049) + `"}]}`, `modelSummaries[0].modelId: 2049 bytes long, and no name has more than 2048`},
		{"an empty id", profiles, `{"inferenceProfileSummaries": [{"inferenceProfileId": ""}]}`, `inferenceProfileSummaries[0].inferenceProfileId: missing`},
		{"an id that is a number", models, `{"modelSummaries": [{"modelId": 1}]}`, `modelSummaries[0].modelId: unexpected JSON number`},
		{"a list for a text", models, `{"modelSummaries": [{"modelId": "a", "modelName": []}]}`, `modelSummaries[0].modelName: unexpected JSON array`},
		{"a text for a list", models, `{"modelSummaries": [{"modelId": "a", "inputModalities": "TEXT"}]}`, `modelSummaries[0].inputModalities: unexpected JSON string`},
		{"a number in a list", models, `{"modelSummaries": [{"modelId": "a", "inferenceTypesSupported": ["ON_DEMAND", 1]}]}`, `modelSummaries[0].inferenceTypesSupported: unexpected JSON number`},
		{"a null in a list", models, `{"modelSummaries": [{"modelId": "a", "inferenceTypesSupported": ["ON_DEMAND", null]}]}`, `modelSummaries[0].inferenceTypesSupported[1]: unexpected JSON null`},
		{"a text for a truth", models, `{"modelSummaries": [{"modelId": "a", "responseStreamingSupported": "true"}]}`, `modelSummaries[0].responseStreamingSupported: unexpected JSON string`},
		{"a text for an object", models, `{"modelSummaries": [{"modelId": "a", "modelLifecycle": "ACTIVE"}]}`, `modelSummaries[0].modelLifecycle: unexpected JSON string`},
		{"a number in an object", models, `{"modelSummaries": [{"modelId": "a", "modelLifecycle": {"status": 1}}]}`, `modelSummaries[0].modelLifecycle.status: unexpected JSON number`},
		{"no time", models, `{"modelSummaries": [{"modelId": "a", "modelLifecycle": {"endOfLifeTime": "soon"}}]}`, `modelSummaries[0].modelLifecycle.endOfLifeTime: "soon" is not a time`},
		{"a hostile time", models, `{"modelSummaries": [{"modelId": "a", "modelLifecycle": {"endOfLifeTime": "\u001b[31mat arn:aws:iam::111122223333:root"}}]}`, `modelSummaries[0].modelLifecycle.endOfLifeTime: "at [arn]" is not a time`},
		{"a truth for a time", models, `{"modelSummaries": [{"modelId": "a", "modelLifecycle": {"legacyTime": true}}]}`, `modelSummaries[0].modelLifecycle.legacyTime: unexpected JSON bool`},
		{"no seconds", profiles, `{"inferenceProfileSummaries": [{"inferenceProfileId": "a", "createdAt": 0}]}`, `inferenceProfileSummaries[0].createdAt: 0 is not a time in seconds since 1970`},
		{"milliseconds", profiles, `{"inferenceProfileSummaries": [{"inferenceProfileId": "a", "createdAt": 1.724630400e12}]}`, `inferenceProfileSummaries[0].createdAt: 1.724630400e12 is not a time in seconds since 1970`},
		{"a time past RFC 3339", profiles, `{"inferenceProfileSummaries": [{"inferenceProfileId": "a", "createdAt": "9999-12-31T23:59:59-00:01"}]}`, `inferenceProfileSummaries[0].createdAt: "9999-12-31T23:59:59-00:01" is not a time`},
		{"destinations that are none", profiles, `{"inferenceProfileSummaries": [{"inferenceProfileId": "a", "models": ["m"]}]}`, `inferenceProfileSummaries[0].models: unexpected JSON string`},
		{"a destination of nothing", profiles, `{"inferenceProfileSummaries": [{"inferenceProfileId": "a", "models": [{}]}]}`, `inferenceProfileSummaries[0].models[0].modelArn: missing`},
		{"a null destination", profiles, `{"inferenceProfileSummaries": [{"inferenceProfileId": "a", "models": [null]}]}`, `inferenceProfileSummaries[0].models[0].modelArn: missing`},
		{"a destination by id", profiles, `{"inferenceProfileSummaries": [{"inferenceProfileId": "a", "models": [{"modelArn": "maker.thing-v1:0"}]}]}`, `inferenceProfileSummaries[0].models[0].modelArn: not an ARN`},
		{"the first of two faults", models, `{"modelSummaries": [{"modelId": "a", "modelName": 1}, {}]}`, `modelSummaries[0].modelName: unexpected JSON number`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := catalog.ParsePage(asked(c.kind), []byte(c.answer))
			if err == nil {
				t.Fatalf("ParsePage(%s) = %+v, want an error", c.answer, got)
			}
			if err.Error() != c.want {
				t.Errorf("ParsePage(%s)\n  got %s\n want %s", c.answer, err, c.want)
			}
			if diff := cmp.Diff(catalog.Page{}, got); diff != "" {
				t.Errorf("an error came with a page:\n%s", diff)
			}
		})
	}
}

// No prefix of an answer is an answer: a connection that breaks can't be taken
// for a shorter list.
func TestParsePageRefusesEveryTruncation(t *testing.T) {
	const answer = `{"modelSummaries": [{"modelId": "a", "modelLifecycle": {"status": "ACTIVE"}}, {"modelId": "b"}], "nextToken": null}`
	page(t, models, answer)
	for n := range answer {
		if got, err := catalog.ParsePage(asked(models), []byte(answer[:n])); err == nil {
			t.Errorf("ParsePage(%s) = %+v, want an error", answer[:n], got)
		}
	}
}

func TestParsePageReadsEveryFormOfTime(t *testing.T) {
	want := time.Date(2024, 8, 26, 13, 14, 15, 0, time.UTC)
	for _, sent := range []string{
		`"2024-08-26T13:14:15Z"`,
		`"2024-08-26T13:14:15.000Z"`,
		`"2024-08-26T13:14:15+00:00"`,
		`"2024-08-26T13:14:15+0000"`,
		`"2024-08-26 13:14:15+00:00"`,
		`"2024-08-26T13:14:15"`,
		`"2024-08-26 13:14:15"`,
		`"2024-08-26T15:14:15+02:00"`,
		`"2024-08-26T06:44:15-0630"`,
		`1724678055`,
		`1724678055.0`,
		`1.724678055E9`,
	} {
		got := profile(t, `"createdAt": `+sent).CreatedAt
		if !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s is read as %v, want %v", sent, got, want)
		}
	}
	// A float can't hold every millisecond; what it holds is the nearest.
	for millisecond := range 1000 {
		sent := want.Add(time.Duration(millisecond) * time.Millisecond)
		seconds, _ := json.Marshal(float64(sent.UnixMilli()) / 1e3)
		if got := profile(t, `"createdAt": `+string(seconds)).CreatedAt; !got.Equal(sent) {
			t.Fatalf("%s is read as %v, want %v", seconds, got, sent)
		}
	}
}

func TestCollect(t *testing.T) {
	older := page(t, models, `{"modelSummaries":[{"modelId":"b","modelName":"old"},{"modelId":"c"}]}`)
	newer := page(t, models, `{"modelSummaries":[{"modelId":"a"},{"modelId":"b","modelName":"new"}]}`)
	got := collected(t, older, newer)
	want := []catalog.Item{
		&catalog.FoundationModel{ID: "a"},
		&catalog.FoundationModel{ID: "b", Name: "new"},
		&catalog.FoundationModel{ID: "c"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Collect (-want +got):\n%s", diff)
	}
	if got := collected(t, catalog.Page{}); len(got) != 0 {
		t.Errorf("Collect of an empty page = %v", got)
	}
}

// FuzzParsePage holds that no answer makes it panic, that a page comes without
// an error or not at all, and that whatever it reads has one canonical form.
func FuzzParsePage(f *testing.F) {
	for _, answer := range []string{
		``, `null`, `{}`, `{"message":"Too many requests"}`, `{"modelSummaries":null}`,
		`{"modelSummaries":[{"modelId":"a","modelLifecycle":{"endOfLifeTime":"2026-01-02T03:04:05+0000","x":1e5}}],"nextToken":"t"}`,
		`{"modelSummaries":[{"modelId":"a","inputModalities":["TEXT","IMAGE"],"responseStreamingSupported":false,"new":{"b":"\u2028<","a":null}}]}`,
		`{"inferenceProfileSummaries":[{"inferenceProfileId":"us.a","createdAt":1724678055.5,"type":"SYSTEM_DEFINED",` +
			`"models":[{"modelArn":"arn:aws:bedrock:us-east-1::foundation-model/a","w":["arn:aws:iam::111122223333:root"]}]}]}`,
		`{"inferenceProfileSummaries":[{"inferenceProfileId":"x","type":"APPLICATION"}]}`,
	} {
		f.Add([]byte(answer))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		for _, kind := range catalog.Kinds() {
			p, err := catalog.ParsePage(asked(kind), answer)
			if err != nil {
				if p.Items != nil || p.NextToken != "" {
					t.Fatalf("an error came with a page: %+v", p)
				}
				if message := err.Error(); strings.ContainsAny(message, "\n\x1b") {
					t.Fatalf("error %q is more than a line of text", message)
				}
				continue
			}
			items, err := catalog.Collect(p)
			if err != nil && (p.LeftOut == 0 || items != nil) {
				t.Fatalf("collected %d items of %d, %d left out: %v", len(items), len(p.Items), p.LeftOut, err)
			}
			sameItems(t, kind, "us-east-1", items)
			for _, item := range items {
				if item.Key() == "" || item.Kind() != kind {
					t.Fatalf("item %+v of kind %s", item, kind)
				}
				checkCanonical(t, item)
			}
		}
	})
}
