package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// objects is an S3 on loopback with one bucket, which keeps conditional writes,
// behind a door at which what goes wrong on the way happens.
type objects struct {
	*httptest.Server
	behind http.Handler

	mu   sync.Mutex
	door door
}

// door handles a request with the server behind it, or does not.
type door func(w http.ResponseWriter, r *http.Request, behind http.Handler)

const histories = "histories"

func startS3() (*objects, error) {
	backend := s3mem.New()
	if err := backend.CreateBucket(histories); err != nil {
		return nil, err
	}
	s := &objects{behind: gofakes3.New(backend).Server()}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	return s, nil
}

func (s *objects) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	door := s.door
	s.mu.Unlock()
	if door == nil {
		s.behind.ServeHTTP(w, r)
		return
	}
	door(w, r, s.behind)
}

// at puts a door in front, nil takes it away.
func (s *objects) at(door door) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.door = door
}

// get is an object, nil if there is none.
func (s *objects) get(key string) []byte {
	answer := httptest.NewRecorder()
	s.behind.ServeHTTP(answer, httptest.NewRequest("GET", "/"+histories+"/"+key, nil))
	if answer.Code != http.StatusOK {
		return nil
	}
	body, _ := io.ReadAll(answer.Body)
	return bytes.Clone(body)
}
