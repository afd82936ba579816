// Package collect reads from AWS what Bedrock lists in every region of a
// partition: it discovers the regions, lists every scope side by side with the
// AWS SDK, and says of each what was learned.
//
// It guarantees exactly one listing for each region, discovered or known, and
// kind: read whole, or with the reason why it was not. A failing region, page
// or source of regions is data, never an error and never a gap. It refuses to
// take a part of a list for the list, or one list that lacks known items for
// their removal. It calls nothing but list and describe operations, and it
// reads no clock, file or environment of its own.
package collect

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/catalog"
)

// Options are what a collection can be told. The zero value is a good one.
type Options struct {
	// Regions are added to those that discovery finds. One that is outside the
	// credentials' partition can't be read with them and becomes a note.
	Regions []string
	// Include tells the regions to list; nil is all. A region left out is
	// returned as not-listed.
	Include func(region string) bool
	// Attempt, Region and Run are the deadlines of one request, of all of one
	// region's listings, and of the collection. Zero is 10 s, 45 s and 5 min.
	Attempt, Region, Run time.Duration
	// Pause is how long to wait before a listing that lacks known items is
	// made again. Zero is 2 s.
	Pause time.Duration
	// Progress is called when regions are discovered and when scopes finish,
	// never concurrently; it may be nil. The collection waits for it.
	Progress func(Progress)
}

