// Package sample is the catalogue that the demo records: what Amazon Bedrock
// could have listed at four moments of April 2026.
//
// It guarantees real names, IDs, modalities and dates of real models, and a
// history in which everything that a report can show happens at least once. The
// facts are public, written by hand. It refuses to be a source: some events are
// made up (Nova 2 Lite on demand in Tokyo, the retirement of Marengo 2.7,
// Bedrock in Hong Kong, a profile that reaches Zurich, Claude 3 Sonnet's
// absence from London), and so may be what else it says about any one region.
package sample

import (
	"slices"
	"time"

	"snapshotter/internal/bedrocktest"
)

// Moment is the state of the sample at the time of one run.
type Moment struct {
	At        time.Time // UTC
	Catalogue bedrocktest.Catalogue
	// Failing are the regions that answer every call with an error. Their
	// changes are in the catalogue and wait to be read.
	Failing []string
	Title   string // what happens, in one line
}

// Moments returns the four moments, oldest first. Each call builds new values.
func Moments() []Moment {
	var moments []Moment
	for i, day := range days {
		w := world{}
		for _, d := range days[:i+1] {
			d.happens(w)
		}
		moments = append(moments, Moment{
			At: day.at, Title: day.title,
			Catalogue: w.catalogue(), Failing: slices.Clone(day.failing),
		})
	}
	return moments
}

var days = []struct {
	at      time.Time
	title   string
	failing []string
	happens func(world)
}{
	{night(14), "A first look: nothing to compare with yet", nil, firstLook},
	{night(17), "Claude Opus 4.7 arrives by profile, Nova 2 Lite becomes on demand in Tokyo", nil, launch},
	{night(22), "Oregon fails, Claude Sonnet 4 turns legacy, an end of life moves earlier, Hong Kong is new", []string{"us-west-2"}, failure},
	{night(29), "Oregon is back, Claude 3.7 Sonnet is gone, a European profile reaches Zurich, Claude 3 Sonnet returns to London", nil, recovery},
}

// night is when the demo's schedule runs.
func night(day int) time.Time { return time.Date(2026, time.April, day, 2, 0, 0, 0, time.UTC) }

// The models that something happens to.
const (
	claude3Opus    = "anthropic.claude-3-opus-20240229-v1:0"
	claude3Sonnet  = "anthropic.claude-3-sonnet-20240229-v1:0"
	claude37Sonnet = "anthropic.claude-3-7-sonnet-20250219-v1:0"
	claudeHaiku45  = "anthropic.claude-haiku-4-5-20251001-v1:0"
	claudeOpus41   = "anthropic.claude-opus-4-1-20250805-v1:0"
	claudeOpus47   = "anthropic.claude-opus-4-7"
	claudeSonnet4  = "anthropic.claude-sonnet-4-20250514-v1:0"
	cohereEmbed4   = "cohere.embed-v4:0"
	marengo27      = "twelvelabs.marengo-embed-2-7-v1:0"
	nova2Lite      = "amazon.nova-2-lite-v1:0"
	novaLite       = "amazon.nova-lite-v1:0"
	novaMicro      = "amazon.nova-micro-v1:0"
	novaPro        = "amazon.nova-pro-v1:0"
	qwen3CoderNext = "qwen.qwen3-coder-next"
	titanEmbed2    = "amazon.titan-embed-text-v2:0"
)

// endOfSonnet37 is where Claude 3.7 Sonnet ends in April. London and Mumbai
// keep it.
const endOfSonnet37 = usThree + " " + euFour + " " + japan + " ap-northeast-2 ap-southeast-1 ap-southeast-2"

// firstLook is the catalogue as the tables have it.
func firstLook(w world) {
	w.open(everywhere, "")
	w.open(unopened, optedOut)
	for _, provider := range providers {
		for _, m := range provider.models {
			w.offer(m.id, m.offered)
		}
	}
	w.route()
	for _, r := range retirements {
		w.retire(r)
	}
	// It has left every list, and its profiles have stayed: callable still.
	w.unlist(claude3Opus, usTwo)
}

func launch(w world) {
	w.offer(claudeOpus47, offer{profile: everywhere})
	w.route()
	w.offer(nova2Lite, offer{onDemand: "ap-northeast-1"})
	w.withdraw(claude3Sonnet, "eu-west-2") // and back at the fourth moment
	w.revise("us."+claudeOpus41, usThree, "Anthropic Claude Opus 4.1", usThree, "2026-04-15T18:20:00Z")
}

func failure(w world) {
	w.retire(retirement{claudeSonnet4, "", "2026-04-14T07:00:00Z", "2026-07-14T07:00:00Z", "2026-10-14T07:00:00Z"})
	w.retire(retirement{marengo27, "us-east-1 eu-west-1", "2026-03-31T08:00:00Z", "2026-06-30T08:00:00Z", "2026-10-31T08:00:00Z"})
	w.offer(qwen3CoderNext, offer{onDemand: "us-west-2"}) // which fails, and tells it a week late

	w.open(hongKong, optedIn)
	w.offer(titanEmbed2, offer{onDemand: hongKong})
	for _, id := range []string{nova2Lite, novaLite, novaMicro, novaPro, cohereEmbed4} {
		w.offer(id, offer{profile: hongKong})
	}
	w.route()
}

func recovery(w world) {
	w.withdraw(claude37Sonnet, endOfSonnet37)
	w.revise("eu."+claudeHaiku45, euFour, "Anthropic Claude Haiku 4.5", euSix+" eu-central-2", "2026-04-27T21:40:00Z")
	w.offer(claude3Sonnet, offer{onDemand: "eu-west-2"})
}
