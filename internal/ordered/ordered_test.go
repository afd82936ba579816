package ordered

import (
	"reflect"
	"testing"
)

func TestBy(t *testing.T) {
	words := []string{"pear", "fig", "plum", "kiwi", "date", "yam"}
	got := By(words, func(word string) int { return len(word) })
	want := []Group[int, string]{
		{4, []string{"pear", "plum", "kiwi", "date"}},
		{3, []string{"fig", "yam"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := By(nil, func(word string) int { return len(word) }); got != nil {
		t.Errorf("no values give %v, want nil", got)
	}
}
