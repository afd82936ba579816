package report

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	reader "github.com/yuin/goldmark/text"

	"snapshotter/internal/schematest"
)

// gfm reads what GitHub reads: tables, strikethrough and autolinks included.
var gfm = goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithParserOptions(parser.WithAutoHeadingID()))

func markdownOf(t testing.TB, r *Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := r.Markdown(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func document(t testing.TB, r *Report) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := r.JSON(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// checkMarkdown checks what any report must be, whatever the names in it: its
// only links lead to its own sections, its only HTML folds, each table row has
// as many cells as the header, and nothing in it is invisible.
func checkMarkdown(t *testing.T, r *Report) {
	t.Helper()
	source := markdownOf(t, r)
	for _, c := range source {
		if c != '\n' && !unicode.IsPrint(c) {
			t.Errorf("the Markdown holds %U", c)
		}
	}
	doc := gfm.Parser().Parse(reader.NewReader([]byte(source)))
	p := &proof{t: t, source: []byte(source), anchors: map[string]bool{}}
	if err := ast.Walk(doc, p.visit); err != nil {
		t.Fatal(err)
	}
	if p.titles != 1 {
		t.Errorf("the document has %d titles", p.titles)
	}
	if p.open != 0 {
		t.Errorf("%d folds are not closed", p.open)
	}
	for _, link := range p.links {
		if !p.anchors[strings.TrimPrefix(link, "#")] {
			t.Errorf("the link %s leads nowhere", link)
		}
	}
	checkRows(t, source, p.rows)
}

type proof struct {
	t                  *testing.T
	source             []byte
	anchors            map[string]bool
	links              []string
	titles, open, rows int
}

var folding = regexp.MustCompile(`^(<details><summary>[A-Za-z0-9 ]+</summary>|</details>)\n?$`)

func (p *proof) visit(n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	switch n := n.(type) {
	case *ast.Heading:
		id, _ := n.AttributeString("id")
		p.anchors[string(id.([]byte))] = true
		if n.Level == 1 {
			p.titles++
		}
	case *ast.Link:
		p.links = append(p.links, string(n.Destination))
	case *ast.AutoLink, *ast.Image, *ast.RawHTML, *ast.CodeBlock, *ast.FencedCodeBlock, *ast.Blockquote, *ast.ThematicBreak:
		p.t.Errorf("the document holds a %s", n.Kind())
	case *ast.HTMLBlock:
		p.fold(n)
	case *extast.TableRow, *extast.TableHeader:
		p.rows++
	}
	return ast.WalkContinue, nil
}

func (p *proof) fold(n *ast.HTMLBlock) {
	html := string(n.Lines().Value(p.source))
	if !folding.MatchString(html) {
		p.t.Errorf("the document holds HTML: %q", html)
	}
	if strings.HasPrefix(html, "</") {
		p.open--
	} else {
		p.open++
	}
}

// checkRows checks that every line with bars is a row of a table, and as wide
// as the rule above it: a renderer drops a cell too many without a word.
func checkRows(t *testing.T, source string, parsed int) {
	t.Helper()
	rows, width := 0, 0
	for _, line := range strings.Split(source, "\n") {
		if !strings.HasPrefix(line, "|") {
			width = 0
			continue
		}
		bars := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if width != 0 && bars != width {
			t.Errorf("a row has %d bars where its table has %d: %s", bars, width, line)
		}
		width = bars
		if !strings.HasPrefix(line, "|---") {
			rows++
		}
	}
	if rows != parsed {
		t.Errorf("%d lines look like rows of tables and %d are", rows, parsed)
	}
}

// checkJSON checks the document against the published schema, read strictly,
// and that it carries all that the Markdown says: what is decoded from it
// writes the same Markdown.
func checkJSON(t *testing.T, r *Report) {
	t.Helper()
	data := document(t, r)
	schematest.Check(t, schemaFile, data)
	var decoded Report
	if err := json.Unmarshal(data, &decoded); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(markdownOf(t, r), markdownOf(t, &decoded)); d != "" {
		t.Errorf("the JSON document lacks what the Markdown says (-Markdown +from JSON):\n%s", d)
	}
}

const schemaFile = "../docs/report.schema.json"
