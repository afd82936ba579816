package bedrocktest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/needs"
)

// The AWS CLI, a client that shares nothing with the Go SDK, reads the same
// from the server.
func TestTheAWSCLIReadsEverything(t *testing.T) {
	aws := awsCLI(t)
	t.Run("models", func(t *testing.T) {
		t.Parallel()
		var got struct {
			ModelSummaries []struct {
				ModelArn, ModelID, ModelName, ProviderName string
				InputModalities, OutputModalities          []string
				ResponseStreamingSupported                 *bool
				CustomizationsSupported                    []string
				InferenceTypesSupported                    []string
				ModelLifecycle                             struct{ Status, EndOfLifeTime string }
			}
		}
		aws.read(t, start(t), &got, "bedrock", "list-foundation-models")
		want := map[string]bedrocktest.Model{}
		for _, m := range models() {
			want[m.ID] = m
		}
		if len(got.ModelSummaries) != len(want) {
			t.Errorf("%d models, want %d", len(got.ModelSummaries), len(want))
		}
		for _, m := range got.ModelSummaries {
			w := want[m.ModelID]
			same := m.ModelArn == "arn:aws:bedrock:us-east-1::foundation-model/"+w.ID &&
				m.ModelName == w.Name && m.ProviderName == w.Provider &&
				slices.Equal(m.InputModalities, w.Input) && slices.Equal(m.OutputModalities, w.Output) &&
				slices.Equal(m.CustomizationsSupported, w.Customizations) && slices.Equal(m.InferenceTypesSupported, w.InferenceTypes) &&
				(m.ResponseStreamingSupported == nil) == (w.Streaming == nil) && m.ModelLifecycle.Status == w.Lifecycle.Status &&
				(m.ModelLifecycle.EndOfLifeTime == "") == (w.Lifecycle.EndOfLife == "")
			if !same {
				t.Errorf("the CLI read %+v\nof %+v", m, w)
			}
		}
	})
	for name, test := range map[string]struct {
		args  []string
		calls []int // the page sizes asked for
	}{
		"profiles":               {nil, []int{0, 0, 0}},
		"profiles in pages":      {[]string{"--page-size", "50"}, []int{50, 50, 50, 50, 50}},
		"profiles of the system": {[]string{"--type-equals", "SYSTEM_DEFINED", "--page-size", "1000"}, []int{1000}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			got := aws.profiles(t, s, test.args...)
			if want := sorted(fixtureIDs(systems(profiles("us", "us-east-1")))); !slices.Equal(sorted(got), want) {
				t.Errorf("%d profiles, want %d, each once", len(got), len(want))
			}
			var sizes []int
			for _, c := range s.Calls() {
				sizes = append(sizes, c.MaxResults)
			}
			if !slices.Equal(sizes, test.calls) {
				t.Errorf("asked for in pages of %v, want %v", sizes, test.calls)
			}
		})
	}
	t.Run("parameters", func(t *testing.T) {
		t.Parallel()
		var got struct{ Parameters []struct{ Value string } }
		aws.read(t, start(t), &got, "ssm", "get-parameters-by-path", "--path", regionsPath)
		var regions []string
		for _, p := range got.Parameters {
			regions = append(regions, p.Value)
		}
		if !slices.Equal(sorted(regions), commercial()) {
			t.Errorf("regions %v", sorted(regions))
		}
	})
	t.Run("described regions", func(t *testing.T) {
		t.Parallel()
		var got struct {
			Regions []struct{ RegionName, OptInStatus, Endpoint string }
		}
		aws.read(t, start(t), &got, "ec2", "describe-regions", "--all-regions", "--filters", "Name=opt-in-status,Values=not-opted-in,opted-in")
		var regions []string
		for _, r := range got.Regions {
			regions = append(regions, r.RegionName+" "+r.OptInStatus)
		}
		if want := []string{"af-south-1 opted-in", "me-south-1 not-opted-in"}; !slices.Equal(sorted(regions), want) {
			t.Errorf("regions %v, want %v", sorted(regions), want)
		}
	})
	t.Run("regions of the account", func(t *testing.T) {
		t.Parallel()
		var got struct {
			Regions []struct{ RegionName, RegionOptStatus string }
		}
		aws.read(t, start(t), &got, "account", "list-regions")
		status := map[string]string{}
		for _, r := range got.Regions {
			status[r.RegionName] = r.RegionOptStatus
		}
		if len(status) != 25 || status["me-south-1"] != "DISABLED" || status["af-south-1"] != "ENABLED" || status["us-east-1"] != "ENABLED_BY_DEFAULT" {
			t.Errorf("regions %v", status)
		}
	})
	t.Run("caller", func(t *testing.T) {
		t.Parallel()
		var got struct{ UserID, Account, Arn string }
		aws.read(t, start(t), &got, "sts", "get-caller-identity")
		if got.Account != bedrocktest.Account || got.Arn != "arn:aws:sts::111122223333:assumed-role/snapshotter/nightly" {
			t.Errorf("caller %+v", got)
		}
	})
}

// cli is the path of the AWS CLI.
type cli string

// awsCLI finds the AWS CLI, or skips the test.
func awsCLI(t *testing.T) cli {
	t.Helper()
	path := needs.Tool(t, "aws")
	if out, err := exec.Command(path, "--version").CombinedOutput(); err != nil {
		needs.Skip(t, fmt.Sprintf("the AWS CLI at %s does not run: %v: %s", path, err, out))
	}
	return cli(path)
}

// read runs a command and reads its JSON.
func (c cli) read(t *testing.T, s *bedrocktest.Server, into any, args ...string) {
	t.Helper()
	cmd := exec.Command(string(c), args...)
	cmd.Env = append(environ(s), "AWS_DEFAULT_OUTPUT=json")
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("aws %s: %v: %s", strings.Join(args, " "), err, complaint.String())
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatalf("aws %s: %v in %.200s", strings.Join(args, " "), err, out)
	}
}

// environ is the environment of a client process: this one's, but for what is
// set for AWS.
func environ(s *bedrocktest.Server) []string {
	env := slices.DeleteFunc(os.Environ(), func(setting string) bool { return strings.HasPrefix(setting, "AWS_") })
	for name, value := range s.Env() {
		env = append(env, name+"="+value)
	}
	return env
}

func (c cli) profiles(t *testing.T, s *bedrocktest.Server, args ...string) []string {
	t.Helper()
	var got struct {
		InferenceProfileSummaries []struct{ InferenceProfileID string }
	}
	c.read(t, s, &got, append([]string{"bedrock", "list-inference-profiles"}, args...)...)
	var ids []string
	for _, p := range got.InferenceProfileSummaries {
		ids = append(ids, p.InferenceProfileID)
	}
	return ids
}