func (o Options) withDefaults() Options {
	o.Attempt = cmp.Or(o.Attempt, 10*time.Second)
	o.Region = cmp.Or(o.Region, 45*time.Second)
	o.Run = cmp.Or(o.Run, 5*time.Minute)
	o.Pause = cmp.Or(o.Pause, 2*time.Second)
	if o.Include == nil {
		o.Include = func(string) bool { return true }
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	return o
}

// Progress is how far a collection has come. Scopes that were not read whole
// are told at its end, because what became of them may depend on the others.
type Progress struct {
	Scopes int // to be listed, as far as is known: it grows as regions are discovered
	Done   int // of them finished
	// Listing is the scope that finished, as it will be returned; nil where
	// regions were discovered.
	Listing *catalog.Listing
}

// Result is what a collection learned.
type Result struct {
	Partition string
	// Listings are sorted by scope: one for each kind in each region that is
	// discovered, configured or known, within the partition.
	Listings []catalog.Listing
	// Notes say, sorted and redacted, what the collection had to do without.
	Notes []string
}

// Collect lists every scope of the partition that cfg.Region is in. Known is
// what the history says about each scope: regions in it are listed though
// nothing names them any more, and removals from it are confirmed. What it says
// of other partitions is left alone.
//
// The error is not nil only where there is nothing to record. It is then
//   - a [*RegionError] if cfg has no region, its partition has none to list, or
//     all are left out,
//   - a [*CredentialsError] if no credentials could be had, or nothing was read
//     and the credentials were refused,
//   - an [*UnreachableError] if not a single scope that was asked for answered,
//   - or wraps the cause of ctx if that ended first.
func Collect(ctx context.Context, cfg aws.Config, known map[catalog.Scope]catalog.Known, opts Options) (Result, error) {
	if !catalog.ValidRegion(cfg.Region) {
		return Result{}, &RegionError{Region: catalog.Redact(cfg.Region)}
	}
	opts = opts.withDefaults()
	run, cancel := context.WithTimeoutCause(ctx, opts.Run, &noAnswerError{opts.Run, "the run"})
	defer cancel()
	session := newSession(cfg, opts)
	defer session.close()
	if err := session.authenticate(run, opts.Region); err != nil {
		return Result{}, cmp.Or(ended(ctx), err)
	}
	c := &collection{
		ctx: run, session: session, opts: opts, known: known,
		partition: catalog.Partition(cfg.Region),
		regions:   map[string]*region{},
		events:    make(chan func()),
		crashed:   make(chan struct{}),
	}
	c.collect()
	if err := ended(ctx); err != nil {
		return Result{}, err
	}
	return c.result()
}

// ended is why the caller's context ended, nil if it did not.
func ended(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return fmt.Errorf("collect: %w", context.Cause(ctx))
}

// collection is one call of [Collect]. All of its state belongs to the
// goroutine that runs collect; the others send it what to do as events.
type collection struct {
	ctx       context.Context
	session   *session
	opts      Options
	known     map[catalog.Scope]catalog.Known
	partition string

	regions  map[string]*region
	enabled  map[string]bool // by region, where its opt-in status is known
	accepted bool            // a source of regions took the credentials for valid
	notes    []string

	running  int // goroutines that have yet to send their last event
	events   chan func()
	crashed  chan struct{} // closed where nobody takes events any more
	progress Progress
}

// region is one that discovery named.
type region struct {
	name     string
	asked    bool
	findings map[catalog.Kind]finding // of the kinds that finished
	cancel   context.CancelFunc       // ends the listings under way
}

// collect starts with the regions that need no discovery, while the sources
// that may name more of them are being read.
func (c *collection) collect() {
	defer close(c.crashed) // if it did not, all have sent their last
	c.start(c.readRegions)
	c.start(c.readOptIn)
	names := slices.Concat(builtIn[c.partition], c.opts.Regions)
	for scope := range c.known {
		if catalog.Partition(scope.Region) == c.partition {
			names = append(names, scope.Region)
		}
	}
	c.found(names)
	for c.running > 0 {
		(<-c.events)()
	}
}

// start runs work beside the others. What work returns is its last event.
func (c *collection) start(work func() (last func())) {
	c.running++
	go func() {
		// A panic here would end the whole program: it becomes one of the caller
		// of Collect, who can recover from it.
		defer func() {
			if crash := recover(); crash != nil {
				stack := debug.Stack()
				c.send(func() { panic(fmt.Sprintf("%v\n%s", crash, stack)) })
			}
		}()
		last := work()
		c.send(func() {
			c.running--
			last()
		})
	}()
}

// send waits until the event is taken: after a crash none is.
func (c *collection) send(event func()) {
	select {
	case c.events <- event:
	case <-c.crashed:
	}
}

// found begins with the regions among names that are new.
func (c *collection) found(names []string) {
	slices.Sort(names)
	grown := false
	for _, name := range slices.Compact(names) {
		if c.regions[name] != nil {
			continue
		}
		if !catalog.ValidRegion(name) || catalog.Partition(name) != c.partition {
			c.note("left out %q, which is no region of partition %s, where the credentials are valid", name, c.partition)
			continue
		}
		c.begin(name)
		grown = true
	}
	if grown {
		c.report(nil)
	}
}

// begin lists all kinds of a region at once, under one deadline.
func (c *collection) begin(name string) {
	ctx, cancel := context.WithTimeoutCause(c.ctx, c.opts.Region, &noAnswerError{c.opts.Region, "the region"})
	r := &region{name: name, asked: c.opts.Include(name), findings: map[catalog.Kind]finding{}, cancel: cancel}
	c.regions[name] = r
	if !r.asked {
		cancel()
		return
	}
	c.progress.Scopes += len(catalog.Kinds())
	client := c.session.bedrock(name)
	for _, kind := range catalog.Kinds() {
		scope := catalog.Scope{Region: name, Kind: kind}
		l := lister{session: c.session, client: client, scope: scope, known: c.known[scope], pause: c.opts.Pause}
		c.start(func() func() {
			f := l.list(ctx)
			return func() { c.finished(r, f) }
		})
	}
	c.cancelDisabled(r)
}

// finished keeps what was found. What a failure means is settled when all that
// may explain it is known, so it is reported then.
func (c *collection) finished(r *region, f finding) {
	r.findings[f.Kind] = f
	if len(r.findings) == len(catalog.Kinds()) {
		r.cancel()
	}
	if f.Outcome == catalog.Complete {
		c.report(&f.Listing)
	}
}

// cancelDisabled ends the listings of a region that the account is now known
// not to have enabled: it refuses them sooner or later.
func (c *collection) cancelDisabled(r *region) {
	if enabled, known := c.enabled[r.name]; known && !enabled {
		r.cancel()
	}
}

// report tells the progress; with the listing that finished, if any.
func (c *collection) report(finished *catalog.Listing) {
	if finished != nil {
		c.progress.Done++
	}
	c.progress.Listing = finished
	c.opts.Progress(c.progress)
}

func (c *collection) note(format string, args ...any) {
	c.notes = append(c.notes, catalog.Redact(fmt.Sprintf(format, args...)))
}

// sorted are the regions by name.
func (c *collection) sorted() []*region {
	return slices.SortedFunc(maps.Values(c.regions), func(a, b *region) int { return cmp.Compare(a.name, b.name) })
}
