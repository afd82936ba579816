package bedrocktest

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"strconv"
	"strings"
)

// disturb applies a fault of the network to a request, and reports whether the
// request ends there.
func disturb(ctx context.Context, w http.ResponseWriter, x *exchange, kind FaultKind) bool {
	switch kind {
	case Hang:
		<-ctx.Done()
		panic(http.ErrAbortHandler)
	case HangUp:
		panic(http.ErrAbortHandler)
	case Reset:
		reset(w)
	case BadGateway:
		badGateway(w)
	case NoEndpoint:
		w.Header().Set("Location", "http://"+x.scope.service+"."+x.scope.region+"."+noHost+x.http.URL.RequestURI())
		w.WriteHeader(http.StatusTemporaryRedirect)
	default:
		return false
	}
	return true
}

// noHost cannot be a host name, because its first label is longer than the 63
// octets that DNS allows (RFC 1035, 2.3.4): every resolver reports that there
// is no such host, without a query.
var noHost = strings.Repeat("x", 64) + ".invalid"

// reset closes the connection with RST, as closing does when there is no time
// to send the rest.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // not HTTP/1: end it in the ordinary way
	}
	if tcp, ok := conn.(interface{ SetLinger(seconds int) error }); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

func badGateway(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusBadGateway)
	w.Write([]byte("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"))
}

// deliver sends an answer, as much of it as the fault allows.
func deliver(ctx context.Context, w http.ResponseWriter, x *exchange, body []byte, kind FaultKind) {
	if kind == Malformed {
		body = body[:len(body)/2]
	}
	if x.compressed() {
		w.Header().Set("Content-Encoding", "gzip")
		body = gzipped(body)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	x.head(w, http.StatusOK)
	if kind != Truncated && kind != Stall {
		w.Write(body)
		return
	}
	w.Write(body[:len(body)/2])
	http.NewResponseController(w).Flush()
	if kind == Stall {
		<-ctx.Done()
	}
	panic(http.ErrAbortHandler)
}

// compressed reports whether the answer may be compressed, to a request with a
// body.
//
// Such an answer has to come in one piece. Once its head is there the Go SDK
// closes the request's body, which net/http, if it has not yet looked whether
// more of the body follows, takes for a failure to send it; then it closes the
// connection, from under what is still unread. (smithy-go's request body says
// io.EOF as an error of WriteTo.) It takes an answer that comes sooner than the
// client's next step, so no network brings it about, and loopback does.
func (x *exchange) compressed() bool {
	return x.http.ContentLength > 0 && strings.Contains(x.http.Header.Get("Accept-Encoding"), "gzip")
}

func gzipped(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(body) // a bytes.Buffer takes everything
	z.Close()
	return b.Bytes()
}
