package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"snapshotter/catalog"
	"snapshotter/internal/bedrocktest"
	"snapshotter/job"
	"snapshotter/notify"
	"snapshotter/schedule"
)

// TestYear simulates a year of serve as users run it: the complete command, with a
// real database, real reports and real messages, against a Bedrock that changes,
// hangs and refuses, with restarts, crashes and manual runs. By default it simulates
// the weeks around a clock change in each zone; with SNAPSHOTTER_YEAR, the complete year.
func TestYear(t *testing.T) {
	t.Parallel()
	_, stop := reloadSignals() // the runtime's goroutine for signals must start outside the bubble
	stop()
	for _, c := range []struct {
		zone   string
		change time.Time
	}{
		{"Europe/Berlin", in2026(time.March, 29)},
		{"America/New_York", in2026(time.November, 1)},
	} {
		t.Run(c.zone, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				y := newYear(t, c.zone)
				defer y.close()
				if os.Getenv("SNAPSHOTTER_YEAR") != "" {
					y.live(in2026(time.January, 1), in2026(time.December, 31))
				} else {
					y.live(c.change.AddDate(0, 0, -8), c.change.AddDate(0, 0, 5))
				}
				y.check()
			})
		})
	}
}

func in2026(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 12, 0, 0, 0, time.UTC)
}

// year is the state of a simulation.
type year struct {
	*testing.T
	dir     string
	times   *schedule.Schedule
	args    []string // of serve
	network *bedrocktest.Network
	bedrock *bedrocktest.Server
	hooks   *hooks
	journal journal

	world  bedrocktest.Catalogue
	made   int // models so far
	faults map[string]bedrocktest.Fault
	lives  []period
	counts map[string]int // of each mishap
}

type period struct{ from, to time.Time }

// yearRegions are the regions that the service reads.
var yearRegions = []string{"us-east-1", "eu-west-1", "ap-northeast-1"}

func newYear(t *testing.T, zone string) *year {
	y := &year{T: t, dir: t.TempDir(), network: bedrocktest.NewNetwork(), world: bedrocktest.Catalogue{}, faults: map[string]bedrocktest.Fault{}, counts: map[string]int{}}
	y.bedrock, y.hooks = bedrocktest.StartIn(y.network), openHooks(t, y.network)
	for _, region := range yearRegions {
		for _, id := range []string{"old.one-v1:0", "old.two-v1:0"} {
			y.addModel(region, id)
		}
	}
	y.apply()
	times, err := (&timing{Schedule: "30 2 * * *", TZ: zone, Jitter: 4 * time.Minute}).times(y.db())
	if err != nil {
		t.Fatal(err)
	}
	y.times = times
	y.args = []string{
		"--db", y.db(), "--reports", y.reports(), "--region", strings.Join(yearRegions, ","), "--log-format", "json", "--verbose",
		"--notify-at", "minor", "--lost-runs", "2", "--link", "https://reports.example.com/{report}", "--notify", hooksPing,
	}
	for _, channel := range hooksChannels {
		y.args = append(y.args, "--notify", channel)
	}
	return y
}

func (y *year) db() string      { return filepath.Join(y.dir, "history.db") }
func (y *year) reports() string { return filepath.Join(y.dir, "reports") }

func (y *year) close() {
	y.bedrock.Close()
	y.hooks.close()
}

func (y *year) addModel(region, id string) {
	content := y.world[region]
	content.Models = append(slices.Clone(content.Models), bedrocktest.Model{
		ID: id, Name: id, Provider: "Maker", Input: []string{"TEXT"}, Output: []string{"TEXT"},
		InferenceTypes: []string{"ON_DEMAND"}, Lifecycle: bedrocktest.Lifecycle{Status: "ACTIVE"},
	})
	y.world[region] = content
}

// apply makes Bedrock offer the current world. Bedrock is slow, so that a service is
// sometimes stopped while it reads.
func (y *year) apply() {
	y.bedrock.Serve(y.world)
	faults := []bedrocktest.Fault{{Delay: time.Second, Until: 8 * time.Second, Seed: uint64(y.made)}}
	for _, key := range slices.Sorted(maps.Keys(y.faults)) {
		faults = append(faults, y.faults[key])
	}
	y.bedrock.Inject(faults...)
}

