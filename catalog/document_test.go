package catalog_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
)

// checkCanonical holds that a document read back is the same item, and encodes
// to the same bytes.
func checkCanonical(t testing.TB, item catalog.Item) {
	t.Helper()
	document := catalog.Encode(item)
	back, err := catalog.Decode(item.Kind(), document)
	if err != nil {
		t.Fatalf("Decode(%s): %v", document, err)
	}
	if diff := cmp.Diff(item, back); diff != "" {
		t.Fatalf("Decode(%s) (-item +back):\n%s", document, diff)
	}
	if again := catalog.Encode(back); !bytes.Equal(document, again) {
		t.Fatalf("encoded\n      %s\nagain %s", document, again)
	}
}

func TestEncode(t *testing.T) {
	for _, c := range []struct {
		name string
		item catalog.Item
		want string
	}{
		{"an id alone", &catalog.FoundationModel{ID: "m"}, `{"id":"m"}`},
		{
			"a model",
			model(t, `"modelArn":"arn:aws:bedrock:us-east-1::foundation-model/m","modelName":"<M>","providerName":"P",
				"inputModalities":["TEXT","IMAGE"],"outputModalities":[],"inferenceTypesSupported":["ON_DEMAND"],
				"responseStreamingSupported":false,"modelLifecycle":{"status":"LEGACY","endOfLifeTime":"2026-01-02T03:04:05+01:00","b":1},"a":2`),
			`{"id":"m","name":"<M>","provider":"P","input_modalities":["IMAGE","TEXT"],"output_modalities":[],` +
				`"inference_types":["ON_DEMAND"],"streaming":false,"lifecycle":{"status":"LEGACY","end_of_life":"2026-01-02T02:04:05Z"},` +
				`"unknown":{"a":2,"modelLifecycle.b":1}}`,
		},
		{
			"a profile",
			profile(t, `"inferenceProfileArn":"arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.m","inferenceProfileName":"N",
				"description":"D","status":"ACTIVE","type":"SYSTEM_DEFINED","createdAt":"2024-08-26","updatedAt":"2024-08-27",
				"models":[{"modelArn":"arn:aws:bedrock:us-west-2::foundation-model/m"},{"modelArn":"arn:aws:bedrock:::foundation-model/m"}]`),
			`{"id":"us.m","name":"N","description":"D","status":"ACTIVE","type":"SYSTEM_DEFINED",` +
				`"destinations":[{"region":"","model":"m"},{"region":"us-west-2","model":"m"}],` +
				`"created_at":"2024-08-26T00:00:00Z","updated_at":"2024-08-27T00:00:00Z"}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, string(catalog.Encode(c.item))); diff != "" {
				t.Errorf("Encode (-want +got):\n%s", diff)
			}
			checkCanonical(t, c.item)
		})
	}
}

// Only equal content has equal bytes: whatever is said differently shows.
func TestEncodeTellsApart(t *testing.T) {
	seen := map[string]string{}
	for _, fields := range []string{
		`"x":1`, `"x":1.0`, `"x":"1"`, `"x":null`, `"modelName":"x"`, `"providerName":"x"`,
		`"inputModalities":[]`, `"outputModalities":[]`, `"customizationsSupported":[]`, `"inferenceTypesSupported":[]`,
		`"inputModalities":["A","B"]`, `"inputModalities":["AB"]`, `"outputModalities":["A","B"]`,
		`"responseStreamingSupported":true`, `"responseStreamingSupported":false`, `"responseStreamingSupported":null`,
		`"modelLifecycle":{"status":"ACTIVE"}`, `"modelLifecycle":{"startOfLifeTime":"2026-01-01"}`,
		`"modelLifecycle":{"legacyTime":"2026-01-01"}`, `"modelLifecycle":{"publicExtendedAccessTime":"2026-01-01"}`,
		`"modelLifecycle":{"endOfLifeTime":"2026-01-01"}`, `"modelLifecycle":{"endOfLifeTime":"2026-01-01T00:00:00.001Z"}`,
	} {
		document := string(catalog.Encode(model(t, fields)))
		if other, taken := seen[document]; taken {
			t.Errorf("%s and %s both encode to %s", fields, other, document)
		}
		seen[document] = fields
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, c := range []struct {
		kind     catalog.Kind
		document string
		want     string
	}{
		{"custom-model", `{}`, `decode a document of kind custom-model: it has no id`},
		{models, ``, `decode a document of kind foundation-model: unexpected end of JSON input`},
		{models, `{"id":"m"`, `decode a document of kind foundation-model: unexpected end of JSON input`},
		{profiles, `{"id":"m"}}`, `decode a document of kind inference-profile: invalid character '}' after top-level value`},
		{models, `{}`, `decode a document of kind foundation-model: it has no id`},
		{models, `null`, `decode a document of kind foundation-model: it has no id`},
	} {
		item, err := catalog.Decode(c.kind, []byte(c.document))
		if err == nil || err.Error() != c.want || item != nil {
			t.Errorf("Decode(%s, %s) = %v, %v; want the error %s", c.kind, c.document, item, err, c.want)
		}
	}
}

// A document of an older version may be in any order: reading it makes it new.
func TestDecodeNormalises(t *testing.T) {
	got, err := catalog.Decode(models, []byte(`{ "inference_types": ["B", "A", "B"], "id": "m" }`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{"id":"m","inference_types":["A","B"]}`, string(catalog.Encode(got))); diff != "" {
		t.Errorf("Encode of what Decode read (-want +got):\n%s", diff)
	}
}

// However an answer is ordered and written, its documents are the same.
func TestDocumentsDoNotDependOnOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		kind, answer := anyAnswer(rng)
		want := documents(t, kind, answer, rng)
		for range 4 {
			if diff := cmp.Diff(want, documents(t, kind, answer, rng)); diff != "" {
				t.Fatalf("documents of %s in another order (-want +got):\n%s", write(answer, nil), diff)
			}
		}
	}
}

