package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"snapshotter/internal/configfile"
)

const configurationDoc = "../../docs/configuration.md"

// grammar is that of the command line, set by nothing.
func grammar(t *testing.T) *kong.Application {
	t.Helper()
	p := &program{machine: silent(nil)}
	parser, err := p.parser(context.Background(), &commands{}, &settings{getenv: p.getenv})
	if err != nil {
		t.Fatal(err)
	}
	return parser.Model
}

// TestReference writes the table of docs/configuration.md from the grammar.
func TestReference(t *testing.T) {
	t.Parallel()
	const begin, end = "<!-- From the grammar: go test ./cmd/snapshotter -run TestReference -update -->\n\n", "\n<!-- End -->\n"
	doc := readFile(t, configurationDoc)
	before, rest, found := strings.Cut(doc, begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no place for the table", configurationDoc)
	}
	golden(t, configurationDoc, before+begin+referenceTable(t)+end+after)
}

// flagRow is a flag as its commands explain it: one that others explain
// otherwise has another row there.
type flagRow struct{ flag, environment, key, value, meaning string }

func referenceTable(t *testing.T) string {
	app := grammar(t)
	var rows []flagRow
	commands := map[flagRow][]string{}
	add := func(flag *kong.Flag, command string) {
		row := rowOf(flag)
		if commands[row] == nil {
			rows = append(rows, row)
		}
		commands[row] = append(commands[row], command)
	}
	for _, flag := range app.Flags {
		add(flag, "every command")
	}
	for _, command := range app.Leaves(true) {
		for _, flag := range command.Flags {
			add(flag, "`"+command.Path()+"`")
		}
	}
	var text strings.Builder
	text.WriteString("| Flag | Environment | Key | Default | Meaning | Commands |\n|---|---|---|---|---|---|\n")
	for _, row := range rows {
		fmt.Fprintf(&text, "| `%s` | %s | %s | %s | %s | %s |\n",
			row.flag, row.environment, row.key, row.value, strings.ReplaceAll(row.meaning, "|", `\|`), strings.Join(commands[row], " "))
	}
	return text.String()
}

func rowOf(flag *kong.Flag) flagRow {
	row := flagRow{flag: "--" + flag.Name, meaning: flag.Help, environment: "-", key: "-", value: "-"}
	if flag.Short != 0 {
		row.flag += ", -" + string(flag.Short)
	}
	if flag.PlaceHolder != "" {
		row.flag += " " + flag.PlaceHolder
	}
	if flag.Name == "config" || !slices.Contains(notSettable, flag.Name) {
		row.environment = "`" + environmentName(flag.Name) + "`"
	}
	if !slices.Contains(notSettable, flag.Name) {
		row.key = "`" + flag.Name + "`"
	}
	if flag.Default != "" {
		row.value = "`" + flag.Default + "`"
		row.meaning = strings.Replace(row.meaning, " ("+flag.Default+")", "", 1)
	}
	row.meaning = strings.ReplaceAll(row.meaning, flag.Enum, strings.Join(flag.EnumSlice(), ", "))
	return row
}

// exampleOf is the example that docs/configuration.md calls complete.
func exampleOf(t *testing.T) string {
	t.Helper()
	found := regexp.MustCompile("(?s)\n## A complete example\n.*?\n```yaml\n(.*?)```\n").FindStringSubmatch(readFile(t, configurationDoc))
	if found == nil {
		t.Fatalf("%s has no complete example", configurationDoc)
	}
	return found[1]
}

