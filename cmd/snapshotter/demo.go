package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/sample"
	"snapshotter/job"
	"snapshotter/site"
	"snapshotter/state"
	"snapshotter/store"
)

// demoCommand does the main job against a built-in Bedrock.
type demoCommand struct {
	Dir     string `placeholder:"DIR" default:"demo" help:"Directory for the database, the reports and the site (${default}); an earlier demo there is replaced."`
	Account bool   `help:"Record the resources of a made-up account too, for impact and kinds."`
}

func (c *demoCommand) Help() string {
	return `Starts a built-in Bedrock with sample data on this machine, records four runs at
four dates, and leaves a database, four reports and a site. It needs no AWS account, no
setup and no network. The sample is not what AWS offers today.

Examples:
  snapshotter demo
  snapshotter demo --dir try-out
  snapshotter demo --account`
}

const sampleNotice = "sample data, made up for the demo; not what AWS offers"

func (c *demoCommand) Run(ctx context.Context, p *program) error {
	database := filepath.Join(c.Dir, "snapshotter.db")
	reports := filepath.Join(c.Dir, "reports")
	if err := c.clear(database, reports); err != nil {
		return err
	}
	server, err := bedrocktest.Start()
	if err != nil {
		return fmt.Errorf("start the built-in Bedrock: %w", err)
	}
	defer server.Close()
	p.println("This is SAMPLE DATA, made up for the demo: it is not what AWS offers today.")
	p.println("")
	reportsIn, err := state.NewReports(reports, aws.Config{})
	if err != nil {
		return err
	}
	history, err := state.NewHistory(database, aws.Config{})
	if err != nil {
		return err
	}
	history.StartNew = true // an earlier demo was removed
	var last *job.Result
	for _, moment := range sample.Moments() {
		kinds := []catalog.Kind(nil)
		if c.Account {
			moment.Catalogue, kinds = sample.OfAccount(moment.Catalogue), catalog.AccountKinds()
		}
		server.Serve(moment.Catalogue)
		server.Inject(faults(moment.Failing)...)
		job := &job.Job{
			History: history, Reports: reportsIn, Trigger: catalog.Manual, Version: version(), Note: sampleNotice,
			AWS: server.Config(), Options: collect.Options{Kinds: kinds, Pause: time.Millisecond, Region: 10 * time.Second}, // pauses before retries depend on it
			Now: func() time.Time { return moment.At }, Rules: job.Rules{Account: true},
		}
		if last, err = job.Run(ctx); err != nil {
			return err
		}
		if last.Unwritten != nil {
			return &codedError{exitFailed, last.Unwritten}
		}
		p.println("%s  run %d, %-8s  %s", moment.At.Format(time.DateOnly), last.Run.ID, last.Run.Status, moment.Title)
	}
	p.println("")
	if err := last.Report.Markdown(p.stdout); err != nil {
		return err
	}
	if err := c.account(ctx, p, history, last); err != nil {
		return err
	}
	if err := history.Read(ctx, func(db *store.Store) error {
		s, err := job.NewSite(ctx, db, nil, site.Options{})
		if err != nil {
			return err
		}
		return s.Write(ctx, filepath.Join(c.Dir, "site"))
	}); err != nil {
		return err
	}
	c.next(p, database, reports)
	return nil
}

// account shows what the last run means for the made-up account, and how a reminder
// says it.
func (c *demoCommand) account(ctx context.Context, p *program, history *state.History, last *job.Result) error {
	if !c.Account {
		return nil
	}
	p.println("")
	p.println("A reminder, 90 days ahead, says:")
	for _, line := range job.Reminders(last.Report, 90) {
		p.printWrapped("  %s", line)
	}
	p.println("")
	show := &impactCommand{asOf: asOf{AsOf: fmt.Sprint(last.Run.ID)}, format: format{Format: "table"}}
	then := *p
	then.now = func() time.Time { return last.Run.StartedAt }
	return history.Read(ctx, func(db *store.Store) error {
		answer, err := show.answer(ctx, &then, db, last.Run)
		if err != nil {
			return err
		}
		return show.write(&then, last.Run, answer)
	})
}

// clear removes an earlier demo, and nothing else in the directory.
func (c *demoCommand) clear(database, reports string) error {
	files := []string{database, database + "-wal", database + "-shm"}
	earlier, err := filepath.Glob(filepath.Join(reports, "*.md"))
	if err != nil {
		return err
	}
	for _, file := range append(files, earlier...) {
		if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return os.MkdirAll(reports, 0o755)
}

func faults(regions []string) []bedrocktest.Fault {
	var faults []bedrocktest.Fault
	for _, region := range regions {
		faults = append(faults, bedrocktest.Fault{Region: region, Kind: bedrocktest.InternalError})
	}
	return faults
}

func (c *demoCommand) next(p *program, database, reports string) {
	p.println("")
	p.println("This was the report of the last of four runs, on SAMPLE DATA. Next:")
	p.println("  ls %s", reports)
	p.println("  open %s in a browser", filepath.Join(c.Dir, "site", "index.html"))
	p.println("  go run ./cmd/snapshotter runs --db %s", database)
	p.println("  go run ./cmd/snapshotter diff --db %s 1 latest", database)
	p.println("  go run ./cmd/snapshotter report --db %s 1 latest", database)
	if c.Account {
		p.println("  go run ./cmd/snapshotter impact --db %s", database)
		p.println("  go run ./cmd/snapshotter kinds --db %s", database)
	}
	p.println("  go run ./cmd/snapshotter run        with AWS credentials: the real thing")
}
