package deploy

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

// files are the contents of the files that a deployment is made of, by name.
type files map[string]string

// checks say what is wrong with a file. Each looks at what the file means, never
// at how it is written.
var checks = map[string]func(*testing.T, files) []string{
	"Dockerfile":                      checkDockerfile,
	"Dockerfile.dockerignore":         checkContext,
	"cloudformation.yaml":             checkTemplate,
	"compose.yaml":                    checkCompose,
	"crontab":                         checkCrontab,
	"github-actions/pages.yaml":       checkPages,
	"github-actions/snapshotter.yaml": checkWorkflow,
	"iam-policy.json":                 checkPolicy,
	"site.yaml":                       checkSite,
	"snapshotter-serve.service":       checkService,
	"snapshotter.service":             checkOneshot,
	"snapshotter.timer":               checkTimer,
}

func shipped(t *testing.T) files {
	t.Helper()
	all := files{}
	for name := range checks {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(text)
	}
	return all
}

func TestShippedFiles(t *testing.T) {
	all := shipped(t)
	for name, check := range checks {
		t.Run(name, func(t *testing.T) {
			for _, problem := range check(t, all) {
				t.Error(problem)
			}
		})
	}
}

// TestMutants breaks the shipped files, one fault at a time. A fault that no
// check of its file finds would be deployed.
func TestMutants(t *testing.T) {
	all := shipped(t)
	count := map[string]int{}
	for _, m := range mutants {
		count[m.file]++
		t.Run(m.file+"/"+m.fault, func(t *testing.T) {
			if strings.Count(all[m.file], m.old) == 0 {
				t.Fatalf("%s does not contain %q", m.file, m.old)
			}
			broken := files{}
			for name, text := range all {
				broken[name] = text
			}
			broken[m.file] = strings.Replace(all[m.file], m.old, m.new, 1)
			problems := checks[m.file](t, broken)
			if len(problems) == 0 {
				t.Fatal("no check finds it")
			}
			t.Log(problems[0])
		})
	}
	for name := range checks {
		if count[name] < 2 {
			t.Errorf("%s has %d mutants, want at least 2", name, count[name])
		}
	}
}

// problems collects what is wrong.
type problems []string

func (p *problems) add(format string, arguments ...any) {
	*p = append(*p, fmt.Sprintf(format, arguments...))
}

// want adds a problem unless two values print the same.
func (p *problems) want(what string, got, want any) {
	if g, w := fmt.Sprintf("%v", got), fmt.Sprintf("%v", want); g != w {
		p.add("%s is %s, want %s", what, g, w)
	}
}

// accepted remembers which arguments the program accepts.
var accepted sync.Map

// command adds a problem unless the program accepts the arguments.
func (p *problems) command(t *testing.T, arguments []string) {
	t.Helper()
	key := strings.Join(arguments, "\x00")
	said, known := accepted.Load(key)
	if !known {
		// --help makes it stop after reading its flags, and exit with 2 if one is
		// wrong.
		command := exec.Command(program(t), append(slices.Clone(arguments), "--help")...)
		command.Env = []string{"HOME=" + t.TempDir()}
		out, err := command.CombinedOutput()
		said = ""
		if err != nil {
			said = string(out)
		}
		accepted.Store(key, said)
	}
	if said != "" {
		p.add("the program refuses %q: %s", arguments, said)
	}
}

// program is the path of the program.
func program(t *testing.T) string {
	t.Helper()
	programUsed.Store(true)
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// What the README shows is the file, to the letter.
func TestReadmeShowsThePolicy(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "```json\n"+shipped(t)["iam-policy.json"]+"```\n") {
		t.Error("README.md does not show deploy/iam-policy.json as it is")
	}
}
