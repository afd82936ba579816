package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/catalog"
	"snapshotter/job"
	"snapshotter/lake"
	"snapshotter/state"
	"snapshotter/store"
)

// lakeName is the flag for the name of this history among those of a lake.
type lakeName struct {
	LakeHistory string `name:"lake-history" placeholder:"NAME" default:"${history}" help:"Name of this history among those in the Parquet files, such as prod; never change it (${default})."`
	LakePrivate bool   `name:"lake-private" help:"Add tables of what the account has to the Parquet files, and of what happens to it."`
}

// Validate implements kong's hook.
func (c *lakeName) Validate() error {
	if err := lake.CheckHistory(c.LakeHistory); err != nil {
		return usageError("--lake-history: %w", err)
	}
	return nil
}

// at is the history in the lake at a directory or URL.
func (c *lakeName) at(p *program, name string, config aws.Config) (*job.Lake, error) {
	files, err := state.NewFiles(name, config)
	if err != nil {
		return nil, err
	}
	return &job.Lake{Files: files, History: c.LakeHistory, Private: c.LakePrivate, Replacements: p.replacements}, nil
}

// parquet adds every run up to one to the lake.
func (c *exportCommand) parquet(ctx context.Context, p *program, db *store.Store, run catalog.Run) error {
	if !c.filter.chosen().All() {
		p.log.Warn("filters choose rows of --format csv; Parquet files hold the whole history")
	}
	var config aws.Config
	var err error
	if state.Remote(c.Out) {
		if config, err = p.aws(ctx); err != nil {
			return err
		}
	}
	to, err := c.at(p, c.Out, config)
	if err != nil {
		return err
	}
	filled, err := to.Fill(ctx, db, run.ID)
	if err != nil {
		return err
	}
	if filled.Files == 0 {
		p.println("history %s in %s already has every run up to run %d", c.LakeHistory, to.Files, filled.Before)
		return nil
	}
	p.println("history %s in %s: added %s in %s (%d kB), up to run %d", c.LakeHistory, to.Files,
		catalog.Counted(filled.Runs, "run"), catalog.Counted(filled.Files, "file"), (filled.Bytes+999)/1000, run.ID)
	return nil
}
