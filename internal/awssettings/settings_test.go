package awssettings

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go/logging"
)

const (
	key    = "AKIAIOSFODNN7EXAMPLE"
	hidden = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)

// load loads settings from nothing but the given variables and files.
func load(t *testing.T, variables map[string]string) (aws.Config, error) {
	t.Helper()
	for _, name := range []string{"AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE"} {
		t.Setenv(name, "")
	}
	for name, value := range map[string]string{
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": hidden,
	} {
		t.Setenv(name, value)
	}
	for name, value := range variables {
		t.Setenv(name, value)
	}
	return Load(t.Context(), os.Getenv, logging.Nop{})
}

// file writes a file and returns its path.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoad(t *testing.T) {
	config, err := load(t, map[string]string{"AWS_REGION": "eu-west-1"})
	if err != nil || config.Region != "eu-west-1" {
		t.Fatalf("region %q, %v", config.Region, err)
	}
	if config.Logger != (logging.Nop{}) {
		t.Errorf("warnings go to %T", config.Logger)
	}
	if got, err := config.Credentials.Retrieve(t.Context()); err != nil || got.AccessKeyID != key {
		t.Errorf("got %q, %v", got.AccessKeyID, err)
	}
}

// Each setting that cannot work is named at once, with its value.
func TestLoadNamesTheSettingAtFault(t *testing.T) {
	profile := func(text string) map[string]string {
		return map[string]string{"AWS_CONFIG_FILE": file(t, "[default]\nregion = eu-west-1\n"+text+"\n")}
	}
	bundle, pipe := file(t, "no certificate"), filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name      string
		variables map[string]string
		want      string
		advice    string
	}{
		{"a retry mode of older SDKs", map[string]string{"AWS_RETRY_MODE": "legacy"}, `AWS_RETRY_MODE is "legacy"`, "standard or adaptive"},
		{"a retry mode in a file", profile("retry_mode = legacy"), `retry_mode of profile "default" in /`, "standard or adaptive"},
		{"attempts", map[string]string{"AWS_MAX_ATTEMPTS": "many"}, `AWS_MAX_ATTEMPTS is "many"`, "a number"},
		{"a truth", map[string]string{"AWS_USE_FIPS_ENDPOINT": "yes"}, `AWS_USE_FIPS_ENDPOINT is "yes"`, "true or false"},
		{"a mode in a file", profile("defaults_mode = fast"), `defaults_mode of profile "default" in /`, "in-region"},
		{"a mode", map[string]string{"AWS_DEFAULTS_MODE": "fast"}, `AWS_DEFAULTS_MODE is "fast"`, "in-region"},
		{"an endpoint mode", map[string]string{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "v6"}, `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is "v6"`, "IPv6"},
		{"a profile", map[string]string{"AWS_PROFILE": "prod"}, `AWS_PROFILE names "prod", and no such profile is in /dev/null`, "list-profiles"},
		{"the profile of a profile", map[string]string{
			"AWS_CONFIG_FILE": file(t, "[profile a]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = b\n"), "AWS_PROFILE": "a",
		}, `source_profile names "b", and no such profile is in /`, "list-profiles"},
		{"a missing CA bundle", map[string]string{"AWS_CA_BUNDLE": "/missing.pem"}, `AWS_CA_BUNDLE names "/missing.pem": there is no such file`, "correct the path"},
		{"a CA bundle in another form", map[string]string{"AWS_CA_BUNDLE": bundle}, "AWS_CA_BUNDLE names a file that does not hold a certificate", "BEGIN CERTIFICATE"},
		{"a missing CA bundle of a file", profile("ca_bundle = /missing.pem"), `ca_bundle in /`, "correct the path"},
		{"a CA bundle of a file in another form", profile("ca_bundle = " + bundle), "does not hold a certificate", "BEGIN CERTIFICATE"},
		{"a CA bundle that is a named pipe", map[string]string{"AWS_CA_BUNDLE": pipe}, "which is a named pipe", "name a file"},
		{"a configuration file that is a named pipe", map[string]string{"AWS_CONFIG_FILE": pipe}, "AWS_CONFIG_FILE names", "name a file"},

		{"a line break", map[string]string{"AWS_REGION": "eu-west-1\n"}, `AWS_REGION is "eu-west-1\n": it ends with a line break`, "without"},
		{"a line break of Windows", map[string]string{"AWS_DEFAULT_REGION": "eu-west-1\r"}, `AWS_DEFAULT_REGION is "eu-west-1\r": it ends with a line break`, "without"},
		{"a line break within", map[string]string{"AWS_REGION": "eu\nwest"}, "it holds a line break", "without"},
		{"white space", map[string]string{"AWS_REGION": " eu-west-1"}, "begins or ends with white space", "without"},
		{"what can't be seen", map[string]string{"AWS_REGION": "\ufeffeu-west-1"}, `AWS_REGION is "\ufeffeu-west-1": it holds a character that is not ASCII`, "without"},
		{"a control character", map[string]string{"AWS_PROFILE": "a\x1b[31m"}, `"a\x1b[31m": it holds a control character`, "without"},
		{"quotes", map[string]string{"AWS_REGION": `"eu-west-1"`}, "it is in quotes", "without"},
		{"a key", map[string]string{"AWS_ACCESS_KEY_ID": key + "\n"}, `AWS_ACCESS_KEY_ID is "AKIA…\n": it ends with a line break`, "without"},
		{"a secret", map[string]string{"AWS_SECRET_ACCESS_KEY": hidden[:9] + "\r\n" + hidden[9:]}, `AWS_SECRET_ACCESS_KEY is "…\r\n…": it holds a line break`, "without"},
		{"a token", map[string]string{"AWS_SESSION_TOKEN": "'" + hidden + "'"}, `AWS_SESSION_TOKEN is "'…'": it is in quotes`, "without"},
		{"a URL", map[string]string{"AWS_ENDPOINT_URL": "https://user:pass/word@example.com\n"}, "AWS_ENDPOINT_URL is ", "without"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(t, test.variables)
			fault, ok := errors.AsType[*FaultError](err)
			if !ok || !strings.Contains(fault.Error(), test.want) || !strings.Contains(fault.Advice(), test.advice) {
				t.Fatalf("got %v, want %q, %q", err, test.want, test.advice)
			}
			if text := fault.Error() + fault.Advice(); strings.Contains(text, hidden[:9]) || strings.Contains(text, key[4:]) || strings.ContainsAny(text, "\n\r\x1b\ufeff") {
				t.Errorf("shows too much: %q", text)
			}
		})
	}
}

