package awssettings

import (
	"context"
	"fmt"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"snapshotter/catalog"
)

// Service is a service of AWS by the names that it has in settings and hosts.
type Service struct {
	ID   string // such as SSM, as in AWS_ENDPOINT_URL_SSM
	Host string // such as ssm, as in ssm.eu-west-1.amazonaws.com and in signatures
}

// Endpoint returns where a service that every region has is reached from a region, as
// the SDK's clients find it: by AWS_ENDPOINT_URL and its like, and by the settings
// for FIPS and dual-stack endpoints.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
func Endpoint(ctx context.Context, config aws.Config, service Service, region string) (*url.URL, error) {
	if set := endpointSetting(ctx, config, service); set != "" {
		return url.Parse(set)
	}
	partition := catalog.Partition(region)
	domain, dualStack := catalog.Domains(partition)
	if domain == "" || !catalog.ValidRegion(region) {
		return nil, fmt.Errorf("no endpoint of %s is known in %q", service.Host, region)
	}
	host := service.Host
	fips, dual := wantsFIPS(ctx, config), wantsDualStack(ctx, config)
	if dual {
		domain = dualStack
	}
	if fips && (partition != "aws-us-gov" || dual) { // the plain ones of GovCloud are FIPS endpoints
		host += "-fips"
	}
	return &url.URL{Scheme: "https", Host: host + "." + region + "." + domain}, nil
}

// endpointSetting returns the endpoint that is set for a service or for all, "" if
// none is. What is set nearer, or for the service alone, comes first.
func endpointSetting(ctx context.Context, config aws.Config, service Service) string {
	all := aws.ToString(config.BaseEndpoint)
	for _, source := range config.ConfigSources {
		if s, ok := source.(interface {
			GetIgnoreConfiguredEndpoints(context.Context) (bool, bool, error)
		}); ok {
			if ignore, found, err := s.GetIgnoreConfiguredEndpoints(ctx); err == nil && found && ignore {
				return all
			}
		}
	}
	for _, source := range config.ConfigSources {
		if s, ok := source.(interface {
			GetServiceBaseEndpoint(context.Context, string) (string, bool, error)
		}); ok {
			if set, found, err := s.GetServiceBaseEndpoint(ctx, service.ID); err == nil && found {
				return set
			}
		}
		if environment, ok := source.(awsconfig.EnvConfig); ok && environment.BaseEndpoint != "" {
			break // it comes before the configuration file
		}
	}
	return all
}

func wantsFIPS(ctx context.Context, config aws.Config) bool {
	type source interface {
		GetUseFIPSEndpoint(context.Context) (aws.FIPSEndpointState, bool, error)
	}
	state, _ := nearest(config, func(s source) (aws.FIPSEndpointState, bool, error) { return s.GetUseFIPSEndpoint(ctx) })
	return state == aws.FIPSEndpointStateEnabled
}

func wantsDualStack(ctx context.Context, config aws.Config) bool {
	type source interface {
		GetUseDualStackEndpoint(context.Context) (aws.DualStackEndpointState, bool, error)
	}
	state, _ := nearest(config, func(s source) (aws.DualStackEndpointState, bool, error) { return s.GetUseDualStackEndpoint(ctx) })
	return state == aws.DualStackEndpointStateEnabled
}

// nearest returns what the first source of the settings that says something says.
func nearest[S, V any](config aws.Config, ask func(S) (V, bool, error)) (value V, found bool) {
	for _, source := range config.ConfigSources {
		if s, ok := source.(S); ok {
			if value, found, err := ask(s); err == nil && found {
				return value, true
			}
		}
	}
	return value, false
}
