package catalog_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"snapshotter/catalog"
)

func TestRedact(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"a plain message", "ThrottlingException: Too many requests, please wait before trying again.", "ThrottlingException: Too many requests, please wait before trying again."},
		{"model ids, dates and versions stay", "anthropic.claude-3-sonnet-20240229-v1:0 at 20260208T070608Z", "anthropic.claude-3-sonnet-20240229-v1:0 at 20260208T070608Z"},
		{"a request id stays", "RequestID: 3f1a2b3c-0d1e-4f5a-8b6c-7d8e9f0a1b2c", "RequestID: 3f1a2b3c-0d1e-4f5a-8b6c-7d8e9f0a1b2c"},
		{"words that sound like secrets stay", "ExpiredTokenException: The security token included in the request is expired", "ExpiredTokenException: The security token included in the request is expired"},
		{"bearer tokens may be spoken of", "the bearer token is not valid", "the bearer token is not valid"},
		{
			"a refusal by IAM",
			"User: arn:aws:sts::111122223333:assumed-role/Admin/alice@example.com is not authorized to perform: bedrock:ListFoundationModels because no identity-based policy allows the bedrock:ListFoundationModels action",
			"User: [arn] is not authorized to perform: bedrock:ListFoundationModels because no identity-based policy allows the bedrock:ListFoundationModels action",
		},
		{"an ARN in quotes", `on resource: "arn:aws-us-gov:bedrock:us-gov-west-1:111122223333:inference-profile/x" with`, `on resource: "[arn]" with`},
		{"an ARN in a URL", `Get "https://bedrock.us-east-1.amazonaws.com/x/arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2FAdmin?a=b": EOF`, `Get "https://bedrock.us-east-1.amazonaws.com/x/[arn]": EOF`},
		{"an account", "Account 111122223333 is not subscribed", "Account [account] is not subscribed"},
		{"accounts side by side", "111122223333,444455556666", "[account],[account]"},
		{"an account beside an underscore", "bucket_111122223333_logs", "bucket_[account]_logs"},
		{"an account beside a letter", "acct111122223333x", "acct[account]x"},
		{"an account beside digits", "20260208111122223333", "[account]"},
		{"fewer digits", "12345678901", "12345678901"},
		{"an access key", "The AWS Access Key Id AKIAIOSFODNN7EXAMPLE needs a subscription", "The AWS Access Key Id [key] needs a subscription"},
		{"a temporary key beside an underscore", "key_ASIAIOSFODNN7EXAMPLE_x", "key_[key]_x"},
		{"a role's id and session", "UserId AROAIOSFODNN7EXAMPLE:alice@example.com, sorry", "UserId [key], sorry"},
		{"a short word in capitals", "ASIA and AKIA", "ASIA and AKIA"},
		{
			"a presigned URL",
			"https://sts.amazonaws.com/?Action=GetCallerIdentity&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260208&X-Amz-Signature=0a1b&X-Amz-Security-Token=IQoJ%2Fb3&X-Amz-Expires=60",
			"https://sts.amazonaws.com/?Action=GetCallerIdentity&X-Amz-Credential=[secret]&X-Amz-Signature=[secret]&X-Amz-Security-Token=[secret]&X-Amz-Expires=60",
		},
		{
			"a signature that was refused",
			"The Canonical String for this request should have been 'GET\n/foundation-models\n\nhost:bedrock.us-east-1.amazonaws.com\nx-amz-security-token:IQoJb3JpZ2luX2Vj//8=\n'",
			"The Canonical String for this request should have been 'GET /foundation-models host:bedrock.us-east-1.amazonaws.com x-amz-security-token:[secret] '",
		},
		{
			"an authorization header",
			"invalid key=value pair in Authorization header: 'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260208, SignedHeaders=host, Signature=0a1b'",
			"invalid key=value pair in Authorization header: 'AWS4-HMAC-SHA256 Credential=[secret], SignedHeaders=host, Signature=[secret]'",
		},
		{"a bearer token", "Authorization: Bearer eyJhbGciOiJub25lIn0.e30.x", "Authorization: Bearer [secret]"},
		{"a short-lived Bedrock key", "token bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tLz9B expired", "token [secret] expired"},
		{"a long-lived Bedrock key", "token ABSKQmVkcm9ja0FQSUtleS1hYmNkLWF0LTExMTE= expired", "token [secret] expired"},
		{
			"a refusal by EC2",
			"You are not authorized to perform this operation. Encoded authorization failure message: 4GdCx_-yZ",
			"You are not authorized to perform this operation. Encoded authorization failure message: [secret]",
		},
		{"a proxy's password", `proxyconnect tcp: dial http://alice:s3cret@proxy.example:3128: refused`, `proxyconnect tcp: dial http://[secret]@proxy.example:3128: refused`},
		{"a proxy that can't be parsed", `invalid proxy address "alice:s3cret@proxy.example:3128"`, `invalid proxy address "[secret]@proxy.example:3128"`},
		{"a token for a user", "dial https://t0ken@proxy.example", "dial https://[secret]@proxy.example"},
		{"a slash in a password", `parse "http://me:ab/s3cret@127.0.0.1:1/x": invalid port`, `parse "http://[secret]@127.0.0.1:1/x": invalid port`},
		{"a scheme in capitals", "HTTP://me:s3cret@proxy.example; check", "HTTP://[secret]@proxy.example; check"},
		{"a webhook", `unknown key "https://hooks.slack.com/services/T0/B0/s3cret"`, `unknown key "https://hooks.slack.com/…"`},
		{"a webhook at the end of a sentence", "refused (https://hooks.slack.com/services/s3cret).", "refused (https://hooks.slack.com/…)."},
		{"a host alone", "no route to https://proxy.example/", "no route to https://proxy.example/"},
		{"a path of AWS", `Get "https://bedrock.eu-west-1.amazonaws.com/foundation-models?x=1": EOF`, `Get "https://bedrock.eu-west-1.amazonaws.com/foundation-models?x=1": EOF`},
		{"a path that only looks like AWS", "https://amazonaws.com.evil.example/s3cret", "https://amazonaws.com.evil.example/…"},
		{"a page of AWS", "see https://docs.aws.amazon.com/bedrock/latest/userguide/x.html.", "see https://docs.aws.amazon.com/bedrock/latest/userguide/x.html."},
		{"a channel", "unexpected argument SLACK://hook:s3cret@webhook", "unexpected argument SLACK:…"},
		{"a check", `got "ping:https://hc-ping.com/s3cret"`, `got "ping:…"`},
		{"a channel for a file", "open /tmp/ping:https:/hc-ping.com/s3cret: no such file", "open /tmp/ping:… no such file"},
		{"a form of address", "generic+https://… for a webhook, slack://… for Slack", "generic+https://… for a webhook, slack://… for Slack"},
		{"an object in S3", "get s3://bucket/folder/key: denied", "get s3://bucket/folder/key: denied"},
		{"an address with a port", "dial tcp 127.0.0.1:443: connect: connection refused", "dial tcp 127.0.0.1:443: connect: connection refused"},
		{"lines and tabs", "one\r\ntwo\tthree\u2028four", "one two three four"},
		{"colour", "\x1b[1;31mdenied\x1b[0m", "denied"},
		{"other control characters", "a\x00b\x07c\u202ed\u200be", "a b c d e"},
		{"an account in colour", "1111\x1b[1m22223333", "[account]"},
		{"bytes that are no text", "a\xffb", "a\uFFFDb"},
		{"a long message", strings.Repeat("ä", 301), strings.Repeat("ä", 300) + "…"},
		{"a message of just the length", strings.Repeat("ä", 300), strings.Repeat("ä", 300)},
		{"an ARN over the cut", strings.Repeat("x", 290) + " arn:aws:iam::111122223333:role/Admin", strings.Repeat("x", 290) + " [arn]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := catalog.Redact(c.in); got != c.want {
				t.Errorf("Redact(%q)\n got %q\nwant %q", c.in, got, c.want)
			}
		})
	}
}