// What is not read is not refused, and neither is a path that exists.
func TestLoadPassesOverWhatIsNotRead(t *testing.T) {
	odd := filepath.Join(t.TempDir(), "config with an odd name ")
	if err := os.WriteFile(odd, []byte("[default]\nregion = eu-west-1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, variables := range []map[string]string{
		{"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1\n"},
		{"AWS_CONFIG_FILE": odd},
		{"AWS_REGION": "garage"}, // an S3 of one's own may call its region anything
	} {
		if _, err := load(t, variables); err != nil {
			t.Errorf("%q: %v", variables, err)
		}
	}
}

// Credentials are checked wherever they are from.
func TestCredentialsThatCannotBeSent(t *testing.T) {
	config, err := load(t, map[string]string{
		"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "",
		"AWS_CONFIG_FILE": file(t, "[default]\ncredential_process = printf '{\"Version\":1,\"AccessKeyId\":\""+key+`\\n`+"\",\"SecretAccessKey\":\""+hidden+"\"}'\n"),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = config.Credentials.Retrieve(t.Context())
	fault := FaultOf(err)
	if fault == nil || !strings.Contains(fault.Error(), `the access key ID from ProcessProvider is "AKIA…\n": it ends with a line break`) {
		t.Errorf("got %v", err)
	}
	for _, variables := range []map[string]string{
		{"AWS_WEB_IDENTITY_TOKEN_FILE": "/missing.jwt", "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/x"},
		{"AWS_CONFIG_FILE": file(t, "[default]\nrole_arn = arn:aws:iam::111122223333:role/x\nweb_identity_token_file = /missing.jwt\n")},
	} {
		variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"] = "", ""
		config, err := load(t, variables)
		if err != nil {
			t.Fatal(err)
		}
		_, err = config.Credentials.Retrieve(t.Context())
		fault := FaultOf(err)
		if fault == nil || !strings.Contains(strings.ToLower(fault.Error()), "web_identity_token_file") || !strings.Contains(fault.Error(), `names "/missing.jwt", which cannot be read: no such file or directory`) {
			t.Errorf("got %v", err)
		}
		t.Setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "")
	}
	checked := checked{aws.AnonymousCredentials{}, os.Getenv}
	if !aws.IsCredentialsProvider(checked, aws.AnonymousCredentials{}) {
		t.Error("anonymous credentials are no longer recognized")
	}
}

// authority is a certificate authority of a test.
func authority(t *testing.T, template x509.Certificate) (server tls.Certificate, bundle string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(1)
	template.IsCA, template.BasicConstraintsValid = true, true
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}, file(t, string(text))
}

// The certificate that cannot be trusted says what to do.
func TestCertificates(t *testing.T) {
	now := time.Now()
	good := x509.Certificate{
		Subject: pkix.Name{CommonName: "Example Inspection CA"}, DNSNames: []string{"bedrock.eu-west-1.amazonaws.com"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
	}
	expired, elsewhere := good, good
	expired.NotAfter = now.Add(-time.Minute)
	elsewhere.DNSNames = []string{"login.example.com"}
	for _, test := range []struct {
		name        string
		certificate x509.Certificate
		trusted     bool
		want        string
		advice      string
	}{
		{"unknown", good, false, `the certificate of bedrock.eu-west-1.amazonaws.com is from an authority that this machine does not know: "Example Inspection CA"`, "probably a proxy looks into TLS"},
		{"expired", expired, true, "is not valid at the time of this machine", "clock"},
		{"of another host", elsewhere, true, "is of another host", "probably a proxy"},
		{"good", good, true, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			certificate, bundle := authority(t, test.certificate)
			listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			server := &http.Server{Handler: http.NotFoundHandler(), ErrorLog: log.New(io.Discard, "", 0)}
			go server.Serve(listener)
			variables := map[string]string{}
			if test.trusted { // through a file, which the SDK alone would pass over
				variables["AWS_CONFIG_FILE"] = file(t, "[default]\nca_bundle = "+bundle+"\n")
			}
			config, err := load(t, variables)
			if err != nil {
				t.Fatal(err)
			}
			client, ok := config.HTTPClient.(*awshttp.BuildableClient)
			if !ok {
				client = awshttp.NewBuildableClient()
			}
			transport := client.GetTransport()
			transport.Proxy = nil
			transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, listener.Addr().String())
			}
			response, err := (&http.Client{Transport: transport}).Get("https://bedrock.eu-west-1.amazonaws.com/foundation-models")
			if err == nil {
				response.Body.Close()
			}
			fault := FaultOf(err)
			if test.want == "" {
				if fault != nil || err != nil {
					t.Errorf("got %v", err)
				}
				return
			}
			if fault == nil || !strings.Contains(fault.Error(), test.want) || !strings.Contains(fault.Advice(), test.advice) {
				t.Errorf("got %v (%v), want %q", fault, err, test.want)
			}
		})
	}
}

func TestFaultOfAnotherError(t *testing.T) {
	if fault := FaultOf(errors.New("timeout")); fault != nil {
		t.Errorf("got %v", fault)
	}
}

// FuzzStray holds that what is shown of a value is a line of text, and of a secret
// nothing of it.
func FuzzStray(f *testing.F) {
	for _, value := range []string{"eu-west-1\n", "\ufeffx", " ", "'a'", `"`, hidden, key, "\xff", "a\u202eb"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if value == "" {
			return
		}
		for _, form := range []form{word, path, keyID, secret} {
			stray(value, form)
			text := show(value, form)
			if strings.ContainsAny(text, "\n\r\x1b\ufeff\u202e") {
				t.Fatalf("%q is shown as %q", value, text)
			}
			if form != secret {
				continue
			}
			for _, r := range masked(value, form) {
				if r > ' ' && r < 0x7f && r != '"' && r != '\'' {
					t.Fatalf("%q is shown as %q", value, text)
				}
			}
		}
	})
}
