package main

import (
	"context"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"snapshotter/catalog"
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

// loadAWS reads the AWS settings from where every AWS tool does: the environment,
// the shared files, and the role of the machine.
func (p *program) loadAWS(ctx context.Context) (aws.Config, error) {
	var options []func(*awsconfig.LoadOptions) error
	if p.network != nil {
		client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { t.Proxy, t.DialContext = nil, p.network })
		options = append(options, awsconfig.WithHTTPClient(client))
	}
	config, err := awsconfig.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return config, advised{
			"load the AWS configuration: " + catalog.Redact(err.Error()),
			"check AWS_PROFILE and your AWS configuration files: aws configure list",
		}
	}
	return config, nil
}

// web returns the client that notifies channels, nil for the default one.
func (p *program) web() *http.Client {
	if p.network == nil {
		return nil
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy, transport.DialContext = nil, p.network
	return &http.Client{Transport: transport}
}
