// Package schematest checks documents against the published JSON Schemas.
//
// It guarantees that a schema describes every field: it refuses, in a test, what
// a reader of a later version must accept.
package schematest

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// compiled keeps each schema, by its path.
var compiled sync.Map

// Check fails the test unless document follows the schema in the file at path. Other
// schemas that it refers to are beside it.
func Check(t testing.TB, path string, document []byte) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	if err := strict(t, path).Validate(value); err != nil {
		t.Errorf("the document does not follow %s: %v", filepath.Base(path), err)
	}
}

// strict is the schema, made to forbid what it does not describe.
func strict(t testing.TB, path string) *jsonschema.Schema {
	t.Helper()
	if schema, known := compiled.Load(path); known {
		return schema.(*jsonschema.Schema)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		forbidUndescribed(value)
		if err := compiler.AddResource(filepath.Base(file), value); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := compiler.Compile(filepath.Base(path))
	if err != nil {
		t.Fatal(err)
	}
	compiled.Store(path, schema)
	return schema
}

func forbidUndescribed(value any) {
	switch value := value.(type) {
	case map[string]any:
		if _, object := value["properties"]; object {
			value["additionalProperties"] = false
		}
		for _, v := range value {
			forbidUndescribed(v)
		}
	case []any:
		for _, v := range value {
			forbidUndescribed(v)
		}
	}
}
