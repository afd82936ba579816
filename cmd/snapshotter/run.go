package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/internal/terminal"
	"snapshotter/job"
	"snapshotter/report"
	"snapshotter/state"
)

// snapshots are the flags of the commands that record runs.
type snapshots struct {
	regionFilter  `embed:""`
	Kinds         []string `enum:"all,${kinds}" placeholder:"KIND" help:"Record these resources of the account too: all, or some of ${kinds}."`
	ExtraRegion   []string `placeholder:"CODE" help:"Regions to read besides those that discovery finds."`
	Reports       string   `placeholder:"DIR" default:"reports" help:"Where reports go: a directory, or s3://bucket/folder/ (${default})."`
	Lake          string   `placeholder:"DIR" help:"Add each run to Parquet files too, in a directory or s3://bucket/folder/: see docs/lake.md."`
	lakeName      `embed:""`
	AttemptLimit  time.Duration `placeholder:"TIME" default:"10s" help:"Longest wait for one answer (${default})."`
	RegionLimit   time.Duration `placeholder:"TIME" default:"45s" help:"Longest time for one region (${default})."`
	RunLimit      time.Duration `placeholder:"TIME" default:"5m" help:"Longest time for all regions (${default})."`
	ConfirmAfter  time.Duration `placeholder:"TIME" default:"2s" help:"Pause before a removal is confirmed by a second listing (${default})."`
	ConfirmHours  float64       `placeholder:"HOURS" default:"6" help:"Hours between the three runs that together confirm the loss of much of a list (${default})."`
	New           bool          `help:"Start a new history even if there seems to have been one."`
	AcceptAccount bool          `help:"Go on with a history that was recorded with another account."`
	metrics       `embed:""`
	notifications `embed:""`
}

// Validate implements kong's hook.
func (c *snapshots) Validate() error {
	if err := errors.Join(checkURL("--reports", "a directory", c.Reports, state.ParseFolder), checkURL("--lake", "a directory", c.Lake, state.ParseFolder)); err != nil {
		return err
	}
	for _, region := range c.ExtraRegion {
		if !catalog.ValidRegion(region) {
			return usageError("--extra-region: %q is not a region code such as eu-west-1", terminal.OneLine(region))
		}
	}
	for _, limit := range []time.Duration{c.AttemptLimit, c.RegionLimit, c.RunLimit, c.ConfirmAfter} {
		if limit <= 0 {
			return usageError("a time limit must be more than 0, such as 10s")
		}
	}
	if c.ConfirmHours < 0 || c.ConfirmHours > 24*30 {
		return usageError("--confirm-hours: give hours between 0 and 720")
	}
	return errors.Join(c.lakeName.Validate(), c.regionFilter.Validate(), c.notifications.Validate())
}

// job returns the main job with these flags and the current AWS settings.
func (c *snapshots) job(ctx context.Context, p *program, trigger catalog.Trigger, progress *terminal.Progress) (*job.Job, error) {
	config, err := p.aws(ctx)
	if err != nil {
		return nil, err
	}
	history, err := p.historyWith(config)
	if err != nil {
		return nil, err
	}
	history.StartNew = c.New
	reports, err := state.NewReports(c.Reports, config)
	if err != nil {
		return nil, err
	}
	announcements, err := c.announcements(p, config)
	if err != nil {
		return nil, err
	}
	var lake *job.Lake
	if c.Lake != "" {
		if lake, err = c.lakeName.at(p, c.Lake, config); err != nil {
			return nil, err
		}
	}
	return &job.Job{
		History: history, Reports: reports, Lake: lake, Trigger: trigger, Version: version(), AWS: config,
		Options: collect.Options{
			Regions: c.ExtraRegion, Kinds: accountKinds(c.Kinds), Include: c.chosen().IncludesRegion,
			Attempt: c.AttemptLimit, Region: c.RegionLimit, Run: c.RunLimit, Pause: c.ConfirmAfter,
			Progress: func(step collect.Progress) {
				progress.Set(step.Done, step.Scopes)
				p.logListing(step.Listing)
			},
		},
		Identify: func(ctx context.Context) (string, error) {
			return collect.Account(ctx, config, min(c.AttemptLimit, 3*time.Second))
		},
		AcceptAccount: c.AcceptAccount,
		ConfirmApart:  max(time.Duration(c.ConfirmHours*float64(time.Hour)), 1),
		Unmatched:     func(listings []catalog.Listing) []string { return p.unmatched(c.Region, listings) },
		Rules:         p.readers(), Announce: announcements, Now: p.now,
		Observe: func(event job.Event) {
			if _, collected := event.(job.Collected); collected {
				progress.End() // before anything is logged
			}
			p.logEvent(event)
		},
	}, nil
}

// runCommand records one run.
type runCommand struct {
	snapshots `embed:""`
	ExitCode  bool `help:"Exit with 10 if changes were found."`
}

func (c *runCommand) Help() string {
	return `Lists foundation models and system-defined inference profiles in every region of the
credentials' partition, records them, and writes a report of what changed. A region
that can't be read keeps its last known lists, and the exit code is 3. The defaults
suit a nightly job.

Exit codes: 0 recorded, and every readable region was read; 1 failed: nothing was
recorded, or it could not be saved in S3; 2 a mistake in a flag, the environment or
the configuration; 3 recorded, but a list or the report is missing; 4 another run
holds the lock or, in S3, was saved first; 10 with --exit-code: changes were found.

Examples:
  snapshotter run
  snapshotter run --db history.db --region 'eu-*'
  snapshotter run --db s3://bucket/snapshotter.db --reports s3://bucket/reports/
  snapshotter run --exit-code && echo nothing changed`
}

func (c *runCommand) Run(ctx context.Context, p *program) error {
	var progress *terminal.Progress
	if !p.Quiet {
		progress = terminal.NewProgress(p.said(), "Reading Bedrock", "%d of %d lists")
	}
	defer progress.End()
	job, err := c.job(ctx, p, catalog.Manual, progress)
	if err != nil {
		return err
	}
	result, err := job.Run(ctx)
	c.emit(p.stdout, p.now(), result, err)
	if err != nil {
		return err
	}
	return p.conclude(result, c.ExitCode)
}

// conclude prints what a run found and returns the error of its exit code.
func (p *program) conclude(result *job.Result, exitCode bool) error {
	if result.Report != nil && !p.Quiet {
		fmt.Fprintln(p.stdout, result.Report.Title)
	}
	if result.Unwritten != nil {
		return result.Unwritten
	}
	if !p.Quiet {
		fmt.Fprintln(p.stdout, "Report: "+result.Path)
	}
	if err := statusError(result.Run.Status); err != nil {
		return err
	}
	if exitCode && result.Report.Verdict == report.SomethingChanged {
		return &codedError{code: exitChanged}
	}
	return nil
}
