// Package awssettings loads the AWS settings, and names the one that is at fault.
//
// It guarantees that a setting that cannot work is refused before anything is asked
// of AWS, by its name, where it is set, and its value with escapes. It refuses to
// show a secret.
package awssettings

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"

	"snapshotter/catalog"
)

// FaultError is a setting that cannot work.
type FaultError struct {
	Problem string // names the setting
	Remedy  string
}

func (e *FaultError) Error() string { return e.Problem }

// Advice says what to do.
func (e *FaultError) Advice() string { return e.Remedy }

// Load reads the AWS settings where every AWS tool does: in the environment, the
// shared files, and the role of the machine. The SDK's warnings go to log. An error
// is a [*FaultError]; and so is, in the chain of errors of a call, that of
// credentials that cannot be sent.
func Load(ctx context.Context, getenv func(string) string, log logging.Logger) (aws.Config, error) {
	if fault := strayInEnvironment(getenv); fault != nil {
		return aws.Config{}, fault
	}
	if fault := pipeInEnvironment(getenv); fault != nil {
		return aws.Config{}, fault
	}
	config, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithLogger(log))
	if err != nil {
		return aws.Config{}, explain(err, getenv)
	}
	// The SDK passes over a ca_bundle that it read from a file.
	if bundle := sharedBundle(config); bundle != "" && getenv("AWS_CA_BUNDLE") == "" {
		certificates, err := os.ReadFile(bundle)
		if err == nil {
			config, err = awsconfig.LoadDefaultConfig(ctx, awsconfig.WithLogger(log), awsconfig.WithCustomCABundle(bytes.NewReader(certificates)))
		}
		if err != nil {
			return aws.Config{}, explain(err, getenv)
		}
	}
	if config.Credentials != nil {
		config.Credentials = checked{config.Credentials, getenv}
	}
	return config, nil
}

// pipeInEnvironment returns a fault if a variable names a named pipe, which would
// wait for a writer without end. A pipe that a shell opened is under /dev.
func pipeInEnvironment(getenv func(string) string) error {
	for _, name := range []string{"AWS_CA_BUNDLE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE"} {
		path := getenv(name)
		info, err := os.Stat(path)
		if err == nil && info.Mode()&fs.ModeNamedPipe != 0 && !strings.HasPrefix(filepath.Clean(path), "/dev/") {
			return &FaultError{fmt.Sprintf("%s names %q, which is a named pipe", name, catalog.Redact(path)), "name a file"}
		}
	}
	return nil
}

// sharedBundle returns the ca_bundle of the shared configuration file.
func sharedBundle(config aws.Config) string {
	for _, source := range config.ConfigSources {
		if shared, ok := source.(awsconfig.SharedConfig); ok {
			return shared.CustomCABundle
		}
	}
	return ""
}

// explain turns an error of the SDK into the setting that caused it.
func explain(err error, getenv func(string) string) *FaultError {
	file, isFile := errors.AsType[*fs.PathError](err)
	profile, noProfile := errors.AsType[awsconfig.SharedConfigProfileNotExistError](err)
	text := err.Error()
	switch name := inEnvironment(text, getenv); {
	case isFile:
		return &FaultError{
			fmt.Sprintf("%s names %q: %s", caBundle(getenv), catalog.Redact(file.Path), reason(file.Err)),
			"correct the path, or take the setting away",
		}
	case strings.Contains(text, "custom CA bundle"):
		return &FaultError{
			fmt.Sprintf("%s names a file that does not hold a certificate in PEM form", caBundle(getenv)),
			"name a file that begins with -----BEGIN CERTIFICATE-----",
		}
	case noProfile:
		by := "AWS_PROFILE"
		if getenv("AWS_PROFILE") != profile.Profile {
			by = "source_profile"
		}
		return &FaultError{
			fmt.Sprintf("%s names %q, and no such profile is in %s", by, catalog.Redact(profile.Profile), configFile(getenv)),
			"aws configure list-profiles shows those there are",
		}
	case strings.Contains(text, "resolve host") && getenv(containerURI) != "":
		return &FaultError{
			fmt.Sprintf("%s names %s, whose host has no address", containerURI, shown(containerURI, getenv(containerURI))),
			"correct it, or unset it",
		}
	case name != "":
		return &FaultError{
			fmt.Sprintf("%s is %s, which the AWS SDK does not know", name, shown(name, getenv(name))),
			"set it to " + allowed(name) + ", or unset it",
		}
	}
	return inFile(text, getenv)
}

