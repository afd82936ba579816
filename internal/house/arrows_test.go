// Package house checks that the packages of this module stand to one another
// as CONTRIBUTING.md says, so that the drawing there cannot go out of date.
package house

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "snapshotter"

// arrows are the packages of this module that each package may import. A
// package without a row is refused, so that a new one is placed on purpose.
// Tests are free: they may look at a stage from its neighbour.
var arrows = map[string][]string{
	"catalog":              {},
	"migrations":           {},
	"ask":                  {"catalog", "diff", "internal/ordered"},
	"capture":              {"catalog"},
	"collect":              {"catalog", "internal/awssettings"},
	"store":                {"catalog", "migrations"},
	"deploy":               {},
	"diff":                 {"catalog"},
	"watch":                {"ask", "catalog", "internal/ordered"},
	"report":               {"ask", "catalog", "diff", "internal/markdown", "internal/ordered", "watch"},
	"notify":               {"catalog", "diff"},
	"job":                  {"ask", "capture", "catalog", "collect", "diff", "internal/grace", "lake", "notify", "report", "site", "state", "store", "watch"},
	"docs":                 {},
	"lake":                 {"ask", "catalog"},
	"site":                 {"ask", "catalog", "diff", "docs", "internal/markdown", "internal/ordered", "report"},
	"state":                {"catalog", "internal/atomicfile", "internal/grace", "store"},
	"schedule":             {},
	"doctor":               {"catalog", "collect", "internal/atomicfile", "internal/awssettings", "internal/terminal", "state", "store"},
	"serve":                {"catalog", "diff", "internal/terminal", "job", "report", "site", "store"},
	"internal/atomicfile":  {},
	"internal/awssettings": {"catalog"},
	"internal/markdown":    {},
	"internal/ordered":     {},
	"internal/terminal":    {"internal/markdown"},
	"internal/completion":  {},
	"internal/configfile":  {"catalog", "diff", "internal/terminal", "notify", "watch"},
	"internal/grace":       {},
	"internal/sheet":       {"ask", "catalog", "diff", "internal/ordered", "internal/terminal", "report", "watch"},
	"cmd/licences":         {},
	"internal/house":       {},
	"internal/needs":       {},
	"internal/battery":     {},
	"internal/bedrocktest": {},
	"internal/catalogtest": {"catalog"},
	"internal/schematest":  {},
	"internal/buckettest":  {},
	"internal/sample":      {"internal/bedrocktest"},
	"cmd/snapshotter": {
		"ask", "capture", "catalog", "collect", "diff", "doctor", "internal/atomicfile", "internal/awssettings", "internal/bedrocktest", "internal/completion", "internal/configfile", "internal/sample", "internal/sheet", "internal/terminal", "job", "lake", "notify", "report", "schedule", "serve", "site", "state", "store", "watch",
	},
}

// owner says who may import a package from outside, and all below it.
type owner struct {
	imports  string
	packages []string
	tests    bool // the tests of any package may too
}

var owners = []owner{
	{"github.com/sergi/go-diff", []string{"diff"}, false},
	{"github.com/aws/aws-sdk-go-v2", []string{"internal/awssettings", "collect", "doctor", "job", "notify", "state", "cmd/snapshotter", "internal/bedrocktest", "internal/buckettest"}, true},
	{"github.com/aws/smithy-go", []string{"internal/awssettings", "collect", "doctor", "notify", "state", "cmd/snapshotter", "internal/bedrocktest", "internal/buckettest"}, true},
	{"github.com/nicholas-fedor/shoutrrr", []string{"notify"}, false},
	{"github.com/wneessen/go-mail", []string{"notify"}, false},
	{"github.com/robfig/cron", []string{"schedule", "cmd/snapshotter"}, false},
	{"modernc.org/sqlite", []string{"store"}, false},
	{"github.com/pressly/goose", []string{"store"}, false},
	{"github.com/parquet-go/parquet-go", []string{"lake"}, true},
	{"database/sql", []string{"store"}, true},
	{"github.com/alecthomas/kong", []string{"cmd/snapshotter", "internal/completion"}, false},
	{"flag", []string{"cmd/snapshotter"}, true},
	{"log", []string{"cmd/snapshotter"}, true}, // log/slog too: the other packages return what went wrong
}

