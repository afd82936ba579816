package state

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
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

// server is an S3 on loopback behind a door, at which what goes wrong on the
// way happens. What S3 itself decides is left to the server behind it.
type server struct {
	url    string
	http   aws.HTTPClient // nil for the SDK's own
	behind http.Handler

	mu   sync.Mutex
	door door
}

// door handles a request with the server behind it, or does not.
type door func(w http.ResponseWriter, r *http.Request, behind http.Handler)

const (
	bucket = "histories"
	key    = "bedrock/snapshotter.db"
	access = "AKIDEXAMPLE"
	secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

var here = Location{bucket, key}

// start starts a server with a bucket that keeps versions.
func start(t testing.TB) *server {
	t.Helper()
	s := &server{behind: backend(t)}
	front := httptest.NewServer(s)
	t.Cleanup(front.Close)
	s.url = front.URL
	s.createBucket(t)
	return s
}

// startInBubble starts a server within a bubble of synctest, where time passes
// only while nothing moves. The network is one of pipes.
func startInBubble(t testing.TB) *server {
	t.Helper()
	conns := make(pipes)
	s := &server{url: "http://127.0.0.1", behind: gofakes3.New(s3mem.New()).Server()}
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

func (s *server) createBucket(t testing.TB) {
	t.Helper()
	if _, err := s.client().CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(bucket)}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.client().PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket:                  aws.String(bucket),
		VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	}); err != nil {
		t.Fatal(err)
	}
}

// versity names the binary of another S3 server, one that is made for
// production and checks signatures and checksums: with it the same tests prove
// the same of it. internal/s3test builds it.
const versity = "SNAPSHOTTER_VERSITYGW"

func backend(t testing.TB) http.Handler {
	if binary := os.Getenv(versity); binary != "" {
		return startVersity(t, binary)
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
	gateway := exec.Command(binary, "--access", access, "--secret", secret, "--port", socket, "--quiet",
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

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	door := s.door
	s.mu.Unlock()
	if door == nil {
		s.behind.ServeHTTP(w, r)
		return
	}
	door(w, r, s.behind)
}

// at puts a door in front of the server, nil to take it away.
func (s *server) at(door door) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.door = door
}

// config is that of a client of the server which does not pause before it tries
// again, and checks no more than it is told to.
func (s *server) config() aws.Config {
	return aws.Config{
		Region:     "us-east-1",
		HTTPClient: s.http,

		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
		BaseEndpoint:               aws.String(s.url),
		Credentials:                credentials.NewStaticCredentialsProvider(access, secret, ""),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
			})
		},
	}
}

// client is a client of the tests' own, which sets up and looks.
func (s *server) client() *s3.Client {
	return s3.NewFromConfig(s.config(), func(o *s3.Options) { o.UsePathStyle = true })
}

func (s *server) put(t testing.TB, key string, body []byte) {
	t.Helper()
	if _, err := s.client().PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(bucket), Key: aws.String(key), Body: bytes.NewReader(body),
		ChecksumSHA256: checksum(sha256.Sum256(body)),
	}); err != nil {
		t.Fatal(err)
	}
}

func (s *server) has(t testing.TB, key string) bool {
	t.Helper()
	has, err := NewFolder(s.config(), Location{Bucket: bucket}).Has(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return has
}

func (s *server) get(t testing.TB, key string) []byte {
	t.Helper()
	return s.version(t, key, "")
}

func (s *server) version(t testing.TB, key, version string) []byte {
	t.Helper()
	input := &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)}
	if version != "" {
		input.VersionId = aws.String(version)
	}
	object, err := s.client().GetObject(t.Context(), input)
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

// remove removes one version for good or, without one, marks the object as
// deleted.
func (s *server) remove(t testing.TB, version string) {
	t.Helper()
	input := &s3.DeleteObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)}
	if version != "" {
		input.VersionId = aws.String(version)
	}
	if _, err := s.client().DeleteObject(t.Context(), input); err != nil {
		t.Fatal(err)
	}
}

// versions are what was ever kept under a key.
func (s *server) versions(t testing.TB, key string) [][]byte {
	t.Helper()
	list, err := s.client().ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{
		Bucket: aws.String(bucket), Prefix: aws.String(key),
	})
	if err != nil {
		t.Fatal(err)
	}
	var bodies [][]byte
	for _, version := range list.Versions {
		bodies = append(bodies, s.version(t, key, aws.ToString(version.VersionId)))
	}
	return bodies
}

// onlyFor is a door that stands in the way of one method's requests alone, and
// of the first of them only if there are as many as that; 0 is all.
func onlyFor(method string, first int, d door) door {
	var mu sync.Mutex
	seen := 0
	return func(w http.ResponseWriter, r *http.Request, behind http.Handler) {
		mu.Lock()
		if r.Method == method {
			seen++
		}
		through := r.Method != method || first > 0 && seen > first
		mu.Unlock()
		if through {
			behind.ServeHTTP(w, r)
			return
		}
		d(w, r, behind)
	}
}

// reset is a door at which the request is lost.
func reset(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }

// lost is a door at which the answer is lost, to a request that was carried
// out.
func lost(_ http.ResponseWriter, r *http.Request, behind http.Handler) {
	behind.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

// silent is a door at which the answer, to a request that was carried out, does
// not come for as long as it is waited for.
func silent(_ http.ResponseWriter, r *http.Request, behind http.Handler) {
	behind.ServeHTTP(httptest.NewRecorder(), r)
	<-r.Context().Done()
}

// refuse is a door that answers as S3 does when it refuses.
func refuse(status int, code, message string, headers ...string) door {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		io.Copy(io.Discard, r.Body)
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		if r.Method != http.MethodHead {
			fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, message)
		}
	}
}

// alter is a door that changes the answer, of which the length was already
// told.
func alter(change func(header http.Header, body []byte) []byte) door {
	return func(w http.ResponseWriter, r *http.Request, behind http.Handler) {
		answer := httptest.NewRecorder()
		behind.ServeHTTP(answer, r)
		length := answer.Body.Len()
		maps.Copy(w.Header(), answer.Header())
		body := change(w.Header(), answer.Body.Bytes())
		w.Header().Set("Content-Length", strconv.Itoa(length))
		w.WriteHeader(answer.Code)
		w.Write(body)
		if len(body) < length {
			panic(http.ErrAbortHandler)
		}
	}
}
