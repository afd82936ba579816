package report

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
	"snapshotter/watch"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares both forms of r with testdata/name.md and .json.
func golden(t *testing.T, name string, r *Report) {
	t.Helper()
	for _, format := range Formats() {
		var got bytes.Buffer
		if err := format.Write(r, &got); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", name+format.Extension)
		if *update {
			if err := os.WriteFile(file, got.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got.String()); d != "" {
			t.Errorf("%s differs (-want +got); run with -update to rewrite it:\n%s", file, d)
		}
	}
	checkMarkdown(t, r)
	checkJSON(t, r)
}

func TestGolden(t *testing.T) {
	for name, build := range map[string]func(*testing.T) *Report{
		"everything":    everything,
		"launch":        launch,
		"outage":        func(t *testing.T) *Report { return outage(t).between(0, 1) },
		"recovery":      func(t *testing.T) *Report { return outage(t).between(1, 2) },
		"removal":       func(t *testing.T) *Report { return outage(t).report() },
		"quiet":         quiet,
		"quiet-whole":   quietWhole,
		"quiet-steady":  quietSteady,
		"quiet-lost":    quietLost,
		"first-run":     firstRun,
		"nothing-read":  nothingRead,
		"first-listing": firstListing,
		"hostile":       hostile,
		"lifecycle":     lifecycles,
		"losses":        losses,
		"gains":         gains,
		"routing":       routings,
		"many":          many,
		"minor":         minors,
		"late":          late,
		"watch":         watched,
		"watch-quiet":   watchedQuiet,
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, build(t)) })
	}
}

// seventeen are the regions of most of these tests.
var seventeen = []string{
	"ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
	"ca-central-1",
	"eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3",
	"sa-east-1",
	"us-east-1", "us-east-2", "us-west-1", "us-west-2",
}

// listing is a world in which all regions list the same.
func listing(regions []string, list ...catalog.Item) world {
	w := world{}
	for _, region := range regions {
		w[region] = items(list...)
	}
	return w
}

func geography(regions []string, prefix string) []string {
	var in []string
	for _, region := range regions {
		if catalog.Geography(region) == prefix {
			in = append(in, region)
		}
	}
	return in
}

// launched lists a model's three geographic profiles and its global one, each
// where it may be called.
func launched(w world, m *catalog.FoundationModel) world {
	ap, eu, us := geography(seventeen, "ap"), geography(seventeen, "eu"), geography(seventeen, "us")
	w = w.with([]catalog.Item{m}, seventeen...)
	w = w.with([]catalog.Item{profile("jp", m.ID, ap[0], ap[2])}, ap[0], ap[2])
	w = w.with([]catalog.Item{profile("eu", m.ID, eu...)}, eu...)
	w = w.with([]catalog.Item{profile("us", m.ID, us[0], us[1], us[3])}, us[0], us[1], us[3])
	w = w.with([]catalog.Item{profile("us", m.ID, us...)}, us[2])
	for _, region := range seventeen {
		w = w.with([]catalog.Item{global(m.ID, region)}, region)
	}
	return w
}

func opus(id string) *catalog.FoundationModel {
	m := model("anthropic.claude-opus-"+id, "Claude Opus "+id, viaProfile)
	m.InputModalities = []string{"IMAGE", "TEXT"}
	return m
}

func lite() *catalog.FoundationModel { return model("amazon.nova-lite-v1:0", "Nova Lite", onDemand) }

// launch: a model in seventeen regions, with four ids and on demand in none, is
// one story.
func launch(t *testing.T) *Report {
	h := newHistory(t, 41)
	before := listing(seventeen, lite())
	h.run("2026-09-21 21:02", before)
	newest := opus("5-5")
	newest.Lifecycle.StartOfLife = on("2026-09-22")
	h.run("2026-09-22 21:03", launched(before, newest))
	r := h.report()
	if len(r.ActOn)+len(r.Other) != 0 || len(r.Good) != 1 || r.Good[0].Event != NewModel {
		t.Errorf("a launch is told as %d stories to act on, %d to know (want 1, new) and %d others", len(r.ActOn), len(r.Good), len(r.Other))
	}
	return r
}

