package doctor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/internal/awssettings"
)

// AWS is how the account is reached.
type AWS struct {
	Load   func(context.Context) (aws.Config, error) // loads the settings
	APIKey bool                                      // whether a Bedrock API key is set
	Now    func() time.Time
	Limit  time.Duration // the longest time for everything
	// Known is what the history knows of each list; nil is nothing.
	Known map[catalog.Scope]catalog.Known
	// Include chooses the regions to read; nil is all.
	Include func(region string) bool
	// Kinds are those of the account's resources to read too.
	Kinds []catalog.Kind
}

// Examine does what a run does, except recording it. Discovery and the lists get most
// of the time.
func (a *AWS) Examine(ctx context.Context, found *Examination) {
	limit := a.Limit
	a.examineAPIKey(found)
	config, err := a.Load(ctx)
	if err != nil {
		found.Fail("aws configuration", err, "")
		return
	}
	if !a.examineCredentials(ctx, config, limit/6, found) {
		return
	}
	clock := &serverClock{now: a.Now}
	config.APIOptions = append(config.APIOptions, clock.watch)
	examineIdentity(ctx, config, limit/6, found)
	result, err := collect.Collect(ctx, config, a.Known, collect.Options{
		Include: a.Include, Kinds: a.Kinds, Attempt: limit / 12, Region: limit / 4, Run: limit * 2 / 3,
	})
	clock.examine(found)
	if err != nil {
		found.Fail("bedrock", err, "")
		return
	}
	for _, note := range result.Notes {
		found.Add("region discovery", Warning, note, "a run does without; README.md lists the permissions that each source needs")
	}
	a.examineRegions(config.Region, result.Listings, found)
}

func (a *AWS) examineAPIKey(found *Examination) {
	if a.APIKey {
		found.Add("api key", Warning, "AWS_BEARER_TOKEN_BEDROCK is set, which other programs use in place of credentials",
			"unset it for this job: a run needs credentials, and a key cannot replace them")
	}
}

// examineCredentials reports whether there are any. Getting them may take a network.
func (a *AWS) examineCredentials(ctx context.Context, config aws.Config, limit time.Duration, found *Examination) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	credentials, err := config.Credentials.Retrieve(ctx)
	if awssettings.FaultOf(err) != nil {
		found.Fail("credentials", err, "")
		return false
	}
	if err != nil {
		found.Add("credentials", Problem, "none were found: "+err.Error(),
			"set AWS_PROFILE, or give the machine a role; aws configure list shows what is set")
		return false
	}
	text := fmt.Sprintf("from %s, partition %s", credentials.Source, catalog.Partition(config.Region))
	switch left := credentials.Expires.Sub(a.Now()); {
	case !credentials.CanExpire:
		found.Add("credentials", OK, text, "")
	case left <= 0:
		found.Add("credentials", Problem, text+", expired "+catalog.Moment(credentials.Expires), "sign in again")
	default:
		found.Add("credentials", OK, text+", valid until "+catalog.Moment(credentials.Expires), "")
	}
	return true
}

// examineRegions adds a finding for every list that could not be read.
func (a *AWS) examineRegions(home string, listings []catalog.Listing, found *Examination) {
	var tally tally
	absent := map[catalog.Outcome][]string{}
	for _, l := range listings {
		tally.add(l)
		switch {
		case l.Outcome.Lost(a.Known[l.Scope].Observed):
			examineUnread(home, l, found)
		case l.Outcome != catalog.Complete:
			absent[l.Outcome] = append(absent[l.Outcome], l.Region)
		}
	}
	for _, outcome := range slices.Sorted(maps.Keys(absent)) {
		regions := slices.Compact(absent[outcome]) // sorted, as the listings are
		check := "regions " + strings.ReplaceAll(string(outcome), "-", " ")
		found.Findings = append(found.Findings, Finding{check, OK, strings.Join(regions, " "), ""}) // not shortened or redacted
	}
	health, advice := OK, ""
	if tally.read == 0 {
		health, advice = Problem, "allow bedrock:ListFoundationModels and bedrock:ListInferenceProfiles"
	}
	found.Add("lists", health, tally.String(), advice)
}

