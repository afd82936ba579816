package buckettest

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
)

// OnlyFor limits a fault to the requests of one method, and to the first of
// them; 0 is all.
func OnlyFor(method string, first int, d Fault) Fault {
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

// Reset loses the request.
func Reset(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }

// Lost carries out the request and loses the answer.
func Lost(_ http.ResponseWriter, r *http.Request, behind http.Handler) {
	behind.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

// Silent carries out the request and never answers.
func Silent(_ http.ResponseWriter, r *http.Request, behind http.Handler) {
	behind.ServeHTTP(httptest.NewRecorder(), r)
	<-r.Context().Done()
}

// Refuse answers as S3 does when it refuses.
func Refuse(status int, code, message string, headers ...string) Fault {
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

// Alter changes the answer after its length was sent.
func Alter(change func(header http.Header, body []byte) []byte) Fault {
	return func(w http.ResponseWriter, r *http.Request, behind http.Handler) {
		answer := httptest.NewRecorder()
		behind.ServeHTTP(answer, r)
		length := answer.Body.Len()
		body := change(answer.Header(), answer.Body.Bytes())
		forward(w, answer, body)
		if len(body) < length {
			panic(http.ErrAbortHandler)
		}
	}
}

// forward sends an answer with another body but its original length.
func forward(w http.ResponseWriter, answer *httptest.ResponseRecorder, body []byte) {
	maps.Copy(w.Header(), answer.Header())
	w.Header().Set("Content-Length", strconv.Itoa(answer.Body.Len()))
	w.WriteHeader(answer.Code)
	w.Write(body)
}
