package bedrocktest

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// authorization is what an Authorization header says.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
type authorization struct {
	scheme        string // "" when there is no header
	accessKeyID   string
	scope         scope
	signedHeaders []string
	signature     string
}

// scope is the part of the credential scope that says who is spoken to.
type scope struct{ region, service string }

const sigV4 = "AWS4-HMAC-SHA256"

// parseAuthorization leaves empty what the header does not say.
func parseAuthorization(header string) authorization {
	scheme, rest, _ := strings.Cut(header, " ")
	a := authorization{scheme: scheme}
	if scheme != sigV4 {
		return a
	}
	for field := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		switch name {
		case "Credential":
			if parts := strings.Split(value, "/"); len(parts) == 5 {
				a.accessKeyID, a.scope = parts[0], scope{parts[2], parts[3]}
			}
		case "SignedHeaders":
			a.signedHeaders = strings.Split(value, ";")
		case "Signature":
			a.signature = value
		}
	}
	return a
}

// unauthenticated is why the signature is not accepted, nil when it is.
func (x *exchange) unauthenticated() *refusal {
	want := Credentials()
	switch {
	case x.auth.scheme == "Bearer":
		return x.service.wording[badBearer].about(x)
	case x.auth.scheme != sigV4 || x.auth.scope == scope{}:
		return x.service.wording[unsigned].about(x)
	case x.auth.accessKeyID != want.AccessKeyID, x.http.Header.Get("X-Amz-Security-Token") != want.SessionToken:
		return x.service.wording[InvalidCredentials].about(x)
	case !x.signedWell():
		return x.service.wording[InvalidSignature].about(x)
	}
	return nil
}

// signedWell signs the request once more and compares. The time is the
// request's own: a client's clock may be anywhere.
func (x *exchange) signedWell() bool {
	at, err := time.Parse("20060102T150405Z", x.http.Header.Get("X-Amz-Date"))
	if err != nil {
		return false
	}
	again := x.http.Clone(context.Background())
	again.Header = http.Header{}
	for _, name := range x.auth.signedHeaders {
		if values := x.http.Header.Values(name); values != nil {
			again.Header[http.CanonicalHeaderKey(name)] = slices.Clone(values)
		}
	}
	again.ContentLength = 0 // the signer signs any other length
	if slices.Contains(x.auth.signedHeaders, "content-length") {
		again.ContentLength = int64(len(x.body))
	}
	digest := sha256.Sum256(x.body)
	hash := hex.EncodeToString(digest[:])
	if err := v4.NewSigner().SignHTTP(context.Background(), Credentials(), again, hash, x.scope.service, x.scope.region, at); err != nil {
		return false
	}
	signature := parseAuthorization(again.Header.Get("Authorization")).signature
	return subtle.ConstantTimeCompare([]byte(signature), []byte(x.auth.signature)) == 1
}