// The example has every key that there is, of rules too.
func TestExampleIsComplete(t *testing.T) {
	t.Parallel()
	keys := append(flagNames(grammar(t)), "watch")
	example := exampleOf(t)
	if _, err := configfile.Parse([]byte(example), keys); err != nil {
		t.Fatal(err)
	}
	var written struct {
		Watch        []map[string]any  `yaml:"watch"`
		Replacements map[string]string `yaml:"replacements"`
		Flags        map[string]any    `yaml:",inline"`
	}
	if err := yaml.Unmarshal([]byte(example), &written); err != nil {
		t.Fatal(err)
	}
	rule := map[string]any{}
	for _, keys := range written.Watch {
		maps.Copy(rule, keys)
	}
	for _, key := range keys {
		if _, set := written.Flags[key]; !set && key != "watch" {
			t.Errorf("the example lacks the key %q", key)
		}
	}
	for _, key := range configfile.RuleKeys() {
		if _, set := rule[key]; !set {
			t.Errorf("no rule of the example has the key %q", key)
		}
	}
}

// Every command takes the example as its configuration, and its values.
func TestExampleLoads(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "snapshotter.yaml")
	if err := os.WriteFile(path, []byte(exampleOf(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	arguments := map[string][]string{"where": {"anthropic.*"}, "history": {"amazon.nova-pro-v1:0"}, "import": {"."}, "repair": {"--from", "1"}, "completion": {"bash"}, "watch add": {"a"}, "watch remove": {"a"}}
	for _, command := range grammar(t).Leaves(true) {
		name := strings.Fields(command.Path())
		p := &program{machine: silent(nil)}
		var set commands
		_, _, err := p.parse(t.Context(), slices.Concat(name, arguments[strings.Join(name, " ")], []string{"--config", path}), &set)
		if err != nil {
			t.Errorf("%s: %v", command.Path(), err)
			continue
		}
		if p.DB != "/var/lib/snapshotter/snapshotter.db" || len(p.rules) == 0 {
			t.Errorf("%s: the example does not hold: database %s, %d rules", command.Path(), p.DB, len(p.rules))
		}
		if name[0] == "serve" && cmp.Or(set.Serve.TZ, "UTC") == "UTC" {
			t.Error("serve has not the example's time zone")
		}
	}
}

// A word that no command knows is a mistake; one that another knows is not.
func TestSettingFitsTheCommand(t *testing.T) {
	t.Parallel()
	for word, wrong := range map[string]bool{"csv": false, "xml": true} {
		getenv := func(name string) string {
			if name == "SNAPSHOTTER_FORMAT" {
				return word
			}
			return ""
		}
		p := &program{machine: machine{stdout: io.Discard, stderr: io.Discard, getenv: getenv, now: time.Now}}
		var set commands
		_, _, err := p.parse(t.Context(), []string{"report"}, &set)
		if (err != nil) != wrong || !wrong && set.Report.Format != "md" {
			t.Errorf("%s: a report in the form %q, %v", word, set.Report.Format, err)
		}
	}
}

// deployed is a command line in the files of deploy/.
var deployed = regexp.MustCompile(`(?m)^(?:ExecStart=|[^#\n]*&& )/usr/local/bin/snapshotter (.*)$|^ +command: (\[.*\])$`)

// What deploy/ starts is understood.
func TestDeployedCommands(t *testing.T) {
	t.Parallel()
	found := 0
	for _, file := range []string{"snapshotter.service", "snapshotter-serve.service", "crontab", "compose.yaml"} {
		for _, line := range deployed.FindAllStringSubmatch(readFile(t, "../../deploy/"+file), -1) {
			found++
			var args []string
			if line[2] != "" {
				if err := yaml.Unmarshal([]byte(line[2]), &args); err != nil {
					t.Fatal(err)
				}
			}
			for _, word := range quotable.FindAllString(line[1], -1) {
				args = append(args, strings.Trim(word, `"`))
			}
			p := &program{machine: silent(nil)}
			var set commands
			if _, _, err := p.parse(t.Context(), args, &set); err != nil {
				t.Errorf("%s: %q: %v", file, args, err)
			}
		}
	}
	if found != 4 {
		t.Errorf("found %d commands, want one a file", found)
	}
}

// quotable is a word of a command line, or a text in quotes.
var quotable = regexp.MustCompile(`"[^"]*"|\S+`)
