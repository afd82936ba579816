package bedrocktest_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"snapshotter/internal/bedrocktest"
)

// Many clients at once, while the catalogue and the faults change under them:
// a listing is always of one catalogue, never of a mixture.
func TestListingsAreWholeWhileEverythingChanges(t *testing.T) {
	edition := func(n int) bedrocktest.Catalogue {
		c := bedrocktest.Catalogue{}
		for r := range 4 {
			list := profiles(fmt.Sprintf("e%d", n), "us-east-1")[1:51]
			c[fmt.Sprintf("us-test-%d", r)] = bedrocktest.Region{Profiles: list}
		}
		return c
	}
	var whole [][]string
	for n := range 3 {
		whole = append(whole, sorted(fixtureIDs(edition(n)["us-test-0"].Profiles)))
	}
	s := start(t)
	s.Serve(edition(0))
	var clients sync.WaitGroup
	for r := range 4 {
		clients.Go(func() {
			cfg := clientConfig(s, fmt.Sprintf("us-test-%d", r))
			for range 20 {
				got, err := listProfiles(t.Context(), cfg, 9)
				if err != nil {
					continue // a fault; the listing is not whole and says so
				}
				ids := sorted(profileIDs(got))
				if !slices.ContainsFunc(whole, func(w []string) bool { return slices.Equal(w, ids) }) {
					t.Errorf("a listing of %d profiles is of no catalogue", len(ids))
				}
			}
		})
	}
	clients.Go(func() {
		for n := range 60 {
			s.Serve(edition(n % 3))
			s.Inject(bedrocktest.Fault{Kind: bedrocktest.Throttle, After: n % 5, Times: 1}, bedrocktest.Fault{Kind: bedrocktest.InvalidToken, Page: 3, Times: 1})
			s.Calls()
		}
	})
	clients.Wait()
}