// serve runs the service once, until ctx ends.
func (y *year) serve(ctx context.Context, long time.Duration) {
	ctx, stop := context.WithCancel(ctx)
	defer time.AfterFunc(long, stop).Stop()
	y.lives = append(y.lives, period{time.Now(), time.Now().Add(long)})
	y.command(ctx, append([]string{"serve", "--schedule", "30 2 * * *", "--tz", y.times.Next(time.Now()).Location().String(), "--jitter", "4m"}, y.args...)...)
}

// command is a process that ends if it crashes.
func (y *year) command(ctx context.Context, args ...string) {
	defer func() {
		if crash := recover(); crash != nil && (crash != ownCrash || args[0] == "serve") {
			panic(crash)
		}
	}()
	p := &program{machine: silent(y.bedrock)}
	p.stderr, p.web = &y.journal, webOn(y.network)
	code := p.exit(p.main(ctx, args))
	if args[0] == "serve" && code != exitOK {
		y.Errorf("%s: serve ended with %d", time.Now(), code)
	}
}

// live runs the service, again after each stop, between two moments. Every mishap is
// over before the second.
func (y *year) live(start, end time.Time) {
	time.Sleep(time.Until(start))
	random := rand.New(rand.NewPCG(1, uint64(end.Unix())))
	var all sync.WaitGroup
	const healed = 2 * 24 * time.Hour
	all.Go(func() { y.befall(end.Add(-healed)) })
	for time.Until(end) > healed {
		long := min(lasts(time.Second, 8*24*time.Hour)(random), time.Until(end)-healed)
		if random.IntN(3) == 0 { // it is stopped during a run
			long = time.Until(y.times.Next(time.Now()).Add(lasts(0, 40*time.Second)(random)))
		}
		life := make(chan struct{})
		go func() {
			defer close(life)
			y.serve(context.Background(), long)
		}()
		time.Sleep(long)
		switch random.IntN(4) {
		case 0: // the next one begins before this one has ended
		case 1:
			<-life
			time.Sleep(lasts(0, 3*24*time.Hour)(random))
		default:
			<-life
		}
		all.Go(func() { <-life })
	}
	all.Wait()
	y.serve(context.Background(), time.Until(end))
}

func lasts(least, most time.Duration) func(*rand.Rand) time.Duration {
	return func(r *rand.Rand) time.Duration { return least + time.Duration(r.Int64N(int64(most-least))) }
}

// befall causes mishaps, and then ends them all.
func (y *year) befall(end time.Time) {
	random := rand.New(rand.NewPCG(2, uint64(end.Unix())))
	time.Sleep(36 * time.Hour) // a first run has nothing to compare with
	for time.Now().Before(end) {
		if random.IntN(2) == 0 {
			y.heal()
		}
		what := mishaps[random.IntN(len(mishaps))]
		y.counts[what.name]++
		what.befall(y, random)
		y.apply()
		time.Sleep(lasts(2*time.Hour, 40*time.Hour)(random))
	}
	y.heal()
	y.journal.crashAt("")
	y.apply()
}

func (y *year) heal() {
	clear(y.faults)
	y.hooks.behave("")
}

