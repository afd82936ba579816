package report

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestSchemaIsDocumented checks that the published schema knows every event and
// describes every field, and that its guide names every event too.
func TestSchemaIsDocumented(t *testing.T) {
	data, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Title string
		Defs  struct {
			Story struct {
				Properties struct{ What struct{ Enum []Event } }
			}
		} `json:"$defs"`
	}
	var whole any
	for _, target := range []any{&schema, &whole} {
		if err := json.Unmarshal(data, target); err != nil {
			t.Fatal(err)
		}
	}
	if schema.Title != Schema {
		t.Errorf("the schema is of %s, reports say %s", schema.Title, Schema)
	}
	guide, err := os.ReadFile("../docs/report-json.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range wordings {
		if !slices.Contains(schema.Defs.Story.Properties.What.Enum, w.event) {
			t.Errorf("the schema does not know %s", w.event)
		}
		if !strings.Contains(string(guide), "`"+string(w.event)+"`") {
			t.Errorf("the guide does not tell of %s", w.event)
		}
	}
	described(t, "", whole)
}

func described(t *testing.T, path string, value any) {
	object, _ := value.(map[string]any)
	if properties, found := object["properties"].(map[string]any); found {
		for name, property := range properties {
			p, _ := property.(map[string]any)
			if p["description"] == nil && p["$ref"] == nil {
				t.Errorf("%s.%s has no description", path, name)
			}
		}
	}
	for name, inner := range object {
		described(t, path+"."+name, inner)
	}
}
