package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// What readers ask most is answered by one command, on one screen.
func TestQuestions(t *testing.T) {
	t.Parallel()
	database := demoFile(t)
	for _, question := range []struct {
		asked, args string
		width       int
		want        []string
	}{
		{"what can I call inside the EU", "models --within EU --brief", 80, []string{"models can be called inside EU", "Anthropic (", "Opus 4.5", "Mistral AI ("}},
		{"what can I call inside the EU", "models --within EU --brief", 0, []string{"Anthropic (", "Opus 4.5", "Mistral AI ("}},
		{"what ends here within 90 days, and then what", "lifecycle --region us-east-1 --within 90", 80, []string{"in us-east-1", "2026-05-31", "Claude Opus 4 ", "anthropic.claude-opus-4-7"}},
		{"what ends here within 90 days, and then what", "lifecycle --region us-east-1 --within 90", 120, []string{"2026-05-31", "anthropic.claude-opus-4-20250514-v1:0", "anthropic.claude-opus-4-7"}},
		{"when did it come to Tokyo", "history claude opus 4.7 --region tokyo", 80, []string{"2026-04-17", "callable: ap-northeast-1", "jp., global. + anthropic.claude-opus-4-7"}},
		{"when did it come to Tokyo", "where claude opus 4.7 --in tokyo", 80, []string{"between 2026-04-14 and 2026-04-17", "jp.anthropic.claude-opus-4-7", "AWS gives 2026-04-16"}},
	} {
		var out, problems bytes.Buffer
		on := silent(nil)
		on.stdout, on.stderr = &out, &problems
		on.getenv = environment{"COLUMNS": fmt.Sprint(question.width)}.get
		on.now = func() time.Time { return moments()[len(moments())-1].At }
		if code := run(context.Background(), append(strings.Fields(question.args), "--db", database), on); code != exitOK {
			t.Errorf("%s: exit code %d: %s", question.args, code, &problems)
			continue
		}
		if lines := strings.Count(out.String(), "\n"); lines > 25 {
			t.Errorf("%q takes %d lines:\n%s", question.asked, lines, &out)
		}
		for _, want := range question.want {
			if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), want) {
				t.Errorf("%q is not answered with %q:\n%s", question.asked, want, &out)
			}
		}
	}
}