// mishaps are all that may happen, each as likely as another.
var mishaps = []struct {
	name   string
	befall func(y *year, random *rand.Rand)
}{
	{"model added", (*year).makeModel},
	{"model added", (*year).makeModel},
	{"model added", (*year).makeModel},
	{"model removed", (*year).removeModel},
	{"region hangs", func(y *year, random *rand.Rand) {
		region := yearRegions[random.IntN(len(yearRegions))]
		y.faults[region] = bedrocktest.Fault{Region: region, Kind: bedrocktest.Hang}
	}},
	{"region denied", func(y *year, random *rand.Rand) {
		region := yearRegions[random.IntN(len(yearRegions))]
		y.faults[region] = bedrocktest.Fault{Region: region, Kind: bedrocktest.DenySCP}
	}},
	{"everything hangs", func(y *year, _ *rand.Rand) { y.faults[""] = bedrocktest.Fault{Kind: bedrocktest.Hang} }},
	{"crash as it reads", func(y *year, _ *rand.Rand) { y.journal.crashAt(`"msg":"listed"`) }},
	{"crash after it recorded", func(y *year, random *rand.Rand) {
		y.makeModel(random)
		y.journal.crashAt(`"run recorded"`)
	}},
	{"crash after it sent", func(y *year, random *rand.Rand) {
		y.makeModel(random)
		y.journal.crashAt(`"channel notified","channel":"ntfy`)
	}},
	{"channel refuses", func(y *year, random *rand.Rand) {
		y.makeModel(random)
		y.hooks.behave("refuse")
	}},
	{"channel hangs", func(y *year, random *rand.Rand) {
		y.makeModel(random)
		y.hooks.behave("hang")
	}},
	{"run by hand", func(y *year, random *rand.Rand) {
		time.Sleep(time.Until(y.times.Next(time.Now()).Add(lasts(-time.Second, 20*time.Second)(random))))
		y.command(context.Background(), append([]string{"run"}, y.args...)...)
	}},
}

func (y *year) makeModel(random *rand.Rand) {
	y.made++
	y.addModel(yearRegions[random.IntN(len(yearRegions))], fmt.Sprintf("made.model-%03d-v1:0", y.made))
}

func (y *year) removeModel(random *rand.Rand) {
	region := yearRegions[random.IntN(len(yearRegions))]
	content := y.world[region]
	if last := len(content.Models) - 1; last > 1 {
		content.Models = slices.Clone(content.Models)[:last]
		y.world[region] = content
	}
}

// journal is the service's log. It can crash the service when a line is written, as
// a bug in the program might.
type journal struct {
	mu    sync.Mutex
	text  bytes.Buffer
	crash string // in the line; "" is never
	count int
}

const ownCrash = "a crash of the test's own"

func (j *journal) crashAt(line string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.crash = line
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !bytes.Contains(line, []byte(`"msg":"schedule: `)) { // each minute
		j.text.Write(line)
	}
	if j.crash != "" && bytes.Contains(line, []byte(j.crash)) {
		j.crash = ""
		j.count++
		panic(ownCrash)
	}
	return len(line), nil
}

// The receiver of messages, and the channels that lead to it.
const hooksHost, hooksPing = "hooks.example.com", "ping:http://" + "hooks.example.com/ping/" + secret

var hooksChannels = []string{
	"generic+http://" + hooksHost + "/one/" + secret + "?template=json",
	"generic+http://" + hooksHost + "/two/" + secret + "?template=json",
	"ntfy://" + hooksHost + "/three?scheme=http",
}

// hooks takes messages and pings.
type hooks struct {
	t      *testing.T
	server *http.Server
	end    context.CancelFunc

	mu       sync.Mutex
	mood     string              // of the first channel: "", refuse or hang
	messages map[string][]notice // by path
	pinged   []string
}

// notice is a message that arrived, answered or not.
type notice struct{ text, link string }

func openHooks(t *testing.T, network *bedrocktest.Network) *hooks {
	ctx, end := context.WithCancel(context.Background())
	h := &hooks{t: t, messages: map[string][]notice{}, end: end}
	h.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.take(ctx, w, r) })}
	listener := network.Listen(hooksHost + ":80")
	go h.server.Serve(listener)
	return h
}

func (h *hooks) close() {
	h.end()
	h.server.Close()
}

func (h *hooks) behave(mood string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.mood = mood
}

func (h *hooks) take(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	path := strings.Split(r.URL.Path, "/")[1]
	switch mood := h.note(path, r, body); {
	case mood == "refuse":
		w.WriteHeader(http.StatusServiceUnavailable)
	case mood == "hang":
		select {
		case <-ctx.Done():
		case <-r.Context().Done():
		}
	default:
		fmt.Fprintln(w, `{"id":"x","event":"message"}`)
	}
}

