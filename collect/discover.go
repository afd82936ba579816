package collect

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/url"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	accounttypes "github.com/aws/aws-sdk-go-v2/service/account/types"

	"snapshotter/catalog"
)

// regionsPath is the public parameter that names the regions with Bedrock,
// whether or not the account has enabled them.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-global-infrastructure.html
const regionsPath = "/aws/service/global-infrastructure/services/bedrock/regions"

// What notes call the public parameter, and what it says.
const (
	parameterSource = "ssm:GetParametersByPath"
	namesRegions    = "which regions have Bedrock"
)

// errNoEnd means that the pages of a source lead back to an earlier one.
var errNoEnd = errors.New("its pages repeat themselves")

// readRegions starts to read the public parameter from the home region and from
// [parameterSources] at once. It is content with the first that has read all of it:
// the pages come one after another, so those of a distant region would take longer
// than every list.
func (c *collection) readRegions() {
	ctx, cancel := c.sourceContext(2 * c.opts.Attempt)
	home := c.session.config.Region
	asked := slices.Compact(slices.Sorted(slices.Values(append([]string{home}, parameterSources[c.partition]...))))
	read, failed := false, map[string]error{}
	for _, region := range asked {
		c.start(func() (last func()) {
			err := c.readParameter(ctx, region)
			return func() {
				switch failed[region] = err; {
				case read: // by another region; that cut this one short
				case err == nil:
					read = true
					cancel()
					c.answered(parameterSource, namesRegions, nil)
				case len(failed) == len(asked):
					cancel()
					c.answered(parameterSource, namesRegions, failed[home])
				}
			}
		})
	}
}

// errNoRegions means that the parameter names no region of the partition.
var errNoRegions = errors.New("it names no region")

// readParameter reads the public parameter from one region, ten regions a page,
// which is the most that a page holds. The regions of a page are listed before the
// next page is read.
func (c *collection) readParameter(ctx context.Context, region string) error {
	read := 0
	input := struct {
		Path       string
		MaxResults int
		NextToken  string `json:",omitempty"`
	}{Path: regionsPath, MaxResults: 10}
	err := eachPage(func(token *string) (*string, error) {
		input.NextToken = aws.ToString(token)
		request, err := parameters("GetParametersByPath", input)
		if err != nil {
			return nil, err
		}
		answer, err := c.session.carry(ctx, region, request)
		if err != nil {
			return nil, err
		}
		var out struct {
			Parameters []struct{ Value string }
			NextToken  *string
		}
		if err := json.Unmarshal(answer, &out); err != nil {
			return nil, &unreadableError{err}
		}
		var names []string
		for _, parameter := range out.Parameters {
			// The parameter may name the regions of other partitions too.
			if name := parameter.Value; catalog.Partition(name) == c.partition {
				names = append(names, name)
			}
		}
		read += len(names)
		c.send(func() { c.found(names) })
		return out.NextToken, nil
	})
	if err == nil && read == 0 {
		return errNoRegions
	}
	return err
}

// readOptIn asks the account service which regions the account has enabled, or
// EC2 if that fails.
func (c *collection) readOptIn() (last func()) {
	enabled, err := c.listRegions()
	if err == nil {
		return func() { c.knowOptIn(enabled, "account:ListRegions", nil) }
	}
	instead, insteadErr := c.describeRegions()
	return func() {
		c.knowOptIn(nil, "account:ListRegions", err)
		c.knowOptIn(instead, "ec2:DescribeRegions", insteadErr)
	}
}

// knowOptIn stores the opt-in status that a source reports.
func (c *collection) knowOptIn(enabled map[string]bool, source string, err error) {
	c.answered(source, "which regions the account has enabled", err)
	if err != nil {
		return
	}
	c.enabled = enabled
	for _, r := range c.regions {
		c.cancelDisabled(r)
	}
}

// answered notes that a source failed. A source may show that the credentials
// are valid, even when it fails.
func (c *collection) answered(source, tells string, err error) {
	if err == nil {
		c.accepted = true
		return
	}
	f := classify(err)
	c.accepted = c.accepted || accepts(f.outcome, f.cause)
	if f.code != "" {
		f.message = f.code + ": " + f.message
	}
	c.note("did without %s, which says %s: %s", source, tells, f.message)
}

// listRegions reads the status of every region that the account could use. It
// leaves out a region that is being enabled or disabled: how that answers is
// not known.
// https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html
func (c *collection) listRegions() (map[string]bool, error) {
	ctx, cancel := c.sourceContext(c.opts.Attempt)
	defer cancel()
	client := account.NewFromConfig(c.session.config)
	input := &account.ListRegionsInput{MaxResults: aws.Int32(50)}
	enabled := map[string]bool{}
	err := eachPage(func(token *string) (*string, error) {
		input.NextToken = token
		call := c.session.call(nil)
		out, err := client.ListRegions(ctx, input, account.WithAPIOptions(call.register))
		if err != nil {
			return nil, call.verdict(ctx, err)
		}
		for _, r := range out.Regions {
			switch r.RegionOptStatus {
			case accounttypes.RegionOptStatusEnabled, accounttypes.RegionOptStatusEnabledByDefault:
				enabled[aws.ToString(r.RegionName)] = true
			case accounttypes.RegionOptStatusDisabled:
				enabled[aws.ToString(r.RegionName)] = false
			}
		}
		return out.NextToken, nil
	})
	return enabled, err
}

// describeRegions reads the same from EC2.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
func (c *collection) describeRegions() (map[string]bool, error) {
	ctx, cancel := c.sourceContext(c.opts.Attempt)
	defer cancel()
	answer, err := c.session.carry(ctx, c.session.config.Region, query(url.Values{"Action": {"DescribeRegions"}, "AllRegions": {"true"}}))
	if err != nil {
		return nil, err
	}
	var out struct {
		Regions []struct {
			Name   string `xml:"regionName"`
			Status string `xml:"optInStatus"`
		} `xml:"regionInfo>item"`
	}
	if err := xml.Unmarshal(answer, &out); err != nil {
		return nil, &unreadableError{err}
	}
	enabled := map[string]bool{}
	for _, r := range out.Regions {
		switch r.Status {
		case "opt-in-not-required", "opted-in":
			enabled[r.Name] = true
		case "not-opted-in":
			enabled[r.Name] = false
		}
	}
	return enabled, nil
}

// sourceContext has a shorter deadline than a region, so that a source that
// hangs hardly delays the collection.
func (c *collection) sourceContext(within time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(c.ctx, within, &noAnswerError{within: within})
}

// eachPage reads all pages. It fails on a repeated token.
func eachPage(read func(token *string) (next *string, err error)) error {
	seen := map[string]bool{}
	for token := (*string)(nil); ; {
		next, err := read(token)
		if err != nil || aws.ToString(next) == "" {
			return err
		}
		if seen[*next] {
			return errNoEnd
		}
		seen[*next] = true
		token = next
	}
}
