package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// ambient is what only the command may ask its surroundings for, by import
// path. Everyone else is told, so that the same input gives the same output.
var ambient = map[string][]string{
	"time": {"Now", "Since", "Until"},
	"os":   {"Args", "Environ", "ExpandEnv", "Getenv", "LookupEnv"},
}

// asked lists what a source file asks its surroundings for, in order.
func asked(file *ast.File) []string {
	names := map[string]string{} // import path by the name it goes by in the file
	for _, spec := range file.Imports {
		importPath := strings.Trim(spec.Path.Value, "`\"")
		names[filepath.Base(importPath)] = importPath
		if spec.Name != nil {
			names[spec.Name.Name] = importPath
		}
	}
	var found []string
	ast.Inspect(file, func(node ast.Node) bool {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		base, ok := selector.X.(*ast.Ident)
		if ok && slices.Contains(ambient[names[base.Name]], selector.Sel.Name) {
			found = append(found, names[base.Name]+"."+selector.Sel.Name)
		}
		return true
	})
	return found
}

func TestOnlyTheCommandLooksAround(t *testing.T) {
	files, err := sources("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		// Only tests import internal/needs.
		if strings.HasPrefix(file, "cmd/") || strings.HasPrefix(file, "internal/needs/") || strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("../..", file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range asked(parsed) {
			t.Errorf("%s asks for %s: only the command may, and hands on what it learns", file, name)
		}
	}
}

func TestAsked(t *testing.T) {
	const source = `package p

import (
	"os"
	clock "time"
)

type clockwork struct{ Now int }

func f(c clockwork) {
	now := clock.Now
	_ = now().Sub(clock.Now()) + clock.Second
	_, _ = os.LookupEnv("HOME")
	_ = os.Stdout
	_ = c.Now
}`
	parsed, err := parser.ParseFile(token.NewFileSet(), "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"time.Now", "time.Now", "os.LookupEnv"}
	if got := asked(parsed); !slices.Equal(got, want) {
		t.Errorf("asked = %q, want %q", got, want)
	}
}