// tally counts lists by how they were read.
type tally struct{ read, denied, unread, unavailable, leftOut int }

func (t *tally) add(l catalog.Listing) {
	switch {
	case l.Outcome == catalog.Complete:
		t.read++
	case l.Outcome == catalog.Denied:
		t.denied++
	case l.Outcome == catalog.NotListed:
		t.leftOut++
	case l.Outcome.Expected():
		t.unavailable++
	default:
		t.unread++
	}
}

// String returns the counts in words, those of nothing left out.
func (t tally) String() string {
	text := fmt.Sprintf("%d read completely", t.read)
	for _, part := range []struct {
		count int
		words string
	}{
		{t.denied, "denied"}, {t.unread, "not read"}, {t.unavailable, "not available"}, {t.leftOut, "left out"},
	} {
		if part.count > 0 {
			text += fmt.Sprintf(", %d %s", part.count, part.words)
		}
	}
	return text
}

// examineUnread adds a finding for a list that makes a run partial. It is a problem in
// the home region, which the settings name, and where it does not pass by itself.
func examineUnread(home string, l catalog.Listing, found *Examination) {
	health := Problem
	if passes(l.Outcome) && l.Region != home {
		health = Warning
	}
	text := strings.Join(strings.Fields(fmt.Sprintf("%s: %s %s", l.Outcome, l.ErrorCode, l.Message)), " ")
	found.Add(fmt.Sprintf("%s %s", l.Region, l.Kind), health, text, adviceOn(l))
}

// passes reports whether an outcome may be another in a while, with nothing done.
func passes(outcome catalog.Outcome) bool {
	return outcome == catalog.Throttled || outcome == catalog.ServiceError || outcome == catalog.Unreachable || outcome == catalog.Suspect
}

// adviceOn says what to do about a list that was not read.
func adviceOn(l catalog.Listing) string {
	switch l.Outcome {
	case catalog.Denied:
		return adviceOnDenial(l)
	case catalog.Throttled:
		return "AWS limits how often the account may ask: run when less else does, at another minute than the full hour"
	case catalog.ServiceError:
		return "the region's service failed: try again later; health.aws.amazon.com shows what AWS knows of it"
	case catalog.NotEnabled, catalog.NotOffered:
		return "it was read before, so each run is partial (exit code 3): enable the region again, or leave it out with --exclude-region"
	case catalog.Invalid:
		return "see what is between this machine and AWS: a proxy, a gateway or an endpoint setting"
	case catalog.Suspect:
		return "nothing is removed yet: three runs, hours apart, must find the same"
	}
	return "if it stays so, see whether the network lets requests through to the region"
}

// denials are the kinds of policy that AWS names in a denial, and what to do about
// each. The first one whose words are in the message counts.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
var denials = []struct{ words, advice string }{
	{"service control policy", "a policy of the organization (SCP) denies the region: have its administrators except the two list actions, which read nothing of yours, or leave the region out with --exclude-region"},
	{"resource control policy", "a policy of the organization (RCP) denies it: ask its administrators"},
	{"permissions boundary", "the role's permissions boundary leaves it out: widen it by the two list actions"},
	{"session policy", "the policy that the role was assumed with leaves it out: assume it with another, or without"},
	{"VPC endpoint policy", "the policy of the VPC endpoint that the request went through leaves it out: widen it by the two list actions"},
	{"identity-based policy", "allow bedrock:ListFoundationModels and bedrock:ListInferenceProfiles on every resource; where it works in other regions, look for a condition on aws:RequestedRegion"},
}

func adviceOnDenial(l catalog.Listing) string {
	if l.Kind.OfAccount() {
		return "allow what the statement OnlyForKinds of deploy/iam-policy.json has, or leave " + string(l.Kind) + " out of kinds"
	}
	for _, denial := range denials {
		if strings.Contains(l.Message, denial.words) {
			return denial.advice
		}
	}
	return "AWS does not say which policy: it is the role's own, which must allow bedrock:ListFoundationModels and bedrock:ListInferenceProfiles, or one of the organization; nobody need opt in, as the region answers"
}
