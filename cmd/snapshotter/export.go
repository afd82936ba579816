package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"snapshotter/ask"
	"snapshotter/capture"
	"snapshotter/catalog"
	"snapshotter/internal/atomicfile"
	"snapshotter/internal/sheet"
	"snapshotter/state"
	"snapshotter/store"
)

// exportCommand writes the catalogue as of a run for other programs.
type exportCommand struct {
	Out      string `short:"o" placeholder:"PATH" help:"Folder to create (aws), file to write (csv; standard output if not given), or directory or s3://bucket/folder/ to add to (parquet)."`
	Format   string `enum:"aws,csv,parquet" default:"aws" help:"Output format: ${enum} (${default})."`
	lakeName `embed:""`
	filter   `embed:""`
	asOf     `embed:""`
}

// Validate implements kong's hook.
func (c *exportCommand) Validate() error {
	switch {
	case c.Format == "aws" && c.Out == "":
		return usageError("give the folder to make: --out DIR")
	case c.Format == "parquet" && c.Out == "":
		return usageError("give the directory or folder in S3 to add to: --out DIR or --out s3://bucket/folder/")
	case c.Format == "parquet":
		if err := checkURL("--out", "a directory", c.Out, state.ParseFolder); err != nil {
			return err
		}
	}
	return errors.Join(c.lakeName.Validate(), c.filter.Validate())
}

func (c *exportCommand) Help() string {
	return `With --format aws, it creates the folder --out as the AWS CLI would have written it:
DIR/TIME/REGION/foundation-models.json and inference-profiles.json, TIME being
when the run that read the list started. "snapshotter import DIR" into a new
database gives the same catalogue. A list that the run could not read is in the
folder of the run that last did, so that it never looks freshly read; one that was
never read is not written, and the command says so. DIR must be missing or empty,
and is written completely or not at all. Profile ARNs have no account ID, which is
never recorded; lists are sorted.

With --format csv, it writes one table with a row for each region, model and way to
call it; a model that cannot be called has one row with an empty access. A cell that a
spreadsheet would take for a formula starts with an apostrophe.

With --format parquet, it adds every run that is not there yet to tables for Athena,
Trino, Spark and DuckDB, in a directory or in S3. See docs/lake.md.

` + referenceHelp + `

Examples:
  snapshotter export --out captures
  snapshotter export --out before --as-of 2026-11-01
  snapshotter export --format csv --out bedrock.csv
  snapshotter export --format csv --region 'eu-*' | column -s, -t
  snapshotter export --format parquet --out s3://my-bucket/lake/ --lake-history prod`
}

// exported returns the filter of the export. Imported again, a list without some of
// its models would look as if these were removed: folders hold whole lists.
func (c *exportCommand) exported(p *program) filter {
	if c.Format == "aws" && len(c.Model)+len(c.Provider) > 0 {
		p.log.Warn("--model and --provider choose rows of --format csv; the folders hold whole lists")
		return filter{regionFilter: c.regionFilter}
	}
	return c.filter
}

func (c *exportCommand) Run(ctx context.Context, p *program) error {
	return c.read(ctx, p, func(db *store.Store, run catalog.Run) error {
		if c.Format == "parquet" {
			return c.parquet(ctx, p, db, run)
		}
		snapshot, err := db.Listed(ctx, run.ID)
		if err != nil {
			return err
		}
		if snapshot, err = c.exported(p).apply(snapshot); err != nil {
			return err
		}
		switch {
		case c.Format == "aws":
			return c.captures(p, snapshot)
		case c.Out == "" || c.Out == "-":
			return sheet.EveryPath(snapshot).CSV(p.stdout)
		}
		err = atomicfile.WriteTo(c.Out, func(w io.Writer) error { return sheet.EveryPath(snapshot).CSV(w) })
		if err != nil {
			return fmt.Errorf("write %s: %w", c.Out, err)
		}
		return nil
	})
}

func (c *exportCommand) captures(p *program, s *catalog.Snapshot) error {
	folders, err := capture.Write(c.Out, s)
	switch {
	case errors.Is(err, fs.ErrExist):
		return advised{err.Error(), "give a new folder with --out, so that what is exported is not mixed with anything"}
	case err != nil:
		return fmt.Errorf("export run %d: %w", s.Run.ID, err)
	case len(folders) == 0:
		return advised{
			fmt.Sprintf("as of run %d no list was ever read in the chosen regions; nothing was written", s.Run.ID),
			"choose another run with --as-of, or other regions",
		}
	}
	for _, folder := range folders {
		older := ""
		if folder.Run.ID != s.Run.ID {
			older = "  (last confirmed then, and not read since)"
		}
		p.println("run %-4d %s  %d lists, %d items%s", folder.Run.ID, folder.Name, len(folder.Scopes), folder.Items, older)
	}
	for _, lists := range ask.NeverReadLists(s) {
		p.printWrapped("Never read, so not written (%s): %s", lists.Why, strings.Join(lists.Regions, ", "))
	}
	return nil
}
