package notify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"snapshotter/catalog"
)

// topic is a channel that publishes to Amazon SNS.
type topic struct{ arn, region, name string }

// topicARN does not count a name's characters: with a count, the pattern would
// take every command 4 ms to compile.
var topicARN = regexp.MustCompile(`^arn:aws[a-z-]*:sns:([a-z0-9-]+):[0-9]{12}:([A-Za-z0-9_-]+(?:\.fifo)?)$`)

const longestTopic = 256

// parseTopic reads a topic's ARN.
// https://docs.aws.amazon.com/sns/latest/dg/sns-create-topic.html
func parseTopic(arn string) (topic, error) {
	parts := topicARN.FindStringSubmatch(arn)
	if parts == nil || !catalog.ValidRegion(parts[1]) || len(parts[2]) > longestTopic {
		return topic{}, errors.New("it is not the ARN of a topic: the form is sns:ARN")
	}
	return topic{arn: arn, region: parts[1], name: parts[2]}, nil
}

func (t topic) steps(s Sender, _ redaction, m Message) []step {
	return []step{func(ctx context.Context) error {
		var connected atomic.Bool
		client := sns.NewFromConfig(s.AWS, func(o *sns.Options) {
			o.Region = t.region
			o.Retryer = aws.NopRetryer{} // it would try again what may have arrived
			o.HTTPClient = watched{o.HTTPClient, &connected}
		})
		if _, err := client.Publish(ctx, t.input(m)); err != nil {
			return unpublished(err, connected.Load())
		}
		return nil
	}}
}

// watched reports whether the request itself got a connection. Fetching
// credentials uses another one.
type watched struct {
	sns.HTTPClient
	connected *atomic.Bool
}

func (w watched) Do(request *http.Request) (*http.Response, error) {
	ctx, connected := watchConnection(request.Context())
	response, err := w.HTTPClient.Do(request.WithContext(ctx))
	w.connected.Store(connected.Load())
	return response, err
}

// input is the message. Its attribute lets a subscription filter by
// significance; a FIFO topic drops repeats by content.
func (t topic) input(m Message) *sns.PublishInput {
	input := &sns.PublishInput{
		TopicArn: &t.arn, Message: aws.String(m.text()),
		MessageAttributes: map[string]types.MessageAttributeValue{
			"significance": {DataType: aws.String("String"), StringValue: aws.String(string(m.Significance))},
		},
	}
	if title := subject(m.Title); title != "" {
		input.Subject = &title
	}
	if strings.HasSuffix(t.name, ".fifo") {
		input.MessageGroupId = aws.String("snapshotter")
		input.MessageDeduplicationId = aws.String(digest(m))
	}
	return input
}

// subjectLimit is below the limit of 100 characters.
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
const subjectLimit = 99

// subject returns a title as SNS accepts it: ASCII that starts with a letter,
// number or punctuation mark.
func subject(title string) string {
	title = strings.NewReplacer("→", "->", "…", "...", "’", "'", "–", "-", "—", "-").Replace(title)
	title = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, title)
	title = strings.TrimSpace(title)
	if len(title) > subjectLimit {
		title = strings.TrimSpace(title[:subjectLimit-3]) + "..."
	}
	return title
}

// unknownCode is what the SDK calls an answer without a code.
const unknownCode = "UnknownError"

// unpublished grades an SDK error. It only shows the parts that do not name the
// account.
func unpublished(err error, connected bool) *failure {
	var response *smithyhttp.ResponseError
	var api smithy.APIError
	var sending *smithyhttp.RequestSendError
	switch {
	case errors.As(err, &response) && errors.As(err, &api):
		f := answered(response.HTTPStatusCode())
		if api.ErrorCode() != unknownCode {
			f.reason = fmt.Sprintf("answered %s: %s", api.ErrorCode(), catalog.Redact(api.ErrorMessage()))
		}
		if strings.HasPrefix(api.ErrorCode(), "Throttl") {
			f.grade = passing
		}
		return f
	case errors.As(err, &response) && response.HTTPStatusCode() >= 300:
		return answered(response.HTTPStatusCode())
	case connected, errors.As(err, &sending):
		return unanswered(err, connected)
	}
	return &failure{reason: "the request could not be sent: " + catalog.Redact(rootOf(err).Error()), grade: refused}
}

func rootOf(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err
}
