package sample

import (
	"strings"

	"snapshotter/internal/bedrocktest"
)

// model is a row of the table: what is said of a foundation model wherever it
// is listed, and where it is offered at the first moment.
type model struct {
	id, name   string
	modalities string // input > output
	streaming  *bool
	launched   string // start of life, "" where the service doesn't say
	offered    offer
}

// offer names the regions that list a model, by the way they let it be called.
// A region may be named under several.
type offer struct {
	onDemand    string
	profile     string
	provisioned string
	listed      string // in no way at all
}

// Whether responses can be streamed.
var (
	yes    = new(true)
	no     = new(false)
	unsaid *bool
)

// providers is the table of foundation models, by provider. Names, ids,
// modalities and dates are those that Amazon Bedrock publishes.
var providers = []struct {
	name   string
	models []model
}{
	{"AI21 Labs", []model{
		{"ai21.jamba-1-5-large-v1:0", "Jamba 1.5 Large", "TEXT > TEXT", yes, "2024-09-23T08:00:00Z", offer{onDemand: "us-east-1"}},
		{"ai21.jamba-1-5-mini-v1:0", "Jamba 1.5 Mini", "TEXT > TEXT", yes, "2024-09-23T08:00:00Z", offer{onDemand: "us-east-1"}},
	}},
	{"Amazon", []model{
		{"amazon.nova-2-lite-v1:0", "Nova 2 Lite", "TEXT IMAGE VIDEO > TEXT", yes, "2025-12-02T08:00:00Z", offer{profile: usFour + " ca-central-1 " + euFive + " " + apFive}},
		{"amazon.nova-2-lite-v1:0:256k", "Nova 2 Lite", "TEXT IMAGE VIDEO > TEXT", yes, "2025-12-02T08:00:00Z", offer{provisioned: "us-east-1"}},
		{"amazon.nova-2-multimodal-embeddings-v1:0", "Amazon Nova Multimodal Embeddings", "TEXT IMAGE AUDIO VIDEO > EMBEDDING", no, "2025-10-28T17:00:00Z", offer{onDemand: "us-east-1"}},
		{"amazon.nova-2-sonic-v1:0", "Nova 2 Sonic", "SPEECH > SPEECH TEXT", yes, "2025-12-02T18:00:00Z", offer{onDemand: usTwo + " eu-north-1 ap-northeast-1"}},
		{"amazon.nova-canvas-v1:0", "Nova Canvas", "TEXT IMAGE > IMAGE", no, "2024-12-03T08:00:00Z", offer{onDemand: "us-east-1 eu-west-1 ap-northeast-1"}},
		{"amazon.nova-lite-v1:0", "Nova Lite", "TEXT IMAGE VIDEO > TEXT", yes, "2024-12-03T08:00:00Z", offer{onDemand: "us-east-1 eu-west-2", profile: usFour + " ca-central-1 " + euFour + " " + apFive}},
		{"amazon.nova-lite-v1:0:300k", "Nova Lite", "TEXT IMAGE VIDEO > TEXT", yes, "2024-12-03T08:00:00Z", offer{provisioned: "us-east-1"}},
		{"amazon.nova-micro-v1:0", "Nova Micro", "TEXT > TEXT", yes, "2024-12-03T08:00:00Z", offer{onDemand: "us-east-1 eu-west-2", profile: usThree + " " + euFour + " " + apFive}},
		{"amazon.nova-micro-v1:0:128k", "Nova Micro", "TEXT > TEXT", yes, "2024-12-03T08:00:00Z", offer{provisioned: "us-east-1"}},
		{"amazon.nova-premier-v1:0", "Nova Premier", "TEXT IMAGE VIDEO > TEXT", yes, "2025-04-30T08:00:00Z", offer{profile: usThree}},
		{"amazon.nova-pro-v1:0", "Nova Pro", "TEXT IMAGE VIDEO > TEXT", yes, "2024-12-03T08:00:00Z", offer{onDemand: "us-east-1 eu-west-2", profile: usFour + " " + euFour + " " + apFive}},
		{"amazon.nova-pro-v1:0:300k", "Nova Pro", "TEXT IMAGE VIDEO > TEXT", yes, "2024-12-03T08:00:00Z", offer{provisioned: "us-east-1"}},
		{"amazon.nova-reel-v1:0", "Nova Reel", "TEXT IMAGE > VIDEO", no, "2024-12-03T08:00:00Z", offer{onDemand: "us-east-1 eu-west-1 ap-northeast-1"}},
		{"amazon.nova-reel-v1:1", "Nova Reel", "TEXT IMAGE > VIDEO", no, "2024-12-03T08:00:00Z", offer{onDemand: "us-east-1"}},
		{"amazon.nova-sonic-v1:0", "Nova Sonic", "SPEECH > SPEECH TEXT", yes, "2025-04-08T08:00:00Z", offer{onDemand: "us-east-1 eu-north-1 ap-northeast-1"}},
		{"amazon.rerank-v1:0", "Rerank 1.0", "TEXT > TEXT", no, "2025-04-03T08:00:00Z", offer{onDemand: "us-west-2 ca-central-1 eu-central-1 ap-northeast-1"}},
		{"amazon.titan-embed-image-v1", "Titan Multimodal Embeddings G1", "TEXT IMAGE > EMBEDDING", unsaid, "2023-11-29T08:00:00Z", offer{onDemand: embedding}},
		{"amazon.titan-embed-image-v1:0", "Titan Multimodal Embeddings G1", "TEXT IMAGE > EMBEDDING", unsaid, "2023-11-29T08:00:00Z", offer{provisioned: embedding}},
		{"amazon.titan-embed-text-v1", "Titan Embeddings G1 - Text", "TEXT > EMBEDDING", no, "2025-04-03T08:00:00Z", offer{onDemand: usTwo + " eu-central-1 ap-northeast-1"}},
		{"amazon.titan-embed-text-v2:0", "Titan Text Embeddings V2", "TEXT > EMBEDDING", no, "2024-04-30T08:00:00Z", offer{onDemand: usThree + " ca-central-1 sa-east-1 " + euFive + " " + japan + " ap-northeast-2 ap-south-1 ap-southeast-2"}},
		{"amazon.titan-image-generator-v2:0", "Titan Image Generator G1 v2", "TEXT IMAGE > IMAGE", unsaid, "2024-08-06T08:00:00Z", offer{onDemand: usTwo, provisioned: usTwo}},
	}},
	{"Anthropic", []model{
		{"anthropic.claude-3-haiku-20240307-v1:0", "Claude 3 Haiku", "TEXT IMAGE > TEXT", yes, "2024-03-13T08:00:00Z", offer{onDemand: usTwo + " ca-central-1 sa-east-1 " + euThree + " eu-west-2 " + apFive, profile: "us-east-2"}},
		{"anthropic.claude-3-haiku-20240307-v1:0:48k", "Claude 3 Haiku", "TEXT IMAGE > TEXT", yes, "2024-03-13T08:00:00Z", offer{provisioned: usTwo + " eu-west-1 eu-west-3 ap-south-1 ap-southeast-2"}},
		{"anthropic.claude-3-haiku-20240307-v1:0:200k", "Claude 3 Haiku", "TEXT IMAGE > TEXT", yes, "2024-03-13T08:00:00Z", offer{provisioned: usThree + " eu-west-3 ap-northeast-2 ap-southeast-2"}},
		{"anthropic.claude-3-opus-20240229-v1:0", "Claude 3 Opus", "TEXT IMAGE > TEXT", yes, "2024-04-16T08:00:00Z", offer{profile: usTwo}},
		{"anthropic.claude-3-sonnet-20240229-v1:0", "Claude 3 Sonnet", "TEXT IMAGE > TEXT", yes, "2024-03-04T08:00:00Z", offer{onDemand: usTwo + " ca-central-1 sa-east-1 eu-west-1 eu-west-2 eu-west-3 " + apFive}},
		{"anthropic.claude-3-5-haiku-20241022-v1:0", "Claude 3.5 Haiku", "TEXT > TEXT", yes, "2024-11-04T08:00:00Z", offer{profile: usThree}},
		{"anthropic.claude-3-5-sonnet-20240620-v1:0", "Claude 3.5 Sonnet", "TEXT IMAGE > TEXT", yes, "2024-06-20T08:00:00Z", offer{profile: apFive}},
		{"anthropic.claude-3-5-sonnet-20241022-v2:0", "Claude 3.5 Sonnet v2", "TEXT IMAGE > TEXT", yes, "2024-10-22T08:00:00Z", offer{profile: apSix}},
		{"anthropic.claude-3-7-sonnet-20250219-v1:0", "Claude 3.7 Sonnet", "TEXT IMAGE > TEXT", yes, "2025-02-19T08:00:00Z", offer{onDemand: "eu-west-2", profile: usThree + " " + euFour + " " + apSix}},
		{"anthropic.claude-haiku-4-5-20251001-v1:0", "Claude Haiku 4.5", "TEXT IMAGE > TEXT", yes, "2025-10-15T17:00:00Z", offer{profile: everywhere}},
		{"anthropic.claude-opus-4-20250514-v1:0", "Claude Opus 4", "TEXT IMAGE > TEXT", yes, "2025-05-22T08:00:00Z", offer{profile: usThree}},
		{"anthropic.claude-opus-4-1-20250805-v1:0", "Claude Opus 4.1", "TEXT IMAGE > TEXT", yes, "", offer{profile: usThree}},
		{"anthropic.claude-opus-4-5-20251101-v1:0", "Claude Opus 4.5", "TEXT IMAGE > TEXT", yes, "2025-11-24T00:00:00Z", offer{profile: everywhere}},
		{"anthropic.claude-opus-4-6-v1", "Claude Opus 4.6", "TEXT IMAGE > TEXT", yes, "2026-02-05T18:00:00Z", offer{profile: everywhere}},
		{"anthropic.claude-opus-4-7", "Claude Opus 4.7", "TEXT IMAGE > TEXT", yes, "2026-04-16T14:30:00Z", offer{}}, // to come
		{"anthropic.claude-sonnet-4-20250514-v1:0", "Claude Sonnet 4", "TEXT IMAGE > TEXT", yes, "2025-05-22T08:00:00Z", offer{profile: usFour + " " + euFour + " " + apSix}},
		{"anthropic.claude-sonnet-4-5-20250929-v1:0", "Claude Sonnet 4.5", "TEXT IMAGE > TEXT", yes, "2025-09-29T00:00:00Z", offer{profile: everywhere}},
		{"anthropic.claude-sonnet-4-6", "Claude Sonnet 4.6", "TEXT IMAGE > TEXT", yes, "2026-02-17T18:00:00Z", offer{profile: everywhere}},
	}},
	{"Cohere", []model{
		{"cohere.command-r-plus-v1:0", "Command R+", "TEXT > TEXT", yes, "2024-04-30T08:00:00Z", offer{onDemand: usTwo}},
		{"cohere.command-r-v1:0", "Command R", "TEXT > TEXT", yes, "2024-04-30T08:00:00Z", offer{onDemand: usTwo}},
		{"cohere.embed-english-v3", "Embed English", "TEXT > EMBEDDING", no, "2025-01-24T08:00:00Z", offer{onDemand: embedding + " ap-northeast-1 ap-southeast-1"}},
		{"cohere.embed-english-v3:0:512", "Embed English", "TEXT > EMBEDDING", no, "2025-01-24T08:00:00Z", offer{provisioned: usTwo + " ca-central-1 sa-east-1 eu-west-2"}},
		{"cohere.embed-multilingual-v3", "Embed Multilingual", "TEXT > EMBEDDING", no, "2025-01-24T08:00:00Z", offer{onDemand: embedding + " ap-northeast-1 ap-southeast-1"}},
		{"cohere.embed-v4:0", "Embed v4", "TEXT IMAGE > EMBEDDING", no, "2025-10-02T00:00:00Z", offer{profile: everywhere}},
		{"cohere.rerank-v3-5:0", "Rerank 3.5", "TEXT > TEXT", no, "2024-12-01T08:00:00Z", offer{onDemand: usTwo + " ca-central-1 eu-central-1 ap-northeast-1"}},
	}},
	{"DeepSeek", []model{
		{"deepseek.r1-v1:0", "DeepSeek-R1", "TEXT > TEXT", yes, "2025-03-10T08:00:00Z", offer{profile: usThree}},
		{"deepseek.v3-v1:0", "DeepSeek-V3.1", "TEXT > TEXT", yes, "2025-09-15T00:00:00Z", offer{onDemand: "us-east-2 us-west-2 eu-north-1 eu-west-2 ap-northeast-1 ap-south-1 ap-southeast-2"}},
		{"deepseek.v3.2", "DeepSeek V3.2", "TEXT > TEXT", yes, "2026-02-06T18:00:00Z", offer{onDemand: openNorth}},
	}},
	{"Google", []model{
		{"google.gemma-3-4b-it", "Gemma 3 4B IT", "TEXT IMAGE > TEXT", yes, "2025-12-02T00:00:00Z", offer{onDemand: openNine}},
		{"google.gemma-3-12b-it", "Gemma 3 12B IT", "TEXT IMAGE > TEXT", yes, "2025-12-02T00:00:00Z", offer{onDemand: openNine}},
		{"google.gemma-3-27b-it", "Gemma 3 27B PT", "TEXT IMAGE > TEXT", yes, "2025-12-02T00:00:00Z", offer{onDemand: openNine}},
	}},
	{"Luma AI", []model{
		{"luma.ray-v2:0", "Ray v2", "TEXT > VIDEO", no, "2025-01-23T08:00:00Z", offer{onDemand: "us-west-2"}},
	}},
	{"Meta", []model{
		{"meta.llama3-8b-instruct-v1:0", "Llama 3 8B Instruct", "TEXT > TEXT", yes, "2024-04-23T08:00:00Z", offer{onDemand: usTwo + " ca-central-1 eu-west-2 ap-south-1"}},
		{"meta.llama3-70b-instruct-v1:0", "Llama 3 70B Instruct", "TEXT > TEXT", yes, "2024-04-23T08:00:00Z", offer{onDemand: usTwo + " ca-central-1 eu-west-2 ap-south-1"}},
		{"meta.llama3-1-8b-instruct-v1:0", "Llama 3.1 8B Instruct", "TEXT > TEXT", yes, "2024-07-23T08:00:00Z", offer{profile: usThree}},
		{"meta.llama3-1-70b-instruct-v1:0", "Llama 3.1 70B Instruct", "TEXT > TEXT", yes, "2024-07-23T08:00:00Z", offer{profile: usThree}},
		{"meta.llama3-1-405b-instruct-v1:0", "Llama 3.1 405B Instruct", "TEXT > TEXT", yes, "", offer{onDemand: "us-west-2", profile: "us-east-2"}},
		{"meta.llama3-2-1b-instruct-v1:0", "Llama 3.2 1B Instruct", "TEXT > TEXT", yes, "2024-09-25T08:00:00Z", offer{profile: usThree + " " + euThree}},
		{"meta.llama3-2-3b-instruct-v1:0", "Llama 3.2 3B Instruct", "TEXT > TEXT", yes, "2024-09-25T08:00:00Z", offer{profile: usThree + " " + euThree}},
		{"meta.llama3-2-11b-instruct-v1:0", "Llama 3.2 11B Instruct", "TEXT IMAGE > TEXT", yes, "2024-09-25T08:00:00Z", offer{profile: usThree}},
		{"meta.llama3-2-90b-instruct-v1:0", "Llama 3.2 90B Instruct", "TEXT IMAGE > TEXT", yes, "2024-09-25T08:00:00Z", offer{profile: usThree}},
		{"meta.llama3-3-70b-instruct-v1:0", "Llama 3.3 70B Instruct", "TEXT > TEXT", yes, "2024-12-19T08:00:00Z", offer{profile: usThree}},
		{"meta.llama3-3-70b-instruct-v1:0:128k", "Llama 3.3 70B Instruct", "TEXT > TEXT", yes, "2024-12-19T08:00:00Z", offer{listed: "us-west-2"}},
		{"meta.llama4-maverick-17b-instruct-v1:0", "Llama 4 Maverick 17B Instruct", "TEXT IMAGE > TEXT", yes, "2025-04-28T08:00:00Z", offer{profile: usFour}},
		{"meta.llama4-scout-17b-instruct-v1:0", "Llama 4 Scout 17B Instruct", "TEXT IMAGE > TEXT", yes, "2025-04-28T08:00:00Z", offer{profile: usFour}},
	}},
	{"MiniMax", []model{
		{"minimax.minimax-m2", "MiniMax M2", "TEXT > TEXT", yes, "2025-12-02T00:00:00Z", offer{onDemand: openNine}},
		{"minimax.minimax-m2.1", "MiniMax M2.1", "TEXT > TEXT", yes, "2026-02-06T18:00:00Z", offer{onDemand: openEleven}},
		{"minimax.minimax-m2.5", "MiniMax M2.5", "TEXT > TEXT", yes, "2026-03-18T17:00:00Z", offer{onDemand: openEleven}},
	}},
	{"Mistral AI", []model{
		{"mistral.devstral-2-123b", "Devstral 2 123B", "TEXT > TEXT", yes, "2026-02-17T18:00:00Z", offer{onDemand: openEleven}},
		{"mistral.magistral-small-2509", "Magistral Small 2509", "TEXT IMAGE > TEXT", yes, "2025-12-02T00:00:00Z", offer{onDemand: openNine}},
		{"mistral.ministral-3-3b-instruct", "Ministral 3B", "TEXT IMAGE > TEXT", yes, "2025-12-02T00:00:00Z", offer{onDemand: openNine}},
		{"mistral.ministral-3-8b-instruct", "Ministral 3 8B", "TEXT IMAGE > TEXT", yes, "2025-12-02T00:00:00Z", offer{onDemand: openNine}},
		{"mistral.ministral-3-14b-instruct", "Ministral 14B 3.0", "TEXT IMAGE > TEXT", yes, "2025-12-02T00:00:00Z", offer{onDemand: openNine}},
		{"mistral.mistral-7b-instruct-v0:2", "Mistral 7B Instruct", "TEXT > TEXT", yes, "2024-03-01T08:00:00Z", offer{onDemand: olderMistral}},
		{"mistral.mistral-large-2402-v1:0", "Mistral Large (24.02)", "TEXT > TEXT", yes, "2024-04-03T08:00:00Z", offer{onDemand: olderMistral}},
		{"mistral.mistral-large-3-675b-instruct", "Mistral Large 3", "TEXT IMAGE > TEXT", yes, "2025-12-02T00:00:00Z", offer{onDemand: openSeven}},
		{"mistral.pixtral-large-2502-v1:0", "Pixtral Large (25.02)", "TEXT IMAGE > TEXT", yes, "2025-04-08T08:00:00Z", offer{profile: usThree + " " + euFour}},
		{"mistral.voxtral-mini-3b-2507", "Voxtral Mini 3B 2507", "SPEECH TEXT > TEXT", yes, "2025-12-02T00:00:00Z", offer{onDemand: openNine}},
		{"mistral.voxtral-small-24b-2507", "Voxtral Small 24B 2507", "SPEECH TEXT > TEXT", yes, "2025-12-02T00:00:00Z", offer{onDemand: openNine}},
	}},
	{"Moonshot AI", []model{
		{"moonshot.kimi-k2-thinking", "Kimi K2 Thinking", "TEXT > TEXT", yes, "2025-12-02T00:00:00Z", offer{onDemand: openSeven}},
		{"moonshotai.kimi-k2.5", "Kimi K2.5", "TEXT IMAGE > TEXT", yes, "2026-02-06T18:00:00Z", offer{onDemand: openNorth}},
	}},
	{"NVIDIA", []model{
		{"nvidia.nemotron-nano-9b-v2", "NVIDIA Nemotron Nano 9B v2", "TEXT > TEXT", yes, "2025-12-02T00:00:00Z", offer{onDemand: openNine}},
		{"nvidia.nemotron-nano-12b-v2", "NVIDIA Nemotron Nano 12B v2 VL BF16", "TEXT IMAGE > TEXT", yes, "2025-12-02T00:00:00Z", offer{onDemand: openNine}},
		{"nvidia.nemotron-nano-3-30b", "Nemotron Nano 3 30B", "TEXT > TEXT", yes, "2025-12-23T00:00:00Z", offer{onDemand: openNine}},
		{"nvidia.nemotron-super-3-120b", "NVIDIA Nemotron 3 Super 120B A12B", "TEXT > TEXT", yes, "2026-03-18T17:00:00Z", offer{onDemand: openEleven}},
	}},
	{"OpenAI", []model{
		{"openai.gpt-oss-20b-1:0", "gpt-oss-20b", "TEXT > TEXT", yes, "", offer{onDemand: openEleven}},
		{"openai.gpt-oss-120b-1:0", "gpt-oss-120b", "TEXT > TEXT", yes, "", offer{onDemand: openEleven}},
		{"openai.gpt-oss-safeguard-20b", "GPT OSS Safeguard 20B", "TEXT > TEXT", yes, "2025-12-02T00:00:00Z", offer{onDemand: openNine}},
		{"openai.gpt-oss-safeguard-120b", "GPT OSS Safeguard 120B", "TEXT > TEXT", yes, "2025-12-02T00:00:00Z", offer{onDemand: openNine}},
	}},
	{"Qwen", []model{
		{"qwen.qwen3-32b-v1:0", "Qwen3 32B (dense)", "TEXT > TEXT", yes, "2025-09-15T00:00:00Z", offer{onDemand: openEleven}},
		{"qwen.qwen3-235b-a22b-2507-v1:0", "Qwen3 235B A22B 2507", "TEXT > TEXT", yes, "2025-09-15T00:00:00Z", offer{onDemand: "us-east-2 us-west-2 eu-central-1 eu-north-1 eu-west-2 ap-northeast-1 ap-south-1 ap-southeast-2"}},
		{"qwen.qwen3-coder-30b-a3b-v1:0", "Qwen3-Coder-30B-A3B-Instruct", "TEXT > TEXT", yes, "2025-09-15T00:00:00Z", offer{onDemand: openEleven}},
		{"qwen.qwen3-coder-480b-a35b-v1:0", "Qwen3 Coder 480B A35B Instruct", "TEXT > TEXT", yes, "2025-09-15T00:00:00Z", offer{onDemand: "us-east-2 us-west-2 eu-north-1 eu-west-2 ap-northeast-1 ap-south-1 ap-southeast-2"}},
		{"qwen.qwen3-coder-next", "Qwen3 Coder Next", "TEXT > TEXT", yes, "2026-02-06T18:00:00Z", offer{onDemand: "us-east-1 eu-west-2 ap-southeast-2"}},
		{"qwen.qwen3-next-80b-a3b", "Qwen3 Next 80B A3B", "TEXT > TEXT", yes, "2025-12-02T00:00:00Z", offer{onDemand: openNine}},
		{"qwen.qwen3-vl-235b-a22b", "Qwen3 VL 235B A22B", "TEXT IMAGE > TEXT", yes, "2025-12-02T00:00:00Z", offer{onDemand: openNine}},
	}},
	{"Stability AI", []model{
		{"stability.sd3-5-large-v1:0", "Stable Diffusion 3.5 Large", "TEXT IMAGE > IMAGE", unsaid, "2024-12-12T08:00:00Z", offer{onDemand: "us-west-2"}},
		{"stability.stable-image-core-v1:1", "Stable Image Core 1.0", "TEXT > IMAGE", unsaid, "2024-12-12T08:00:00Z", offer{onDemand: "us-west-2"}},
		{"stability.stable-image-inpaint-v1:0", "Stable Image Inpaint", "TEXT IMAGE > IMAGE", no, "2025-09-03T17:00:00Z", offer{profile: usThree}},
		{"stability.stable-outpaint-v1:0", "Stable Image Outpaint", "TEXT IMAGE > IMAGE", no, "2025-09-03T17:00:00Z", offer{profile: usThree}},
		{"stability.stable-style-transfer-v1:0", "Stable Image Style Transfer", "TEXT IMAGE > IMAGE", no, "2025-09-03T17:00:00Z", offer{profile: usThree}},
	}},
	{"TwelveLabs", []model{
		{"twelvelabs.marengo-embed-2-7-v1:0", "Marengo Embed v2.7", "TEXT IMAGE SPEECH VIDEO > EMBEDDING", no, "", offer{profile: "us-east-1 eu-west-1 ap-northeast-2"}},
		{"twelvelabs.marengo-embed-3-0-v1:0", "Marengo Embed 3.0", "TEXT IMAGE SPEECH VIDEO > EMBEDDING", no, "2025-10-28T21:41:50Z", offer{onDemand: "ap-northeast-2", profile: "us-east-1 eu-west-1"}},
		{"twelvelabs.pegasus-1-2-v1:0", "Pegasus v1.2", "TEXT VIDEO > TEXT", yes, "2025-10-31T00:00:00Z", offer{profile: everywhere}},
	}},
	{"Writer", []model{
		{"writer.palmyra-vision-7b", "Writer Palmyra Vision 7B", "TEXT IMAGE > TEXT", yes, "2026-03-20T17:00:00Z", offer{onDemand: usThree}},
		{"writer.palmyra-x4-v1:0", "Palmyra X4", "TEXT > TEXT", yes, "2025-11-21T18:00:00Z", offer{profile: usFour}},
		{"writer.palmyra-x5-v1:0", "Palmyra X5", "TEXT > TEXT", yes, "2025-11-21T18:00:00Z", offer{profile: usFour}},
	}},
	{"Z.AI", []model{
		{"zai.glm-4.7", "GLM 4.7", "TEXT > TEXT", yes, "2026-02-06T18:00:00Z", offer{onDemand: openNorth}},
		{"zai.glm-4.7-flash", "GLM 4.7 Flash", "TEXT > TEXT", yes, "2026-02-06T18:00:00Z", offer{onDemand: openEleven}},
		{"zai.glm-5", "GLM 5", "TEXT > TEXT", yes, "2026-03-18T17:00:00Z", offer{onDemand: openNorth}},
	}},
}