// outage: fourteen regions can't be read on the second run and can on the
// third; on the fourth one of them has lost a model for real.
func outage(t *testing.T) *history {
	h := newHistory(t, 1)
	w := launched(listing(seventeen, lite(), model("meta.llama3-70b-instruct-v1:0", "Llama 3 70B Instruct", onDemand)), opus("5"))
	down := answer{models: catalog.Unreachable, profiles: catalog.Unreachable, message: "Get https://bedrock…: dial tcp: i/o timeout"}
	h.run("2026-10-01 02:00", w)
	h.run("2026-10-02 02:00", w.but(down, seventeen[:14]...))
	h.run("2026-10-03 02:00", w)
	h.run("2026-10-04 02:00", w.but(down, seventeen[:14]...))
	h.run("2026-10-05 02:00", w.without([]string{"meta.llama3-70b-instruct-v1:0"}, "eu-west-2"))
	for i := 1; i < 4; i++ {
		if r := h.between(i-1, i); len(r.ActOn)+len(r.Good)+len(r.Other) > 0 {
			t.Errorf("run %d, of an outage or its end, tells changes", i+1)
		}
	}
	if r := h.report(); len(r.ActOn) != 1 || len(r.Good)+len(r.Other) > 0 || r.ActOn[0].Event != RemovedInPart {
		t.Errorf("the day of the recovery tells %d to act on, %d to know, %d others; want the one removal", len(r.ActOn), len(r.Good), len(r.Other))
	}
	return h
}

// everything is a day on which there is something for each section.
func everything(t *testing.T) *Report {
	h := newHistory(t, 400)
	unopened := answer{models: catalog.NotEnabled, profiles: catalog.NotEnabled, code: "UnrecognizedClientException"}
	dark := answer{models: catalog.Unreachable, profiles: catalog.Unreachable, message: "no answer within 45 s"}
	marengo := model("twelvelabs.marengo-embed-2-7-v1:0", "Marengo Embed v2.7", onDemand)
	llama := model("meta.llama3-1-405b-instruct-v1:0", "Llama 3.1 405B Instruct", onDemand)
	canvas := legacy(model("amazon.nova-canvas-v1:0", "Nova Canvas", onDemand), "2026-03-30", "", "2026-09-30")
	haiku := model("anthropic.claude-haiku-4-5-20251001-v1:0", "Claude Haiku 4.5", viaProfile)
	eu := geography(seventeen, "eu")

	w := launched(listing(seventeen, lite()), opus("4-5-20251101-v1:0"))
	w = w.with([]catalog.Item{legacy(marengo, "2026-05-30", "", "2026-11-30")}, "ap-northeast-2", "eu-west-1", "us-east-1")
	w = w.with([]catalog.Item{llama}, "us-west-2").with([]catalog.Item{canvas}, "ap-northeast-1", "eu-west-1", "us-east-1")
	w = w.with([]catalog.Item{haiku, profile("eu", haiku.ID, eu...)}, eu...)
	tokyo := opus("5")
	w = w.with([]catalog.Item{tokyo, global(tokyo.ID, "ap-northeast-1")}, "ap-northeast-1")
	w = w.but(unopened, "af-south-1", "il-central-1").but(w["us-west-1"], "me-south-1")

	h.run("2026-09-10 21:02", w)
	for _, at := range []string{"2026-09-11 21:02", "2026-09-12 21:02"} {
		h.run(at, w.but(dark, "me-south-1"))
	}
	gone := w.without([]string{llama.ID}, "us-west-2").but(dark, "me-south-1")
	for _, at := range []string{"2026-09-19 21:02", "2026-09-20 21:02", "2026-09-21 21:02"} {
		h.run(at, gone)
	}

	w = launched(w.but(dark, "me-south-1"), opus("5-5"))
	w = w.without([]string{marengo.ID}, "eu-west-1", "us-east-1")
	w = w.with([]catalog.Item{legacy(marengo, "2026-05-30", "", "2026-10-31")}, "eu-west-1", "us-east-1")
	old := opus("4-5-20251101-v1:0")
	w = w.without([]string{old.ID}, seventeen...).with([]catalog.Item{legacy(old, "2026-09-22", "2026-12-22", "2027-03-22")}, seventeen...)
	w = w.without([]string{"eu." + haiku.ID}).with([]catalog.Item{profile("eu", haiku.ID, append([]string{"eu-central-2"}, eu...)...)}, eu[0], eu[1], eu[2], eu[4])
	w = w.with([]catalog.Item{profile("eu", haiku.ID, eu...)}, "eu-west-2")
	gained := *tokyo
	gained.InferenceTypes = []string{viaProfile, onDemand}
	w = w.without([]string{tokyo.ID}, "ap-northeast-1").with([]catalog.Item{&gained}, "ap-northeast-1")
	renamed := lite()
	renamed.Name = "Amazon Nova Lite"
	w = w.without([]string{renamed.ID}, "us-east-1").with([]catalog.Item{renamed}, "us-east-1")
	partly := w["ap-southeast-2"]
	partly.profiles, partly.message = catalog.Invalid, "pagination token refused after 3 tries"
	w = w.but(partly, "ap-southeast-2").but(items(lite(), global(lite().ID, "mx-central-1")), "mx-central-1")
	h.notes = "the SSM parameter of regions could not be read (AccessDeniedException); the embedded list was used"
	h.run("2026-09-22 21:03", w)
	return h.report()
}

