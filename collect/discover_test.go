package collect_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/internal/bedrocktest"
)

// regionsOf are the regions that a result names.
func regionsOf(result collect.Result) []string {
	var regions []string
	for _, l := range result.Listings {
		if n := len(regions); n == 0 || regions[n-1] != l.Region {
			regions = append(regions, l.Region)
		}
	}
	return regions
}

// A region that only the public parameter names is listed like any other; so
// are more of them than fit a page of it.
func TestRegionsThatThePublicParameterNames(t *testing.T) {
	w := start(t)
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"} {
		w.regions["us-gov-"+name+"-1"] = offering(2, 1)
	}
	w.regions["us-east-1"] = offering(2, 1) // of another partition: not named here
	w.Serve(w.regions)
	result, err := w.collect()
	if err != nil {
		t.Fatal(err)
	}
	if got := regionsOf(result); len(got) != 14 {
		t.Errorf("listed %v", got)
	}
	for _, l := range result.Listings {
		if l.Outcome != catalog.Complete {
			t.Errorf("%v: %s: %s", l.Scope, l.Outcome, l.Message)
		}
	}
}

// Each source may fail, alone or with the others, and be hard to reach or to
// understand: all scopes are read all the same.
func TestSourcesThatFail(t *testing.T) {
	t.Parallel()
	for _, kind := range []bedrocktest.FaultKind{
		bedrocktest.DenyIAM, bedrocktest.Throttle, bedrocktest.InternalError, bedrocktest.BadGateway,
		bedrocktest.Hang, bedrocktest.Reset, bedrocktest.Malformed, bedrocktest.InvalidCredentials, bedrocktest.RepeatToken,
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := start(t)
			w.opts.Region = 2 * time.Second
			if kind == bedrocktest.Hang {
				w.opts.Attempt, w.opts.Region = time.Second, 30*time.Second
			}
			sources := []string{bedrocktest.GetParametersByPath, bedrocktest.ListRegions, bedrocktest.DescribeRegions}
			var faults []bedrocktest.Fault
			for _, operation := range sources {
				faults = append(faults, bedrocktest.Fault{Operation: operation, Kind: kind})
			}
			w.Inject(faults...)
			result, err := w.collect()
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range result.Listings {
				if l.Outcome != catalog.Complete {
					t.Errorf("%v: %s: %s", l.Scope, l.Outcome, l.Message)
				}
			}
			notes := strings.Join(result.Notes, "\n")
			for _, source := range []string{"ssm:GetParametersByPath", "account:ListRegions"} {
				if !strings.Contains(notes, source) {
					t.Errorf("no note of %s in %q", source, notes)
				}
			}
			if leaks(notes) {
				t.Errorf("the notes name whom or where: %q", notes)
			}
			t.Log(notes)
		})
	}
}

// EC2 is asked only where the account service can't tell.
func TestOptInStatusFromEC2(t *testing.T) {
	w := start(t)
	w.regions[other] = bedrocktest.Region{OptIn: "DISABLED"}
	w.Serve(w.regions)
	w.Inject(bedrocktest.Fault{Operation: bedrocktest.ListRegions, Kind: bedrocktest.DenyIAM})
	result, err := w.collect()
	if err != nil {
		t.Fatal(err)
	}
	if l := byScope(result.Listings)[models(other)]; l.Outcome != catalog.NotEnabled || l.Message != "the account has not enabled this region" {
		t.Errorf("%s: %s", l.Outcome, l.Message)
	}
	if len(result.Notes) != 1 || !strings.Contains(result.Notes[0], "account:ListRegions") {
		t.Errorf("notes %q", result.Notes)
	}
}

// What a refusal of the credentials means depends on what is known of the
// region and on how the others fare.
func TestRefusedInOneRegion(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		optIn   string
		unknown bool // no source tells the status
		outcome catalog.Outcome
		code    string
	}{
		{"disabled", "DISABLED", false, catalog.NotEnabled, ""},
		{"disabled, not known", "DISABLED", true, catalog.NotEnabled, "UnrecognizedClientException"},
		{"enabled", "ENABLED", false, catalog.Denied, "UnrecognizedClientException"},
		{"enabled by default", "", false, catalog.Denied, "UnrecognizedClientException"},
		{"being enabled", "ENABLING", false, catalog.NotEnabled, "UnrecognizedClientException"},
		{"being disabled", "DISABLING", false, catalog.NotEnabled, "UnrecognizedClientException"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := start(t)
			w.regions[other] = bedrocktest.Region{OptIn: tt.optIn}
			w.Serve(w.regions)
			faults := []bedrocktest.Fault{{Region: other, Kind: bedrocktest.NotEnabled}}
			if tt.unknown {
				faults = append(faults,
					bedrocktest.Fault{Operation: bedrocktest.ListRegions, Kind: bedrocktest.DenyIAM},
					bedrocktest.Fault{Operation: bedrocktest.DescribeRegions, Kind: bedrocktest.DenyIAM})
			}
			w.Inject(faults...)
			got := w.listings()
			for _, scope := range []catalog.Scope{models(other), profiles(other)} {
				if l := got[scope]; l.Outcome != tt.outcome || l.ErrorCode != tt.code || l.Message == "" {
					t.Errorf("%v: %s, %q, %q", scope, l.Outcome, l.ErrorCode, l.Message)
				}
			}
			if l := got[models(home)]; l.Outcome != catalog.Complete {
				t.Errorf("%v: %s", l.Scope, l.Outcome)
			}
		})
	}
}

