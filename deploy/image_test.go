package deploy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// instruction is one of a Dockerfile.
type instruction struct{ name, arguments string }

// stages reads a Dockerfile: the instructions of each stage, FROM first.
func stages(p *problems, text string) [][]instruction {
	var found [][]instruction
	var lines []string
	for line := range strings.Lines(text) { // comments may stand between continued lines
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	for _, line := range strings.Split(strings.ReplaceAll(strings.Join(lines, "\n"), "\\\n", " "), "\n") {
		name, arguments, _ := strings.Cut(line, " ")
		i := instruction{name, strings.TrimSpace(arguments)}
		switch {
		case !slices.Contains([]string{"ARG", "FROM", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "ENTRYPOINT", "CMD"}, name):
			p.add("the instruction %q is not known here", line)
		case name == "FROM":
			found = append(found, []instruction{i})
		case len(found) > 0:
			found[len(found)-1] = append(found[len(found)-1], i)
		case name != "ARG":
			p.add("%q stands before FROM", line)
		}
	}
	return found
}

// executable are the arguments of an ENTRYPOINT or a CMD in its form without a
// shell, which an image without a shell needs.
func executable(p *problems, i instruction) []string {
	var list []string
	if err := json.Unmarshal([]byte(i.arguments), &list); err != nil {
		p.add("%s %s is not a list: the image has no shell", i.name, i.arguments)
	}
	return list
}

// The image holds what its build stage made, and runs it as a user without
// rights. That it builds is shown by checkContext, and by TestImage for real.
func checkDockerfile(t *testing.T, all files) []string {
	var p problems
	both := stages(&p, all["Dockerfile"])
	if len(both) != 2 {
		p.add("it has %d stages, want 2", len(both))
		return p
	}
	p.want("the first stage", both[0][0].arguments, "golang:${GO_VERSION} AS build")
	p.want("the last stage", both[1][0].arguments, "scratch")
	p.compare("the build", goCommands(both[0]), []string{
		"go build -trimpath -buildvcs=false -ldflags='-s -w' -o /out/usr/bin/snapshotter ./cmd/snapshotter",
		"go run ./cmd/licences /out/usr/bin/snapshotter /out/usr/share/licenses",
	})
	var final []string
	for _, i := range both[1][1:] {
		if i.name == "ENTRYPOINT" {
			entry := executable(&p, i)
			p.want("the entry point", entry, "[/usr/bin/snapshotter]")
			continue
		}
		if i.name == "CMD" {
			p.command(t, executable(&p, i))
			continue
		}
		final = append(final, i.name+" "+i.arguments)
	}
	p.compare("the image", final, []string{
		"COPY --from=build /out /",
		"COPY --from=build --chown=" + user + " /empty " + stateDir,
		"COPY --from=build --chown=" + user + " /empty /tmp",
		"USER " + user,
		"WORKDIR " + stateDir,
		`VOLUME ["` + stateDir + `"]`,
	})
	return append(p, contextLacks(t, all)...)
}

// goCommands are the go commands of a stage, without those that fetch modules.
func goCommands(stage []instruction) []string {
	var found []string
	for _, i := range stage {
		if i.name != "RUN" {
			continue
		}
		for _, command := range strings.Split(i.arguments, "&&") {
			command, static := strings.CutPrefix(strings.TrimSpace(command), "CGO_ENABLED=0 ")
			if strings.HasPrefix(command, "go build") && !static {
				command += " (with cgo)"
			}
			if strings.HasPrefix(command, "go ") && command != "go mod download" {
				found = append(found, command)
			}
		}
	}
	return found
}

// sources are the files of this module that the packages which the image is
// built from consist of.
var sources = sync.OnceValues(func() ([]string, error) {
	command := exec.Command("go", "list", "-deps", "-json=Dir,Module,GoFiles,EmbedFiles,OtherFiles", "./cmd/snapshotter", "./cmd/licences")
	command.Dir = ".."
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	var wrong bytes.Buffer
	command.Stderr = &wrong
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, &wrong)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		return nil, err
	}
	found := []string{"go.mod", "go.sum", "LICENSE"}
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var p struct {
			Dir                             string
			Module                          *struct{ Main bool }
			GoFiles, EmbedFiles, OtherFiles []string
		}
		if err := decoder.Decode(&p); err != nil {
			return nil, err
		}
		if p.Module == nil || !p.Module.Main {
			continue
		}
		for _, name := range slices.Concat(p.GoFiles, p.EmbedFiles, p.OtherFiles) {
			relative, err := filepath.Rel(root, filepath.Join(p.Dir, name))
			if err != nil {
				return nil, err
			}
			found = append(found, filepath.ToSlash(relative))
		}
	}
	return found, nil
})