// quietWorld has three regions that can't be read and one deadline.
func quietWorld() world {
	w := listing(seventeen, lite())
	w = w.with([]catalog.Item{legacy(model("amazon.nova-canvas-v1:0", "Nova Canvas", onDemand), "2026-03-30", "", "2026-09-30")}, "us-east-1")
	w = w.but(answer{models: catalog.NotEnabled, profiles: catalog.NotEnabled}, "af-south-1", "il-central-1")
	return w.but(answer{profiles: catalog.NotOffered}, "ap-northeast-3")
}

// quiet: the same lists were read as the day before, and nothing changed.
func quiet(t *testing.T) *Report {
	h := newHistory(t, 412)
	h.run("2026-09-22 21:03", quietWorld())
	h.run("2026-09-23 21:02", quietWorld())
	r := h.report()
	if r.Verdict != NothingChanged {
		t.Errorf("the verdict is %s", r.Verdict)
	}
	return r
}

// quietWhole: every region was read.
func quietWhole(t *testing.T) *Report {
	h := newHistory(t, 412)
	h.run("2026-09-22 21:03", listing(seventeen, lite()))
	h.run("2026-09-23 21:02", listing(seventeen, lite()))
	return h.report()
}

// quietSteady: what can't be read has not been readable for days.
func quietSteady(t *testing.T) *Report {
	h := newHistory(t, 410)
	w := quietWorld().but(answer{models: catalog.NotEnabled, profiles: catalog.NotEnabled},
		"ap-east-1", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "eu-south-1", "eu-south-2", "me-central-1")
	h.run("2026-09-20 21:02", w.but(w["us-east-2"], "me-south-1"))
	w = w.but(answer{models: catalog.Unreachable, profiles: catalog.Unreachable}, "me-south-1")
	for _, at := range []string{"2026-09-21 21:02", "2026-09-22 21:03", "2026-09-23 21:02"} {
		h.run(at, w)
	}
	return h.report()
}

// quietLost: nothing changed, but not all was read that was read before.
func quietLost(t *testing.T) *Report {
	h := newHistory(t, 412)
	h.run("2026-09-22 21:03", quietWorld())
	denied := answer{
		models: catalog.Denied, profiles: catalog.Throttled, code: "AccessDeniedException",
		message: "User: [arn] is not authorized to perform: bedrock:ListFoundationModels with an explicit deny in a service control policy",
	}
	h.run("2026-09-23 21:02", quietWorld().but(denied, "eu-west-1", "eu-west-2"))
	r := h.report()
	if r.Verdict != NothingInRead {
		t.Errorf("the verdict is %s", r.Verdict)
	}
	return r
}

func firstRun(t *testing.T) *Report {
	h := newHistory(t, 1)
	w := launched(quietWorld(), opus("5"))
	h.run("2026-09-22 21:03", w.with([]catalog.Item{model("mistral.pixtral-large-2502-v1:0", "Pixtral Large", catalog.InferenceProvisioned)}, "us-east-1"))
	return h.between(-1, 0)
}

