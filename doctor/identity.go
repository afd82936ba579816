package doctor

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"snapshotter/catalog"
	"snapshotter/internal/terminal"
)

// Identity is who the credentials belong to, short of the account and of the
// session, which is often named after a person.
type Identity struct {
	Kind string `json:"kind"` // assumed-role, user, federated-user or root
	Name string `json:"name"` // of the role or user; "" where it would tell the account
	// Partition is that of the principal, which no setting can change.
	Partition string `json:"partition"`
}

// examineIdentity asks AWS whose credentials they are. That needs no permission, and
// no policy can deny it, so a refusal concerns the credentials.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
func examineIdentity(ctx context.Context, config aws.Config, limit time.Duration, found *Examination) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	out, err := sts.NewFromConfig(config).GetCallerIdentity(ctx, nil)
	if err != nil {
		found.unidentified(err)
		return
	}
	who := identityOf(aws.ToString(out.Arn))
	found.Identity = &who
	switch text := strings.TrimSpace(who.Kind + " " + who.Name); {
	case who.Partition != "" && who.Partition != catalog.Partition(config.Region):
		found.Add("identity", Problem, text+", of partition "+who.Partition+", though the region is in "+catalog.Partition(config.Region),
			"set AWS_REGION to a region of the partition that the credentials are for")
	case who.Kind == "root":
		found.Add("identity", Warning, text, "give the job a role that may do no more than README.md lists: what the root user may do cannot be limited")
	default:
		found.Add("identity", OK, text, "")
	}
}

func (e *Examination) unidentified(err error) {
	api, answered := errors.AsType[smithy.APIError](err)
	switch {
	case !answered:
		e.Add("identity", Warning, "AWS STS gave no answer", "a run does without; let requests through to it to see whose the credentials are")
	case catalog.FaultOf(api.ErrorCode()) != catalog.NoFault:
		e.Add("identity", Problem, "AWS refuses the credentials: "+api.ErrorCode()+": "+api.ErrorMessage(),
			"sign in again or renew the keys; if they are new, set the clock")
	default:
		e.Add("identity", Warning, "AWS STS did not answer: "+api.ErrorCode()+": "+api.ErrorMessage(), "a run works without it")
	}
}

var account = regexp.MustCompile(`[0-9]{12}`)

// identityOf reads an ARN such as arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION
// or arn:aws:iam::ACCOUNT:user/PATH/NAME.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
func identityOf(arn string) Identity {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return Identity{Kind: "unknown"}
	}
	path := strings.Split(parts[5], "/")
	who := Identity{Kind: terminal.Plain(path[0]), Partition: terminal.Plain(parts[1])}
	switch {
	case len(path) == 1:
	case who.Kind == "assumed-role":
		who.Name = path[1]
	default:
		who.Name = path[len(path)-1]
	}
	if who.Name = terminal.OneLine(who.Name); account.MatchString(who.Name) {
		who.Name = ""
	}
	return who
}
