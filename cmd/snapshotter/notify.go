package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/configfile"
	"snapshotter/internal/terminal"
	"snapshotter/job"
	"snapshotter/notify"
	"snapshotter/report"
)

// notifications are the flags that say who is notified of a run, and when.
type notifications struct {
	Notify   []string `sep:"none" placeholder:"URL" help:"A channel to notify, such as sns:ARN, slack://… or ping:https://…; may be repeated. It contains secrets: prefer SNAPSHOTTER_NOTIFY, which separates channels by spaces. See docs/notifications.md."`
	NotifyAt string   `enum:"breaking,notice,good,minor" default:"good" help:"Lowest significance that is worth a message: ${enum} (${default}). The message includes less significant changes too."`
	LostRuns int      `placeholder:"N" default:"3" help:"Send a message about a list that was not read in this many runs in a row (${default})."`
	Remind   string   `placeholder:"DAYS" default:"90d,30d,7d,1d" help:"Remind of a model's lifecycle dates this many days before, once each (${default}); off is never."`
	Link     string   `placeholder:"URL" help:"Address of the report, for messages; {report} is replaced by the name of the report file."`
}

// Validate implements kong's hook. No error repeats a channel's URL.
func (n *notifications) Validate() error {
	if n.LostRuns <= 0 {
		return usageError("--lost-runs must be more than 0")
	}
	if n.Link != "" && notify.Compose("", nil, n.Link).Link == "" {
		return usageError("--link must be a web address (https://…) without a password in it, of at most 500 characters")
	}
	if _, err := notify.ParseReminders(n.Remind); err != nil {
		return usageError("--remind: %w", err)
	}
	_, err := n.channels()
	return err
}

func (n *notifications) channels() ([]notify.Channel, error) {
	var channels []notify.Channel
	for i, url := range n.Notify {
		channel, err := notify.Parse(url)
		if err != nil {
			return nil, usageError("--notify, number %d: %w", i+1, err)
		}
		channels = append(channels, channel)
	}
	return channels, nil
}

// announcements says who is notified, nil if there are no channels.
func (n *notifications) announcements(p *program, config aws.Config) (*job.Announcements, error) {
	channels, err := n.channels()
	if err != nil || len(channels)+len(p.channels) == 0 {
		return nil, err
	}
	apart, err := n.apart(p.channels)
	if err != nil {
		return nil, err
	}
	policy, err := n.policy(configfile.Channel{})
	return &job.Announcements{
		Channels: channels, Apart: apart, Link: n.Link, ExitCode: exitCode, Policy: policy,
		Sender: notify.Sender{AWS: config, HTTP: p.web},
	}, err
}

// apart returns the channels that hear of a part, each an audience of its own.
func (n *notifications) apart(channels []configfile.Channel) (audiences []job.Audience, err error) {
	for _, c := range channels {
		channel, err := notify.Parse(c.URL)
		if err != nil {
			return nil, usageError("notify: %w", err)
		}
		policy, err := n.policy(c)
		if err != nil {
			return nil, err
		}
		audiences = append(audiences, job.Audience{
			Channels: []notify.Channel{channel}, Policy: policy, Choose: choiceOf(c), Words: filterOf(c).Words(),
		})
	}
	return audiences, nil
}

// policy returns when a channel is told: by its own settings, or else by the flags.
func (n *notifications) policy(c configfile.Channel) (notify.Policy, error) {
	reminders, err := notify.ParseReminders(cmp.Or(c.Remind, n.Remind))
	if err != nil {
		err = usageError("--remind: %w", err)
	}
	at := cmp.Or(c.At, diff.Significance(n.NotifyAt))
	return notify.Policy{AtLeast: at, LostRuns: n.LostRuns, Reminders: reminders}, err
}

func filterOf(c configfile.Channel) ask.Filter {
	return ask.Filter{Regions: c.Regions, ExcludeRegions: c.ExcludeRegions, Models: c.Models, Providers: c.Providers}
}

