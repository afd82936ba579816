package state

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"snapshotter/catalog"
	"snapshotter/internal/buckettest"
	"snapshotter/store"
)

// record records a run by name in the history at path, as every run does.
func record(t testing.TB, path, name string) {
	t.Helper()
	db, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	when := time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)
	if _, err := db.Record(context.Background(), catalog.Run{
		StartedAt: when, FinishedAt: when.Add(time.Second), Trigger: catalog.Schedule,
		CollectorVersion: name, Partition: "aws",
	}, []catalog.Listing{{
		Scope:   catalog.Scope{Region: "eu-west-1", Kind: catalog.KindFoundationModel},
		Outcome: catalog.Complete, Items: []catalog.Item{&catalog.FoundationModel{ID: "amazon.nova-lite-v1:0"}},
	}}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// recorded are the names of the runs in a history. What was read before is
// known by its checksum.
func recorded(t testing.TB, body []byte) []string {
	t.Helper()
	sum := sha256.Sum256(body)
	if names, known := histories.Load(sum); known {
		return names.([]string)
	}
	path := filepath.Join(t.TempDir(), "history.db")
	if err := os.WriteFile(path, body, 0o644); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT collector_version FROM runs ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	histories.Store(sum, names)
	return names
}

var histories sync.Map // the names of the runs, by checksum

func read(t testing.TB, path string) []byte {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func fetch(t testing.TB, s *State) Copy {
	t.Helper()
	local, err := s.Fetch(context.Background(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return local
}

func save(t testing.TB, s *State) {
	t.Helper()
	if err := s.Save(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// begin is a server on which a first run, named "first", was saved, and what
// was saved.
func begin(t testing.TB, s *buckettest.Server) (saved []byte) {
	t.Helper()
	state := New(s.Config(), here)
	record(t, fetch(t, state).Path, "first")
	save(t, state)
	return s.Get(t, key)
}

// holds checks which runs are kept, and that nothing was ever overwritten: of
// all versions, each holds what every shorter one does, and more.
func holds(t testing.TB, s *buckettest.Server, key string, want ...string) {
	t.Helper()
	if got := recorded(t, s.Get(t, key)); !slices.Equal(got, want) {
		t.Errorf("runs kept\n got %q\nwant %q", got, want)
	}
	var versions [][]string
	for _, body := range s.Versions(t, key) {
		versions = append(versions, recorded(t, body))
	}
	slices.SortFunc(versions, func(a, b []string) int { return len(a) - len(b) })
	var before []string
	for _, names := range versions {
		if len(names) <= len(before) || !slices.Equal(names[:len(before)], before) {
			t.Errorf("one version holds %q, another %q", before, names)
		}
		before = names
	}
	if !slices.Equal(before, want) {
		t.Errorf("the version that holds most\nholds %q\n want %q", before, want)
	}
}

func TestFirstRunThenNext(t *testing.T) {
	s := start(t)
	var sent []http.Header // with uploads
	s.At(func(w http.ResponseWriter, r *http.Request, behind http.Handler) {
		if r.Method == http.MethodPut {
			sent = append(sent, r.Header)
		}
		behind.ServeHTTP(w, r)
	})
	state := New(s.Config(), here)
	local := fetch(t, state)
	if !local.First || local.Version != "" {
		t.Errorf("first fetch: %+v", local)
	}
	if _, err := os.Lstat(local.Path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is a file on a first run: %v", err)
	}
	record(t, local.Path, "first")
	save(t, state)
	holds(t, s, key, "first")

	if got, want := sent[0].Get("X-Amz-Checksum-Sha256"), *checksum(sha256.Sum256(read(t, local.Path))); got != want {
		t.Errorf("sent with checksum %q, not %q", got, want)
	}
	if got := sent[0].Get("If-None-Match"); got != "*" {
		t.Errorf("sent on condition that there is no %q", got)
	}

	next := New(s.Config(), here)
	copied := fetch(t, next)
	if copied.First || copied.Version == "" || copied.Size != int64(len(read(t, local.Path))) {
		t.Errorf("next fetch: %+v", copied)
	}
	if !bytes.Equal(read(t, copied.Path), read(t, local.Path)) {
		t.Error("what was fetched is not what was saved")
	}
	record(t, copied.Path, "second")
	save(t, next)
	// A schedule goes on with what it has, or fetches anew.
	record(t, copied.Path, "third")
	save(t, next)
	record(t, fetch(t, next).Path, "fourth")
	save(t, next)
	holds(t, s, key, "first", "second", "third", "fourth")
	if left, _ := filepath.Glob(filepath.Dir(copied.Path) + "/*"); len(left) != 1 {
		t.Errorf("beside the copy: %q", left)
	}
}

func TestLostRace(t *testing.T) {
	for _, c := range []struct {
		name  string
		begin func(*testing.T, *buckettest.Server)
		want  []string
	}{
		{"of two first runs", func(*testing.T, *buckettest.Server) {}, []string{"ours", "theirs", "again"}},
		{"of two next runs", func(t *testing.T, s *buckettest.Server) { begin(t, s) }, []string{"first", "ours", "theirs", "again"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t)
			c.begin(t, s)
			loser, winner := New(s.Config(), here), New(s.Config(), here)
			lost, won := fetch(t, loser), fetch(t, winner)
			record(t, lost.Path, "lost")
			record(t, won.Path, "ours")
			save(t, winner)
			record(t, won.Path, "theirs")
			save(t, winner)

			err := loser.Save(t.Context())
			var race *LostRaceError
			if !errors.As(err, &race) || race.Path != lost.Path || race.Deleted {
				t.Fatalf("saved by the loser: %v", err)
			}
			if names := recorded(t, read(t, lost.Path)); names[len(names)-1] != "lost" {
				t.Errorf("the local copy lost its run: %q", names)
			}
			if err := loser.Save(t.Context()); !errors.As(err, &race) {
				t.Errorf("saved by the loser at a second try: %v", err)
			}
			record(t, fetch(t, loser).Path, "again")
			save(t, loser)
			holds(t, s, key, c.want...)
		})
	}
}

func TestDeletedInBetween(t *testing.T) {
	s := start(t)
	begin(t, s)
	state := New(s.Config(), here)
	local := fetch(t, state)
	record(t, local.Path, "second")
	s.Remove(t, key, local.Version)
	err := state.Save(t.Context())
	if race := (*LostRaceError)(nil); !errors.As(err, &race) || !race.Deleted {
		t.Errorf("saved over nothing: %v", err)
	}
}

// A history that was deleted is no first run. The server within the tests does
// not say that it was, as S3 does.
func TestDeleted(t *testing.T) {
	s := start(t)
	begin(t, s)
	s.Remove(t, key, "")
	if os.Getenv(buckettest.Versity) == "" {
		s.At(buckettest.OnlyFor("GET", 0, buckettest.Refuse(404, "NoSuchKey", "none", "X-Amz-Delete-Marker", "true")))
	}
	_, err := New(s.Config(), here).Fetch(t.Context(), t.TempDir())
	if !errors.As(err, new(*DeletedError)) {
		t.Errorf("fetched what was deleted: %v", err)
	}
	state := New(s.Config(), here)
	state.Anew = true
	local := fetch(t, state)
	if !local.First {
		t.Fatalf("a new history begins with %+v", local)
	}
	if os.Getenv(buckettest.Versity) != "" {
		return // it refuses If-None-Match: * for what was deleted, as S3 does not
	}
	s.At(nil)
	record(t, local.Path, "anew")
	save(t, state)
	if got := recorded(t, s.Get(t, key)); !slices.Equal(got, []string{"anew"}) {
		t.Errorf("saved %q", got)
	}
}

// What becomes of an upload is known, however its answers come or don't.
func TestUploadSettles(t *testing.T) {
	meanwhile := func(t *testing.T, s *buckettest.Server) {
		other := New(s.Config(), here)
		record(t, fetch(t, other).Path, "other")
		save(t, other)
	}
	const (
		saved = iota
		raced
		failed
		unknown
	)
	busy := buckettest.Refuse(409, conflict, "another operation is going on")
	denied := buckettest.Refuse(403, "AccessDenied", "no")
	for _, c := range []struct {
		name string
		door buckettest.Fault
		want int
		// other is whether another run is saved before the upload.
		other bool
	}{
		{"answered", nil, saved, false},
		{"after another's", nil, raced, true},
		{"answer lost once", buckettest.OnlyFor("PUT", 1, buckettest.Lost), saved, false},
		{"every answer lost", buckettest.OnlyFor("PUT", 0, buckettest.Lost), saved, false},
		{"every answer lost, after another's", buckettest.OnlyFor("PUT", 0, buckettest.Lost), raced, true},
		{"request lost once", buckettest.OnlyFor("PUT", 1, buckettest.Reset), saved, false},
		{"request lost once, after another's", buckettest.OnlyFor("PUT", 1, buckettest.Reset), raced, true},
		{"every request lost", buckettest.OnlyFor("PUT", 0, buckettest.Reset), unknown, false},
		{"conflict once", buckettest.OnlyFor("PUT", 1, busy), saved, false},
		{"conflict once, after another's", buckettest.OnlyFor("PUT", 1, busy), raced, true},
		{"conflict without end", buckettest.OnlyFor("PUT", 0, busy), failed, false},
		{"answer lost, then conflicts", first(buckettest.OnlyFor("PUT", 1, buckettest.Lost), buckettest.OnlyFor("PUT", 0, busy)), saved, false},
		{"answer lost, then denied", first(buckettest.OnlyFor("PUT", 1, buckettest.Lost), buckettest.OnlyFor("PUT", 0, denied)), saved, false},
		{"weak ETags", weak, saved, false},
		{"weak ETags of what is read, and conflicts", func(w http.ResponseWriter, r *http.Request, behind http.Handler) {
			if r.Method == http.MethodPut {
				busy(w, r, behind)
				return
			}
			weak(w, r, behind)
		}, failed, false},
		{"no Expect: 100-continue", unexpecting, saved, false},
		{"denied", buckettest.OnlyFor("PUT", 0, denied), failed, false},
		{"all denied", denied, unknown, false},
		{"slowed down once", buckettest.OnlyFor("PUT", 1, buckettest.Refuse(503, "SlowDown", "later")), saved, false},
		{"broken", buckettest.OnlyFor("PUT", 0, buckettest.Refuse(500, "InternalError", "broken")), unknown, false},
		{"precondition refused for no reason", buckettest.OnlyFor("PUT", 0, buckettest.Refuse(412, "PreconditionFailed", "no")), failed, false},
		{"no conditional writes", buckettest.OnlyFor("PUT", 0, buckettest.Refuse(501, "NotImplemented", "no")), unknown, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t)
			begin(t, s)
			state := New(s.Config(), here)
			local := fetch(t, state)
			record(t, local.Path, "second")
			before := read(t, local.Path)
			want := []string{"first", "second"}
			if c.other {
				meanwhile(t, s)
				want = []string{"first", "other"}
			}
			s.At(c.door)
			err := state.Save(t.Context())
			s.At(nil)
			var (
				race *LostRaceError
				kept *SaveError
			)
			switch c.want {
			case saved:
				if err != nil {
					t.Errorf("not saved: %v", err)
				}
			case raced:
				if !errors.As(err, &race) {
					t.Errorf("no race was lost: %v", err)
				}
			default:
				if !errors.As(err, &kept) || kept.Unknown != (c.want == unknown) || kept.Path != local.Path {
					t.Fatalf("not a failure to save: %v (%#v)", err, kept)
				}
				if !strings.Contains(err.Error(), local.Path) || !strings.Contains(kept.Advice(), "--if-match '"+kept.ETag+"'") {
					t.Errorf("the message does not lead on: %v; %s", err, kept.Advice())
				}
			}
			if c.want != saved && !c.other {
				want = want[:1]
			}
			holds(t, s, key, want...)
			if !bytes.Equal(read(t, local.Path), before) {
				t.Error("saving changed the local copy")
			}
			if c.want == failed || c.want == unknown { // then nothing has changed, and trying again is right
				save(t, state)
				holds(t, s, key, "first", "second")
			}
			if c.want == saved { // the state knows what it has saved
				record(t, local.Path, "third")
				save(t, state)
				holds(t, s, key, "first", "second", "third")
			}
		})
	}
}

// weak makes every ETag weak, as a proxy that compresses does.
var weak = buckettest.Alter(func(header http.Header, body []byte) []byte {
	if etag := header.Get("Etag"); etag != "" {
		header.Set("Etag", "W/"+etag)
	}
	return body
})

// unexpecting refuses to be asked before an upload.
func unexpecting(w http.ResponseWriter, r *http.Request, behind http.Handler) {
	if r.Header.Get("Expect") != "" {
		buckettest.Refuse(417, "ExpectationFailed", "no")(w, r, behind)
		return
	}
	behind.ServeHTTP(w, r)
}

// first is a door for one PUT, and then another.
func first(one, then buckettest.Fault) buckettest.Fault {
	var puts atomic.Int32 // requests are served side by side
	return func(w http.ResponseWriter, r *http.Request, behind http.Handler) {
		if r.Method == http.MethodPut {
			puts.Add(1)
		}
		if puts.Load() <= 1 {
			one(w, r, behind)
			return
		}
		then(w, r, behind)
	}
}

// A write that was given up may still land. It lands as what it is: the next
// run's base or nothing.
func TestUploadLandsLate(t *testing.T) {
	s := start(t)
	begin(t, s)
	state := New(s.Config(), here)
	record(t, fetch(t, state).Path, "second")
	late := make(chan *http.Request, 10)
	s.At(buckettest.OnlyFor("PUT", 0, func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		var body bytes.Buffer
		body.ReadFrom(r.Body)
		held := r.Clone(context.Background())
		held.Body = io.NopCloser(&body)
		late <- held
		panic(http.ErrAbortHandler)
	}))
	err := state.Save(t.Context())
	s.At(nil)
	if kept := (*SaveError)(nil); !errors.As(err, &kept) || !kept.Unknown {
		t.Fatalf("not in doubt: %v", err)
	}
	holds(t, s, key, "first")
	other := New(s.Config(), here)
	record(t, fetch(t, other).Path, "other")
	s.Behind.ServeHTTP(httptest.NewRecorder(), <-late)
	if err := other.Save(t.Context()); !errors.As(err, new(*LostRaceError)) {
		t.Errorf("saved over what had landed: %v", err)
	}
	holds(t, s, key, "first", "second")
}

// An answer that never comes is given up, and looked for.
func TestSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := buckettest.StartInBubble(t)
		begin(t, s)
		state := New(s.Config(), here)
		record(t, fetch(t, state).Path, "second")
		s.At(buckettest.OnlyFor("PUT", 0, buckettest.Silent))
		began := time.Now()
		save(t, state)
		if took := time.Since(began); took < time.Minute || took > 5*time.Minute {
			t.Errorf("an answer was waited for %s", took)
		}
		holds(t, s, key, "first", "second")

		s.At(buckettest.OnlyFor("GET", 1, buckettest.Silent))
		if local := fetch(t, New(s.Config(), here)); local.First {
			t.Error("silence was taken for a first run")
		}
		s.At(buckettest.OnlyFor("GET", 0, buckettest.Silent))
		_, err := New(s.Config(), here).Fetch(t.Context(), t.TempDir())
		if call := (*CallError)(nil); !errors.As(err, &call) || !strings.Contains(err.Error(), "no answer within 1m0s") {
			t.Errorf("fetched from silence: %v", err)
		}
	})
}