func nothingRead(t *testing.T) *Report {
	h := newHistory(t, 7)
	h.run("2026-09-22 21:03", quietWorld())
	dark := answer{models: catalog.Unreachable, profiles: catalog.Unreachable}
	w := world{}
	for region := range quietWorld() {
		w[region] = dark
	}
	h.run("2026-09-23 21:02", w)
	r := h.report()
	if r.Verdict != NoComparison {
		t.Errorf("the verdict is %s", r.Verdict)
	}
	return r
}

// firstListing: a region that was known and could not be read is read.
func firstListing(t *testing.T) *Report {
	h := newHistory(t, 7)
	h.run("2026-09-22 21:03", quietWorld())
	h.run("2026-09-23 21:02", quietWorld().but(items(lite(), opus("5"), global(opus("5").ID, "il-central-1")), "il-central-1"))
	r := h.report()
	if len(r.ActOn)+len(r.Good)+len(r.Other) > 0 {
		t.Error("a first listing tells changes")
	}
	return r
}

// hostile is a catalogue whose names try to be more than names.
func hostile(t *testing.T) *Report {
	h := newHistory(t, 1)
	names := []string{
		"pipe | and `tick` and \\| both",
		"<script>alert(1)</script><!-- &amp; &lt;",
		"[link](https://evil.example) ![img](x) www.evil.example @someone #1 :rocket: $x$",
		"new\nline\r\n## Act on (99)\n| a | b |",
		"\x1b[31mred\x1b[0m \u202egnirts\u202c \u200bzero\u00adwidth \u009b",
		"**bold** _em_ ~~gone~~ \\* \\",
		"- item\n\n> quote\n\n    code",
		"=cmd|' /C calc'!A0",
		"",
	}
	before, after := listing(seventeen[:2], lite()), listing(seventeen[:2], lite())
	for i, name := range names {
		id := fmt.Sprintf("evil.%d-%s", i, name)
		was := model(id, name, onDemand)
		is := legacy(model(id, name+" "+strings.Repeat("long ", 400), onDemand), "2026-09-01", "", "2026-10-01")
		is.Lifecycle.Status = name
		before, after = before.with([]catalog.Item{was}), after.with([]catalog.Item{is})
		launch := model("new."+id, name, viaProfile)
		launch.InputModalities = []string{name}
		p := profile("us|`"+name, launch.ID, "us-east-1", "bad|region`\n<b>")
		after = after.with([]catalog.Item{launch, p, global(launch.ID, "x")})
	}
	partly := after[seventeen[1]]
	partly.profiles, partly.message, partly.code = catalog.Invalid, names[1]+names[3], names[0]
	h.run("2026-09-22 21:03", before)
	h.notes = strings.Join(names, " ")
	h.run("2026-09-23 21:02", after.but(partly, seventeen[1]))
	for _, name := range names {
		h.watched = append(h.watched, watch.Rule{Name: name, Model: "*evil.[45]-*", Note: name, Regions: []string{"*"}})
	}
	return h.report()
}

