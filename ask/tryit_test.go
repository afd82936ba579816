package ask_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/needs"
)

// tries are models of the families that need a command of their own, and of those that
// have none.
var tries = []struct {
	id            string
	input, output string
	streams       bool
	want          string // in the command, or in the reason why there is none
	none          bool
}{
	{"anthropic.claude-opus-4-7", "IMAGE TEXT", "TEXT", true, "bedrock-runtime converse", false},
	{"amazon.rerank-v1:0", "TEXT", "TEXT", false, "arn:aws:bedrock:us-east-1::foundation-model/amazon.rerank-v1:0", false},
	{"amazon.titan-embed-image-v1", "IMAGE TEXT", "EMBEDDING", false, `{"inputText":"Hello"}`, false},
	{"cohere.embed-v4:0", "TEXT", "EMBEDDING", false, "search_document", false},
	{"amazon.nova-canvas-v1:0", "IMAGE TEXT", "IMAGE", false, "TEXT_IMAGE", false},
	{"stability.stable-image-core-v1:1", "TEXT", "IMAGE", false, `{"prompt":"A cat"}`, false},
	{"amazon.nova-reel-v1:1", "IMAGE TEXT", "VIDEO", false, "start-async-invoke", false},
	{"luma.ray-v2:0", "TEXT", "VIDEO", false, "start-async-invoke", false},
	{"amazon.nova-2-sonic-v1:0", "SPEECH", "SPEECH TEXT", true, "InvokeModelWithBidirectionalStream", true},
	{"twelvelabs.pegasus-1-2-v1:0", "TEXT VIDEO", "TEXT", true, "not in a conversation", true},
	{"stability.stable-fast-upscale-v1:0", "IMAGE TEXT", "IMAGE", false, "answers with IMAGE", true},
	{"new.films-v1:0", "TEXT", "VIDEO", false, "answers with VIDEO", true},
	{"mistral.voxtral-mini-3b-2507", "SPEECH TEXT", "TEXT", true, "bedrock-runtime converse", false},
}

func TestTryIt(t *testing.T) {
	aws := needs.Tool(t, "aws")
	bash := needs.Tool(t, "bash")
	for _, c := range tries {
		t.Run(c.id, func(t *testing.T) {
			t.Parallel()
			model := ask.Whereabouts{ID: c.id, Input: strings.Fields(c.input), Output: strings.Fields(c.output), Streaming: &c.streams}
			at := ask.Stand{Region: "us-east-1", Standing: ask.StandsOnDemand, Paths: []ask.Way{{Path: catalog.Path{Access: catalog.OnDemand, ModelID: c.id}}}}
			command, reason := model.TryIt(at)
			if (command == "") != c.none || !strings.Contains(command+reason, c.want) {
				t.Fatalf("%q, %q; want %q", command, reason, c.want)
			}
			if c.none {
				return
			}
			// It must be one that the AWS CLI understands and would send.
			command = strings.Replace(command, " --cli-binary-format raw-in-base64-out", "", 1) // version 1 has no other
			call := exec.Command(bash, "-c", strings.Replace(command, "aws ", aws+" --endpoint-url http://127.0.0.1:1 ", 1))
			call.Env = append(slices.DeleteFunc(call.Environ(), func(set string) bool { return strings.HasPrefix(set, "AWS_") }),
				"AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=x", "AWS_MAX_ATTEMPTS=1")
			if out, _ := call.CombinedOutput(); !strings.Contains(string(out), "Could not connect") {
				t.Errorf("%s: %s", command, out)
			}
		})
	}
}
