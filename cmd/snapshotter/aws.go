package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/logging"

	"snapshotter/catalog"
	"snapshotter/internal/awssettings"
	"snapshotter/state"
	"snapshotter/store"
)

// history returns the history that --db names. AWS settings are read only for
// one in S3.
func (p *program) history(ctx context.Context) (*state.History, error) {
	if !state.Remote(p.DB) {
		return p.historyWith(aws.Config{})
	}
	config, err := p.aws(ctx)
	if err != nil {
		return nil, err
	}
	return p.historyWith(config)
}

// historyWith returns the history that --db names, with AWS settings that are
// already known.
func (p *program) historyWith(config aws.Config) (*state.History, error) {
	history, err := state.NewHistory(p.DB, config)
	if err != nil {
		return nil, err
	}
	history.Temp = p.temp
	return history, nil
}

// reading opens the history for reading and calls use with it.
func (p *program) reading(ctx context.Context, use func(*store.Store) error) error {
	history, err := p.history(ctx)
	if err != nil {
		return err
	}
	return history.Read(ctx, use)
}

// writing opens the history for writing, calls use with it, and saves it unless
// use fails.
func (p *program) writing(ctx context.Context, use func(*store.Store) error) error {
	history, err := p.history(ctx)
	if err != nil {
		return err
	}
	return history.Write(ctx, func(s *state.Session) error {
		p.logNew(s.NewAt())
		return use(s.DB)
	})
}

// loadAWS reads the AWS settings where every AWS tool does. The SDK's warnings are
// logged.
func loadAWS(ctx context.Context) (aws.Config, error) {
	return awssettings.Load(ctx, os.Getenv, logging.LoggerFunc(func(class logging.Classification, format string, args ...any) {
		level := slog.LevelDebug
		if class == logging.Warn {
			level = slog.LevelWarn
		}
		slog.Log(ctx, level, "the AWS SDK says", "problem", catalog.Redact(fmt.Sprintf(format, args...)))
	}))
}
