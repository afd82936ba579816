package ask_test

import (
	"fmt"
	"testing"
	"time"

	"snapshotter/ask"
	"snapshotter/catalog"
)

func TestDates(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 9, d, 17, 30, 0, 0, time.UTC) }
	model := func(id string, l catalog.Lifecycle) catalog.Item {
		return &catalog.FoundationModel{ID: id, Lifecycle: l}
	}
	s := &catalog.Snapshot{Run: catalog.Run{StartedAt: day(10)}}
	for _, region := range []struct {
		code    string
		outcome catalog.Outcome
		items   []catalog.Item
	}{
		{"ap-south-1", catalog.Complete, []catalog.Item{model("a", catalog.Lifecycle{EndOfLife: day(20)}), model("past", catalog.Lifecycle{Legacy: day(1), EndOfLife: day(9)})}},
		{"eu-west-1", catalog.Denied, []catalog.Item{model("a", catalog.Lifecycle{EndOfLife: day(20), Legacy: day(10)})}},
		{"us-east-1", catalog.Complete, []catalog.Item{model("a", catalog.Lifecycle{EndOfLife: day(25), ExtendedAccess: day(11)}), model("b", catalog.Lifecycle{})}},
	} {
		s.Scopes = append(s.Scopes, catalog.ScopeState{
			Scope: catalog.Scope{Region: region.code, Kind: catalog.KindFoundationModel}, Outcome: region.outcome, Items: region.items,
		})
	}
	var got string
	for _, d := range ask.Dates(s, s.Run.StartedAt) {
		got += fmt.Sprintln(d.Date, d.Days, d.Event, d.ID, d.Regions, d.Carried)
	}
	want := `2026-09-09 -1 end-of-life past [ap-south-1] []
2026-09-10 0 legacy a [eu-west-1] [eu-west-1]
2026-09-11 1 extended-access a [us-east-1] []
2026-09-20 10 end-of-life a [ap-south-1 eu-west-1] [eu-west-1]
2026-09-25 15 end-of-life a [us-east-1] []
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
