package deploy

import (
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

var (
	pinned = regexp.MustCompile(`(?m)^ +- uses: [a-z-]+/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	used   = regexp.MustCompile(`(?m)^.*\buses:.*$`)
)

// Each job may do what it must and nothing else, actions are pinned, and the
// steps that run the program or build it see no token. What the jobs do, the
// other tests show by running them.
func checkWorkflow(t *testing.T, all files) []string {
	var p problems
	text := all["github-actions/snapshotter.yaml"]
	var root yaml.Node
	var w workflow
	if err := yaml.Unmarshal([]byte(text), &root); err != nil {
		return []string{err.Error()}
	}
	if err := root.Decode(&w); err != nil {
		return []string{err.Error()} // "write-all" is no map
	}
	if w.Permissions == nil {
		p.add("the workflow does not say that it has no permissions of its own")
	}
	p.want("the workflow's permissions", w.Permissions, map[string]string{})
	for name, want := range map[string]map[string]string{
		"build":    {"contents": "read"},
		"snapshot": {"contents": "read", "id-token": "write"},
		"keep":     {"contents": "write"},
	} {
		p.want("job "+name+"'s permissions", w.Jobs[name].Permissions, want)
	}
	p.want("the number of jobs", len(w.Jobs), 3)
	p.want("cancelling runs", w.Concurrency.Cancel, false)
	if w.Concurrency.Group == "" || strings.Contains(w.Concurrency.Group, "${{") {
		p.add("runs may overlap: the group is %q", w.Concurrency.Group)
	}
	p.want("the number of schedules", len(w.On.Schedule), 1)
	for _, at := range w.On.Schedule {
		p.daily(at.Cron)
	}
	for _, line := range used.FindAllString(text, -1) {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") && !pinned.MatchString(line) {
			p.add("an action is not pinned by commit with its version: %s", strings.TrimSpace(line))
		}
	}
	checkTokens(&p, w)
	return p
}

func checkTokens(p *problems, w workflow) {
	secret := func(where string, variables map[string]string) {
		for name, value := range variables {
			if strings.Contains(value, "token") || strings.Contains(value, "secrets") {
				p.add("%s gives a token to every step in %s", where, name)
			}
		}
	}
	secret("the workflow", w.Env)
	for name, job := range w.Jobs {
		secret("job "+name, job.Env)
		for _, step := range job.Steps {
			if strings.HasPrefix(step.Uses, "actions/checkout@") {
				p.want("job "+name+"'s persist-credentials", step.With["persist-credentials"], "false")
			}
			script := strings.Contains(step.Run, "history.sh fetch") || strings.Contains(step.Run, "history.sh keep")
			if _, given := step.Env["GH_TOKEN"]; given != script {
				p.add("step %q has a token: %t, want %t", step.Name, given, script)
			}
			for line := range strings.Lines(step.Run) {
				if strings.Contains(line, `"$SNAPSHOTTER"`) && !strings.Contains(line, `history.sh alone "$SNAPSHOTTER"`) {
					p.add("step %q runs the program with all of its environment", step.Name)
				}
			}
			if strings.Contains(step.Run, "${{") {
				p.add("step %q builds its script from an expression", step.Name)
			}
		}
	}
}
