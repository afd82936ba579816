// Package collect reads from AWS what Bedrock lists in every region of a
// partition: it discovers the regions, lists all scopes concurrently with the
// AWS SDK, and reports what it learned about each.
//
// It guarantees exactly one listing for each kind in each region, discovered or
// known: complete, or with the reason why it is not. A failing region, page or
// source of regions is data, never an error and never a gap. It refuses to take
// part of a list for the list, or one list that lacks known items for their
// removal. It only calls list and describe operations, and it does not read the
// clock, files or the environment.
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

// Options configure a collection. The zero value works.
type Options struct {
	// Regions are added to those that discovery finds. A region outside the
	// partition of the credentials becomes a note.
	Regions []string
	// Kinds are those of the account's resources to list too, see
	// [catalog.AccountKinds].
	Kinds []catalog.Kind
	// Described has the resources that earlier runs described, by scope, sorted by key:
	// they are not asked for again while they have not changed.
	Described map[catalog.Scope][]catalog.Item
	// Include chooses the regions to list; nil is all. The others are returned
	// as not-listed.
	Include func(region string) bool
	// Attempt, Region and Run limit one request, all listings of one region,
	// and the whole collection. The defaults are 10 s, 45 s and 5 min.
	Attempt, Region, Run time.Duration
	// Pause is how long to wait before a listing that lacks known items is
	// repeated. The default is 2 s.
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

// Progress is how far a collection has come. Scopes that could not be read are
// reported at the end, because what happened to them may depend on the others.
type Progress struct {
	Scopes int // to be listed, as far as is known: it grows as regions are discovered
	Done   int // of them finished
	// Listing is the scope that finished, as it will be returned; nil if
	// regions were discovered.
	Listing *catalog.Listing
}

// Result is what a collection learned.
type Result struct {
	Partition string
	// Listings are sorted by scope: one for each kind in each region that is
	// discovered, configured or known, within the partition.
	Listings []catalog.Listing
	// Notes say what the collection did without, sorted and redacted.
	Notes []string
}

// Collect lists every scope of the partition that cfg.Region is in. Known is
// what the history says about each scope: Collect lists its regions even if no
// source names them any more, and confirms removals from it. It ignores what
// known says about other partitions.
//
// The error is not nil only if there is nothing to record. It is
func Collect(ctx context.Context, cfg aws.Config, known map[catalog.Scope]catalog.Known, opts Options) (Result, error) {
	if !regionCode.MatchString(cfg.Region) {
		return Result{}, &RegionError{Region: cfg.Region}
	}
	opts = opts.withDefaults()
	run, cancel := context.WithTimeoutCause(ctx, opts.Run, &noAnswerError{opts.Run, "the run"})
	defer cancel()
	session := newSession(cfg, opts)
	defer session.close()
	c := &collection{
		ctx: run, session: session, opts: opts, known: known,
		partition: catalog.Partition(cfg.Region),
		regions:   map[string]*region{},
		events:    make(chan func()),
		crashed:   make(chan struct{}),
	}
	if err := c.checkEndpoint(c.names()); err != nil {
		return Result{}, err
	}
	if err := session.authenticate(run, opts.Region); err != nil {
		return Result{}, cmp.Or(ended(ctx), err)
	}
	c.collect()
	if err := ended(ctx); err != nil {
		return Result{}, err
	}
	return c.result()
}

// ended returns why the caller's context ended, nil if it did not.
func ended(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return fmt.Errorf("collect: %w", context.Cause(ctx))
}

// collection is one call of [Collect]. The goroutine that runs collect owns all
// of its state; the others send it events.
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

// region is a region that discovery named.
type region struct {
	name     string
	asked    bool
	findings map[catalog.Kind]finding // of the kinds that finished
	cancel   context.CancelFunc       // ends the listings under way
}

// collect starts with the regions that need no discovery, and reads the sources
// that may name more of them meanwhile.
func (c *collection) collect() {
	defer close(c.crashed) // if it did not, all have sent their last
	c.readRegions()
	c.start(c.readOptIn)
	c.found(c.names())
	for c.running > 0 {
		(<-c.events)()
	}
}

// names are the regions that need no discovery: those that are built in, configured
// or known.
func (c *collection) names() []string {
	names := slices.Concat(builtIn[c.partition], c.opts.Regions)
	for scope := range c.known {
		if catalog.Partition(scope.Region) == c.partition {
			names = append(names, scope.Region)
		}
	}
	return names
}

// start runs work concurrently. The function that work returns is its last
// event.
func (c *collection) start(work func() (last func())) {
	c.running++
	go func() {
		// A panic here would end the whole program. It is passed on to the
		// caller of Collect, who can recover from it.
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

// send waits until the event is received, or until the collection has crashed.
func (c *collection) send(event func()) {
	select {
	case c.events <- event:
	case <-c.crashed:
	}
}

// found starts to list the new regions among names.
func (c *collection) found(names []string) {
	slices.Sort(names)
	grown := false
	for _, name := range slices.Compact(names) {
		if c.regions[name] != nil {
			continue
		}
		if !catalog.ValidRegion(name) || catalog.Partition(name) != c.partition {
			c.note("left out %q, which is not a region of partition %s, where the credentials are valid", name, c.partition)
			continue
		}
		c.begin(name)
		grown = true
	}
	if grown {
		c.report(nil)
	}
}

// begin lists all kinds of a region concurrently, under one deadline.
func (c *collection) begin(name string) {
	ctx, cancel := context.WithTimeoutCause(c.ctx, c.opts.Region, &noAnswerError{c.opts.Region, "the region"})
	r := &region{name: name, asked: c.opts.Include(name), findings: map[catalog.Kind]finding{}, cancel: cancel}
	c.regions[name] = r
	if !r.asked {
		cancel()
		return
	}
	c.progress.Scopes += len(c.kinds())
	client := c.session.bedrock(name)
	for _, kind := range c.kinds() {
		scope := catalog.Scope{Region: name, Kind: kind}
		l := lister{session: c.session, client: client, scope: scope, known: c.known[scope], pause: c.opts.Pause, described: c.opts.Described[scope]}
		c.start(func() func() {
			f := l.list(ctx)
			return func() { c.finished(r, f) }
		})
	}
	c.cancelDisabled(r)
}

// kinds are those to list in each region.
func (c *collection) kinds() []catalog.Kind { return slices.Concat(catalog.Kinds(), c.opts.Kinds) }

// finished stores a finding. A failure is reported later, when everything that
// may explain it is known.
func (c *collection) finished(r *region, f finding) {
	r.findings[f.Kind] = f
	if len(r.findings) == len(c.kinds()) {
		r.cancel()
	}
	if f.Outcome == catalog.Complete {
		c.report(&f.Listing)
	}
}

// cancelDisabled ends the listings of a region that the account has not
// enabled: the region will refuse them.
func (c *collection) cancelDisabled(r *region) {
	if enabled, known := c.enabled[r.name]; known && !enabled {
		r.cancel()
	}
}

// report reports the progress, with the listing that finished, if any.
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

// sorted returns the regions by name.
func (c *collection) sorted() []*region {
	return slices.SortedFunc(maps.Values(c.regions), func(a, b *region) int { return cmp.Compare(a.name, b.name) })
}
