// Package buckettest is an S3 on loopback for tests, as real as S3 servers get
// that are not AWS's: what a conditional write comes to is decided by them alone.
// It can also have the faults of the way to a server.
package buckettest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// Server is an S3 on loopback behind a fault, at which what goes wrong on the
// way happens. What S3 itself decides is left to the server behind it.
type Server struct {
	URL    string
	Behind http.Handler
	http   aws.HTTPClient // nil for the SDK's own

	mu    sync.Mutex
	fault Fault
}

// Fault handles a request with the server behind it, or does not.
type Fault func(w http.ResponseWriter, r *http.Request, behind http.Handler)

// Bucket is the one bucket that there is. It keeps versions.
const Bucket = "histories"

// Access and Secret are the key to it.
const (
	Access = "AKIDEXAMPLE"
	Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

// Versity is the variable that names the binary of another S3 server, one that
// is made for production and checks signatures and checksums: with it the same
// tests prove the same of it. internal/s3test builds it.
const Versity = "SNAPSHOTTER_VERSITYGW"

// Start starts a server: the one at the path versity or, if that is empty, one
// in memory.
func Start(t testing.TB, versity string) *Server {
	t.Helper()
	s := (&Server{Behind: backend(t, versity)}).Front(t)
	s.createBucket(t)
	return s
}

// Front is another way to the same server, with a fault of its own.
func (s *Server) Front(t testing.TB) *Server {
	way := &Server{Behind: s.Behind}
	front := httptest.NewServer(way)
	t.Cleanup(front.Close)
	way.URL = front.URL
	return way
}

// StartInBubble starts a server within a bubble of synctest, where time passes
// only while nothing moves. The network is one of pipes.
func StartInBubble(t testing.TB) *Server {
	t.Helper()
	conns := make(pipes)
	s := &Server{URL: "http://127.0.0.1", Behind: gofakes3.New(s3mem.New()).Server()}
	front := &http.Server{Handler: s}
	go front.Serve(conns)
	transport := &http.Transport{DialContext: conns.dial}
	t.Cleanup(func() { transport.CloseIdleConnections(); front.Close() })
	s.http = &http.Client{Transport: transport}
	s.createBucket(t)
	return s
}

// pipes is a listener whose connections come from dial.
type pipes chan net.Conn

func (p pipes) dial(context.Context, string, string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	p <- theirs
	return ours, nil
}

func (p pipes) Accept() (net.Conn, error) {
	conn, open := <-p
	if !open {
		return nil, net.ErrClosed
	}
	return conn, nil
}

func (p pipes) Close() error   { close(p); return nil }
func (p pipes) Addr() net.Addr { return new(net.TCPAddr) }

func (s *Server) createBucket(t testing.TB) {
	t.Helper()
	if _, err := s.Client().CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(Bucket)}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Client().PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket:                  aws.String(Bucket),
		VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	}); err != nil {
		t.Fatal(err)
	}
}

func backend(t testing.TB, versity string) http.Handler {
	if versity != "" {
		return startVersity(t, versity)
	}
	return gofakes3.New(s3mem.New()).Server()
}

// startVersity starts the gateway on a socket in a directory of its own.
func startVersity(t testing.TB, binary string) http.Handler {
	t.Helper()
	dir, err := os.MkdirTemp("", "s3") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for _, name := range []string{"objects", "versions"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	socket := filepath.Join(dir, "socket")
	gateway := exec.Command(binary, "--access", Access, "--secret", Secret, "--port", socket, "--quiet",
		"posix", "--versioning-dir", filepath.Join(dir, "versions"), filepath.Join(dir, "objects"))
	var said bytes.Buffer
	gateway.Stdout, gateway.Stderr = &said, &said
	if err := gateway.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { gateway.Process.Kill(); gateway.Wait() })

	transport := &http.Transport{
		DisableCompression: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	await(t, transport, &said)
	return &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: "gateway"})
		r.Out.Host = r.In.Host // it is signed
	}}
}

// await waits until the gateway answers.
func await(t testing.TB, transport *http.Transport, said *bytes.Buffer) {
	t.Helper()
	for range 600 {
		response, err := (&http.Client{Transport: transport}).Get("http://gateway/")
		if err == nil {
			response.Body.Close()
			return
		}
		time.Sleep(50 * time.Millisecond) // there is nothing to wait on but the socket
	}
	t.Fatalf("the gateway did not start: %s", said)
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	fault := s.fault
	s.mu.Unlock()
	if fault == nil {
		s.Behind.ServeHTTP(w, r)
		return
	}
	fault(w, r, s.Behind)
}

// At puts a fault in front of the server, nil to take it away.
func (s *Server) At(fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

// Config is that of a client of the server which does not pause before it tries
// again, and checks no more than it is told to.
func (s *Server) Config() aws.Config {
	return aws.Config{
		Region:     "us-east-1",
		HTTPClient: s.http,

		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
		BaseEndpoint:               aws.String(s.URL),
		Credentials:                credentials.NewStaticCredentialsProvider(Access, Secret, ""),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
			})
		},
	}
}

// Client is a client of the tests' own, which sets up and looks.
func (s *Server) Client() *s3.Client {
	return s3.NewFromConfig(s.Config(), func(o *s3.Options) { o.UsePathStyle = true })
}

// Put writes an object, whatever was there.
func (s *Server) Put(t testing.TB, key string, body []byte) {
	t.Helper()
	sum := sha256.Sum256(body)
	if _, err := s.Client().PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(Bucket), Key: aws.String(key), Body: bytes.NewReader(body),
		ChecksumSHA256: aws.String(base64.StdEncoding.EncodeToString(sum[:])),
	}); err != nil {
		t.Fatal(err)
	}
}

// Has reports whether there is an object.
func (s *Server) Has(t testing.TB, key string) bool {
	t.Helper()
	_, err := s.Client().HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String(Bucket), Key: aws.String(key)})
	if none := (*types.NotFound)(nil); err != nil && !errors.As(err, &none) {
		t.Fatal(err)
	}
	return err == nil
}

// Get is an object as it is now.
func (s *Server) Get(t testing.TB, key string) []byte {
	t.Helper()
	return s.Version(t, key, "")
}

// Version is a version of an object, the newest one for "".
func (s *Server) Version(t testing.TB, key, version string) []byte {
	t.Helper()
	input := &s3.GetObjectInput{Bucket: aws.String(Bucket), Key: aws.String(key)}
	if version != "" {
		input.VersionId = aws.String(version)
	}
	object, err := s.Client().GetObject(t.Context(), input)
	if err != nil {
		t.Fatal(err)
	}
	defer object.Body.Close()
	body, err := io.ReadAll(object.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// Remove removes one version for good or, without one, marks the object as
// deleted.
func (s *Server) Remove(t testing.TB, key, version string) {
	t.Helper()
	input := &s3.DeleteObjectInput{Bucket: aws.String(Bucket), Key: aws.String(key)}
	if version != "" {
		input.VersionId = aws.String(version)
	}
	if _, err := s.Client().DeleteObject(t.Context(), input); err != nil {
		t.Fatal(err)
	}
}

// Versions are what was ever kept under a key.
func (s *Server) Versions(t testing.TB, key string) [][]byte {
	t.Helper()
	list, err := s.Client().ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{
		Bucket: aws.String(Bucket), Prefix: aws.String(key),
	})
	if err != nil {
		t.Fatal(err)
	}
	var bodies [][]byte
	for _, version := range list.Versions {
		bodies = append(bodies, s.Version(t, key, aws.ToString(version.VersionId)))
	}
	return bodies
}
