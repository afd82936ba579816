// Package docs holds the reference that programs read: the JSON Schemas of the
// answers. It guarantees that what is published is what is documented.
package docs

import "embed"

//go:embed *.schema.json
var schemas embed.FS

// Schema returns the JSON Schema of an answer by its name, such as "where"; nil if
// there is none.
func Schema(name string) []byte {
	data, err := schemas.ReadFile(name + ".schema.json")
	if err != nil {
		return nil
	}
	return data
}
