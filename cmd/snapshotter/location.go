package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/state"
	"snapshotter/store"
)

// history returns the history that --db names. AWS settings are read only for
// one in S3.
func (p *program) history(ctx context.Context) (*state.History, error) {
	if !state.Remote(p.DB) {
		return state.NewHistory(p.DB, aws.Config{})
	}
	config, err := p.loadAWS(ctx)
	if err != nil {
		return nil, err
	}
	return state.NewHistory(p.DB, config)
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
