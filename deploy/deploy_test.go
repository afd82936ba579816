package deploy

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

type policy struct {
	Statement []struct{ Action []string }
}

func needed(t *testing.T) policy {
	t.Helper()
	var p policy
	if err := json.Unmarshal([]byte(Policy), &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Statement) != 2 || len(p.Statement[0].Action) == 0 || len(p.Statement[1].Action) == 0 {
		t.Fatalf("the policy has %d statements, want what is needed and what is worth having", len(p.Statement))
	}
	return p
}

// What the README shows is the file, to the letter.
func TestReadmeShowsThePolicy(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "```json\n"+Policy+"```\n") {
		t.Error("README.md does not show deploy/iam-policy.json as it is")
	}
}

// The task may do what the policy allows, and of other services only what keeps
// its state and tells of it.
func TestTemplateGrantsThePolicy(t *testing.T) {
	data, err := os.ReadFile("cloudformation.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), ": &") || strings.Contains(string(data), ": *") {
		t.Error("the template has YAML aliases, which CloudFormation does not read")
	}
	var template struct {
		Resources struct {
			TaskRole struct {
				Properties struct {
					Policies []yaml.Node `yaml:"Policies"`
				} `yaml:"Properties"`
			} `yaml:"TaskRole"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(data, &template); err != nil {
		t.Fatal(err)
	}
	var own struct {
		PolicyDocument struct {
			Statement []struct {
				Sid    string `yaml:"Sid"`
				Action any    `yaml:"Action"`
			} `yaml:"Statement"`
		} `yaml:"PolicyDocument"`
	}
	policies := template.Resources.TaskRole.Properties.Policies
	if len(policies) == 0 {
		t.Fatal("the task's role has no policy")
	}
	if err := policies[0].Decode(&own); err != nil {
		t.Fatal(err)
	}
	granted := own.PolicyDocument.Statement
	if len(granted) < 2 {
		t.Fatalf("the task's policy has %d statements", len(granted))
	}
	for i, statement := range needed(t).Statement {
		var want []any
		for _, action := range statement.Action {
			want = append(want, action)
		}
		if !reflect.DeepEqual(granted[i].Action, any(want)) {
			t.Errorf("statement %s grants %v, want %v", granted[i].Sid, granted[i].Action, want)
		}
	}
	for _, statement := range granted[2:] {
		if statement.Sid != "KeepState" && statement.Sid != "TellMissingFromDenied" {
			t.Errorf("statement %s is in no document", statement.Sid)
		}
	}
}

// promise is within which time serve ends once it is told to: see docs/serve.md.
const promise = 25 * time.Second

// directives are those of a unit's [Service] section, comments left out.
func directives(t *testing.T, path string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(data), "\n[Service]\n")
	if !found {
		t.Fatalf("%s has no section [Service]", path)
	}
	section, _, _ = strings.Cut(section, "\n[")
	set := map[string]string{}
	for line := range strings.Lines(section) {
		if key, value, found := strings.Cut(strings.TrimSpace(line), "="); found && !strings.HasPrefix(key, "#") {
			set[key] = value
		}
	}
	return set
}

// Both units may do as little, and differ only in how they run.
func TestUnitsAreConfinedAlike(t *testing.T) {
	once, service := directives(t, "snapshotter.service"), directives(t, "snapshotter-serve.service")
	stop, err := time.ParseDuration(service["TimeoutStopSec"])
	if err != nil || stop < promise {
		t.Errorf("the service has %q to stop, want %s", service["TimeoutStopSec"], promise)
	}
	if service["ExecReload"] != "/bin/kill -HUP $MAINPID" || service["Restart"] != "always" {
		t.Errorf("the service is reloaded by %q and restarted %q", service["ExecReload"], service["Restart"])
	}
	for _, key := range []string{"Type", "ExecStart", "ExecReload", "Restart", "RestartSec", "SuccessExitStatus", "TimeoutStartSec", "TimeoutStopSec"} {
		delete(once, key)
		delete(service, key)
	}
	if !reflect.DeepEqual(once, service) || len(once) < 20 {
		t.Errorf("the units differ: %v and %v", once, service)
	}
}

// The container may write to its own volume and to /tmp, is reached from its
// machine alone, and has time to stop.
func TestComposeIsConfined(t *testing.T) {
	data, err := os.ReadFile("compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
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
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true) // a misspelt key would be passed over
	if err := decoder.Decode(&compose); err != nil {
		t.Fatal(err)
	}
	s := compose.Services["snapshotter"]
	want := s
	want.ReadOnly, want.TmpFS, want.CapDrop, want.Security, want.Restart = true, []string{"/tmp"}, []string{"ALL"}, []string{"no-new-privileges:true"}, "unless-stopped"
	want.Volumes, want.Ports = []string{"history:/var/lib/snapshotter"}, []string{"127.0.0.1:8080:8080"}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("the service is %+v, want %+v", s, want)
	}
	if grace, err := time.ParseDuration(s.Grace); err != nil || grace < promise {
		t.Errorf("the container has %q to stop, want %s", s.Grace, promise)
	}
	if _, made := compose.Volumes["history"]; !made {
		t.Error("the volume of the history is not made")
	}
	if _, err := os.Stat(filepath.Join(s.Build.Context, s.Build.Dockerfile)); err != nil {
		t.Error(err)
	}
}
