package main

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/catalog"
	"snapshotter/collect"
)

// credentialsWait is the longest wait for credentials, which may come over a network.
const credentialsWait = 10 * time.Second

// examineAWS does what a run does, short of recording it.
func examineAWS(ctx context.Context, p *program, found *examination) {
	examineAPIKey(p, found)
	config, err := loadAWS(ctx)
	if err != nil {
		found.fail("aws configuration", err, "")
		return
	}
	if !examineCredentials(ctx, p, config, found) {
		return
	}
	clock := &serverClock{now: p.now}
	config.APIOptions = append(config.APIOptions, clock.watch)
	result, err := collect.Collect(ctx, config, nil, collect.Options{
		Attempt: 5 * time.Second, Region: 15 * time.Second, Run: time.Minute,
	})
	clock.examine(found)
	if err != nil {
		found.fail("bedrock", err, "")
		return
	}
	for _, note := range result.Notes {
		found.add("region discovery", healthWarning, note, "a run does without; README.md lists the permissions that each source needs")
	}
	examineRegions(config.Region, result.Listings, found)
}

func examineAPIKey(p *program, found *examination) {
	if p.getenv("AWS_BEARER_TOKEN_BEDROCK") != "" {
		found.add("api key", healthWarning, "AWS_BEARER_TOKEN_BEDROCK is set, which other programs use in place of credentials",
			"unset it for this job: a run needs credentials, and a key cannot replace them")
	}
}

// examineCredentials reports whether there are any.
func examineCredentials(ctx context.Context, p *program, config aws.Config, found *examination) bool {
	ctx, cancel := context.WithTimeout(ctx, credentialsWait)
	defer cancel()
	credentials, err := config.Credentials.Retrieve(ctx)
	if err != nil {
		found.add("credentials", healthProblem, "none were found: "+err.Error(),
			"set AWS_PROFILE, or give the machine a role; aws configure list shows what is set")
		return false
	}
	text := fmt.Sprintf("from %s, partition %s", credentials.Source, catalog.Partition(config.Region))
	switch left := credentials.Expires.Sub(p.now()); {
	case !credentials.CanExpire:
		found.add("credentials", healthOK, text, "")
	case left <= 0:
		found.add("credentials", healthProblem, text+", expired "+moment(credentials.Expires), "sign in again")
	default:
		found.add("credentials", healthOK, text+", valid until "+moment(credentials.Expires), "")
	}
	return true
}

// examineRegions says what became of every list that is not as it should be. In
// the home region, which credentials are made for, it must be read.
func examineRegions(home string, listings []catalog.Listing, found *examination) {
	read, off := 0, 0
	for _, l := range listings {
		switch {
		case l.Outcome == catalog.Complete:
			read++
		case l.Outcome.Expected():
			off++
		default:
			examineUnread(home, l, found)
		}
	}
	health, advice := healthOK, ""
	if read == 0 {
		health, advice = healthProblem, "allow bedrock:ListFoundationModels and bedrock:ListInferenceProfiles"
	}
	found.add("lists", health, fmt.Sprintf("%d read whole, %d not to be had (not enabled, or without Bedrock), of %d", read, off, len(listings)), advice)
}

func examineUnread(home string, l catalog.Listing, found *examination) {
	health := healthWarning
	if l.Region == home {
		health = healthProblem
	}
	text := fmt.Sprintf("%s: %s %s", l.Outcome, l.ErrorCode, l.Message)
	advice := "if it stays so, see whether the network lets requests through to the region"
	if l.Outcome == catalog.Denied {
		advice = "allow bedrock:ListFoundationModels and bedrock:ListInferenceProfiles in the region, or see which policy of the organization denies it"
	}
	found.add(fmt.Sprintf("%s %s", l.Region, l.Kind), health, text, advice)
}
