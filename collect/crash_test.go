package collect_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"snapshotter/collect"
)

// crashing is a client with a mistake.
type crashing struct{}

func (crashing) Do(*http.Request) (*http.Response, error) { panic("a mistake") }

// A mistake in any goroutine ends no more than the call: it panics where the
// caller can recover, and no goroutine is left behind, which the bubble would
// object to.
func TestPanicIsTheCallers(t *testing.T) { synctest.Test(t, panicIsTheCallers) }

func panicIsTheCallers(t *testing.T) {
	defer func() {
		if said := fmt.Sprint(recover()); !strings.HasPrefix(said, "a mistake\n") || !strings.Contains(said, "crash_test.go") {
			t.Errorf("recovered %q, want the mistake and where it was made", said)
		}
	}()
	config := aws.Config{Region: "eu-west-1", Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""), HTTPClient: crashing{}}
	_, err := collect.Collect(t.Context(), config, nil, collect.Options{})
	t.Errorf("returned %v", err)
}