// watched has a rule of each state: what came to stand otherwise heads it.
func watched(t *testing.T) *Report {
	h := newHistory(t, 411)
	haiku, five := opus("4-5"), opus("5-5")
	eu := []string{"eu-central-1", "eu-north-1", "eu-west-1"}
	before := listing(seventeen, lite()).with([]catalog.Item{haiku, profile("eu", haiku.ID, eu...)}, eu...)
	after := before.without([]string{"eu." + haiku.ID}).with([]catalog.Item{profile("eu", haiku.ID, append(eu, "eu-central-2")...)}, eu[0], eu[2])
	after = after.with([]catalog.Item{profile("eu", haiku.ID, eu...)}, eu[1])
	after = after.without([]string{lite().ID}, "us-west-1").with([]catalog.Item{five}, "ap-northeast-1", "ap-southeast-2")
	after = after.with([]catalog.Item{global(five.ID, "ap-northeast-1")}, "ap-northeast-1")
	partly := after["ap-southeast-2"]
	partly.profiles, partly.message = catalog.Throttled, "Rate exceeded"
	after = after.but(partly, "ap-southeast-2")
	h.watched = []watch.Rule{
		{Name: "opus-on-demand-tokyo", Model: five.ID, Regions: []string{"ap-northeast-1"}, Access: watch.OnDemand},
		{Name: "eu-residency", Model: "eu." + haiku.ID, Within: eu, Guard: true, Note: "legal asked for it"},
		{Name: "opus-5-5-from-tokyo", Model: five.ID, Regions: []string{"ap-northeast-1"}},
		{Name: "opus-5-5-au-profile", Model: "au." + five.ID, Regions: []string{"ap-southeast-2"}, Access: watch.Profile},
		{Name: "lite-anywhere", Model: lite().ID, Access: watch.Any},
		{Name: "lite-from-california", Model: lite().ID, Regions: []string{"us-west-1"}, Access: watch.OnDemand},
		{Name: "us-only", Model: haiku.ID, Within: []string{"us"}, Guard: true},
		{Name: "everything", Model: "*", Access: watch.Any},
		{Name: "not-yet", Model: "anthropic.claude-opus-9*"},
		{Name: "on-mars", Model: "*", Regions: []string{"mars-*"}},
	}
	h.run("2026-09-21 21:02", before)
	h.run("2026-09-22 21:03", after)
	return h.report()
}

// watchedQuiet: rules cost a quiet day one line.
func watchedQuiet(t *testing.T) *Report {
	h := newHistory(t, 412)
	h.run("2026-09-22 21:03", quietWorld())
	h.run("2026-09-23 21:02", quietWorld())
	h.watched = []watch.Rule{{Name: "lite", Model: lite().ID}, {Name: "nine", Model: "*-9", Note: "soon"}}
	return h.report()
}

// lifecycles: dates that move apart in regions, are set, withdrawn and undone.
func lifecycles(t *testing.T) *Report {
	h := newHistory(t, 50)
	five := geography(seventeen, "eu")
	titan := model("amazon.titan-text-v1", "Titan Text", onDemand)
	split := model("meta.llama3-8b-instruct-v1:0", "Llama 3 8B", onDemand)
	cohere := model("cohere.command-r-v1:0", "Command R", onDemand)
	nova := model("amazon.nova-canvas-v1:0", "Nova Canvas", onDemand)
	jamba := model("ai21.jamba-v1", "Jamba", onDemand)
	passed := model("meta.llama2-v1", "Llama 2", onDemand)
	before := listing(five,
		legacy(titan, "2026-01-01", "", "2026-12-31"), split, legacy(cohere, "2026-01-01", "2026-08-01", "2026-10-01"),
		legacy(nova, "2026-01-01", "2026-09-24", "2027-02-01"), legacy(jamba, "2026-09-01", "", ""), legacy(passed, "2026-01-01", "", "2026-09-20"))
	after := listing(five,
		legacy(titan, "2026-01-01", "", "2027-01-31"), legacy(cohere, "2026-01-01", "2026-08-01", ""),
		legacy(nova, "2026-01-01", "2026-11-24", "2027-02-01"), jamba, legacy(passed, "2026-01-01", "", "2026-09-20"))
	after = after.with([]catalog.Item{legacy(split, "2026-09-22", "2026-12-01", "2027-03-01")}, five[0], five[1])
	after = after.with([]catalog.Item{legacy(split, "2026-09-22", "", "2027-06-01")}, five[2])
	after = after.with([]catalog.Item{split}, five[3], five[4])
	h.run("2026-09-22 21:03", before)
	down := answer{models: catalog.ServiceError, profiles: catalog.ServiceError, code: "InternalServerException"}
	h.run("2026-09-23 21:02", after.but(down, five[4]))
	return h.report()
}

