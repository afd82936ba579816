package ask_test

import (
	"fmt"
	"testing"
	"time"

	"snapshotter/ask"
	"snapshotter/catalog"
)

// A list that was not read is as last confirmed, and what was found together is
// what one run found, though each list has been read since.
func TestTimeline(t *testing.T) {
	run := func(id int64) catalog.RunRef {
		return catalog.RunRef{ID: id, At: time.Date(2026, 9, int(id), 2, 0, 0, 0, time.UTC)}
	}
	span := func(outcome catalog.Outcome, from, to int64) catalog.Interval {
		return catalog.Interval{Outcome: outcome, From: run(from), To: run(to), Runs: int(to - from + 1)}
	}
	event := func(id int64, item catalog.Item) catalog.Event {
		return catalog.Event{Run: run(id), Region: "eu-west-1", Item: item}
	}
	m, p := &catalog.FoundationModel{ID: "m"}, &catalog.InferenceProfile{ID: "eu.m"}
	timeline := ask.NewTimeline("eu-west-1", map[catalog.Scope][]catalog.Interval{
		{Region: "eu-west-1", Kind: catalog.KindFoundationModel}:  {span(catalog.Complete, 1, 2), span(catalog.Denied, 3, 3), span(catalog.Complete, 4, 6)},
		{Region: "eu-west-1", Kind: catalog.KindInferenceProfile}: {span(catalog.Throttled, 2, 2), span(catalog.Complete, 3, 3), span(catalog.Throttled, 4, 5), span(catalog.Complete, 6, 6)},
	}, map[catalog.Kind]map[string][]catalog.Event{
		catalog.KindFoundationModel:  {"m": {event(1, m), event(4, nil), {Run: run(5), Region: "us-east-1", Item: m}}},
		catalog.KindInferenceProfile: {"eu.m": {event(3, p)}},
	})
	if got := fmt.Sprint(timeline.Turns()); got != "[1 3 4 6]" {
		t.Errorf("Turns = %s", got)
	}
	var got string
	for id := int64(1); id <= 6; id++ {
		s := timeline.At(run(id))
		got += fmt.Sprint(id, ":")
		for _, scope := range s.Scopes {
			confirmed := int64(0)
			if scope.Confirmed != nil {
				confirmed = scope.Confirmed.ID
			}
			got += fmt.Sprintf(" %s %d of %d, %d gone;", scope.Outcome, len(scope.Items), confirmed, len(scope.Gone))
		}
		if joint := s.Joint("eu-west-1"); joint != nil {
			got += fmt.Sprintf(" together %d of %d", len(joint.Items), joint.Run.ID)
		}
		got += "\n"
	}
	want := `1: complete 1 of 1, 0 gone;
2: complete 1 of 2, 0 gone; throttled 0 of 0, 0 gone;
3: denied 1 of 2, 0 gone; complete 1 of 3, 0 gone;
4: complete 0 of 4, 1 gone; throttled 1 of 3, 0 gone;
5: complete 0 of 5, 1 gone; throttled 1 of 3, 0 gone;
6: complete 0 of 6, 1 gone; complete 1 of 6, 0 gone; together 1 of 6
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