// An object that stops coming is given up after as long as it could have taken.
func TestStandstill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := buckettest.StartInBubble(t)
		saved := begin(t, s)
		s.At(buckettest.OnlyFor("GET", 2, func(w http.ResponseWriter, r *http.Request, behind http.Handler) {
			half := buckettest.Alter(func(_ http.Header, body []byte) []byte {
				return body[:len(body)/2]
			})
			defer func() { recover(); http.NewResponseController(w).Flush(); <-r.Context().Done() }()
			half(w, r, behind)
		}))
		began := time.Now()
		local := fetch(t, New(s.Config(), here))
		if took := time.Since(began); took < 2*time.Minute || took > 4*time.Minute {
			t.Errorf("two that stood still were waited for %s", took)
		}
		if !bytes.Equal(read(t, local.Path), saved) {
			t.Error("what came in the end is not what was saved")
		}
	})
}

// A signal ends the upload, not the look at what became of it.
func TestInterrupted(t *testing.T) {
	for _, c := range []struct {
		name    string
		arrives bool
	}{{"before it arrives", false}, {"after it was kept", true}} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t)
			begin(t, s)
			state := New(s.Config(), here)
			record(t, fetch(t, state).Path, "second")
			ctx, interrupt := context.WithCancel(t.Context())
			s.At(buckettest.OnlyFor("PUT", 0, func(w http.ResponseWriter, r *http.Request, behind http.Handler) {
				if c.arrives {
					behind.ServeHTTP(httptest.NewRecorder(), r)
				}
				interrupt()
				panic(http.ErrAbortHandler)
			}))
			err := state.Save(ctx)
			s.At(nil)
			if c.arrives {
				if err != nil {
					t.Errorf("what was kept counts as not saved: %v", err)
				}
				holds(t, s, key, "first", "second")
				return
			}
			if kept := (*SaveError)(nil); !errors.As(err, &kept) || !kept.Unknown {
				t.Errorf("not in doubt: %v", err)
			}
			holds(t, s, key, "first")
		})
	}
}

