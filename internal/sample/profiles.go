package sample

import (
	"slices"
	"strings"

	"snapshotter/internal/bedrocktest"
)

// routing is where the calls of a profile may run, by where they come from.
type routing struct {
	prefix string // of the profile's id
	legs   []leg
}

// leg gives a routing's destinations for the regions it is called from.
type leg struct{ from, to string }

// anywhere is the destination of a global profile.
const anywhere = ""

// The routings of one prefix differ: they grew with the models they were made
// for. A region beside the core adds itself alone.
var (
	us       = routing{"us", []leg{{usThree, usThree}, {"us-west-1", usFour}}}
	usCanada = routing{"us", []leg{{usThree, usThree}, {"us-west-1", usFour}, {"ca-central-1", usThree + " ca-central-1"}}}
	usOhio   = routing{"us", []leg{{"us-east-2", usThree}}}
	usOldest = routing{"us", []leg{{usTwo, usTwo}, {"us-east-2", usThree}}}
	usWide   = routing{"us", []leg{{"us-east-1 us-west-1", usFour}, {"us-east-2 us-west-2", usThree}}}

	ca = routing{"ca", []leg{{"ca-central-1", canada}}}

	eu       = routing{"eu", []leg{{euFour, euSix}, {"eu-west-2", euSix + " eu-west-2"}}}
	euCore   = routing{"eu", []leg{{euFour, euSix}}}
	euOlder  = routing{"eu", []leg{{euFour, euFour}}}
	euOldest = routing{"eu", []leg{{euThree, euThree}}}

	apac       = routing{"apac", []leg{{apFive, apSix}, {hongKong, apSix + " " + hongKong}}}
	apacFive   = routing{"apac", []leg{{apFive, apFive}}}
	apacSix    = routing{"apac", []leg{{apSix, apSix}}}
	apacSeven  = routing{"apac", []leg{{apSix, apSeven}}}
	apacEight  = routing{"apac", []leg{{apSix, apEight}}}
	seoulEight = routing{"apac", []leg{{"ap-northeast-2", apEight}}}
	seoulNine  = routing{"apac", []leg{{"ap-northeast-2", apNine}}}

	jp = routing{"jp", []leg{{japan, japan}}}
	au = routing{"au", []leg{{"ap-southeast-2", australia}}}

	global      = routing{"global", []leg{{everywhere + " " + hongKong, anywhere}}}
	globalFirst = routing{"global", []leg{{usThree + " eu-west-1 ap-northeast-1", anywhere}}}
)

// profile is a row of the table: the inference profiles of one model.
type profile struct {
	model   string
	label   string // what names and descriptions call the model
	created string
	via     []routing
}

