package main

import (
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"snapshotter/internal/buckettest"
)

// template is the part of deploy/cloudformation.yaml that describes the task.
type template struct {
	Resources struct {
		Task struct {
			Properties struct {
				ContainerDefinitions []struct {
					Command     []string    `yaml:"Command"`
					Environment []yaml.Node `yaml:"Environment"`
					MountPoints []mount     `yaml:"MountPoints"`
				} `yaml:"ContainerDefinitions"`
			} `yaml:"Properties"`
		} `yaml:"Task"`
		TaskRole struct {
			Properties struct {
				Policies []yaml.Node `yaml:"Policies"`
			} `yaml:"Properties"`
		} `yaml:"TaskRole"`
	} `yaml:"Resources"`
}

type mount struct {
	ContainerPath string `yaml:"ContainerPath"`
}

func readTemplate(t *testing.T) (read template) {
	t.Helper()
	text, err := os.ReadFile("../../deploy/cloudformation.yaml")
	if err != nil {
		t.Fatal(err)
	}
	filled := strings.NewReplacer("${State}", buckettest.Bucket, "${AlarmTopic}", "arn:aws:sns:eu-west-1:111122223333:changes").Replace(string(text))
	if err := yaml.Unmarshal([]byte(filled), &read); err != nil {
		t.Fatal(err)
	}
	if len(read.Resources.Task.Properties.ContainerDefinitions) != 1 {
		t.Fatal("the task does not have exactly one container")
	}
	return read
}

// environment returns the environment of the task's container, with everything that
// conditions add.
func (read template) environment(t *testing.T) map[string]string {
	t.Helper()
	environment := map[string]string{}
	for _, node := range read.Resources.Task.Properties.ContainerDefinitions[0].Environment {
		if node.Kind == yaml.SequenceNode { // !If [condition, then, else]
			node = *node.Content[1]
		}
		var variable struct {
			Name  string `yaml:"Name"`
			Value string `yaml:"Value"`
		}
		if err := node.Decode(&variable); err != nil {
			t.Fatal(err)
		}
		environment[variable.Name] = variable.Value
	}
	return environment
}

// keeping returns the actions that the task may use to keep its state.
func (read template) keeping(t *testing.T) []string {
	t.Helper()
	var policy struct {
		PolicyDocument struct {
			Statement []struct {
				Sid    string    `yaml:"Sid"`
				Action yaml.Node `yaml:"Action"`
			} `yaml:"Statement"`
		} `yaml:"PolicyDocument"`
	}
	if err := read.Resources.TaskRole.Properties.Policies[0].Decode(&policy); err != nil {
		t.Fatal(err)
	}
	for _, statement := range policy.PolicyDocument.Statement {
		if statement.Sid == "KeepState" {
			var actions []string
			if err := statement.Action.Decode(&actions); err != nil {
				t.Fatal(err)
			}
			return actions
		}
	}
	t.Fatal("the task is not allowed to keep its state")
	return nil
}

// The task that the template describes runs, writes only where its user may, and is
// allowed exactly what it does in S3.
func TestTemplateRuns(t *testing.T) {
	t.Parallel()
	c, read := newCloud(t), readTemplate(t)
	container := read.Resources.Task.Properties.ContainerDefinitions[0]
	env := environment(read.environment(t))
	task := &program{machine: silent(nil)}
	task.getenv = env.get
	if _, _, err := task.parse(t.Context(), container.Command, new(commands)); err != nil {
		t.Fatalf("%q: %v", container.Command, err)
	}
	var mu sync.Mutex
	used := map[string]bool{}
	c.s3.At(func(w http.ResponseWriter, r *http.Request, behind http.Handler) {
		mu.Lock()
		defer mu.Unlock()
		action := map[string]string{"GET": "s3:GetObject", "HEAD": "s3:GetObject", "PUT": "s3:PutObject"}[r.Method]
		if action == "" || path.Dir(r.URL.Path) == "/" || r.URL.Query().Has("list-type") {
			t.Errorf("it sent %s %s", r.Method, r.URL)
		}
		used[action] = true
		behind.ServeHTTP(w, r)
	})
	delete(env, "SNAPSHOTTER_NOTIFY") // there is no such topic here
	for range 2 {
		var stdout, stderr strings.Builder
		on := c.machine(1)
		on.stdout, on.stderr, on.getenv, on.now = &stdout, &stderr, env.get, time.Now
		code := run(t.Context(), append(slices.Clone(container.Command), "--confirm-after", "1ms"), on)
		if code != exitOK || !strings.Contains(stdout.String(), `"RunsRecorded":1`) {
			t.Fatalf("exit code %d: %s%s", code, &stdout, &stderr)
		}
	}
	for _, key := range []string{"snapshotter.db", "reports/latest.md"} {
		if !c.s3.Has(t, key) {
			t.Errorf("the bucket has no %s", key)
		}
	}
	allowed := read.keeping(t)
	for _, action := range allowed {
		if !used[action] {
			t.Errorf("%s is allowed and not used", action)
		}
	}
	if len(allowed) != len(used) {
		t.Errorf("it used %v, and is allowed %v", used, allowed)
	}

	dockerfile, err := os.ReadFile("../../deploy/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	tmp := read.environment(t)["TMPDIR"]
	mounted := slices.Contains(container.MountPoints, mount{tmp})
	if !mounted || !strings.Contains(string(dockerfile), `VOLUME ["`+tmp+`"]`) {
		t.Errorf("the copy goes to %s, which is not a volume that the image gives to its user", tmp)
	}
}