// ignored reports whether a .dockerignore leaves a file out of the context: the
// last pattern that matches it or one of its folders decides.
func ignored(patterns, name string) bool {
	out := false
	for line := range strings.Lines(patterns) {
		pattern := strings.TrimSpace(line)
		if pattern == "" || strings.HasPrefix(pattern, "#") {
			continue
		}
		pattern, exception := strings.CutPrefix(pattern, "!")
		anywhere, deep := strings.CutPrefix(pattern, "**/")
		for part := name; part != "."; part = path.Dir(part) {
			matched, err := path.Match(pattern, part)
			if deep && err == nil && !matched {
				matched, err = path.Match(anywhere, path.Base(part))
			}
			if err != nil {
				return true
			}
			if matched {
				out = !exception
			}
		}
	}
	return out
}

func contextLacks(t *testing.T, all files) []string {
	t.Helper()
	var p problems
	needed, err := sources()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range needed {
		if ignored(all["Dockerfile.dockerignore"], name) {
			p.add("the build needs %s, which the context lacks", name)
		}
	}
	for _, stage := range stages(&p, all["Dockerfile"]) {
		for _, i := range stage {
			from := strings.Fields(i.arguments)
			if i.name != "COPY" || strings.HasPrefix(i.arguments, "--from=") {
				continue
			}
			for _, name := range from[:len(from)-1] {
				if _, err := os.Stat(filepath.Join("..", name)); err != nil || name != "." && ignored(all["Dockerfile.dockerignore"], name) {
					p.add("%s is copied, which the context lacks", name)
				}
			}
		}
	}
	return p
}

// What the build does not read stays out of the context, a history above all.
func checkContext(t *testing.T, all files) []string {
	p := problems(contextLacks(t, all))
	for _, name := range []string{"snapshotter.db", "reports/latest.md", ".git/config", "deploy/snapshotter.env", ".env", "catalog/testdata/x.json", "docs/serve.md"} {
		if !ignored(all["Dockerfile.dockerignore"], name) {
			p.add("%s is sent to the build", name)
		}
	}
	return p
}

// The container may write to its own volume and to /tmp, is reached from its
// machine alone, and has time to stop.
func checkCompose(t *testing.T, all files) []string {
	var p problems
	type service struct {
		Build struct {
			Context    string `yaml:"context"`
			Dockerfile string `yaml:"dockerfile"`
		} `yaml:"build"`
		Image   string   `yaml:"image"`
		Command []string `yaml:"command"`
		EnvFile []struct {
			Path     string `yaml:"path"`
			Required bool   `yaml:"required"`
		} `yaml:"env_file"`
		Volumes  []string `yaml:"volumes"`
		Ports    []string `yaml:"ports"`
		ReadOnly bool     `yaml:"read_only"`
		TmpFS    []string `yaml:"tmpfs"`
		CapDrop  []string `yaml:"cap_drop"`
		Security []string `yaml:"security_opt"`
		Restart  string   `yaml:"restart"`
		Grace    string   `yaml:"stop_grace_period"`
	}
	var compose struct {
		Services map[string]service  `yaml:"services"`
		Volumes  map[string]struct{} `yaml:"volumes"`
	}
	decoder := yaml.NewDecoder(strings.NewReader(all["compose.yaml"]))
	decoder.KnownFields(true) // "user" and "privileged" among others
	if err := decoder.Decode(&compose); err != nil {
		return []string{err.Error()}
	}
	p.want("the number of services", len(compose.Services), 1)
	s := compose.Services["snapshotter"]
	p.want("read_only", s.ReadOnly, true)
	p.want("tmpfs", s.TmpFS, "[/tmp]")
	p.want("cap_drop", s.CapDrop, "[ALL]")
	p.want("security_opt", s.Security, "[no-new-privileges:true]")
	p.want("restart", s.Restart, "unless-stopped")
	p.want("volumes", s.Volumes, "[history:"+stateDir+"]")
	p.want("ports", s.Ports, "[127.0.0.1:8080:8080]")
	if _, made := compose.Volumes["history"]; !made {
		p.add("the volume of the history is not made")
	}
	if grace, err := time.ParseDuration(s.Grace); err != nil || grace < promise {
		p.add("the container has %q to stop, want at least %s", s.Grace, promise)
	}
	if _, err := os.Stat(filepath.Join(s.Build.Context, s.Build.Dockerfile)); err != nil {
		p.add("%v", err)
	}
	p.command(t, s.Command)
	p.serves(s.Command, ":8080") // within the container; ports limits it
	return p
}