// profiles is the table of inference profiles. One is listed wherever its
// routing starts and its model is listed.
var profiles = []profile{
	{"amazon.nova-2-lite-v1:0", "Amazon Nova 2 Lite", "2025-11-04T23:00:00Z", []routing{usCanada, euCore, jp, global}},
	{"amazon.nova-lite-v1:0", "Nova Lite", "2024-11-29T13:23:00Z", []routing{us, ca, euOlder, apac}},
	{"amazon.nova-micro-v1:0", "Nova Micro", "2024-11-29T13:23:00Z", []routing{us, euOlder, apac}},
	{"amazon.nova-premier-v1:0", "Nova Premier", "2025-03-23T00:00:00Z", []routing{us}},
	{"amazon.nova-pro-v1:0", "Nova Pro", "2024-11-29T13:23:00Z", []routing{us, euOlder, apac}},
	{"anthropic.claude-3-haiku-20240307-v1:0", "Anthropic Claude 3 Haiku", "2024-08-26T00:00:00Z", []routing{usOldest, euOldest, apacFive}},
	{"anthropic.claude-3-opus-20240229-v1:0", "Anthropic Claude 3 Opus", "2024-08-26T00:00:00Z", []routing{usOldest}},
	{"anthropic.claude-3-sonnet-20240229-v1:0", "Anthropic Claude 3 Sonnet", "2024-08-26T00:00:00Z", []routing{usOldest, euOldest, apacFive}},
	{"anthropic.claude-3-5-haiku-20241022-v1:0", "Anthropic Claude 3.5 Haiku", "2024-11-04T00:00:00Z", []routing{us}},
	{"anthropic.claude-3-5-sonnet-20240620-v1:0", "Anthropic Claude 3.5 Sonnet", "2024-09-09T00:00:00Z", []routing{apacFive}},
	{"anthropic.claude-3-5-sonnet-20241022-v2:0", "Anthropic Claude 3.5 Sonnet v2", "2024-12-02T00:00:00Z", []routing{apacSix}},
	{"anthropic.claude-3-7-sonnet-20250219-v1:0", "Anthropic Claude 3.7 Sonnet", "2025-02-19T00:00:00Z", []routing{us, euOlder, apacSeven}},
	{"anthropic.claude-haiku-4-5-20251001-v1:0", "Anthropic Claude Haiku 4.5", "2025-10-13T23:00:00Z", []routing{usCanada, eu, jp, au, global}},
	{"anthropic.claude-opus-4-20250514-v1:0", "Claude Opus 4", "2025-05-20T00:00:00Z", []routing{us}},
	{"anthropic.claude-opus-4-1-20250805-v1:0", "Claude Opus 4.1", "2025-08-05T00:00:00Z", []routing{us}},
	{"anthropic.claude-opus-4-5-20251101-v1:0", "Anthropic Claude Opus 4.5", "2025-11-22T20:00:00Z", []routing{usCanada, eu, global}},
	{"anthropic.claude-opus-4-6-v1", "Anthropic Claude Opus 4.6", "2026-02-05T01:00:00Z", []routing{usCanada, eu, au, global}},
	{"anthropic.claude-opus-4-7", "Anthropic Claude Opus 4.7", "2026-04-15T23:00:00Z", []routing{usCanada, eu, jp, global}},
	{"anthropic.claude-sonnet-4-20250514-v1:0", "Claude Sonnet 4", "2025-05-20T00:00:00Z", []routing{us, euCore, apacEight, globalFirst}},
	{"anthropic.claude-sonnet-4-5-20250929-v1:0", "Anthropic Claude Sonnet 4.5", "2025-09-27T02:00:00Z", []routing{usCanada, eu, jp, au, global}},
	{"anthropic.claude-sonnet-4-6", "Anthropic Claude Sonnet 4.6", "2026-02-13T21:00:00Z", []routing{usCanada, eu, jp, au, global}},
	{"cohere.embed-v4:0", "Cohere Embed v4", "2025-10-01T01:00:00Z", []routing{us, eu, global}},
	{"deepseek.r1-v1:0", "DeepSeek-R1", "2025-03-10T00:00:00Z", []routing{us}},
	{"meta.llama3-1-8b-instruct-v1:0", "Meta Llama 3.1 8B Instruct", "2024-09-25T00:00:00Z", []routing{us}},
	{"meta.llama3-1-70b-instruct-v1:0", "Meta Llama 3.1 70B Instruct", "2024-09-25T00:00:00Z", []routing{us}},
	{"meta.llama3-1-405b-instruct-v1:0", "Meta Llama 3.1 Instruct 405B", "2024-12-02T00:00:00Z", []routing{usOhio}},
	{"meta.llama3-2-1b-instruct-v1:0", "Meta Llama 3.2 1B Instruct", "2024-09-25T00:00:00Z", []routing{usOldest, euOldest}},
	{"meta.llama3-2-3b-instruct-v1:0", "Meta Llama 3.2 3B Instruct", "2024-09-25T00:00:00Z", []routing{usOldest, euOldest}},
	{"meta.llama3-2-11b-instruct-v1:0", "Meta Llama 3.2 11B Instruct", "2024-09-25T00:00:00Z", []routing{usOldest}},
	{"meta.llama3-2-90b-instruct-v1:0", "Meta Llama 3.2 90B Instruct", "2024-09-25T00:00:00Z", []routing{usOldest}},
	{"meta.llama3-3-70b-instruct-v1:0", "Meta Llama 3.3 70B Instruct", "2024-12-19T00:00:00Z", []routing{us}},
	{"meta.llama4-maverick-17b-instruct-v1:0", "Llama 4 Maverick 17B Instruct", "2025-04-28T00:00:00Z", []routing{us}},
	{"meta.llama4-scout-17b-instruct-v1:0", "Llama 4 Scout 17B Instruct", "2025-04-28T00:00:00Z", []routing{us}},
	{"mistral.pixtral-large-2502-v1:0", "Mistral Pixtral Large 25.02", "2025-04-08T00:00:00Z", []routing{us, euOlder}},
	{"stability.stable-image-inpaint-v1:0", "Stable Image Inpaint", "2025-09-03T17:00:00Z", []routing{us}},
	{"stability.stable-outpaint-v1:0", "Stable Image Outpaint", "2025-09-03T17:00:00Z", []routing{us}},
	{"stability.stable-style-transfer-v1:0", "Stable Image Style Transfer", "2025-09-03T17:00:00Z", []routing{us}},
	{"twelvelabs.marengo-embed-2-7-v1:0", "TwelveLabs Marengo Embed v2.7", "2025-07-15T00:00:00Z", []routing{usWide, euCore, seoulNine}},
	{"twelvelabs.marengo-embed-3-0-v1:0", "TwelveLabs Marengo Embed 3.0", "2025-10-28T21:00:00Z", []routing{us, euCore}},
	{"twelvelabs.pegasus-1-2-v1:0", "TwelveLabs Pegasus v1.2", "2025-11-20T00:00:00Z", []routing{usWide, eu, seoulEight, global}},
	{"writer.palmyra-x4-v1:0", "Writer Palmyra X4", "2025-04-28T00:00:00Z", []routing{us}},
	{"writer.palmyra-x5-v1:0", "Writer Palmyra X5", "2025-04-28T00:00:00Z", []routing{us}},
}

// from returns where calls from a region may run, and whether there is a
// routing.
func (r routing) from(region string) (to string, starts bool) {
	for _, leg := range r.legs {
		if slices.Contains(list(leg.from), region) {
			return leg.to, true
		}
	}
	return "", false
}

// summary returns the profile with one of its routings, as region lists it.
func (p profile) summary(r routing, region, to string) bedrocktest.Profile {
	geography := strings.ToUpper(r.prefix)
	if to == anywhere {
		geography = "Global"
	}
	return bedrocktest.Profile{
		ID:          r.prefix + "." + p.model,
		Name:        geography + " " + p.label,
		Description: describe(p.label, to),
		Models:      []string{p.model},
		Regions:     destinations(region, to),
		CreatedAt:   p.created,
		UpdatedAt:   p.created,
	}
}

// destinations are the regions that a profile names when listed from region. A
// global one names its own region and the empty one.
func destinations(region, to string) []string {
	if to == anywhere {
		return []string{"", region}
	}
	return slices.Sorted(slices.Values(list(to)))
}

// describe is a profile's description, in the service's words.
func describe(label, to string) string {
	if to == anywhere {
		return "Routes requests to " + label + " globally across all supported AWS Regions."
	}
	regions := destinations("", to)
	last := len(regions) - 1
	return "Routes requests to " + label + " in " + strings.Join(regions[:last], ", ") + " and " + regions[last] + "."
}
