package doctor

import (
	"strings"
	"testing"

	"snapshotter/catalog"
)

func TestAdviceOnDenial(t *testing.T) {
	for _, d := range denials {
		l := catalog.Listing{Outcome: catalog.Denied, Message: "no " + d.words + " allows the action"}
		if adviceOnDenial(l) != d.advice {
			t.Errorf("%s: %s", d.words, adviceOnDenial(l))
		}
	}
	if advice := adviceOnDenial(catalog.Listing{Message: "User is not authorized"}); !strings.Contains(advice, "does not say which policy") {
		t.Error(advice)
	}
}

func TestIdentityOf(t *testing.T) {
	t.Parallel()
	for arn, want := range map[string]Identity{
		"arn:aws:sts::111122223333:assumed-role/snapshotter/nightly":  {"assumed-role", "snapshotter", "aws"},
		"arn:aws-us-gov:iam::111122223333:user/division/team/me":      {"user", "me", "aws-us-gov"},
		"arn:aws:sts::111122223333:federated-user/me":                 {"federated-user", "me", "aws"},
		"arn:aws:iam::111122223333:root":                              {"root", "", "aws"},
		"arn:aws:sts::111122223333:assumed-role/of-111122223333-x/me": {"assumed-role", "", "aws"},
		"arn:aws:sts::111122223333:assumed-role/a\x1b[31mb/i-0abc\n":  {"assumed-role", "a [31mb", "aws"},
		"":    {"unknown", "", ""},
		"arn": {"unknown", "", ""},
	} {
		if got := identityOf(arn); got != want {
			t.Errorf("%q: %+v, want %+v", arn, got, want)
		}
	}
}
