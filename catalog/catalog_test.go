package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"snapshotter/catalog"
)

func TestGeographyAndPartition(t *testing.T) {
	for region, want := range map[string]struct{ geography, partition string }{
		"us-east-1":        {"us", "aws"},
		"ap-southeast-5":   {"ap", "aws"},
		"mx-central-1":     {"mx", "aws"},
		"il-central-1":     {"il", "aws"},
		"us-gov-west-1":    {"us-gov", "aws-us-gov"},
		"eusc-de-east-1":   {"eusc-de", "aws-eusc"},
		"cn-northwest-1":   {"cn", "aws-cn"},
		"us-iso-east-1":    {"us-iso", "aws-iso"},
		"us-isob-east-1":   {"us-isob", "aws-iso-b"},
		"us-isof-south-1":  {"us-isof", "aws-iso-f"},
		"eu-isoe-west-1":   {"eu-isoe", "aws-iso-e"},
		"zz-far-beyond-12": {"zz-far", "aws"},
		"global":           {"global", "aws"},
		"two-parts":        {"two-parts", "aws"},
		"":                 {"", "aws"},
	} {
		if got := catalog.Geography(region); got != want.geography {
			t.Errorf("Geography(%q) = %q, want %q", region, got, want.geography)
		}
		if got := catalog.Partition(region); got != want.partition {
			t.Errorf("Partition(%q) = %q, want %q", region, got, want.partition)
		}
	}
}

func TestModelARN(t *testing.T) {
	m := &catalog.FoundationModel{ID: "maker.m-v1:0"}
	for region, want := range map[string]string{
		"us-east-1":     "arn:aws:bedrock:us-east-1::foundation-model/maker.m-v1:0",
		"us-gov-west-1": "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/maker.m-v1:0",
	} {
		if got := m.ARN(region); got != want {
			t.Errorf("ARN(%s) = %s, want %s", region, got, want)
		}
	}
}

func TestValidRegion(t *testing.T) {
	for _, region := range []string{"us-east-1", "us-gov-west-1", "eusc-de-east-1", "ap-southeast-12"} {
		if !catalog.ValidRegion(region) {
			t.Errorf("ValidRegion(%q) = false", region)
		}
	}
	for _, region := range []string{
		"", "-", "useast1", "-us-east-1", "us-east-1-", "US-EAST-1", "us_east_1", "us-east-1\n", " us-east-1", "us-east-1 ",
		"us-east-1/..", "../us-east-1", "us-east-1.evil.example", "us-ëast-1", "us-east-1\x00", "a-" + strings.Repeat("b", 31),
	} {
		if catalog.ValidRegion(region) {
			t.Errorf("ValidRegion(%q) = true", region)
		}
	}
}

func TestScopesAreOrderedByRegionThenKind(t *testing.T) {
	want := []catalog.Scope{{"eu-west-1", models}, {"eu-west-1", profiles}, {"us-east-1", models}}
	got := []catalog.Scope{want[2], want[1], want[0]}
	slices.SortFunc(got, catalog.Scope.Compare)
	if !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestExpectedOutcomes(t *testing.T) {
	for _, outcome := range outcomes {
		if got, want := outcome.Expected(), neverObserved[outcome] == catalog.RunComplete; got != want {
			t.Errorf("%s: Expected = %v, want %v", outcome, got, want)
		}
	}
}

func TestFaultOf(t *testing.T) {
	for code, want := range map[string]catalog.CredentialFault{
		"ExpiredToken": catalog.Expired, "InvalidAccessKeyId": catalog.Nonexistent, "AuthFailure": catalog.Unrecognized,
		"RequestTimeTooSkewed": catalog.WronglySigned, "MissingAuthenticationToken": catalog.Missing, "AccessDenied": catalog.NoFault,
	} {
		if got := catalog.FaultOf(code); got != want {
			t.Errorf("FaultOf(%s) = %q, want %q", code, got, want)
		}
	}
}