// note keeps what arrived unless it is refused, and returns the mood.
func (h *hooks) note(path string, r *http.Request, body []byte) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	mood := h.mood
	if path != "one" {
		mood = ""
	}
	switch {
	case path == "ping":
		h.pinged = append(h.pinged, strings.TrimPrefix(r.URL.Path, "/ping/"+secret))
	case mood == "refuse":
	case path == "three":
		h.messages[path] = append(h.messages[path], notice{string(body), r.Header.Get("Click")})
	default:
		var m sent
		if err := json.Unmarshal(body, &m); err != nil {
			h.t.Errorf("%v in %s", err, body)
		}
		h.messages[path] = append(h.messages[path], notice{m.Message, m.Link})
	}
	return mood
}

// check compares what happened with what is promised.
func (y *year) check() {
	y.Helper()
	rows := y.query(`SELECT id, started_at, finished_at, status, message FROM runs ORDER BY id`)
	var runs []catalog.Run
	for _, row := range rows {
		run := catalog.Run{StartedAt: y.time(row[1]), FinishedAt: y.time(row[2]), Status: catalog.Status(row[3]), Message: row[4]}
		fmt.Sscan(row[0], &run.ID)
		runs = append(runs, run)
	}
	y.checkTimes(executions(runs))
	y.checkNights(executions(runs))
	y.checkReports(runs)
	y.checkMessages(runs)
	y.checkPings()
	y.checkCatalogue()
	if text := y.journal.text.String(); strings.Contains(text, secret) || strings.Contains(text, bedrocktest.Account) {
		y.Error("the log shows a secret or the account")
	}
	y.Logf("messages by outcome: %v", y.query(`SELECT outcome, count(*) FROM deliveries GROUP BY 1 ORDER BY 1`))
	y.Logf("%d runs (%v), %d lives, %d crashes, %d models made; %v; %d, %d and %d messages", len(runs), tally(runs), len(y.lives), y.journal.count, y.made,
		y.counts, len(y.hooks.messages["one"]), len(y.hooks.messages["two"]), len(y.hooks.messages["three"]))
}

func tally(runs []catalog.Run) map[catalog.Status]int {
	n := map[catalog.Status]int{}
	for _, run := range runs {
		n[run.Status]++
	}
	return n
}

// executions returns runs without the failed rows of those that crashed after they
// were recorded.
func executions(runs []catalog.Run) (all []catalog.Run) {
	for _, run := range runs {
		if n := len(all); n > 0 && run.Status == catalog.RunFailed && strings.HasPrefix(run.Message, "the run crashed") && !run.StartedAt.After(all[n-1].StartedAt) {
			continue
		}
		all = append(all, run)
	}
	return all
}

// runAtMost is how long a run may take, with a margin for what precedes it.
const runAtMost = 8 * time.Minute

func (y *year) checkTimes(runs []catalog.Run) {
	from := func(moment time.Time) int {
		i, _ := slices.BinarySearchFunc(runs, moment, func(run catalog.Run, at time.Time) int { return run.StartedAt.Compare(at) })
		return i
	}
	for i := 1; i < len(runs); i++ {
		before, run := runs[i-1], runs[i]
		if run.StartedAt.Before(before.FinishedAt) {
			y.Errorf("runs %d and %d overlap", before.ID, run.ID)
		}
		if y.times.Next(before.StartedAt).After(run.StartedAt) && !y.byHand(run) {
			y.Errorf("one time is answered by runs %d and %d, at %s and %s", before.ID, run.ID, before.StartedAt, run.StartedAt)
		}
	}
	moments := 0
	answered := func(due, free time.Time) {
		moments++
		if i := from(due); i == len(runs) || runs[i].StartedAt.After(free.Add(90*time.Second)) {
			y.Errorf("%s is not answered by %s", due, free.Add(90*time.Second))
		}
	}
	for _, life := range y.lives {
		for at := y.times.Next(life.from); life.to.Sub(at) > runAtMost; at = y.times.Next(at) {
			free := at
			if i := from(at); i > 0 && runs[i-1].FinishedAt.After(at) {
				free = runs[i-1].FinishedAt
			}
			answered(at, free)
		}
		if i := from(life.from); i > 0 && life.to.Sub(life.from) > runAtMost {
			if due := y.times.Next(runs[i-1].StartedAt); due.Before(life.from) {
				answered(due, life.from) // made up for
			}
		}
	}
	if moments < 10 {
		y.Errorf("only %d times", moments)
	}
}

