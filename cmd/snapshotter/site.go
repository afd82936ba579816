package main

import (
	"context"

	"snapshotter/job"
	"snapshotter/site"
	"snapshotter/state"
	"snapshotter/store"
)

// siteCommand writes the static site.
type siteCommand struct {
	Out       string   `required:"" placeholder:"DIR" help:"Directory for the site, or a folder in S3 (s3://bucket/site/); an earlier site there is replaced."`
	BaseURL   string   `name:"base-url" placeholder:"URL" help:"Where the site will be, such as https://example.com/bedrock/: for feeds and the sitemap."`
	Authority string   `placeholder:"NAME" default:"${authority}" help:"Who publishes, a domain or an address of mail, in the IDs of feed entries; never change it (${default})."`
	Pages     int      `name:"report-pages" placeholder:"N" default:"30" help:"Give the reports of the last N runs that changed something a page; 0 means all (${default})."`
	Private   bool     `help:"Add what the account has, and what rests on models that end: do not publish such a site."`
	Alarm     []string `placeholder:"DAYS" help:"Let calendars remind so many days before a date."`
}

func (c *siteCommand) options() (site.Options, error) {
	options, err := site.ParseOptions(c.BaseURL, c.Authority, c.Pages, c.Alarm)
	options.Private = c.Private
	return options, err
}

// Validate is called by kong.
func (c *siteCommand) Validate() error {
	if _, err := c.options(); err != nil {
		return usageError("%w", err)
	}
	return checkURL("--out", "a directory", c.Out, state.ParseFolder)
}

func (c *siteCommand) Help() string {
	return `Writes pages, feeds, calendars, badges and JSON of the newest recorded run and of all
that led to it. It opens from a file, behind any path, and from any host; "snapshotter
serve --listen" shows the same. See docs/site.md.

Examples:
  snapshotter site --out public
  snapshotter site --out public --base-url https://example.github.io/bedrock/
  snapshotter site --out s3://my-bucket/bedrock/ --authority example.com --alarm 30`
}

func (c *siteCommand) Run(ctx context.Context, p *program) error {
	return p.reading(ctx, func(db *store.Store) error {
		options, err := c.options()
		if err != nil {
			return err
		}
		s, err := job.NewSite(ctx, db, p.replacements, options)
		if err != nil {
			return err
		}
		if state.Remote(c.Out) {
			return c.upload(ctx, p, s)
		}
		if err := s.Write(ctx, c.Out); err != nil {
			return err
		}
		p.println("%d files in %s, as of run %d", len(s.Names()), c.Out, s.Run().ID)
		return nil
	})
}

func (c *siteCommand) upload(ctx context.Context, p *program, s *site.Site) error {
	at, err := state.ParseFolder(c.Out)
	if err != nil {
		return err
	}
	config, err := p.aws(ctx)
	if err != nil {
		return err
	}
	written, err := job.Publish(ctx, s, state.NewFolder(config, at))
	if err != nil {
		return err
	}
	p.println("%d files in %s, %d of them written, as of run %d", len(s.Names()), at, written, s.Run().ID)
	return nil
}
