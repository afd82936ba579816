package sample

import (
	"slices"
	"strings"
	"testing"

	"snapshotter/internal/bedrocktest"

	"github.com/google/go-cmp/cmp"
)

// event is one thing that happens to one id.
type event struct{ what, id string }

// seen is what runs up to moment n (from 1) know: every region as it was when
// it could last be read.
func seen(n int) Moment {
	known := Moment{Catalogue: bedrocktest.Catalogue{}}
	for _, m := range Moments()[:n] {
		for _, code := range m.readable() {
			known.Catalogue[code] = m.Catalogue[code]
		}
	}
	return known
}

// story is everything that the run at moment n finds out, with the regions in
// which it does, sorted. A region it reads for the first time is one event.
func story(n int) map[event][]string {
	before, after := seen(n-1), seen(n)
	found := map[event][]string{}
	note := func(what string, at place) {
		if _, known := before.Catalogue[at.region]; known {
			found[event{what, at.id}] = append(found[event{what, at.id}], at.region)
		}
	}
	for _, code := range after.readable() {
		if _, known := before.Catalogue[code]; !known {
			found[event{"new region", code}] = []string{code}
		}
	}
	compare(before.models(), after.models(), "model", note, func(old, new bedrocktest.Model) []string {
		var what []string
		if old.Lifecycle.Status != new.Lifecycle.Status {
			what = append(what, "status")
		}
		if new.Lifecycle.Status = old.Lifecycle.Status; old.Lifecycle != new.Lifecycle {
			what = append(what, "dates")
		}
		if !slices.Equal(old.InferenceTypes, new.InferenceTypes) {
			what = append(what, "inference types")
		}
		old.Lifecycle, old.InferenceTypes = new.Lifecycle, new.InferenceTypes
		if !cmp.Equal(old, new) {
			what = append(what, "something else")
		}
		return what
	})
	compare(before.profiles(), after.profiles(), "profile", note, func(old, new bedrocktest.Profile) []string {
		var what []string
		if !slices.Equal(old.Regions, new.Regions) {
			what = append(what, "destinations")
		}
		if old.Description != new.Description {
			what = append(what, "description")
		}
		old.Regions, old.Description, old.UpdatedAt = new.Regions, new.Description, new.UpdatedAt
		if !cmp.Equal(old, new) {
			what = append(what, "something else")
		}
		return what
	})
	for _, regions := range found {
		slices.Sort(regions)
	}
	return found
}

func compare[T any](before, after map[place]T, kind string, note func(what string, at place), changed func(old, new T) []string) {
	for at, new := range after {
		old, known := before[at]
		if !known {
			note(kind+" added", at)
			continue
		}
		for _, what := range changed(old, new) {
			note(what, at)
		}
	}
	for at := range before {
		if _, kept := after[at]; !kept {
			note(kind+" removed", at)
		}
	}
}

// sorted is a set of regions in order.
func sorted(regions string) []string { return slices.Sorted(slices.Values(list(regions))) }

// without is a set of regions less one.
func without(regions []string, region string) []string {
	return slices.DeleteFunc(slices.Clone(regions), func(r string) bool { return r == region })
}

// TestStories holds every report to what is promised of it, and to no more:
// anything else that changed would make it less of a showcase.
func TestStories(t *testing.T) {
	moments := Moments()
	sonnet4 := regionsOf(moments[0].models(), claudeSonnet4)
	for _, report := range []struct {
		moment int
		want   map[event][]string
	}{
		{2, map[event][]string{
			{"model added", claudeOpus47}:               sorted(everywhere),
			{"profile added", "global." + claudeOpus47}: sorted(everywhere),
			{"profile added", "us." + claudeOpus47}:     sorted(usFour + " ca-central-1"),
			{"profile added", "eu." + claudeOpus47}:     sorted(euFive),
			{"profile added", "jp." + claudeOpus47}:     sorted(japan),
			{"inference types", nova2Lite}:              {"ap-northeast-1"},
			{"model removed", claude3Sonnet}:            {"eu-west-2"},
			{"description", "us." + claudeOpus41}:       sorted(usThree),
		}},
		{3, map[event][]string{
			{"status", claudeSonnet4}: without(sonnet4, "us-west-2"),
			{"dates", claudeSonnet4}:  without(sonnet4, "us-west-2"),
			{"dates", marengo27}:      sorted("eu-west-1 us-east-1"),
			{"new region", hongKong}:  {hongKong},
		}},
		{4, map[event][]string{
			{"model removed", claude37Sonnet}:             sorted(endOfSonnet37),
			{"profile removed", "us." + claude37Sonnet}:   sorted(usThree),
			{"profile removed", "eu." + claude37Sonnet}:   sorted(euFour),
			{"profile removed", "apac." + claude37Sonnet}: without(sorted(apSix), "ap-south-1"),
			{"destinations", "eu." + claudeHaiku45}:       sorted(euFour),
			{"description", "eu." + claudeHaiku45}:        sorted(euFour),
			{"model added", claude3Sonnet}:                {"eu-west-2"},
			// What Oregon could not tell a week before.
			{"status", claudeSonnet4}:       {"us-west-2"},
			{"dates", claudeSonnet4}:        {"us-west-2"},
			{"model added", qwen3CoderNext}: {"us-west-2"},
		}},
	} {
		if d := cmp.Diff(report.want, story(report.moment)); d != "" {
			t.Errorf("moment %d tells another story (-want +got):\n%s", report.moment, d)
		}
	}
}