// checkNights checks that there is one run for every night on which the service
// ran, by local time: also for the night without a half past two, and for the night
// with two of them.
func (y *year) checkNights(runs []catalog.Run) {
	const day = time.DateOnly
	place := y.times.Next(y.lives[0].from).Location()
	answers := map[string]int{}
	for _, run := range runs {
		at := run.StartedAt.In(place)
		if at.Hour() == 2 || at.Hour() == 3 {
			answers[at.Format(day)]++
		}
		if y.byHand(run) {
			answers[at.Format(day)] = -1 << 20
		}
	}
	nights := 0
	for _, life := range y.lives {
		for at := life.from.In(place); at.Before(life.to); at = at.AddDate(0, 0, 1) {
			evening := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, place)
			morning := time.Date(at.Year(), at.Month(), at.Day(), 5, 0, 0, 0, place)
			if evening.Before(life.from) || morning.After(life.to) {
				continue
			}
			nights++
			if n := answers[at.Format(day)]; n >= 0 && n != 1 {
				y.Errorf("%d runs in the night of %s", n, at.Format(day))
			}
		}
	}
	if nights < 6 {
		y.Errorf("only %d nights", nights)
	}
}

// byHand reports whether any of the runs was manual.
func (y *year) byHand(runs ...catalog.Run) bool {
	for _, run := range runs {
		if y.query(fmt.Sprintf("SELECT trigger FROM runs WHERE id = %d", run.ID))[0][0] == string(catalog.Manual) {
			return true
		}
	}
	return false
}

// changed returns the models that each run found changed.
func (y *year) changed() map[int64][]string {
	changed := map[int64][]string{}
	for _, row := range y.query(`SELECT DISTINCT c.run_id, i.key FROM item_changes c JOIN items i ON i.id = c.item_id WHERE i.key LIKE 'made.%' ORDER BY 1, 2`) {
		var run int64
		fmt.Sscan(row[0], &run)
		changed[run] = append(changed[run], row[1])
	}
	return changed
}

var madeModel = regexp.MustCompile(`made\.model-\d+-v1:0`)

func modelsIn(text string) []string {
	return slices.Compact(slices.Sorted(slices.Values(madeModel.FindAllString(text, -1))))
}

// checkReports checks that every recorded run has one report, with the changes it
// found and no others.
func (y *year) checkReports(runs []catalog.Run) {
	changed, want := y.changed(), map[string]bool{job.LatestReport: true}
	last := ""
	for _, run := range runs {
		if run.Status == catalog.RunFailed {
			continue
		}
		last = job.ReportName(run)
		want[last] = true
		if got := modelsIn(readFile(y.T, filepath.Join(y.reports(), last))); !slices.Equal(got, changed[run.ID]) {
			y.Errorf("the report of run %d tells of %v, want %v", run.ID, got, changed[run.ID])
		}
	}
	entries, err := os.ReadDir(y.reports())
	if err != nil {
		y.Fatal(err)
	}
	for _, entry := range entries {
		if !want[entry.Name()] {
			y.Errorf("a report of no run: %s", entry.Name())
		}
	}
	if readFile(y.T, filepath.Join(y.reports(), job.LatestReport)) != readFile(y.T, filepath.Join(y.reports(), last)) {
		y.Errorf("the latest report is not %s", last)
	}
}

// coverage matches messages that are sent although nothing changed.
var coverageNews = regexp.MustCompile(`Not read for .*: (.*)|No longer missing: (.*)|Nothing could be recorded|Runs are recorded again|^Nothing`)

