package site

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"
)

// schemaOf describes a document as its type encodes it. Fields may be added, so
// others are allowed: https://json-schema.org/draft/2020-12.
func schemaOf(d document) map[string]any {
	defs := map[string]any{}
	schema := describe(d.of, defs)
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["title"] = "snapshotter api/v1 " + d.Schema
	schema["description"] = d.What
	if len(defs) > 0 {
		schema["$defs"] = defs
	}
	return schema
}

func describe(t reflect.Type, defs map[string]any) map[string]any {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[json.RawMessage]():
		return map[string]any{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return map[string]any{"anyOf": []any{describe(t.Elem(), defs), map[string]any{"type": "null"}}}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": describe(t.Elem(), defs)}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": describe(t.Elem(), defs)}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Struct:
		return object(t, defs)
	}
	return map[string]any{"type": "string"}
}

// object describes a struct; one with a name is described once.
func object(t reflect.Type, defs map[string]any) map[string]any {
	name := t.Name()
	if _, known := defs[name]; !known {
		defs[name] = nil // it may hold itself
		properties := map[string]any{}
		var required []string
		addFields(t, defs, properties, &required)
		o := map[string]any{"type": "object", "properties": properties}
		if required != nil {
			o["required"] = required
		}
		defs[name] = o
	}
	return map[string]any{"$ref": "#/$defs/" + name}
}

func addFields(t reflect.Type, defs, properties map[string]any, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case f.Anonymous && name == "":
			addFields(f.Type, defs, properties, required)
			continue
		case !f.IsExported(), tag == "-":
			continue
		case name == "":
			name = f.Name
		}
		described := describe(f.Type, defs)
		optional := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
		if f.Type.Kind() == reflect.Slice && !optional {
			described = map[string]any{"anyOf": []any{described, map[string]any{"type": "null"}}}
		}
		properties[name] = described
		if !optional {
			*required = append(*required, name)
		}
	}
}