func TestLaunchIsByProfileAlone(t *testing.T) {
	launched := Moments()[1]
	for at, model := range launched.models() {
		if at.id == claudeOpus47 && !slices.Equal(model.InferenceTypes, []string{"INFERENCE_PROFILE"}) {
			t.Errorf("%s offers it by %v", at.region, model.InferenceTypes)
		}
	}
}

func TestOnDemandIsGainedWhereOnlyAProfileWas(t *testing.T) {
	tokyo := place{"ap-northeast-1", nova2Lite}
	before, after := Moments()[0].models()[tokyo], Moments()[1].models()[tokyo]
	if !slices.Equal(before.InferenceTypes, []string{"INFERENCE_PROFILE"}) {
		t.Errorf("before, it is offered by %v", before.InferenceTypes)
	}
	if !slices.Contains(after.InferenceTypes, "ON_DEMAND") || !slices.Contains(after.InferenceTypes, "INFERENCE_PROFILE") {
		t.Errorf("after, it is offered by %v", after.InferenceTypes)
	}
}

func TestOregonFailsWithNewsPending(t *testing.T) {
	moments := Moments()
	for i, m := range moments {
		if want := i == 2; want != slices.Equal(m.Failing, []string{"us-west-2"}) {
			t.Errorf("at moment %d the regions %v fail", i+1, m.Failing)
		}
	}
	size := func(region string) int { return len(moments[2].Catalogue[region].Models) }
	larger := 0
	for region := range moments[2].Catalogue {
		if size(region) > size("us-west-2") {
			larger++
		}
	}
	if larger > 1 {
		t.Errorf("%d regions are larger than the one that fails", larger)
	}
	if quiet := cmp.Equal(moments[1].Catalogue["us-west-2"], moments[2].Catalogue["us-west-2"]); quiet {
		t.Error("nothing changes in it while it fails")
	}
}

func TestSonnet4TurnsLegacyWithAllItsDates(t *testing.T) {
	for at, model := range Moments()[2].models() {
		life := model.Lifecycle
		if at.id == claudeSonnet4 && (life.Status != "LEGACY" || life.Legacy == "" || life.PublicExtendedAccess == "" || life.EndOfLife == "") {
			t.Errorf("in %s it has %+v", at.region, life)
		}
	}
}

func TestAnEndMovesEarlierInSomeRegionsOnly(t *testing.T) {
	before, after := Moments()[1].models(), Moments()[2].models()
	var earlier, same []string
	for _, region := range regionsOf(after, marengo27) {
		at := place{region, marengo27}
		old, new := before[at].Lifecycle, after[at].Lifecycle
		switch {
		case new.EndOfLife < old.EndOfLife: // RFC 3339 in UTC sorts by time
			earlier = append(earlier, region)
		case new == old:
			same = append(same, region)
		}
		if new.EndOfLife = old.EndOfLife; new != old {
			t.Errorf("in %s more than the end moves", region)
		}
	}
	if len(earlier) == 0 || len(same) == 0 {
		t.Errorf("earlier in %v, the same in %v: want both", earlier, same)
	}
}

func TestHongKongIsNewAndOfUse(t *testing.T) {
	for i, m := range Moments() {
		region, listed := m.Catalogue[hongKong]
		if want := i >= 2; want != listed {
			t.Errorf("at moment %d it is listed: %t", i+1, listed)
		}
		if listed && (region.OptIn != optedIn || len(region.Models) == 0 || len(region.Profiles) == 0) {
			t.Errorf("at moment %d it offers %+v", i+1, region)
		}
	}
}

func TestOptInRegionsStayUnopened(t *testing.T) {
	for i, m := range Moments() {
		var closed []string
		for code, region := range m.Catalogue {
			if region.OptIn == optedOut {
				closed = append(closed, code)
			}
		}
		if slices.Sort(closed); !slices.Equal(closed, sorted(unopened)) {
			t.Errorf("at moment %d the regions %v are not enabled", i+1, closed)
		}
	}
}

func TestRemovalLeavesTheModelElsewhere(t *testing.T) {
	before, after := Moments()[2].models(), Moments()[3].models()
	if left := regionsOf(after, claude37Sonnet); len(left) == 0 || len(left) >= len(regionsOf(before, claude37Sonnet)) {
		t.Errorf("left in %v of %v", left, regionsOf(before, claude37Sonnet))
	}
}

func TestADestinationIsGained(t *testing.T) {
	before, after := Moments()[2].profiles(), Moments()[3].profiles()
	for _, region := range list(euFour) {
		at := place{region, "eu." + claudeHaiku45}
		gained := slices.DeleteFunc(slices.Clone(after[at].Regions), func(r string) bool { return slices.Contains(before[at].Regions, r) })
		if len(gained) != 1 || len(after[at].Regions) != len(before[at].Regions)+1 {
			t.Errorf("%s routes to %v after %v", region, after[at].Regions, before[at].Regions)
		}
		if !strings.Contains(after[at].Description, gained[0]) {
			t.Errorf("%s does not describe the new destination: %s", region, after[at].Description)
		}
	}
}

func TestSonnet3ReturnsToLondonAsItWas(t *testing.T) {
	london := place{"eu-west-2", claude3Sonnet}
	moments := Moments()
	for i, want := range []bool{true, false, false, true} {
		if _, listed := moments[i].models()[london]; listed != want {
			t.Errorf("at moment %d it is listed: %t", i+1, listed)
		}
		if !slices.Contains(moments[i].readable(), london.region) {
			t.Errorf("at moment %d London can't be read, so absence says nothing", i+1)
		}
	}
	if d := cmp.Diff(moments[0].models()[london], moments[3].models()[london]); d != "" {
		t.Errorf("it returns changed:\n%s", d)
	}
}
