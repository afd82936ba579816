package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"snapshotter/collect"
	"snapshotter/internal/awssettings"
	"snapshotter/state"
)

// What a setting causes is told as the setting, with the exit code of a mistake.
func TestSettingAtFault(t *testing.T) {
	certificate := &url.Error{Op: "Get", URL: "https://bedrock.eu-west-1.amazonaws.com/", Err: &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}}
	fault := &awssettings.FaultError{Problem: "the session token is odd", Remedy: "set it again"}
	for _, test := range []struct {
		err  error
		code int
		want string
	}{
		{&collect.UnreachableError{Regions: 33, Reason: "tls", Err: certificate}, exitUsage, "the certificate of bedrock.eu-west-1.amazonaws.com is from an authority that this machine does not know; probably a proxy looks into TLS"},
		{&collect.CredentialsError{Err: certificate}, exitUsage, "from an authority that this machine does not know"},
		{fmt.Errorf("fetch the history: %w", fault), exitUsage, "the session token is odd; set it again"},
		{&state.SaveError{Path: "kept.db", Err: fault}, exitFailed, "kept.db"},
		{&collect.UnreachableError{Regions: 33, Reason: "connection refused", Err: errors.New("x")}, exitFailed, "connection refused; check this machine's network"},
	} {
		var said bytes.Buffer
		p := &program{machine: machine{stderr: &said}}
		if code := p.exit(test.err); code != test.code || !strings.Contains(said.String(), test.want) {
			t.Errorf("%d, %q; want %d, %q", code, said.String(), test.code, test.want)
		}
	}
}