// Every account has us-east-1: if it refuses credentials that work elsewhere, that
// is a fault, though no source says which regions are enabled. So it is where the
// region was read before.
func TestRefusedWhereItCannotBeDisabled(t *testing.T) {
	w := start(t)
	w.regions["eu-west-1"], w.regions["us-east-1"], w.regions["eu-south-1"], w.regions["eu-south-2"] =
		offering(2, 0), bedrocktest.Region{}, bedrocktest.Region{}, bedrocktest.Region{}
	w.Serve(w.regions)
	w.known[models("eu-south-1")] = catalog.Known{Observed: true}
	w.opts.Include = func(region string) bool {
		return slices.Contains([]string{"eu-west-1", "us-east-1", "eu-south-1", "eu-south-2"}, region)
	}
	w.Inject(
		bedrocktest.Fault{Region: "us-east-1", Kind: bedrocktest.NotEnabled},
		bedrocktest.Fault{Region: "eu-south-1", Kind: bedrocktest.NotEnabled},
		bedrocktest.Fault{Region: "eu-south-2", Kind: bedrocktest.NotEnabled},
		bedrocktest.Fault{Operation: bedrocktest.ListRegions, Kind: bedrocktest.DenyIAM},
		bedrocktest.Fault{Operation: bedrocktest.DescribeRegions, Kind: bedrocktest.DenyIAM},
	)
	cfg := w.Config()
	cfg.Region = "eu-west-1"
	result, err := collect.Collect(t.Context(), cfg, w.known, w.opts)
	if err != nil {
		t.Fatal(err)
	}
	for region, want := range map[string]catalog.Outcome{
		"us-east-1": catalog.Denied, "eu-south-1": catalog.Denied, "eu-south-2": catalog.NotEnabled,
	} {
		if l := byScope(result.Listings)[models(region)]; l.Outcome != want {
			t.Errorf("%s: %s, want %s", region, l.Outcome, want)
		}
	}
}

// A region that is not enabled may also not answer at all. It is given up as
// soon as its status is known.
func TestDisabledRegionThatHangs(t *testing.T) {
	w := start(t)
	w.regions[other] = bedrocktest.Region{OptIn: "DISABLED"}
	w.Serve(w.regions)
	w.opts.Attempt, w.opts.Region = time.Hour, time.Hour
	w.Inject(bedrocktest.Fault{Region: other, Kind: bedrocktest.Hang})
	if l := w.listings()[models(other)]; l.Outcome != catalog.NotEnabled {
		t.Errorf("%s: %s", l.Outcome, l.Message)
	}
}

// The public parameter is read from several regions, and the first to have read all
// of it suffices: what the home region does with it does not matter.
func TestParameterOfAnotherRegion(t *testing.T) {
	for _, kind := range []bedrocktest.FaultKind{bedrocktest.Hang, bedrocktest.DenyIAM} {
		t.Run(string(kind), func(t *testing.T) {
			w := start(t)
			w.regions["eu-west-9"] = offering(2, 0) // built in nowhere
			w.Serve(w.regions)
			w.opts.Attempt, w.opts.Region = time.Hour, time.Hour
			w.opts.Include = func(region string) bool { return region == "eu-west-9" }
			w.Inject(bedrocktest.Fault{Region: "eu-west-1", Operation: bedrocktest.GetParametersByPath, Kind: kind})
			cfg := w.Config()
			cfg.Region = "eu-west-1"
			result, err := collect.Collect(t.Context(), cfg, nil, w.opts)
			if err != nil || len(result.Notes) > 0 {
				t.Fatalf("%v, notes %q", err, result.Notes)
			}
			if l := byScope(result.Listings)[models("eu-west-9")]; l.Outcome != catalog.Complete {
				t.Errorf("%s: %s", l.Outcome, l.Message)
			}
		})
	}
}