var (
	leftARN     = regexp.MustCompile(`arn:[a-z0-9-]*:`)
	leftAccount = regexp.MustCompile(`[0-9]{12}`)
	leftKey     = regexp.MustCompile(`(AKIA|ASIA)[A-Z0-9]{16}`)
)

// FuzzRedact holds that whatever comes in, what goes out is one short line of
// printable text with no ARN, account id or access key in it.
func FuzzRedact(f *testing.F) {
	for _, message := range []string{
		"", "User: arn:aws:sts::111122223333:assumed-role/A/b is not authorized", "\x1b[31m1111\x1b[0m22223333",
		"https://a:b@c/?X-Amz-Signature=1&token=", "AKIAIOSFODNN7EXAMPLE_AROAIOSFODNN7EXAMPLE:x@y", "a\xff\u2028\u202e1111222233334",
		"arn%3Aaws%3Aiam%3A%3A111122223333%3Aroot", "x-amz-security-token: y Bearer 0123456789abcdef",
	} {
		f.Add(message)
	}
	f.Fuzz(func(t *testing.T, message string) {
		got := catalog.Redact(message)
		for name, left := range map[string]*regexp.Regexp{"an ARN": leftARN, "an account": leftAccount, "a key": leftKey} {
			if left.MatchString(got) {
				t.Fatalf("Redact(%q) = %q holds %s", message, got, name)
			}
		}
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > 301 {
			t.Fatalf("Redact(%q) = %q is not short valid text", message, got)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Fatalf("Redact(%q) = %q holds %q", message, got, r)
			}
		}
	})
}
