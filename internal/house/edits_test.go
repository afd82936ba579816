package house

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An edited is one edit by which a test of internal/battery breaks the program.
type edited struct{ file, old string }

// editsIn returns the edits that a source file holds: composite literals of a
// path that ends in .go, the old text, and the new one.
func editsIn(file *ast.File) []edited {
	var found []edited
	ast.Inspect(file, func(node ast.Node) bool {
		literal, ok := node.(*ast.CompositeLit)
		if !ok || len(literal.Elts) != 3 {
			return true
		}
		path, isPath := text(literal.Elts[0])
		old, isText := text(literal.Elts[1])
		if isPath && isText && strings.HasSuffix(path, ".go") {
			found = append(found, edited{path, old})
		}
		return true
	})
	return found
}

// text evaluates a string literal or a concatenation of some.
func text(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		value := constant.MakeFromLiteral(e.Value, e.Kind, 0)
		if value.Kind() != constant.String {
			return "", false
		}
		return constant.StringVal(value), true
	case *ast.BinaryExpr:
		left, ok := text(e.X)
		right, too := text(e.Y)
		return left + right, ok && too && e.Op == token.ADD
	}
	return "", false
}

// The tests that break the program on purpose are slow and run seldom. This one
// fails as soon as the code moves away from under an edit.
func TestEditsApply(t *testing.T) {
	tests, err := filepath.Glob("../battery/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, test := range tests {
		parsed, err := parser.ParseFile(token.NewFileSet(), test, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range editsIn(parsed) {
			count++
			if e.old == "" { // a new file
				continue
			}
			source, err := os.ReadFile(filepath.Join("../..", filepath.FromSlash(e.file)))
			if err != nil {
				t.Errorf("%s edits a file that can't be read: %v", filepath.Base(test), err)
				continue
			}
			if n := strings.Count(string(source), e.old); n != 1 {
				t.Errorf("%s edits %q, which %s has %d times, not once", filepath.Base(test), e.old, e.file, n)
			}
		}
	}
	if count < 30 {
		t.Errorf("found %d edits in internal/battery, so this test no longer recognizes them", count)
	}
}
