package job

import (
	"strings"
	"testing"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/notify"
	"snapshotter/report"
)

// Each channel hears of what it chose, once; a channel that chose nothing hears of
// everything.
func TestAudiences(t *testing.T) {
	w := onDisk(t)
	eu, cohere := receive(t), receive(t)
	choose := func(words string, region, item func(string) bool) Choice {
		return func(*catalog.Snapshot, *catalog.Snapshot) (*report.Only, error) {
			return &report.Only{Words: words, Region: region, Item: item}, nil
		}
	}
	all := func(string) bool { return true }
	prefix := func(p string) func(string) bool {
		return func(text string) bool { return strings.HasPrefix(text, p) }
	}
	night := func(day int) {
		t.Helper()
		job := w.job(day)
		job.Announce.Apart = []Audience{
			{
				Channels: w.channels(eu.hook()), Policy: notify.Policy{AtLeast: diff.Breaking},
				Choose: choose("eu-*", prefix("eu-"), all), Words: "eu-*",
			},
			{
				Channels: w.channels(cohere.hook()), Policy: notify.Policy{AtLeast: diff.Good, Reminders: []int{30}},
				Choose: choose("Cohere", all, prefix("cohere.")), Words: "Cohere",
			},
		}
		if _, err := job.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	titles := func(r *receiver) (titles []string) {
		for _, m := range r.heard() {
			titles = append(titles, m.Title)
		}
		return titles
	}
	night(1)
	w.heard()
	eu.heard()
	cohere.heard() // the first run, and the dates ahead
	w.serve(2)
	night(2)
	if got := strings.Join(titles(w.receiver), "|"); got != "Bedrock 2026-05-02: Claude 3 Sonnet can't be called from eu-west-2; 1 more" {
		t.Errorf("everything: %q", got)
	}
	if got := strings.Join(titles(eu), "|"); got != "Bedrock 2026-05-02 for eu-*: Claude 3 Sonnet can't be called from eu-west-2; 1 more" {
		t.Errorf("eu-*: %q", got)
	}
	if got := titles(cohere); got != nil {
		t.Errorf("Cohere: %q, and nothing happened to it", got)
	}
	night(3)
	for name, r := range map[string]*receiver{"everything": w.receiver, "eu-*": eu, "Cohere": cohere} {
		if got := titles(r); got != nil {
			t.Errorf("a quiet night told %s of %q", name, got)
		}
	}
	if got := deliveries(t, w.file()); len(got) != 3+2 { // of the first run, and of the second
		t.Errorf("deliveries %q", got)
	}
}