func TestDownload(t *testing.T) {
	half := buckettest.Alter(func(_ http.Header, body []byte) []byte { return body[:len(body)/2] })
	flipped := buckettest.Alter(func(_ http.Header, body []byte) []byte { body[len(body)/3] ^= 4; return body })
	unmarked := buckettest.Alter(func(header http.Header, body []byte) []byte { header.Del("ETag"); return body })
	endless := func(w http.ResponseWriter, r *http.Request, behind http.Handler) {
		answer := httptest.NewRecorder()
		behind.ServeHTTP(answer, r)
		w.Header().Set("ETag", answer.Header().Get("ETag"))
		http.NewResponseController(w).Flush()
		w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
	}
	for _, c := range []struct {
		name string
		door buckettest.Fault
		want string // the error, "" where it comes whole
	}{
		{"cut once", buckettest.OnlyFor("GET", 1, half), ""},
		{"cut always", half, "arrived incomplete: unexpected EOF"},
		{"spoilt once", buckettest.OnlyFor("GET", 1, flipped), ""},
		{"spoilt always", flipped, "arrived incomplete: checksum did not match"},
		{"of no known length", endless, "arrived incomplete"},
		{"lost once", buckettest.OnlyFor("GET", 1, buckettest.Lost), ""},
		{"lost always", buckettest.Lost, "EOF"},
		{"busy once", buckettest.OnlyFor("GET", 1, buckettest.Refuse(503, "SlowDown", "later")), ""},
		{"without an ETag", unmarked, "has no ETag"},
		{"denied", buckettest.Refuse(403, "AccessDenied", "User: arn:aws:sts::123456789012:assumed-role/task/x is not authorized"), "AccessDenied: User: [arn] is not authorized"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t)
			saved := begin(t, s)
			s.At(c.door)
			dir := t.TempDir()
			local, err := New(s.Config(), here).Fetch(t.Context(), dir)
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(read(t, local.Path), saved) {
					t.Error("what was fetched is not what was saved")
				}
				return
			}
			call := (*CallError)(nil)
			if !errors.As(err, &call) || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "fetch s3://histories/bedrock/snapshotter.db: ") {
				t.Errorf("fetched: %v", err)
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	s := start(t)
	noCredentials := s.Config()
	noCredentials.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, errors.New("no EC2 IMDS role found")
	})
	unreachable := s.Config()
	unreachable.BaseEndpoint = aws.String("http://127.0.0.1:1")
	for _, c := range []struct {
		name   string
		config aws.Config
		at     Location
		door   buckettest.Fault
		want   string
		advice string
	}{
		{"another bucket", s.Config(), Location{"elsewhere", key}, nil, "NoSuchBucket", "create it"},
		{"denied", s.Config(), here, buckettest.Refuse(403, "AccessDenied", "Access Denied"), "AccessDenied: Access Denied", "s3:ListBucket"},
		{"expired", s.Config(), here, buckettest.Refuse(400, "ExpiredToken", "The provided token has expired."), "ExpiredToken", "new temporary credentials"},
		{"unknown key", s.Config(), here, buckettest.Refuse(403, "InvalidAccessKeyId", "unknown"), "InvalidAccessKeyId", "access key exists"},
		{"wrong clock", s.Config(), here, buckettest.Refuse(403, "SignatureDoesNotMatch", "no match"), "SignatureDoesNotMatch", "clock"},
		{"something new", s.Config(), here, buckettest.Refuse(400, "Novelty", "new"), "Novelty: new", "list of error responses"},
		{"no credentials", noCredentials, here, nil, "no AWS credentials are available: no EC2 IMDS role found", "AWS_PROFILE"},
		{"unreachable", unreachable, here, nil, "connection refused", "network"},
		{"account in the bucket's name", s.Config(), Location{"history-123456789012", key}, buckettest.Refuse(403, "AccessDenied", "no"), "s3://history-[account]/", "s3:GetObject"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.At(c.door)
			dir := t.TempDir()
			_, err := New(c.config, c.at).Fetch(t.Context(), dir)
			call := (*CallError)(nil)
			if !errors.As(err, &call) || !strings.Contains(err.Error(), c.want) || !strings.Contains(call.Advice(), c.advice) {
				t.Errorf("fetched: %v; advice: %s", err, call.Advice())
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// The credentials of another are refused by a server that checks signatures.
func TestWrongSecret(t *testing.T) {
	if os.Getenv(buckettest.Versity) == "" {
		t.Skip("the server within the tests checks no signatures: set " + buckettest.Versity)
	}
	s := start(t)
	cfg := s.Config()
	cfg.Credentials = credentials.NewStaticCredentialsProvider(buckettest.Access, "another", "")
	_, err := New(cfg, here).Fetch(t.Context(), t.TempDir())
	if call := (*CallError)(nil); !errors.As(err, &call) || call.Code != "SignatureDoesNotMatch" {
		t.Errorf("fetched: %v", err)
	}
}

// A bucket in another region than the configured one is found.
func TestOtherRegion(t *testing.T) {
	for _, c := range []struct{ name, code string }{
		{"redirected", "PermanentRedirect"}, {"refused", "AuthorizationHeaderMalformed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t)
			status := map[string]int{"PermanentRedirect": 301, "AuthorizationHeaderMalformed": 400}[c.code]
			elsewhere := buckettest.Refuse(status, c.code, "the bucket is elsewhere")
			head := buckettest.Refuse(status, "", "", "X-Amz-Bucket-Region", "us-east-1")
			s.At(func(w http.ResponseWriter, r *http.Request, behind http.Handler) {
				switch {
				case strings.Contains(r.Header.Get("Authorization"), "/us-east-1/s3/"):
					behind.ServeHTTP(w, r)
				case r.Method == http.MethodHead:
					head(w, r, behind)
				default:
					elsewhere(w, r, behind)
				}
			})
			cfg := s.Config()
			cfg.Region = "eu-west-1"
			state := New(cfg, here)
			record(t, fetch(t, state).Path, "first")
			save(t, state)
			folder := NewFolder(cfg, Location{bucket, "reports/"})
			if has, err := folder.Has(t.Context(), "latest.md"); has || err != nil {
				t.Errorf("has a report: %v, %v", has, err)
			}
			s.At(nil)
			holds(t, s, key, "first")
		})
	}
}

// A server that says where the bucket is in words that could be a host is not
// followed.
func TestOtherRegionIsOne(t *testing.T) {
	s := start(t)
	asked := 0
	s.At(func(w http.ResponseWriter, r *http.Request, behind http.Handler) {
		asked++
		buckettest.Refuse(301, "PermanentRedirect", "elsewhere", "X-Amz-Bucket-Region", "x.example/")(w, r, behind)
	})
	_, err := New(s.Config(), here).Fetch(t.Context(), t.TempDir())
	if call := (*CallError)(nil); !errors.As(err, &call) || call.Code != "PermanentRedirect" || asked != 2 {
		t.Errorf("after %d requests: %v", asked, err)
	}
}

// Some servers send ETags without their quotes. A condition has them.
func TestUnquotedETag(t *testing.T) {
	s := start(t)
	begin(t, s)
	var conditions []string
	s.At(func(w http.ResponseWriter, r *http.Request, behind http.Handler) {
		if r.Method == http.MethodPut {
			conditions = append(conditions, r.Header.Get("If-Match"))
			behind.ServeHTTP(w, r)
			return
		}
		buckettest.Alter(func(header http.Header, body []byte) []byte {
			header.Set("ETag", strings.Trim(header.Get("ETag"), `"`))
			return body
		})(w, r, behind)
	})
	state := New(s.Config(), here)
	record(t, fetch(t, state).Path, "second")
	save(t, state)
	s.At(nil)
	holds(t, s, key, "first", "second")
	if len(conditions) != 1 || !strings.HasPrefix(conditions[0], `"`) || !strings.HasSuffix(conditions[0], `"`) || len(conditions[0]) < 3 {
		t.Errorf("conditions: %q", conditions)
	}
}

func TestUnwritableDirectory(t *testing.T) {
	s := start(t)
	begin(t, s)
	for name, dir := range map[string]string{
		"no directory": filepath.Join(t.TempDir(), "none"),
		"read-only":    readOnly(t),
	} {
		_, err := New(s.Config(), here).Fetch(t.Context(), dir)
		call := (*CallError)(nil)
		if !errors.As(err, &call) || !strings.Contains(err.Error(), dir) || !strings.Contains(call.Advice(), "writable") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// readOnly is a directory in which not even root can create a file.
func readOnly(t *testing.T) string {
	if os.Geteuid() != 0 {
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	if runtime.GOOS != "linux" {
		t.Skip("root can write everywhere")
	}
	return "/proc/self"
}

// A disk that is full ends the fetch at once: another attempt would not fit
// either.
func TestFullDisk(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no device that is always full")
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	s := start(t)
	begin(t, s)
	asked := 0
	s.At(func(w http.ResponseWriter, r *http.Request, behind http.Handler) {
		asked++
		behind.ServeHTTP(w, r)
	})
	state := New(s.Config(), here)
	_, err = state.get(t.Context(), func(object *s3.GetObjectOutput) error { return receive(full, object) })
	failed := newCallError("fetch", here, err)
	if asked != 1 || !strings.Contains(failed.Error(), "no space left") || !strings.Contains(failed.Advice(), "free some space") {
		t.Errorf("after %d requests: %v; %s", asked, failed, failed.Advice())
	}
}

// What is in the way may be a run that was not saved.
func TestOccupied(t *testing.T) {
	s := start(t)
	begin(t, s)
	for _, name := range []string{"snapshotter.db", "snapshotter.db-wal", "snapshotter.db-journal"} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := New(s.Config(), here).Fetch(t.Context(), dir)
		if occupied := (*OccupiedError)(nil); !errors.As(err, &occupied) || occupied.Path != path {
			t.Errorf("%s: %v", name, err)
		}
		if string(read(t, path)) != "mine" {
			t.Errorf("%s was overwritten", name)
		}
	}
}

func TestNotWhole(t *testing.T) {
	s := start(t)
	saved := begin(t, s)
	for _, c := range []struct {
		name string
		harm func(path string) error
		want any
	}{
		{"a log beside it", func(path string) error { return os.WriteFile(path+"-wal", []byte("frames"), 0o644) }, new(*NotWholeError)},
		{"a journal beside it", func(path string) error { return os.WriteFile(path+"-journal", []byte("pages"), 0o644) }, new(*NotWholeError)},
		{"another file", func(path string) error { return os.WriteFile(path, []byte("# Bedrock changes"), 0o644) }, new(*NotWholeError)},
		{"an empty file", func(path string) error { return os.Truncate(path, 0) }, new(*NotWholeError)},
		{"no file", os.Remove, new(*fs.PathError)},
		{"too large", func(path string) error { return os.Truncate(path, largest+1) }, new(*TooLargeError)},
	} {
		t.Run(c.name, func(t *testing.T) {
			state := New(s.Config(), here)
			if err := c.harm(fetch(t, state).Path); err != nil {
				t.Fatal(err)
			}
			if err := state.Save(t.Context()); !errors.As(err, c.want) {
				t.Errorf("saved: %v", err)
			}
			if !bytes.Equal(s.Get(t, key), saved) {
				t.Error("what was kept has changed")
			}
		})
	}
	if err := New(s.Config(), here).Save(t.Context()); err == nil {
		t.Error("saved what was never fetched")
	}
}

// A history that is still open is not whole: what was committed is in its log.
func TestStillOpen(t *testing.T) {
	s := start(t)
	begin(t, s)
	state := New(s.Config(), here)
	local := fetch(t, state)
	db, err := store.Open(t.Context(), local.Path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.RecordFailure(t.Context(), catalog.Run{CollectorVersion: "second", Trigger: catalog.Schedule}); err != nil {
		t.Fatal(err)
	}
	if err := state.Save(t.Context()); !errors.As(err, new(*NotWholeError)) {
		t.Errorf("saved a part: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	save(t, state)
	holds(t, s, key, "first", "second")
}

// Everything is settled by the environment, as for every AWS tool.
func TestEnvironment(t *testing.T) {
	s := start(t)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_S3": s.URL, "AWS_ACCESS_KEY_ID": buckettest.Access, "AWS_SECRET_ACCESS_KEY": buckettest.Secret,
		"AWS_REGION": "us-east-1", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	state := New(cfg, here)
	record(t, fetch(t, state).Path, "first")
	save(t, state)
	holds(t, s, key, "first")
}

func TestNoRegion(t *testing.T) {
	s := start(t)
	cfg := s.Config()
	cfg.Region = ""
	state := New(cfg, here)
	record(t, fetch(t, state).Path, "first")
	save(t, state)
	holds(t, s, key, "first")
}

func TestReports(t *testing.T) {
	s := start(t)
	folder := NewFolder(s.Config(), Location{bucket, "reports/"})
	for _, text := range []string{"# Bedrock changes 2026-11-20: none\n", "# Bedrock changes 2026-11-21: 1 to act on\n"} {
		if err := folder.PutReport(t.Context(), "latest.md", []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got := string(s.Get(t, "reports/latest.md")); got != text {
			t.Errorf("got %q", got)
		}
	}
	head, err := s.Client().HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String(bucket), Key: aws.String("reports/latest.md")})
	if err != nil {
		t.Fatal(err)
	}
	if got := aws.ToString(head.ContentType); got != "text/markdown; charset=utf-8" {
		t.Errorf("content type %q", got)
	}
	for name, want := range map[string]bool{"latest.md": true, "2026-11-20.md": false} {
		if has, err := folder.Has(t.Context(), name); has != want || err != nil {
			t.Errorf("has %s: %v, %v", name, has, err)
		}
	}
	s.At(buckettest.Refuse(403, "AccessDenied", "no"))
	call := (*CallError)(nil)
	if err := folder.PutReport(t.Context(), "latest.md", nil); !errors.As(err, &call) || err.Error() != "write report s3://histories/reports/latest.md: AccessDenied: no" {
		t.Errorf("written: %v", err)
	}
	if _, err := folder.Has(t.Context(), "latest.md"); !errors.As(err, &call) || !strings.Contains(call.Advice(), "s3:PutObject") {
		t.Errorf("looked: %v", err)
	}
	if got := fmt.Sprint(folder.Locate("latest.md")); got != "s3://histories/reports/latest.md" {
		t.Errorf("located %s", got)
	}
}

// What became of an upload that was told to stop is not waited for long, and the
// local copy is where it was said to be.
func TestInterruptedInSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := buckettest.StartInBubble(t)
		begin(t, s)
		state := New(s.Config(), here)
		record(t, fetch(t, state).Path, "second")
		s.At(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
			io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		})
		ctx, interrupt := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Second, interrupt)
		began := time.Now()
		err := state.Save(ctx)
		if took := time.Since(began); took != 10*time.Second+hurry {
			t.Errorf("it took %s", took)
		}
		if kept := (*SaveError)(nil); !errors.As(err, &kept) || !kept.Unknown || !slices.Equal(recorded(t, read(t, kept.Path)), []string{"first", "second"}) {
			t.Errorf("not in doubt: %v", err)
		}
	})
}

// A copy is current until something else is saved, or it is deleted.
func TestCurrent(t *testing.T) {
	s := start(t)
	current := func(state *State, want bool) {
		t.Helper()
		if got, err := state.Current(t.Context()); got != want || err != nil {
			t.Errorf("current: %v, %v; want %v", got, err, want)
		}
	}
	none := New(s.Config(), here)
	fetch(t, none)
	current(none, true)
	begin(t, s)
	current(none, false)

	first, second := New(s.Config(), here), New(s.Config(), here)
	fetch(t, first)
	record(t, fetch(t, second).Path, "second")
	current(first, true)
	save(t, second)
	current(first, false)
	current(second, true)
	s.Remove(t, key, "")
	current(second, false)

	s.At(buckettest.Refuse(403, "", ""))
	call := (*CallError)(nil)
	if _, err := second.Current(t.Context()); !errors.As(err, &call) || !strings.HasPrefix(err.Error(), "look at "+here.String()) {
		t.Errorf("refused: %v", err)
	}
}

// Uploads beyond 2 MB do not ask before they send: some servers refuse that.
func TestLargeUpload(t *testing.T) {
	s := start(t)
	state := New(s.Config(), here)
	local := fetch(t, state)
	if err := os.WriteFile(local.Path, append([]byte(magic), make([]byte, 3<<20)...), 0o600); err != nil {
		t.Fatal(err)
	}
	s.At(unexpecting)
	if err := state.Save(t.Context()); err != nil {
		t.Error(err)
	}
}

// What is not a database is not taken for one, and the message says how it arrived.
func TestFetchRefusesWhatIsNotADatabase(t *testing.T) {
	for _, encoding := range []string{"", "gzip"} {
		s := start(t)
		s.Put(t, key, []byte("\x1f\x8b compressed"))
		s.At(buckettest.Alter(func(header http.Header, body []byte) []byte {
			if encoding != "" {
				header.Set("Content-Encoding", encoding)
			}
			return body
		}))
		dir := t.TempDir()
		_, err := New(s.Config(), here).Fetch(t.Context(), dir)
		s.At(nil)
		var not *NotOursError
		if !errors.As(err, &not) || not.Encoding != encoding {
			t.Errorf("%q: fetched: %v", encoding, err)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%q: left %v", encoding, left)
		}
	}
}
