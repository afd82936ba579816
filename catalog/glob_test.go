package catalog_test

import (
	"testing"

	"snapshotter/catalog"
)

func TestMatchesAny(t *testing.T) {
	for _, test := range []struct {
		globs []string
		text  string
		want  bool
	}{
		{nil, "eu-west-1", false},
		{[]string{"us-*", "eu-*"}, "eu-west-1", true},
		{[]string{"eu"}, "eu-west-1", false},
		{[]string{"EU-*"}, "eu-west-1", false},
		{[]string{"["}, "[", false},
		{[]string{"[", "eu-west-?"}, "eu-west-1", true},
	} {
		if got := catalog.MatchesAny(test.globs, test.text); got != test.want {
			t.Errorf("MatchesAny(%q, %q) = %v", test.globs, test.text, got)
		}
	}
}