// checkMessages checks that every run that found a change sent one message to each
// channel, and that no run sent two.
func (y *year) checkMessages(runs []catalog.Run) {
	changed := y.changed()
	rows := map[string]string{} // outcome by channel and run
	for _, row := range y.query(`SELECT channel_id, run_id, outcome FROM deliveries`) {
		rows[row[0]+" "+row[1]] = row[2]
	}
	for i, path := range []string{"one", "two", "three"} {
		channel, err := notify.Parse(hooksChannels[i])
		if err != nil {
			y.Fatal(err)
		}
		sent := map[string][]notice{}
		lost, twice := map[string]bool{}, []string(nil)
		for _, n := range y.hooks.messages[path] {
			sent[n.link] = append(sent[n.link], n)
			if followCoverage(n.text, lost) {
				twice = append(twice, n.text)
			}
		}
		missed := 0 // refused, or lost by a crash between claim and sending
		for _, run := range runs {
			link := "https://reports.example.com/" + job.ReportName(run)
			got := sent[link]
			if run.Status == catalog.RunFailed {
				continue // its message has no link
			}
			delete(sent, link)
			outcome, claimed := rows[fmt.Sprintf("%s %d", channel.ID(), run.ID)]
			if claimed && len(got) == 0 {
				missed++
			}
			switch {
			case len(got) > 1:
				y.Errorf("run %d sent %d messages to channel %s", run.ID, len(got), path)
			case len(got) == 1 && !slices.Equal(modelsIn(got[0].text), changed[run.ID]):
				y.Errorf("channel %s tells of run %d %v, want %v", path, run.ID, modelsIn(got[0].text), changed[run.ID])
			case len(got) == 1 && len(changed[run.ID]) == 0 && !coverageNews.MatchString(got[0].text) && !strings.HasPrefix(got[0].text, "A history begins"):
				y.Errorf("channel %s got a message about run %d, which changed nothing: %q", path, run.ID, got[0].text)
			case len(changed[run.ID]) > 0 && !claimed:
				y.Errorf("run %d changed %v and sent nothing to channel %s", run.ID, changed[run.ID], path)
			case outcome == string(notify.Delivered) && len(got) == 0:
				y.Errorf("run %d counts as delivered to channel %s, and was not", run.ID, path)
			}
		}
		y.Logf("channel %s: %d messages, %d that did not arrive, %d lists repeated", path, len(y.hooks.messages[path]), missed, len(twice))
		if len(twice) > missed {
			y.Errorf("channel %s, which %d messages did not reach, got a repetition: %q", path, missed, twice)
		}
		delete(sent, "")
		for link := range sent {
			y.Errorf("channel %s got a message about no run: %s", path, link)
		}
	}
}

// followCoverage tracks the lists that messages call lost, and reports whether a
// list is called lost, or back, twice in a row.
func followCoverage(text string, lost map[string]bool) (twice bool) {
	for _, found := range coverageNews.FindAllStringSubmatch(text, -1) {
		for i, is := range []bool{true, false} {
			if found[i+1] == "" {
				continue
			}
			for _, list := range listsIn(found[i+1]) {
				twice = twice || lost[list] == is
				lost[list] = is
			}
		}
	}
	return twice
}

// listsIn returns the lists that a message names: both of a region unless it says
// which.
func listsIn(text string) (lists []string) {
	for part := range strings.SplitSeq(text, ", ") {
		region, kind, one := strings.Cut(strings.TrimSuffix(part, "s)"), " (")
		for _, each := range catalog.Kinds() {
			if name := strings.ReplaceAll(string(each), "-", " "); !one || name == kind {
				lists = append(lists, region+" "+name)
			}
		}
	}
	return lists
}

// checkPings checks that every start is followed by an end.
func (y *year) checkPings() {
	running := false
	for i, ping := range y.hooks.pinged {
		if start := ping == "/start"; start && running {
			y.Errorf("ping %d: a run starts before the one before it ended", i)
		} else {
			running = start
		}
	}
}

// checkCatalogue checks that the last run found the world as it is.
func (y *year) checkCatalogue() {
	var want, got []string
	for region, content := range y.world {
		for _, model := range content.Models {
			want = append(want, region+" "+model.ID)
		}
	}
	for _, row := range y.query(`SELECT region || ' ' || id FROM current_models`) {
		got = append(got, row[0])
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		y.Errorf("the catalogue at the end is %v, want %v", got, want)
	}
}

func (y *year) time(text string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		y.Fatal(err)
	}
	return at
}

func (y *year) query(query string) (rows [][]string) {
	y.Helper()
	db, err := sql.Open("sqlite", y.db())
	if err != nil {
		y.Fatal(err)
	}
	defer db.Close()
	return answerOf(y.T, db, query).Rows
}
