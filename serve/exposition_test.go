package serve

import "testing"

func TestExposition(t *testing.T) {
	t.Parallel()
	var text exposition
	text.family("m", "gauge", "A \\ and\nB.")
	text.sample(1.5)
	text.sample(1e9, "label", "a\"b\\c\nd")
	want := "# HELP m A \\\\ and\\nB.\n# TYPE m gauge\nm 1.5\nm{label=\"a\\\"b\\\\c\\nd\"} 1000000000\n"
	if text.String() != want {
		t.Errorf("got %q\nwant %q", text.String(), want)
	}
}
