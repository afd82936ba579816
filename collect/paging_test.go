package collect_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"snapshotter/catalog"
	"snapshotter/internal/bedrocktest"
)

// long is a world with three pages of profiles in one region.
func long(t *testing.T) *world {
	w := start(t)
	w.opts.Region = time.Minute
	w.regions[home] = offering(12, 2500)
	w.Serve(w.regions)
	return w
}

// pagesAsked are the pages of home's profiles in the order of the requests.
func (w *world) pagesAsked() []int {
	var pages []int
	for _, c := range w.Calls() {
		if c.Region == home && c.Operation == bedrocktest.ListInferenceProfiles {
			pages = append(pages, c.Page)
		}
	}
	return pages
}

func TestEveryPageIsRead(t *testing.T) {
	t.Parallel()
	w := long(t)
	l := w.listings()[profiles(home)]
	if l.Outcome != catalog.Complete || len(l.Items) != 2500 {
		t.Errorf("%s with %d items: %s", l.Outcome, len(l.Items), l.Message)
	}
	if got := w.pagesAsked(); !slices.Equal(got, []int{1, 2, 3}) {
		t.Errorf("asked for pages %v", got)
	}
}

// A refused token begins the listing anew: what the pages before it said may
// belong to another state of the list.
func TestRefusedTokenRestarts(t *testing.T) {
	t.Parallel()
	w := long(t)
	w.Inject(bedrocktest.Fault{Region: home, Operation: bedrocktest.ListInferenceProfiles, Page: 3, Kind: bedrocktest.InvalidToken, Times: 2})
	l := w.listings()[profiles(home)]
	if l.Outcome != catalog.Complete || len(l.Items) != 2500 {
		t.Errorf("%s with %d items: %s", l.Outcome, len(l.Items), l.Message)
	}
	if got := w.pagesAsked(); !slices.Equal(got, []int{1, 2, 3, 1, 2, 3, 1, 2, 3}) {
		t.Errorf("asked for pages %v", got)
	}
}

func TestTokenRefusedForGood(t *testing.T) {
	t.Parallel()
	w := long(t)
	w.Inject(bedrocktest.Fault{Region: home, Operation: bedrocktest.ListInferenceProfiles, Kind: bedrocktest.InvalidToken})
	l := w.listings()[profiles(home)]
	if l.Outcome != catalog.Invalid || l.ErrorCode != "ValidationException" || !strings.Contains(l.Message, "refused 3 times") {
		t.Errorf("%s, %q, %q", l.Outcome, l.ErrorCode, l.Message)
	}
	if got := w.pagesAsked(); !slices.Equal(got, []int{1, 2, 1, 2, 1, 2}) {
		t.Errorf("asked for pages %v", got)
	}
}

// A page that fails fails the listing, wherever it stands.
func TestAnyPageMayFail(t *testing.T) {
	t.Parallel()
	for page := 1; page <= 3; page++ {
		w := long(t)
		w.Inject(bedrocktest.Fault{Region: home, Operation: bedrocktest.ListInferenceProfiles, Page: page, Kind: bedrocktest.DenyIAM})
		l := w.listings()[profiles(home)]
		if l.Outcome != catalog.Denied || l.Items != nil {
			t.Errorf("page %d denied: %s with %d items", page, l.Outcome, len(l.Items))
		}
	}
}

// A page that is sent twice adds nothing, and loses nothing.
func TestPageSentTwice(t *testing.T) {
	t.Parallel()
	w := long(t)
	w.Inject(bedrocktest.Fault{Region: home, Operation: bedrocktest.ListInferenceProfiles, Page: 2, Kind: bedrocktest.DuplicatePage, Times: 1})
	l := w.listings()[profiles(home)]
	if l.Outcome != catalog.Complete || len(l.Items) != 2500 {
		t.Errorf("%s with %d items: %s", l.Outcome, len(l.Items), l.Message)
	}
}

func TestTokenThatLeadsNowhere(t *testing.T) {
	t.Parallel()
	for _, kind := range []bedrocktest.FaultKind{bedrocktest.RepeatToken, bedrocktest.DuplicatePage} {
		w := long(t)
		w.Inject(bedrocktest.Fault{Region: home, Operation: bedrocktest.ListInferenceProfiles, Page: 2, Kind: kind})
		l := w.listings()[profiles(home)]
		if l.Outcome != catalog.Invalid || !strings.Contains(l.Message, "pages repeat themselves") {
			t.Errorf("%s: %s: %s", kind, l.Outcome, l.Message)
		}
		if asked := len(w.pagesAsked()); asked > 12 {
			t.Errorf("%s: asked %d times", kind, asked)
		}
	}
}
