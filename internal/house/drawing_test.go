package house

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// drawing reads the arrows that CONTRIBUTING.md draws: "a → b, c".
func drawing(markdown string) map[string][]string {
	drawn := map[string][]string{}
	for line := range strings.Lines(markdown) {
		from, to, found := strings.Cut(strings.TrimSpace(line), " → ")
		if !found || !strings.HasPrefix(line, "    ") {
			continue
		}
		drawn[from] = strings.Split(to, ", ")
	}
	return drawn
}

// outside returns the arrows between packages outside internal.
func outside(all map[string][]string) map[string][]string {
	internal := func(name string) bool { return strings.HasPrefix(name, "internal/") }
	shown := map[string][]string{}
	for from, to := range all {
		kept := slices.DeleteFunc(slices.Sorted(slices.Values(to)), internal)
		if !internal(from) && len(kept) > 0 {
			shown[from] = kept
		}
	}
	return shown
}

// The drawing shows the arrows that the table allows, and the table allows only
// those that the code has.
func TestDrawing(t *testing.T) {
	text, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	drawn, allowed := drawing(string(text)), outside(arrows)
	for _, from := range slices.Sorted(maps.Keys(allowed)) {
		if !slices.Equal(drawn[from], allowed[from]) {
			t.Errorf("CONTRIBUTING.md draws %s → %s, and the table has %s", from, strings.Join(drawn[from], ", "), strings.Join(allowed[from], ", "))
		}
	}
	for from := range drawn {
		if allowed[from] == nil {
			t.Errorf("CONTRIBUTING.md draws arrows from %s, and the table has none", from)
		}
	}
	found, err := edges("../..")
	if err != nil {
		t.Fatal(err)
	}
	for from, to := range arrows {
		for _, name := range to {
			if !slices.ContainsFunc(found, func(e edge) bool { return !e.Test && e.From == from && e.To == module+"/"+name }) {
				t.Errorf("the table allows %s to import %s, and it does not", from, name)
			}
		}
	}
	for line := range strings.Lines(string(text)) {
		folder, _, listed := strings.Cut(strings.TrimSpace(line), "/  ")
		if listed && strings.HasPrefix(line, "    ") {
			if info, err := os.Stat(filepath.Join("../..", folder)); err != nil || !info.IsDir() {
				t.Errorf("CONTRIBUTING.md lists %s, which is not there", folder)
			}
		}
	}
	for from := range arrows {
		if !strings.Contains(string(text), "\n    "+from+"/ ") {
			t.Errorf("CONTRIBUTING.md does not list %s", from)
		}
	}
}

// longest is how many lines a file of the command may have: what is longer holds
// more than flags, help and columns.
const longest = 300

// largest is how many lines the command may have, without its tests.
const largest = 5000

func TestCommandFilesAreThin(t *testing.T) {
	files, err := filepath.Glob("../../cmd/snapshotter/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files of the command: %v", err)
	}
	total := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Count(string(text), "\n")
		if lines > longest {
			t.Errorf("%s has %d lines, more than %d", filepath.Base(file), lines, longest)
		}
		total += lines
	}
	if total > largest {
		t.Errorf("the command has %d lines, more than %d: move to ask what answers questions", total, largest)
	}
}

func TestDrawingIsRead(t *testing.T) {
	drawn := drawing("text a → b\n\n    report → ask, diff\n    store → migrations\n")
	if len(drawn) != 2 || !slices.Equal(drawn["report"], []string{"ask", "diff"}) {
		t.Errorf("drawing = %v", drawn)
	}
}
