package job

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A night without changes reminds of a date that has come near, once, and says what
// to move to.
func TestReminder(t *testing.T) {
	w := onDisk(t)
	w.serve(2)
	w.quiet(2) // before anybody is notified
	night := func(day int) []message {
		job := w.job(day)
		job.Announce.Policy.Reminders = []int{30}
		if _, err := job.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		return w.heard()
	}
	want := []message{{
		Title: "Bedrock 2026-05-03: Command R+ (cohere.command-r-plus-v1:0): price may rise 2026-05-19 (16 days) in us-east-1 and us-west-2; no replacement there; 2 more",
		Message: "Ahead: Command R+ (cohere.command-r-plus-v1:0): price may rise 2026-05-19 (16 days) in us-east-1 and us-west-2; no replacement there\n" +
			"Ahead: Command R (cohere.command-r-v1:0): price may rise 2026-05-19 (16 days) in us-east-1 and us-west-2; no replacement there\n" +
			"Ahead: Claude Opus 4 (anthropic.claude-opus-4-20250514-v1:0): EOL 2026-05-31 (28 days) in us-east-1 and us-west-2; instead: us.anthropic.claude-opus-4-7\n" +
			"https://reports.example.com/2026-05-03T02-00-00Z.md",
		Link:         "https://reports.example.com/2026-05-03T02-00-00Z.md",
		Significance: "notice",
	}}
	if d := cmp.Diff(want, night(3)); d != "" {
		t.Errorf("messages (-want +got):\n%s", d)
	}
	if again := night(4); len(again) > 0 {
		t.Errorf("a second night sent %+v", again)
	}
}
