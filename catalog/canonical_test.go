package catalog

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// documents are what the short way must read, or leave to encoding/json.
var documents = []struct {
	document string
	short    bool // read without encoding/json
}{
	{`{"id":"m"}`, true},
	{`{"id":"m","input_modalities":[],"inference_types":["ON_DEMAND","PROVISIONED"],"streaming":false,"lifecycle":{}}`, true},
	{`{"id":"m","name":"é <&>","provider":"P","input_modalities":["A"],"output_modalities":["B","C"],"inference_types":["D"],"customizations":["E"],"streaming":true,"lifecycle":{"status":"LEGACY","start_of_life":"2024-01-01T00:00:00Z","legacy":"2025-01-01T00:00:00Z","extended_access":"2026-01-01T00:00:00.5Z","end_of_life":"2027-01-01T00:00:00Z"}}`, true},
	{`{"id":"us.m","name":"N","description":"D","status":"ACTIVE","type":"SYSTEM_DEFINED","destinations":[{"region":"","model":"m"},{"region":"us-west-2","model":"m"}],"created_at":"2024-08-26T00:00:00Z","updated_at":"2024-08-27T00:00:00+01:00"}`, true},
	{`{"id":"us.m","destinations":[]}`, true},
	{`{}`, true},
	{`{"id":"m","unknown":{"a":2}}`, false},
	{`{"id":"m","name":"\u00e9"}`, false},
	{`{"id":"m","name":"\t"}`, false},
	{"{\"id\":\"m\",\"name\":\"\xff\"}", false},
	{`{ "id": "m" }`, false},
	{`{"name":"N","id":"m"}`, false},
	{`{"id":"m","id":"n"}`, false},
	{`{"id":null}`, false},
	{`{"ID":"m"}`, false},
	{`{"id":"m"} `, false},
	{`{"id":"m",}`, false},
	{`{"id":"m","input_modalities":["A",]}`, false},
	{`{"id":"m","input_modalities":["A"`, false},
	{`{"id":"m","input_modalities":null}`, false},
	{`{"id":"m","lifecycle":{"status":"LEGACY","legacy":"2025-01-01"}}`, false},
	{`{"id":"us.m","destinations":[{"model":"m","region":""}]}`, false},
	{``, false},
}

func TestCanonical(t *testing.T) {
	for _, c := range documents {
		model, profile := canonicalModel(c.document), canonicalProfile(c.document)
		if read := model != nil || profile != nil; read != c.short {
			t.Errorf("%s is read the short way: %t, want %t", c.document, read, c.short)
		}
		checkShort(t, c.document)
	}
}

// FuzzCanonical holds that what is read the short way is what encoding/json reads.
func FuzzCanonical(f *testing.F) {
	for _, c := range documents {
		f.Add(c.document)
	}
	f.Fuzz(func(t *testing.T, document string) { checkShort(t, document) })
}

func checkShort(t *testing.T, document string) {
	t.Helper()
	if m := canonicalModel(document); m != nil {
		checkSame(t, document, m)
	}
	if p := canonicalProfile(document); p != nil {
		checkSame(t, document, p)
	}
}

func checkSame[T any](t *testing.T, document string, got *T) {
	t.Helper()
	want := new(T)
	if err := json.Unmarshal([]byte(document), want); err != nil {
		t.Fatalf("%s is read the short way; encoding/json: %v", document, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-encoding/json +short):\n%s", document, diff)
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range []struct {
		name string
		kind Kind
		from int
	}{{"model", KindFoundationModel, 2}, {"profile", KindInferenceProfile, 3}} {
		document := []byte(documents[c.from].document)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Decode(c.kind, document); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
