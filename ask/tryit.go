package ask

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/catalog"
)

// TryIt returns an AWS CLI command that calls the model from a region, or why there
// is none. The Converse API serves models that take and stream text, but no speech;
// the others need what their families document.
// https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html
func (w Whereabouts) TryIt(at Stand) (command, reason string) {
	id := at.nearestID()
	invoke, async := startsWith(bodies, w.ID), startsWith(inputs, w.ID)
	call := " --region " + at.Region + " --model-id " + id
	switch {
	case !ShellSafe(id) || !ShellSafe(at.Region):
		return "", "No command is shown, because the ID has characters that are not safe in a shell."
	case strings.Contains(w.ID, ".rerank-"):
		return rerank(at.Region, id), ""
	case invoke != "":
		return "aws bedrock-runtime invoke-model" + call + " --cli-binary-format raw-in-base64-out --body '" + invoke + "' /dev/stdout", ""
	case async != "":
		return "aws bedrock-runtime start-async-invoke" + call + " --model-input '" + async +
			`' --output-data-config '{"s3OutputDataConfig":{"s3Uri":"s3://your-bucket"}}'`, ""
	case slices.Contains(w.Output, "SPEECH"):
		return "", "The model converses in speech, over a stream in both directions (InvokeModelWithBidirectionalStream), which the AWS CLI cannot open: pass the ID to an SDK."
	case w.converses():
		return "aws bedrock-runtime converse" + call + ` --messages '[{"role":"user","content":[{"text":"Hello"}]}]'`, ""
	case slices.Contains(w.Output, "VIDEO"):
		return "", "The model answers with VIDEO: pass the ID to start-async-invoke, with the input that its provider documents."
	}
	return "", fmt.Sprintf("The model answers with %s and not in a conversation: pass the ID to invoke-model, with the body that its provider documents.",
		strings.Join(w.Output, ", "))
}

// converses reports whether the model takes part in conversations, by what is listed;
// of one that says nothing, it is what most models do.
func (w Whereabouts) converses() bool {
	if len(w.Output) == 0 {
		return true
	}
	takesText := len(w.Input) == 0 || slices.Contains(w.Input, "TEXT")
	return takesText && slices.Contains(w.Output, "TEXT") && w.Streaming != nil && *w.Streaming && !strings.HasPrefix(w.ID, onInvokeAlone)
}

// onInvokeAlone begins the IDs of models that stream text and that Converse does not
// serve, because each call needs a video.
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-pegasus.html
const onInvokeAlone = "twelvelabs.pegasus"

// rerank is the command for a model that orders documents, which has an API of its own.
// https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-use.html
func rerank(region, id string) string {
	arn := (&catalog.FoundationModel{ID: id}).ARN(region)
	return "aws bedrock-agent-runtime rerank --region " + region +
		` --queries '[{"type":"TEXT","textQuery":{"text":"Hello"}}]'` +
		` --sources '[{"type":"INLINE","inlineDocumentSource":{"type":"TEXT","textDocument":{"text":"Hello, world"}}}]'` +
		` --reranking-configuration '{"type":"BEDROCK_RERANKING_MODEL","bedrockRerankingConfiguration":{"modelConfiguration":{"modelArn":"` + arn + `"}}}'`
}

// bodies are what invoke-model takes, by how the IDs of a family begin.
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
var bodies = []familyInput{
	{"amazon.nova-canvas", `{"taskType":"TEXT_IMAGE","textToImageParams":{"text":"A cat"}}`},
	{"amazon.titan-embed-", `{"inputText":"Hello"}`},
	{"amazon.titan-image-generator", `{"taskType":"TEXT_IMAGE","textToImageParams":{"text":"A cat"}}`},
	{"cohere.embed", `{"texts":["Hello"],"input_type":"search_document"}`},
	{"stability.sd3", `{"prompt":"A cat"}`},
	{"stability.stable-image-core", `{"prompt":"A cat"}`},
	{"stability.stable-image-ultra", `{"prompt":"A cat"}`},
}

// inputs are what start-async-invoke takes, which writes a video to a bucket.
// https://docs.aws.amazon.com/nova/latest/userguide/video-gen-access.html
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-luma.html
var inputs = []familyInput{
	{"amazon.nova-reel", `{"taskType":"TEXT_VIDEO","textToVideoParams":{"text":"A cat"},"videoGenerationConfig":{"durationSeconds":6,"fps":24,"dimension":"1280x720"}}`},
	{"luma.ray", `{"prompt":"A cat"}`},
}

type familyInput struct{ prefix, input string }

// startsWith returns the input of the family of an ID, "" if it has none.
func startsWith(families []familyInput, id string) string {
	for _, f := range families {
		if strings.HasPrefix(id, f.prefix) {
			return f.input
		}
	}
	return ""
}
