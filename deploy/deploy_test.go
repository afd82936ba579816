package deploy

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

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