// losses: a removal everywhere, in part, of on demand, of a profile, and a
// profile that is no longer active.
func losses(t *testing.T) *Report {
	h := newHistory(t, 60)
	four := []string{"eu-west-1", "eu-west-3", "us-east-1", "us-west-2"}
	whole, part := opus("3"), model("mistral.large-2402-v1:0", "Mistral Large", onDemand)
	bare := model("cohere.embed-v4:0", "Embed v4", onDemand, viaProfile)
	gone := model("meta.llama3-1-8b-instruct-v1:0", "Llama 3.1 8B", onDemand)
	idle := opus("4")
	ending := legacy(model("amazon.titan-tg1-large", "Titan Text Large", onDemand), "2025-09-22", "", "2026-09-22")
	before := listing(four, part, ending).with([]catalog.Item{
		whole, profile("us", whole.ID, four[2:]...), bare, profile("us", bare.ID, four[2:]...),
		gone, profile("us", gone.ID, four[2:]...), idle, profile("us", idle.ID, four[2:]...),
	}, four[2:]...)
	after := before.without([]string{whole.ID, "us." + whole.ID, "us." + gone.ID, bare.ID, "us." + idle.ID, ending.ID})
	after = after.without([]string{part.ID}, "eu-west-3")
	profileOnly := *bare
	profileOnly.InferenceTypes = []string{viaProfile}
	inactive := profile("us", idle.ID, four[2:]...)
	inactive.Status = "DISABLED"
	after = after.with([]catalog.Item{&profileOnly, inactive}, four[2:]...)
	h.run("2026-09-22 21:03", before)
	h.run("2026-09-23 21:02", after)
	return h.report()
}

// gains: every way in which something can be called that could not.
func gains(t *testing.T) *Report {
	h := newHistory(t, 70)
	four := []string{"ap-northeast-1", "ap-southeast-2", "us-east-1", "us-west-2"}
	idle, known, wider := opus("4"), opus("5"), model("cohere.embed-v4:0", "Embed v4", onDemand)
	unheard := "amazon.nova-premier-v9:0"
	bought := model("meta.llama4-v1:0:128k", "Llama 4", catalog.InferenceProvisioned)
	before := listing(four, idle, known).with([]catalog.Item{wider}, four[2:]...)
	for _, region := range four {
		before = before.with([]catalog.Item{global(known.ID, region)}, region)
	}
	back := model("mistral.large-2402-v1:0", "Mistral Large", onDemand)
	h.run("2026-09-19 21:03", before.with([]catalog.Item{back, profile("us", back.ID, four[2:]...)}, four[2:]...))
	h.run("2026-09-20 21:03", before)
	h.run("2026-09-22 21:03", before)
	after := before.with([]catalog.Item{wider}, four[0]).with([]catalog.Item{back, profile("us", back.ID, four[2:]...)}, four[2:]...)
	after = after.with([]catalog.Item{profile("us", idle.ID, four[2:]...), profile("us", unheard, four[2:]...)}, four[2:]...)
	after = after.with([]catalog.Item{profile("jp", known.ID, "ap-northeast-1", "ap-northeast-3"), bought}, four[0])
	creating := profile("au", known.ID, "ap-southeast-2", "ap-southeast-4")
	creating.Status = "CREATING"
	nameless := &catalog.InferenceProfile{ID: "us.nameless", Status: catalog.StatusActive}
	after = after.with([]catalog.Item{creating, nameless, model("amazon.nova-dark-v1:0", "Nova Dark", viaProfile)}, four[1])
	h.run("2026-09-23 21:02", after)
	return h.report()
}

// routings: destinations that come and go, alike and apart.
func routings(t *testing.T) *Report {
	h := newHistory(t, 80)
	regions := append([]string{"ca-west-1"}, seventeen...)
	m, two := lite(), opus("5")
	before := listing(regions, m, profile("us", m.ID, "us-east-1", "us-west-2"), profile("apac", m.ID, "ap-northeast-1"))
	after := listing(regions, m, profile("us", m.ID, "us-east-1", "us-west-2", "us-west-1"))
	after = after.with([]catalog.Item{profile("apac", m.ID, "ap-northeast-1")}, regions[4:]...)
	after = after.with([]catalog.Item{profile("apac", m.ID, "ap-northeast-1", "ap-south-1")}, regions[:2]...)
	after = after.with([]catalog.Item{profile("apac", m.ID, "ap-south-1")}, regions[2:4]...)
	after = after.without([]string{"us." + m.ID}, "ca-central-1").with([]catalog.Item{profile("us", m.ID, "us-east-1", "us-west-2")}, "ca-central-1")
	mixed := profile("eu", two.ID, "eu-west-1")
	before = before.with([]catalog.Item{mixed}, "eu-west-1")
	joined := *mixed
	joined.Destinations = append(slices.Clone(mixed.Destinations), catalog.Destination{Region: "eu-west-1", Model: m.ID})
	after = after.with([]catalog.Item{&joined}, "eu-west-1")
	for _, region := range regions {
		before = before.with([]catalog.Item{global(two.ID, region)}, region)
		after = after.with([]catalog.Item{profile("global", two.ID, "eu-west-1", region)}, region)
	}
	h.run("2026-09-22 21:03", before)
	h.run("2026-09-23 21:02", after)
	return h.report()
}