// summary returns the provider's model, with no way to call it yet.
func (m model) summary(provider string) bedrocktest.Model {
	in, out, _ := strings.Cut(m.modalities, ">")
	return bedrocktest.Model{
		ID:             m.id,
		Name:           m.name,
		Provider:       provider,
		Input:          strings.Fields(in),
		Output:         strings.Fields(out),
		Streaming:      m.streaming,
		Customizations: strings.Fields(customizations[m.id]),
		InferenceTypes: []string{},
		Lifecycle:      bedrocktest.Lifecycle{Status: "ACTIVE", StartOfLife: m.launched},
	}
}

// customizations are the ways to tune a model, of the few that can be.
var customizations = map[string]string{
	"amazon.nova-2-lite-v1:0:256k":         "FINE_TUNING",
	"amazon.nova-lite-v1:0:300k":           "FINE_TUNING DISTILLATION",
	"amazon.nova-micro-v1:0:128k":          "FINE_TUNING DISTILLATION",
	"amazon.nova-pro-v1:0:300k":            "FINE_TUNING DISTILLATION",
	"amazon.titan-image-generator-v2:0":    "FINE_TUNING",
	"meta.llama3-3-70b-instruct-v1:0:128k": "FINE_TUNING DISTILLATION",
}

// retirement is when a model becomes legacy, may cost more, and ends.
type retirement struct {
	id                    string
	regions               string // "" is wherever it is listed
	legacy, extended, end string
}