// edge is one import. Both ends are folders of this module, or To is the path
// of a package from outside.
type edge struct {
	From, To string
	Test     bool // of a test file
	File     string
}

// objection says why an edge may not be, "" where it may.
func objection(e edge) string {
	allowed, placed := arrows[e.From]
	if !placed {
		return fmt.Sprintf("package %s has no row in the table of arrows", e.From)
	}
	if inside, found := strings.CutPrefix(e.To, module+"/"); found {
		if e.Test || slices.Contains(allowed, inside) {
			return ""
		}
		return fmt.Sprintf("%s may not import %s", e.From, inside)
	}
	for _, o := range owners {
		if !under(e.To, o.imports) || e.Test && o.tests || slices.Contains(o.packages, e.From) {
			continue
		}
		return fmt.Sprintf("%s may not import %s: that is for %s", e.From, e.To, strings.Join(o.packages, ", "))
	}
	if e.From == "catalog" && !e.Test && !standard(e.To) {
		return fmt.Sprintf("catalog may not import %s: it stands on the standard library alone", e.To)
	}
	return ""
}

func under(importPath, root string) bool {
	return importPath == root || strings.HasPrefix(importPath, root+"/")
}

// standard reports whether a package belongs to Go: no domain has a name
// without a dot.
func standard(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return !strings.Contains(first, ".")
}

// edges reads the imports of every Go file below root, in the order of the
// files.
func edges(root string) ([]edge, error) {
	files, err := sources(root)
	if err != nil {
		return nil, err
	}
	var found []edge
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.ImportsOnly)
		if err != nil {
			return nil, err
		}
		for _, spec := range parsed.Imports {
			found = append(found, edge{
				From: path.Dir(file), To: strings.Trim(spec.Path.Value, "`\""),
				Test: strings.HasSuffix(file, "_test.go"), File: file,
			})
		}
	}
	return found, nil
}

// sources are the Go files below root, whatever their build constraints,
// sorted, by their path from root with slashes.
func sources(root string) ([]string, error) {
	var files []string
	err := fs.WalkDir(os.DirFS(root), ".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && file != "." && hidden(entry.Name()):
			return fs.SkipDir
		case entry.IsDir() && file != "." && otherModule(root, file):
			return fs.SkipDir
		case !entry.IsDir() && path.Ext(file) == ".go":
			files = append(files, file)
		}
		return nil
	})
	return files, err
}

// otherModule reports whether a folder is a module of its own, which the rules
// of this one do not bind.
func otherModule(root, folder string) bool {
	_, err := os.Stat(filepath.Join(root, folder, "go.mod"))
	return err == nil
}