// many: a day with more than can be read one by one.
func many(t *testing.T) *Report {
	h := newHistory(t, 90)
	w := listing(seventeen, lite())
	next := w
	for i := range 12 {
		next = launched(next, opus(fmt.Sprintf("9-%02d", i)))
	}
	for i := range 40 {
		m := model(fmt.Sprintf("mistral.tiny-%02d", i), fmt.Sprintf("Tiny %d", i), onDemand)
		w, next = w.with([]catalog.Item{m}, "us-east-1"), next.with([]catalog.Item{m}, "us-east-1", "ap-southeast-2")
		old := model(fmt.Sprintf("meta.old-%02d", i), fmt.Sprintf("Old %d", i), onDemand)
		w = w.with([]catalog.Item{old}, seventeen[:12]...)
		next = next.with([]catalog.Item{legacy(old, "2026-09-23", "2026-12-23", "2027-03-23")}, seventeen[:12]...)
	}
	h.run("2026-09-22 21:03", w)
	h.run("2026-09-23 21:02", next)
	return h.report()
}

// minors: a change of every field that acts on nothing.
func minors(t *testing.T) *Report {
	h := newHistory(t, 100)
	was, is := opus("5"), opus("5")
	yes, no := true, false
	was.Streaming, is.Streaming = &yes, &no
	is.Name, is.Provider = "Claude Opus 5 (new)", "Anthropic PBC"
	was.Customizations, is.Customizations = nil, []string{"FINE_TUNING"}
	is.InputModalities, is.OutputModalities = []string{"TEXT", "VIDEO"}, []string{"SPEECH", "TEXT"}
	is.Lifecycle.StartOfLife = on("2026-09-01")
	is.InferenceTypes = []string{viaProfile, "BATCH"}
	p, q := profile("us", was.ID, "us-east-1"), profile("us", was.ID, "us-east-1")
	p.Description = "Routes requests to Claude Opus 5 in us-east-1, us-east-2 and us-west-2."
	q.Description = "Routes requests to Anthropic Claude Opus 5 in us-east-1, us-west-2 and us-east-2."
	before, after := listing(seventeen, was, p, lite()), listing(seventeen, is, q, lite())
	after = after.without([]string{is.ID}, "sa-east-1").with([]catalog.Item{was}, "sa-east-1")
	for i := range 9 {
		id := fmt.Sprintf("mistral.tiny-%d", i)
		before = before.with([]catalog.Item{model(id, "Tiny", onDemand)}, "us-east-1")
		named := model(id, "Tiny", onDemand)
		named.Lifecycle.StartOfLife = on("2026-01-01")
		after = after.with([]catalog.Item{named}, "us-east-1")
	}
	h.run("2026-09-22 21:03", before)
	h.run("2026-09-23 21:02", after)
	return h.report()
}

// late: what happened while a region could not be read is told once, dated.
func late(t *testing.T) *Report {
	h := newHistory(t, 110)
	w := listing(seventeen, lite(), opus("4"))
	dark := answer{models: catalog.Suspect, profiles: catalog.Suspect, message: "listed nothing where there were 2 items"}
	h.run("2026-09-20 21:03", w)
	h.run("2026-09-21 21:03", w.but(dark, "eu-west-1", "eu-west-3"))
	h.run("2026-09-22 21:03", w.but(dark, "eu-west-1", "eu-west-3"))
	next := launched(w, opus("5")).without([]string{opus("4").ID}, "eu-west-1", "us-east-1")
	h.run("2026-09-23 21:02", next.but(dark, "eu-west-3"))
	return h.report()
}
