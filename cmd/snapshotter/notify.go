package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/diff"
	"snapshotter/internal/terminal"
	"snapshotter/job"
	"snapshotter/notify"
)

// notifications are the flags that say who is told of a run, and when.
type notifications struct {
	Notify   []string `sep:"none" placeholder:"URL" help:"A channel to tell of changes, such as sns:ARN, slack://… or ping:https://…; may be repeated. Holds secrets: better set SNAPSHOTTER_NOTIFY, several with spaces between. See docs/notifications.md."`
	NotifyAt string   `enum:"breaking,notice,good,minor" default:"good" help:"Send a message of changes from this significance on: ${enum} (${default}). It tells lighter ones too."`
	LostRuns int      `placeholder:"N" default:"3" help:"Tell of a list that was not read in this many runs in a row (${default})."`
	Link     string   `placeholder:"URL" help:"Where the report can be read, for messages; {report} in it becomes the name of the report's file."`
}

// Validate implements kong's hook. No error repeats a channel's URL.
func (n *notifications) Validate() error {
	if n.LostRuns <= 0 {
		return usageError("--lost-runs must be more than 0")
	}
	if n.Link != "" && notify.Compose("", nil, n.Link).Link == "" {
		return usageError("--link must be a web address (https://…) without a password in it, of at most 500 characters")
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
	if err != nil || len(channels) == 0 {
		return nil, err
	}
	return &job.Announcements{
		Channels: channels, Link: n.Link, ExitCode: exitCode,
		Policy: notify.Policy{AtLeast: diff.Significance(n.NotifyAt), LostRuns: n.LostRuns},
		Sender: notify.Sender{AWS: config, HTTP: p.web()},
	}, nil
}

// web is the client that channels are told with, nil for Go's own.
func (p *program) web() *http.Client {
	if p.network == nil {
		return nil
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy, transport.DialContext = nil, p.network
	return &http.Client{Transport: transport}
}

// notifyCommand is about the channels themselves.
type notifyCommand struct {
	Test notifyTestCommand `cmd:"" help:"Send a sample to every channel."`
}

// notifyTestCommand finds out whether the channels work.
type notifyTestCommand struct {
	notifications `embed:""`
	format        `embed:""`
}

func (c *notifyTestCommand) Help() string {
	return `Sends a message that says that it is a sample to every channel that --notify,
SNAPSHOTTER_NOTIFY or the configuration file names, and a success to every check,
and prints what became of each. It exits with 1 if any did not take it. Nothing
is recorded, and URLs are never shown.

Examples:
  snapshotter notify test --notify ntfy://ntfy.sh/TOPIC
  snapshotter notify test --config snapshotter.yaml --format json`
}

var errNoChannels = advised{"no channel is configured", "name one with --notify URL, in SNAPSHOTTER_NOTIFY or in the configuration file: docs/notifications.md lists the kinds"}

func (c *notifyTestCommand) Run(ctx context.Context, p *program) error {
	config, err := p.loadAWS(ctx)
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
	if err := c.print(p, deliveriesTable(deliveries), deliveries); err != nil {
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
		return fmt.Errorf("%d of %d channels did not take the sample", lost, len(deliveries))
	}
	return nil
}

// sendSample sends a message that says that it is a sample to every channel, and a
// success to every check.
func sendSample(ctx context.Context, to *job.Announcements, at time.Time) []notify.Delivery {
	const title = "Bedrock changes: a sample, nothing happened"
	lines := []string{"This is what a message looks like. It was sent by: snapshotter notify test"}
	message := notify.Compose(title, lines, to.LinkTo(job.LatestReport))
	message.Significance, message.At = diff.Minor, at
	return append(
		to.Sender.Send(ctx, to.Channels, message, nil),
		to.Sender.Ping(ctx, to.Channels, notify.Ping{Event: notify.Succeeded, Text: title})...,
	)
}

func deliveriesTable(deliveries []notify.Delivery) *terminal.Table {
	t := &terminal.Table{Head: []string{"channel", "id", "outcome", "tries", "reason"}}
	for _, d := range deliveries {
		t.Add(d.Channel, d.ChannelID[:6], string(d.Outcome), fmt.Sprint(d.Tries), d.Reason)
	}
	return t
}