// hidden reports whether the go command passes over a folder of this name.
func hidden(name string) bool {
	return name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

func objections(root string) ([]string, error) {
	found, err := edges(root)
	var all []string
	for _, e := range found {
		if reason := objection(e); reason != "" {
			all = append(all, e.File+": "+reason)
		}
	}
	return slices.Compact(all), err // one reason may hold for many imports of a file
}

func TestArrows(t *testing.T) {
	all, err := objections("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, reason := range all {
		t.Error(reason)
	}
}

// The table is worth nothing if it cannot refuse.
func TestObjection(t *testing.T) {
	for _, c := range []struct {
		name string
		edge edge
		want string
	}{
		{"stage on domain", edge{From: "collect", To: "snapshotter/catalog"}, ""},
		{"report on diff", edge{From: "report", To: "snapshotter/diff"}, ""},
		{"store on migrations", edge{From: "store", To: "snapshotter/migrations"}, ""},
		{"command on the fake", edge{From: "cmd/snapshotter", To: "snapshotter/internal/bedrocktest"}, ""},
		{"test on a neighbour", edge{From: "store", To: "snapshotter/diff", Test: true}, ""},
		{"test on the SDK", edge{From: "report", To: "github.com/aws/aws-sdk-go-v2/aws", Test: true}, ""},
		{"catalog on Go", edge{From: "catalog", To: "encoding/json"}, ""},
		{"catalog's tests on a library", edge{From: "catalog", To: "github.com/google/go-cmp/cmp", Test: true}, ""},
		{"a library nobody owns", edge{From: "report", To: "github.com/yuin/goldmark"}, ""},

		{"domain on stage", edge{From: "catalog", To: "snapshotter/diff"}, "catalog may not import diff"},
		{"diff on store", edge{From: "diff", To: "snapshotter/store"}, "diff may not import store"},
		{"diff on report", edge{From: "diff", To: "snapshotter/report"}, "diff may not import report"},
		{"notify on store", edge{From: "notify", To: "snapshotter/store"}, "notify may not import store"},
		{"report on store", edge{From: "report", To: "snapshotter/store"}, "report may not import store"},
		{"collect on the fake", edge{From: "collect", To: "snapshotter/internal/bedrocktest"}, "collect may not import internal/bedrocktest"},
		{"report on the sample", edge{From: "report", To: "snapshotter/internal/sample"}, "report may not import internal/sample"},
		{"command on migrations", edge{From: "cmd/snapshotter", To: "snapshotter/migrations"}, "cmd/snapshotter may not import migrations"},
		{"catalog on a library", edge{From: "catalog", To: "golang.org/x/text/width"}, "catalog may not import golang.org/x/text/width: it stands on the standard library alone"},
		{"report on go-diff", edge{From: "report", To: "github.com/sergi/go-diff/diffmatchpatch"}, "report may not import github.com/sergi/go-diff/diffmatchpatch: that is for diff"},
		{"go-diff in another's test", edge{From: "report", To: "github.com/sergi/go-diff/diffmatchpatch", Test: true}, "report may not import github.com/sergi/go-diff/diffmatchpatch: that is for diff"},
		{"store on the SDK", edge{From: "store", To: "github.com/aws/aws-sdk-go-v2/aws"}, "store may not import github.com/aws/aws-sdk-go-v2/aws: that is for internal/awssettings, collect, doctor, job, notify, state, cmd/snapshotter, internal/bedrocktest, internal/buckettest"},
		{"command on shoutrrr", edge{From: "cmd/snapshotter", To: "github.com/nicholas-fedor/shoutrrr/pkg/router"}, "cmd/snapshotter may not import github.com/nicholas-fedor/shoutrrr/pkg/router: that is for notify"},
		{"command on SQLite", edge{From: "cmd/snapshotter", To: "modernc.org/sqlite"}, "cmd/snapshotter may not import modernc.org/sqlite: that is for store"},
		{"migrations on goose", edge{From: "migrations", To: "github.com/pressly/goose/v3"}, "migrations may not import github.com/pressly/goose/v3: that is for store"},
		{"a stage that logs", edge{From: "collect", To: "log/slog"}, "collect may not import log/slog: that is for cmd/snapshotter"},
		{"a package nobody placed", edge{From: "utils", To: "fmt"}, "package utils has no row in the table of arrows"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := objection(c.edge); got != c.want {
				t.Errorf("objection(%+v)\n got %q\nwant %q", c.edge, got, c.want)
			}
		})
	}
}

// A bad import is found wherever the compiler would find it, and in files that
// it leaves out on this machine; never in what the go command passes over.
func TestObjectionsReadsEveryFile(t *testing.T) {
	root := t.TempDir()
	for file, source := range map[string]string{
		"diff/diff.go":             "package diff\n\nimport \"snapshotter/catalog\"\n",
		"diff/diff_windows.go":     "package diff\n\nimport _ \"snapshotter/store\"\n",
		"store/deep/deep.go":       "package deep\n\nimport . \"fmt\"\n",
		"store/testdata/sample.go": "package sample\n\nimport \"snapshotter/diff\"\n",
		".git/hook.go":             "package hook\n\nimport \"snapshotter/diff\"\n",
	} {
		file = filepath.Join(root, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := objections(root)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"diff/diff_windows.go: diff may not import store",
		"store/deep/deep.go: package store/deep has no row in the table of arrows",
	}
	if !slices.Equal(got, want) {
		t.Errorf("objections\n got %q\nwant %q", got, want)
	}
}