// containerURI names where containers get credentials from.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
const containerURI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"

// explainCredentials turns an error of getting credentials into the setting that
// caused it, if one did.
func explainCredentials(err error, getenv func(string) string) error {
	why := tokenFile.FindStringSubmatch(err.Error())
	if why == nil {
		return err
	}
	setting := "AWS_WEB_IDENTITY_TOKEN_FILE"
	if getenv(setting) == "" {
		setting = "web_identity_token_file in " + configFile(getenv)
	}
	return &FaultError{
		fmt.Sprintf("%s names %q, which cannot be read: %s", setting, catalog.Redact(why[1]), catalog.Redact(why[2])),
		"correct the path, or take the setting away",
	}
}

// tokenFile is how the SDK says that the file of a web identity cannot be read.
var tokenFile = regexp.MustCompile(`failed to retrieve jwt .*unable to read file at (.*?): open .*: (.*)$`)

// reason is an error without the path, which stands before it.
func reason(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "there is no such file"
	}
	return err.Error()
}

func caBundle(getenv func(string) string) string {
	if getenv("AWS_CA_BUNDLE") != "" {
		return "AWS_CA_BUNDLE"
	}
	return "ca_bundle in " + configFile(getenv)
}

var variable = regexp.MustCompile(`AWS_[A-Z0-9_]+`)

// inEnvironment returns the variable that an error names, "" if it names none that
// is set.
func inEnvironment(text string, getenv func(string) string) string {
	for _, name := range variable.FindAllString(text, -1) {
		if getenv(name) != "" {
			return name
		}
	}
	return ""
}

// values are what settings may be.
// https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
var values = map[string]string{
	"retry_mode":                         "standard or adaptive (legacy is of older SDKs)",
	"max_attempts":                       "a number",
	"defaults_mode":                      "legacy, standard, cross-region, in-region, mobile or auto",
	"ec2_metadata_service_endpoint_mode": "IPv4 or IPv6",
	"account_id_endpoint_mode":           "preferred, required or disabled",
	"request_checksum_calculation":       "when_supported or when_required",
	"response_checksum_validation":       "when_supported or when_required",
	"request_min_compression_size_bytes": "a number from 0 to 10485760",
}

// allowed says what a setting may be, by its name in the environment or in a file.
func allowed(name string) string {
	if known := values[strings.ToLower(strings.TrimPrefix(name, "AWS_"))]; known != "" {
		return known
	}
	return "true or false"
}

var (
	failedKey  = regexp.MustCompile(`failed to load ([a-z0-9_]+) from shared config, (.*)`)
	invalidKey = regexp.MustCompile(`invalid value for shared config profile field, ([a-z0-9_]+)=(.*), `)
	ofProfile  = regexp.MustCompile(`from profile, ([^,]+), `)
)

// inFile explains an error of the shared files.
func inFile(text string, getenv func(string) string) *FaultError {
	where := configFile(getenv)
	if profile := ofProfile.FindStringSubmatch(text); profile != nil {
		where = fmt.Sprintf("profile %q in %s", catalog.Redact(profile[1]), where)
	}
	for _, form := range []*regexp.Regexp{failedKey, invalidKey} {
		if key := form.FindStringSubmatch(text); key != nil {
			return &FaultError{
				fmt.Sprintf("%s of %s cannot be used: %s", key[1], where, catalog.Redact(key[2])),
				"set it to " + allowed(key[1]) + ", or take it away",
			}
		}
	}
	return &FaultError{
		"load the AWS configuration: " + catalog.Redact(text),
		"correct " + where + ": aws configure list shows what is set, and where",
	}
}

// configFile names the shared configuration file.
func configFile(getenv func(string) string) string {
	if file := getenv("AWS_CONFIG_FILE"); file != "" {
		return catalog.Redact(file)
	}
	return "~/.aws/config"
}