func documents(t *testing.T, kind catalog.Kind, answer any, rng *rand.Rand) []string {
	t.Helper()
	var documents []string
	for _, item := range collected(t, page(t, kind, write(answer, rng))) {
		checkCanonical(t, item)
		documents = append(documents, string(catalog.Encode(item)))
	}
	return documents
}

// anyAnswer makes up an answer with items under distinct ids. Lists are
// set-like except below "unknown", where a [fixed] keeps its order.
func anyAnswer(rng *rand.Rand) (catalog.Kind, map[string]any) {
	var list []any
	if rng.IntN(2) == 0 {
		for i := range rng.IntN(4) {
			list = append(list, anyModel(rng, i))
		}
		return models, map[string]any{"modelSummaries": listOr(list), "nextToken": "t"}
	}
	for i := range rng.IntN(4) {
		list = append(list, anyProfile(rng, i))
	}
	return profiles, map[string]any{"inferenceProfileSummaries": listOr(list)}
}

func listOr(list []any) []any {
	if list == nil {
		return []any{}
	}
	return list
}

type fixed []any

func anyModel(rng *rand.Rand, i int) any {
	life := some(rng, map[string]any{
		"status": "LEGACY", "startOfLifeTime": "2024-01-02T03:04:05Z", "legacyTime": "2025-01-02 03:04:05+00:00",
		"endOfLifeTime": "2026-01-02T03:04:05+0000", "publicExtendedAccessTime": nil, "phase": anyUnknown(rng),
	})
	fields := some(rng, map[string]any{
		"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/m", "modelName": "Größe <1> \u2028", "providerName": "",
		"inputModalities": anySet(rng), "outputModalities": anySet(rng), "customizationsSupported": anySet(rng),
		"inferenceTypesSupported": anySet(rng), "responseStreamingSupported": rng.IntN(2) == 0,
		"modelLifecycle": life, "unknown": anyUnknown(rng), "other": anyUnknown(rng),
	})
	fields["modelId"] = fmt.Sprint("m", i)
	return fields
}

func anyProfile(rng *rand.Rand, i int) any {
	var destinations []any
	for range rng.IntN(6) {
		arn := fmt.Sprintf("arn:aws:bedrock:%s::foundation-model/m%d", []string{"", "us-east-1", "eu-west-1"}[rng.IntN(3)], rng.IntN(2))
		destination := some(rng, map[string]any{"weight": rng.IntN(3), "unknown": anyUnknown(rng)})
		destination["modelArn"] = arn
		destinations = append(destinations, destination)
	}
	fields := some(rng, map[string]any{
		"inferenceProfileArn": "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.m", "inferenceProfileName": "N",
		"description": "D", "status": "ACTIVE", "type": "SYSTEM_DEFINED", "createdAt": 1724678055, "updatedAt": "2024-08-26",
		"models": listOr(destinations), "unknown": anyUnknown(rng),
	})
	fields["inferenceProfileId"] = fmt.Sprint("us.m", i)
	return fields
}

// some leaves out a few of the fields, the same ones for the same state of rng.
func some(rng *rand.Rand, fields map[string]any) map[string]any {
	kept := map[string]any{}
	for _, name := range sortedKeys(fields) {
		if rng.IntN(4) > 0 {
			kept[name] = fields[name]
		}
	}
	return kept
}

func anySet(rng *rand.Rand) any {
	if rng.IntN(5) == 0 {
		return nil
	}
	set := []any{}
	for range rng.IntN(4) {
		set = append(set, []string{"TEXT", "IMAGE", "VIDEO"}[rng.IntN(3)])
	}
	return set
}

func anyUnknown(rng *rand.Rand) any {
	return []any{
		nil, true, 1.5, "text", "arn:aws:iam::111122223333:role/x", fixed{}, map[string]any{},
		map[string]any{"b": fixed{2, 1}, "a": map[string]any{"d": 1, "c": "111122223333"}},
	}[rng.IntN(8)]
}

// write is value as JSON, its keys, set-like lists and white space in an order
// that rng picks; sorted and compact where it is nil.
func write(value any, rng *rand.Rand) string {
	switch value := value.(type) {
	case map[string]any:
		var fields []string
		for _, name := range shuffled(sortedKeys(value), rng) {
			fields = append(fields, write(name, rng)+":"+space(rng)+write(value[name], rng))
		}
		return "{" + space(rng) + strings.Join(fields, ","+space(rng)) + "}"
	case []any:
		return writeList(shuffled(value, rng), rng)
	case fixed:
		return writeList(value, rng)
	}
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func writeList(list []any, rng *rand.Rand) string {
	var elements []string
	for _, element := range list {
		elements = append(elements, write(element, rng))
	}
	return "[" + space(rng) + strings.Join(elements, space(rng)+",") + "]"
}

func space(rng *rand.Rand) string {
	if rng == nil {
		return ""
	}
	return []string{"", " ", "\n\t"}[rng.IntN(3)]
}