// Regions that the history knows, or the configuration names, are listed though
// nothing else names them. An outage of discovery is never a gap.
func TestRegionsThatNothingElseNames(t *testing.T) {
	w := start(t)
	w.regions["us-gov-north-1"] = offering(3, 0)
	w.regions["us-gov-south-1"] = offering(4, 0)
	w.Serve(w.regions)
	w.Inject(bedrocktest.Fault{Operation: bedrocktest.GetParametersByPath, Kind: bedrocktest.DenyIAM})
	w.known[models("us-gov-north-1")] = catalog.Known{Observed: true}
	w.known[models("eu-west-1")] = catalog.Known{Observed: true} // of another partition
	w.opts.Regions = []string{"us-gov-south-1", "eu-west-2", "no region", "us-gov-south-1"}
	result, err := w.collect()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{other, "us-gov-north-1", "us-gov-south-1", home}, regionsOf(result)); diff != "" {
		t.Errorf("regions (-want +got):\n%s", diff)
	}
	for _, l := range result.Listings {
		if l.Outcome != catalog.Complete {
			t.Errorf("%v: %s: %s", l.Scope, l.Outcome, l.Message)
		}
	}
	if notes := strings.Join(result.Notes, "\n"); !strings.Contains(notes, `"eu-west-2"`) || !strings.Contains(notes, `"no region"`) || strings.Contains(notes, "eu-west-1") {
		t.Errorf("notes %q", result.Notes)
	}
}

// A name that does not resolve proves nothing: every region that is listed is
// named by some source.
func TestRegionWithoutHost(t *testing.T) {
	w := start(t)
	w.known[models("us-gov-north-1")] = catalog.Known{Observed: true, Keys: []string{"x"}}
	w.known[models("us-gov-south-1")] = catalog.Known{}
	got := w.listings()
	if l := got[models("us-gov-north-1")]; l.Outcome != catalog.Unreachable || l.Message != "no such host" {
		t.Errorf("observed before: %s: %s", l.Outcome, l.Message)
	}
	if l := got[profiles("us-gov-south-1")]; l.Outcome != catalog.Unreachable {
		t.Errorf("never observed: %s: %s", l.Outcome, l.Message)
	}
}

// A partition of which nothing is known has nothing to list.
func TestPartitionWithoutBedrock(t *testing.T) {
	w := start(t)
	cfg := w.Config()
	cfg.Region = "cn-north-1"
	_, err := collect.Collect(t.Context(), cfg, nil, w.opts)
	var none *collect.RegionError
	if !errors.As(err, &none) || none.Partition != "aws-cn" || none.Advice() == "" {
		t.Errorf("got %v", err)
	}
}

// A faulty value is shown as it is, and a guess is marked as one.
func TestRegionErrorShowsTheValue(t *testing.T) {
	for region, want := range map[string][2]string{
		"us-east-1\r\n":        {`"us-east-1\r\n" is not an AWS region`, "what is probably meant: us-east-1"},
		"\ufeffus-east-1":      {`"\ufeffus-east-1" is not an AWS region`, "such as us-east-1"},
		`"us-east-1"`:          {`"\"us-east-1\"" is not an AWS region`, "what is probably meant: us-east-1"},
		"EU-West-1":            {`"EU-West-1" is not an AWS region`, "what is probably meant: eu-west-1"},
		"us-east-1a":           {`"us-east-1a" is not an AWS region`, "what is probably meant: us-east-1"},
		"nowhere":              {`"nowhere" is not an AWS region`, "such as us-east-1"},
		"AKIAIOSFODNN7EXAMPLE": {`"[key]" is not an AWS region`, "such as us-east-1"},
	} {
		err := &collect.RegionError{Region: region}
		if err.Error() != want[0] || !strings.Contains(err.Advice(), want[1]) {
			t.Errorf("%q: %v; %s", region, err, err.Advice())
		}
	}
}

func TestNoRegion(t *testing.T) {
	w := start(t)
	for _, region := range []string{"", "nowhere", "us-east-1 ", "us-east-1a"} {
		cfg := w.Config()
		cfg.Region = region
		_, err := collect.Collect(t.Context(), cfg, nil, w.opts)
		var none *collect.RegionError
		if !errors.As(err, &none) || none.Region != region || none.Advice() == "" {
			t.Errorf("%q: got %v", region, err)
		}
	}
	if calls := w.Calls(); len(calls) > 0 {
		t.Errorf("asked %v", calls)
	}
}