// retirements are those known at the first moment. Models without one are
// active.
var retirements = []retirement{
	{"amazon.nova-premier-v1:0", "", "2026-03-13T07:00:00Z", "", "2026-09-14T07:00:00Z"},
	{"amazon.nova-reel-v1:1", "", "2026-03-30T08:00:00Z", "", "2026-09-30T08:00:00Z"},
	{"amazon.nova-sonic-v1:0", "", "2026-03-13T07:00:00Z", "", "2026-09-14T07:00:00Z"},
	{"amazon.titan-image-generator-v2:0", "", "2025-12-30T08:00:00Z", "", "2026-06-30T08:00:00Z"},
	{"anthropic.claude-3-haiku-20240307-v1:0", usThree, "2026-03-10T08:00:00Z", "2026-06-10T08:00:00Z", "2026-09-10T08:00:00Z"},
	{"anthropic.claude-3-haiku-20240307-v1:0:200k", "", "2026-03-10T08:00:00Z", "2026-06-10T08:00:00Z", "2026-09-10T08:00:00Z"},
	{"anthropic.claude-3-5-haiku-20241022-v1:0", "", "2025-12-19T08:00:00Z", "2026-03-19T08:00:00Z", "2026-06-19T08:00:00Z"},
	{"anthropic.claude-3-7-sonnet-20250219-v1:0", endOfSonnet37, "2025-10-28T08:00:00Z", "", "2026-04-28T08:00:00Z"},
	{"anthropic.claude-opus-4-20250514-v1:0", "", "2025-10-01T08:00:00Z", "2026-03-01T08:00:00Z", "2026-05-31T08:00:00Z"},
	{"cohere.command-r-plus-v1:0", "", "2026-02-19T08:00:00Z", "2026-05-19T08:00:00Z", "2026-08-19T08:00:00Z"},
	{"cohere.command-r-v1:0", "", "2026-02-19T08:00:00Z", "2026-05-19T08:00:00Z", "2026-08-19T08:00:00Z"},
	{"meta.llama3-1-405b-instruct-v1:0", "", "2026-01-07T08:00:00Z", "2026-04-07T08:00:00Z", "2026-07-07T08:00:00Z"},
	{"meta.llama3-2-1b-instruct-v1:0", "", "2026-01-07T08:00:00Z", "2026-04-07T08:00:00Z", "2026-07-07T08:00:00Z"},
	{"meta.llama3-2-3b-instruct-v1:0", "", "2026-01-07T08:00:00Z", "2026-04-07T08:00:00Z", "2026-07-07T08:00:00Z"},
	{"meta.llama3-2-11b-instruct-v1:0", "", "2026-01-07T08:00:00Z", "2026-04-07T08:00:00Z", "2026-07-07T08:00:00Z"},
	{"meta.llama3-2-90b-instruct-v1:0", "", "2026-01-07T08:00:00Z", "2026-04-07T08:00:00Z", "2026-07-07T08:00:00Z"},
	{"twelvelabs.marengo-embed-2-7-v1:0", "", "2026-03-31T08:00:00Z", "2026-06-30T08:00:00Z", "2026-11-30T08:00:00Z"},
}
