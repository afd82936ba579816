package awssettings

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/catalog"
)

// form is what a setting may hold, and how it may be shown.
type form int

const (
	word   form = iota // no white space, printable ASCII
	path               // anything that is a file; else no line breaks, no white space around it
	keyID              // a word; its beginning is shown
	secret             // a word; only what is wrong is shown
)

// variables are those that a program reads, each with the one that it stands in for,
// which is not read if the first is set.
var variables = []struct {
	name, instead string
	form          form
}{
	{"AWS_REGION", "", word},
	{"AWS_DEFAULT_REGION", "AWS_REGION", word},
	{"AWS_PROFILE", "", path}, // may hold spaces
	{"AWS_DEFAULT_PROFILE", "AWS_PROFILE", path},
	{"AWS_ACCESS_KEY_ID", "", keyID},
	{"AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", keyID},
	{"AWS_SECRET_ACCESS_KEY", "", secret},
	{"AWS_SECRET_KEY", "AWS_SECRET_ACCESS_KEY", secret},
	{"AWS_SESSION_TOKEN", "", secret},
	{"AWS_ROLE_ARN", "", word},
	{"AWS_ROLE_SESSION_NAME", "", word},
	{"AWS_RETRY_MODE", "", word},
	{"AWS_CONFIG_FILE", "", path},
	{"AWS_SHARED_CREDENTIALS_FILE", "", path},
	{"AWS_CA_BUNDLE", "", path},
	{"AWS_WEB_IDENTITY_TOKEN_FILE", "", path},
	{"AWS_ENDPOINT_URL", "", word},
	{"AWS_ENDPOINT_URL_ACCOUNT", "", word},
	{"AWS_ENDPOINT_URL_BEDROCK", "", word},
	{"AWS_ENDPOINT_URL_EC2", "", word},
	{"AWS_ENDPOINT_URL_S3", "", word},
	{"AWS_ENDPOINT_URL_SNS", "", word},
	{"AWS_ENDPOINT_URL_SSM", "", word},
	{"AWS_ENDPOINT_URL_STS", "", word},
}

// strayInEnvironment refuses characters that got into a variable by mistake, such as
// the line break at the end of a file. What they cause, AWS and Go report as a
// signature or a header that is wrong.
func strayInEnvironment(getenv func(string) string) error {
	for _, v := range variables {
		value := getenv(v.name)
		if value == "" || v.instead != "" && getenv(v.instead) != "" {
			continue
		}
		if v.form == path {
			if _, err := os.Stat(value); err == nil {
				continue
			}
		}
		if what := stray(value, v.form); what != "" {
			return &FaultError{
				fmt.Sprintf("%s is %s: %s", v.name, show(value, v.form), what),
				"set it again without that",
			}
		}
	}
	return nil
}

// stray says what a value holds that cannot be meant, "" if nothing.
func stray(value string, form form) string {
	first, last := value[0], value[len(value)-1]
	for i, r := range value {
		end := i+len(string(r)) == len(value)
		switch {
		case (r == '\n' || r == '\r') && end:
			return "it ends with a line break"
		case r == '\n' || r == '\r':
			return "it holds a line break"
		case unicode.IsControl(r):
			return "it holds a control character"
		case unicode.IsSpace(r) && (i == 0 || end):
			return "it begins or ends with white space"
		case unicode.IsSpace(r) && form != path:
			return "it holds white space"
		case r > unicode.MaxASCII && form != path:
			return "it holds a character that is not ASCII"
		}
	}
	if len(value) > 1 && first == last && (first == '"' || first == '\'') {
		return "it is in quotes, which are part of it"
	}
	return ""
}

// shown is the value of a variable.
func shown(name, value string) string {
	for _, v := range variables {
		if v.name == name {
			return show(value, v.form)
		}
	}
	return show(value, word)
}

// show quotes a value with escapes. Of a secret only what is stray is shown, and of
// the ID of a key how it begins.
func show(value string, form form) string {
	if form == secret || form == keyID {
		value = masked(value, form)
	}
	return catalog.Redact(strconv.Quote(value))
}

func masked(value string, form form) string {
	var out strings.Builder
	kept := 0
	if form == keyID {
		kept = 4
	}
	for i, r := range value {
		plain := r > ' ' && r < 0x7f && r != '"' && r != '\''
		switch {
		case !plain || i < kept:
			out.WriteRune(r)
		case !strings.HasSuffix(out.String(), "…"):
			out.WriteRune('…')
		}
	}
	return out.String()
}

// checked refuses credentials that cannot be sent, wherever they are from.
type checked struct {
	aws.CredentialsProvider
	getenv func(string) string
}

func (c checked) Retrieve(ctx context.Context) (aws.Credentials, error) {
	credentials, err := c.CredentialsProvider.Retrieve(ctx)
	if err != nil {
		return credentials, explainCredentials(err, c.getenv)
	}
	for _, part := range []struct {
		name, value string
		form        form
	}{
		{"access key ID", credentials.AccessKeyID, keyID},
		{"secret access key", credentials.SecretAccessKey, secret},
		{"session token", credentials.SessionToken, secret},
	} {
		if part.value == "" {
			continue
		}
		if what := stray(part.value, part.form); what != "" {
			return aws.Credentials{}, &FaultError{
				fmt.Sprintf("the %s from %s is %s: %s", part.name, catalog.Redact(credentials.Source), show(part.value, part.form), what),
				"correct it where it is set",
			}
		}
	}
	return credentials, nil
}

// IsCredentialsProvider is how the SDK recognizes a provider that is wrapped.
func (c checked) IsCredentialsProvider(target aws.CredentialsProvider) bool {
	return aws.IsCredentialsProvider(c.CredentialsProvider, target)
}