// choiceOf chooses what a channel hears of, nil for everything. What is not on record
// yet may come.
func choiceOf(c configfile.Channel) job.Choice {
	chosen := filterOf(c)
	if chosen.All() {
		return nil
	}
	return func(old, now *catalog.Snapshot) (*report.Only, error) {
		return onlyOf(chosen, chosen.Matching(old, now)), nil
	}
}

// warn sends a message about the service itself to every channel.
func (n *notifications) warn(ctx context.Context, p *program, title, line string) {
	config, err := p.aws(ctx)
	var to *job.Announcements
	if err == nil {
		to, err = n.announcements(p, config)
	}
	if err != nil {
		p.log.Warn("nobody was notified", problem(err)...)
		return
	}
	if to == nil {
		return
	}
	message := notify.Compose(title, []string{catalog.Redact(line)}, "")
	message.Significance, message.At = diff.Notice, p.now()
	p.logDeliveries(to.Sender.Send(ctx, to.All(), message, nil))
}

// notifyCommand is about the channels themselves.
type notifyCommand struct {
	Test notifyTestCommand `cmd:"" help:"Send a sample message to every channel."`
}

// notifyTestCommand sends a sample to every channel.
type notifyTestCommand struct {
	notifications `embed:""`
	format        `embed:""`
}

func (c *notifyTestCommand) Help() string {
	return `Sends a sample message to every channel that --notify, SNAPSHOTTER_NOTIFY or the
configuration file names, and a success to every check, and prints the outcomes. It
exits with 1 if any of them failed. Nothing is recorded, and URLs are never shown.

Examples:
  snapshotter notify test --notify ntfy://ntfy.sh/TOPIC
  snapshotter notify test --config snapshotter.yaml --format json`
}

var errNoChannels = advised{"no channel is configured", "name one with --notify URL, in SNAPSHOTTER_NOTIFY or in the configuration file: docs/notifications.md lists the kinds"}

func (c *notifyTestCommand) Run(ctx context.Context, p *program) error {
	config, err := p.aws(ctx)
	if err != nil {
		return err
	}
	announcements, err := c.announcements(p, config)
	if err != nil {
		return err
	}
	if announcements == nil {
		return &codedError{exitUsage, errNoChannels}
	}
	deliveries := sendSample(ctx, announcements, p.now())
	if err := c.print(p, deliveriesTable(deliveries), deliveriesAnswer{deliveries}); err != nil {
		return err
	}
	lost := 0
	for _, d := range deliveries {
		if d.Lost() {
			lost++
		}
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case lost > 0:
		return fmt.Errorf("%d of %d channels did not accept the sample", lost, len(deliveries))
	}
	return nil
}

// sendSample sends a message that says that it is a sample to every channel, and a
// success to every check.
func sendSample(ctx context.Context, to *job.Announcements, at time.Time) []notify.Delivery {
	const title = "Bedrock: a sample, nothing happened"
	lines := []string{"This is what a message looks like. It was sent by: snapshotter notify test"}
	message := notify.Compose(title, lines, to.LinkTo(job.LatestReport))
	message.Significance, message.At = diff.Minor, at
	return append(
		to.Sender.Send(ctx, to.All(), message, nil),
		to.Sender.Ping(ctx, to.All(), notify.Ping{Event: notify.Succeeded, Text: title})...,
	)
}

// deliveriesAnswer is the answer as programs read it: see docs/json.md.
type deliveriesAnswer struct {
	Deliveries []notify.Delivery `json:"deliveries"`
}

// Schema names its form, which docs/deliveries.schema.json describes.
func (deliveriesAnswer) Schema() string { return "snapshotter.deliveries/2" }

func deliveriesTable(deliveries []notify.Delivery) *terminal.Table {
	t := &terminal.Table{Head: []string{"channel", "id", "outcome", "tries", "reason"}}
	for _, d := range deliveries {
		t.Add(d.Channel, d.ChannelID[:6], string(d.Outcome), fmt.Sprint(d.Tries), d.Reason)
	}
	return t
}
