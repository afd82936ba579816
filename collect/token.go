package collect

import (
	"strings"

	"snapshotter/catalog"
)

// TokenError means that the regions that were asked, all of which the account has
// enabled, refuse a session token that AWS accepts elsewhere.
type TokenError struct {
	Region string // one of them
	Err    error
}

func (e *TokenError) Error() string {
	return e.Region + " refuses the session token, which AWS accepts elsewhere: it is probably a version 1 token"
}

func (e *TokenError) Unwrap() error { return e.Err }

// Advice says what to do.
func (e *TokenError) Advice() string {
	return "regions that an account enables accept version 2 tokens only: get the token with AWS_STS_REGIONAL_ENDPOINTS=regional (sts_regional_endpoints in the AWS configuration file), or set the global endpoint's tokens to version 2 in the account settings of IAM"
}

// version1 is what to tell of a region that refuses such a token.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
const version1 = "the region is enabled and refuses the session token, which others accept: probably a version 1 token; get it with AWS_STS_REGIONAL_ENDPOINTS=regional"

// mayBeVersion1 reports whether a session token may be one that only the regions
// accept that every account has. Tokens of version 2 begin alike.
func mayBeVersion1(token string) bool {
	return token != "" && !strings.HasPrefix(token, "IQoJ")
}

// blamesToken reports whether a refusal is probably due to the version of the token:
// the region is one that the account has enabled, AWS accepts the token elsewhere,
// and no region that every account has refuses it.
func (c *collection) blamesToken(f finding) bool {
	if f.cause != credentialsUnknown || !c.session.version1 || !c.enabled[f.Region] || !optIn(f.Region) {
		return false
	}
	accepted := c.accepted
	for _, r := range c.regions {
		for _, f := range r.findings {
			if f.cause == credentialsUnknown && !optIn(r.name) {
				return false
			}
			accepted = accepted || f.Outcome == catalog.Complete
		}
	}
	return accepted
}

// optIn reports whether a region is one that accounts enable. Only the commercial
// partition has such regions.
func optIn(region string) bool {
	return catalog.Partition(region) == "aws" && !enabledByDefault(region)
}
