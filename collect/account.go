package collect

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Account asks AWS for the ID of the account that the credentials belong to. That
// takes no permission. An API key of Bedrock does not tell it. The error says why
// the account is not known, redacted.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
func Account(ctx context.Context, cfg aws.Config, limit time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	out, err := sts.NewFromConfig(cfg, func(o *sts.Options) { o.RetryMaxAttempts = 2 }).GetCallerIdentity(ctx, nil)
	if err != nil {
		return "", redactedError{classify(err).message}
	}
	return aws.ToString(out.Account), nil
}

type redactedError struct{ message string }

func (e redactedError) Error() string { return e.message }
