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

// A region that hangs is given up by its own deadline. The others are not.
func TestRegionDeadline(t *testing.T) {
	w := start(t)
	w.opts.Region = time.Second
	w.Inject(hung(other))
	got := w.listings()
	if l := got[models(other)]; l.Outcome != catalog.Unreachable || l.Message != "not read within the 1s that the region may take" {
		t.Errorf("%s: %s", l.Outcome, l.Message)
	}
	if l := got[models(home)]; l.Outcome != catalog.Complete {
		t.Errorf("%s: %s", l.Outcome, l.Message)
	}
}

// The run's deadline ends what is still under way; what was read stays.
func TestRunDeadline(t *testing.T) {
	w := start(t)
	w.opts.Run, w.opts.Region = time.Second, time.Hour
	w.Inject(hung(other))
	got := w.listings()
	if l := got[models(other)]; l.Outcome != catalog.Unreachable || l.Message != "not read within the 1s that the run may take" {
		t.Errorf("%s: %s", l.Outcome, l.Message)
	}
	if l := got[models(home)]; l.Outcome != catalog.Complete {
		t.Errorf("%s: %s", l.Outcome, l.Message)
	}
}

// What was being retried when a deadline ended it is what happened.
func TestDeadlineKeepsTheFailure(t *testing.T) {
	w := start(t)
	w.opts.Region = 1500 * time.Millisecond
	w.Inject(
		bedrocktest.Fault{Region: other, Operation: bedrocktest.ListFoundationModels, Kind: bedrocktest.Throttle, Times: 1},
		bedrocktest.Fault{Region: other, Operation: bedrocktest.ListFoundationModels, Kind: bedrocktest.Hang},
	)
	if l := w.listings()[models(other)]; l.Outcome != catalog.Throttled || l.ErrorCode != "ThrottlingException" {
		t.Errorf("%s, %q, %q", l.Outcome, l.ErrorCode, l.Message)
	}
}

// No time for a second listing: the removal is not believed.
func TestNoTimeToConfirm(t *testing.T) {
	w := start(t)
	w.learn()
	w.regions[home] = offering(11, 7)
	w.Serve(w.regions)
	w.opts.Region, w.opts.Pause = time.Second, time.Hour
	l := w.listings()[models(home)]
	if l.Outcome != catalog.Unreachable || l.Items != nil {
		t.Errorf("%s with %d items: %s", l.Outcome, len(l.Items), l.Message)
	}
}

// A source of regions that hangs does not hold up the listings: all of them
// are done while it does.
func TestSourcesDoNotHoldUp(t *testing.T) {
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
