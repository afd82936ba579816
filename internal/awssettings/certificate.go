package awssettings

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"

	"snapshotter/catalog"
)

// FaultOf returns the setting that an error of a call shows to be at fault, nil if
// it shows none: credentials that cannot be sent, or a certificate that nothing on
// this machine vouches for.
func FaultOf(err error) *FaultError {
	if fault, ok := errors.AsType[*FaultError](err); ok {
		return fault
	}
	trust, ok := errors.AsType[*tls.CertificateVerificationError](err)
	if !ok {
		return nil
	}
	host := "the server"
	if request, ok := errors.AsType[*url.Error](err); ok {
		if at, err := url.Parse(request.URL); err == nil && at.Host != "" {
			host = catalog.Redact(at.Host)
		}
	}
	return untrusted(host, trust)
}

func untrusted(host string, trust *tls.CertificateVerificationError) *FaultError {
	var (
		unknown x509.UnknownAuthorityError
		other   x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	switch {
	case errors.As(trust.Err, &unknown):
		return &FaultError{
			fmt.Sprintf("the certificate of %s is from an authority that this machine does not know%s", host, issuer(trust)),
			"probably a proxy looks into TLS: add the certificate of its authority, in PEM form, to the file that AWS_CA_BUNDLE (or ca_bundle in the AWS configuration file) names",
		}
	case errors.As(trust.Err, &other):
		return &FaultError{
			fmt.Sprintf("the certificate of %s is of another host", host),
			"probably a proxy or a name server leads elsewhere: check HTTPS_PROXY, AWS_ENDPOINT_URL and DNS",
		}
	case errors.As(trust.Err, &invalid) && invalid.Reason == x509.Expired:
		return &FaultError{
			fmt.Sprintf("the certificate of %s is not valid at the time of this machine", host),
			"set this machine's clock; if it is right, a proxy in between has an old certificate",
		}
	}
	return &FaultError{
		fmt.Sprintf("the certificate of %s cannot be trusted: %s", host, catalog.Redact(trust.Err.Error())),
		"check AWS_CA_BUNDLE and HTTPS_PROXY",
	}
}

// issuer names who signed the certificate.
func issuer(trust *tls.CertificateVerificationError) string {
	if len(trust.UnverifiedCertificates) == 0 {
		return ""
	}
	name := trust.UnverifiedCertificates[0].Issuer
	if name.CommonName != "" {
		return fmt.Sprintf(": %q", catalog.Redact(name.CommonName))
	}
	return fmt.Sprintf(": %q", catalog.Redact(name.String()))
}
