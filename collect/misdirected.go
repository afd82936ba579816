package collect

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrock"

	"snapshotter/catalog"
)

// EndpointError means that every region would be asked at one region's endpoint.
type EndpointError struct {
	Host    string // of the endpoint, as the settings have it; "" if only answers show it
	Region  string // that it serves, "" likewise
	Regions int    // to be asked
}

func (e *EndpointError) Error() string {
	if e.Host == "" {
		return fmt.Sprintf("all %d regions were asked at an endpoint of another region", e.Regions)
	}
	return fmt.Sprintf("the endpoint of Bedrock is set to %s, which serves %s only, and %d regions are to be asked", e.Host, e.Region, e.Regions)
}

// Advice says what to do.
func (e *EndpointError) Advice() string {
	const unset = "unset AWS_ENDPOINT_URL_BEDROCK and AWS_ENDPOINT_URL, and endpoint_url in the AWS configuration file; a VPC endpoint with private DNS needs none"
	if e.Host == "" {
		return unset + "; or it is probably a gateway in between that leads to one region"
	}
	return unset + "; or ask this region alone: --region " + e.Region
}

// checkEndpoint refuses an endpoint of AWS that serves one region while others are to
// be asked. Another host may serve them all.
func (c *collection) checkEndpoint(names []string) error {
	endpoint := bedrock.NewFromConfig(c.session.config).Options().BaseEndpoint
	host, serves := servedBy(aws.ToString(endpoint))
	if serves == "" {
		return nil
	}
	var asked []string
	for _, name := range names {
		if catalog.Partition(name) == c.partition && c.opts.Include(name) {
			asked = append(asked, name)
		}
	}
	slices.Sort(asked)
	asked = slices.Compact(asked)
	if len(asked) == 0 || len(asked) == 1 && asked[0] == serves {
		return nil
	}
	return &EndpointError{Host: catalog.Redact(host), Region: serves, Regions: len(asked)}
}

var regionCode = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-[0-9]+$`)

// servedBy returns the host of an endpoint's URL and the region that it serves, ""
// if it is not one of AWS.
// https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
func servedBy(endpoint string) (host, region string) {
	at, err := url.Parse(endpoint)
	if err != nil || !catalog.IsEndpoint(at.Hostname()) {
		return "", ""
	}
	for _, label := range strings.Split(at.Hostname(), ".") {
		if regionCode.MatchString(label) {
			region = label
		}
	}
	return at.Hostname(), region
}

// otherRegion is how an endpoint refuses a request that is signed for another
// region.
const otherRegion = "Credential should be scoped to a valid region"

// misdirection says of an answer of another region's why it came.
const misdirection = "an endpoint setting (AWS_ENDPOINT_URL) or a gateway that sends every region to one"

// allMisdirected returns an error if every region was asked at another's endpoint.
func allMisdirected(findings []finding) error {
	regions := map[string]bool{}
	for _, f := range findings {
		if f.cause != misdirected {
			return nil
		}
		regions[f.Region] = true
	}
	return &EndpointError{Regions: len(regions)}
}
