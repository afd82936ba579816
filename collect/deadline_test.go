package collect_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/internal/bedrocktest"
)

// hung is a fault that keeps one region from answering.
func hung(region string) bedrocktest.Fault {
	return bedrocktest.Fault{Region: region, Kind: bedrocktest.Hang}
}

// A region that hangs is given up by its own deadline. What was being retried
// then is what happened, and what was not confirmed by then is not believed.
// The other regions are not touched.
func TestRegionDeadline(t *testing.T) {
	t.Parallel()
	w := start(t)
	silent, throttled, lacking := "us-gov-silent-1", "us-gov-throttled-1", "us-gov-lacking-1"
	for _, region := range []string{silent, throttled, lacking} {
		w.regions[region] = offering(4, 4)
	}
	w.Serve(w.regions)
	w.Inject(
		hung(silent),
		bedrocktest.Fault{Region: throttled, Kind: bedrocktest.Throttle, Times: 1},
		hung(throttled),
	)
	w.known[models(lacking)] = catalog.Known{Observed: true, Keys: []string{"gone"}}
	w.opts.Region, w.opts.Pause = 2*time.Second, time.Hour
	got := w.listings()
	if l := got[models(silent)]; l.Outcome != catalog.Unreachable || l.Message != "not read within 2s, the limit of the region" {
		t.Errorf("%v: %s: %s", l.Scope, l.Outcome, l.Message)
	}
	if l := got[models(throttled)]; l.Outcome != catalog.Throttled || l.ErrorCode != "ThrottlingException" {
		t.Errorf("%v: %s, %q, %q", l.Scope, l.Outcome, l.ErrorCode, l.Message)
	}
	if l := got[models(lacking)]; l.Outcome != catalog.Unreachable || l.Items != nil {
		t.Errorf("%v: %s with %d items: %s", l.Scope, l.Outcome, len(l.Items), l.Message)
	}
	for _, scope := range []catalog.Scope{models(home), profiles(home), profiles(lacking)} {
		if l := got[scope]; l.Outcome != catalog.Complete {
			t.Errorf("%v: %s: %s", scope, l.Outcome, l.Message)
		}
	}
}

// The run's deadline ends what is still under way; what was read stays.
func TestRunDeadline(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.opts.Run, w.opts.Region = 2*time.Second, time.Hour
	w.Inject(hung(other))
	got := w.listings()
	if l := got[models(other)]; l.Outcome != catalog.Unreachable || l.Message != "not read within 2s, the limit of the run" {
		t.Errorf("%s: %s", l.Outcome, l.Message)
	}
	if l := got[models(home)]; l.Outcome != catalog.Complete {
		t.Errorf("%s: %s", l.Outcome, l.Message)
	}
}

// A source of regions that hangs does not hold up the listings: all of them
// are done while it does.
func TestSourcesDoNotHoldUp(t *testing.T) {
	t.Parallel()
	w := start(t)
	gate := bedrocktest.NewGate()
	for _, operation := range []string{bedrocktest.GetParametersByPath, bedrocktest.ListRegions} {
		w.Inject(bedrocktest.Fault{Operation: operation, Gate: gate})
	}
	w.opts.Progress = func(p collect.Progress) {
		if p.Done == 4 {
			gate.Open()
		}
	}
	result, err := w.collect() // would end only with the sources' deadline, a minute
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Notes) > 0 {
		t.Errorf("notes %q", result.Notes)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	w := start(t)
	gate := bedrocktest.NewGate()
	w.Inject(bedrocktest.Fault{Region: other, Gate: gate})
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("asked to stop")
	go func() {
		<-gate.Reached()
		cancel(stop)
	}()
	cfg := w.Config()
	cfg.Region = home
	result, err := collect.Collect(ctx, cfg, nil, w.opts)
	if !errors.Is(err, stop) || result.Listings != nil {
		t.Errorf("got %v, %v", outcomes(result.Listings), err)
	}
	if _, err := collect.Collect(ctx, cfg, nil, w.opts); !errors.Is(err, stop) {
		t.Errorf("started when cancelled: %v", err)
	}
}
