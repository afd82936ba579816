package collect_test

import (
	"fmt"
	"testing"
	"time"

	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/internal/bedrocktest"
)

// BenchmarkCollect lists 36 regions that answer after 50 to 300 ms each, as
// those of the world do, from a home that is near. The metric that counts is
// x-slowest: the wall time over that of the slowest region's own chain, which
// is the longest latency that any listing met.
func BenchmarkCollect(b *testing.B) {
	const home, regions = "us-east-1", 36
	server, err := bedrocktest.Start()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(server.Close)
	offered := bedrocktest.Catalogue{}
	opts := collect.Options{}
	for i := range regions {
		name := fmt.Sprintf("xx-bench-%d", i)
		if i == 0 {
			name = home
		}
		offered[name] = offering(100, 60)
		opts.Regions = append(opts.Regions, name)
	}
	opts.Include = func(region string) bool { return offered[region].Models != nil }
	server.Serve(offered)

	slowest := 300 * time.Millisecond
	faults := []bedrocktest.Fault{
		{Region: "xx-bench-35", Operation: bedrocktest.ListFoundationModels, Delay: slowest},
		{Operation: bedrocktest.GetParametersByPath, Delay: 50 * time.Millisecond},
		{Operation: bedrocktest.ListRegions, Delay: 50 * time.Millisecond},
	}
	for i := range regions - 1 {
		for _, operation := range []string{bedrocktest.ListFoundationModels, bedrocktest.ListInferenceProfiles} {
			faults = append(faults, bedrocktest.Fault{Region: opts.Regions[i], Operation: operation, Delay: 50 * time.Millisecond, Until: slowest})
		}
	}
	server.Inject(faults...)
	cfg := server.Config()

	for b.Loop() {
		result, err := collect.Collect(b.Context(), cfg, nil, opts)
		if err != nil {
			b.Fatal(err)
		}
		complete := 0
		for _, l := range result.Listings {
			if l.Outcome == catalog.Complete {
				complete++
			}
		}
		if complete != 2*regions {
			b.Fatalf("%d scopes complete, want %d", complete, 2*regions)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(slowest), "x-slowest")
}
