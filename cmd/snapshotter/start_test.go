package main

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// much is from how many bytes on an initialiser takes a noticeable part of the time
// that each command takes to start.
const much = 48 << 10

// heavy are the packages whose initialisers allocate much, and why they may.
var heavy = map[string]string{
	"github.com/aws/aws-sdk-go-v2/service/account/internal/endpoints": "regular expressions for every partition",
	"github.com/aws/aws-sdk-go-v2/service/bedrock/internal/endpoints": "the same",
	"github.com/aws/aws-sdk-go-v2/service/s3/internal/endpoints":      "the same",
	"github.com/aws/aws-sdk-go-v2/service/signin/internal/endpoints":  "the same",
	"github.com/aws/aws-sdk-go-v2/service/sns/internal/endpoints":     "the same",
	"github.com/aws/aws-sdk-go-v2/service/sso/internal/endpoints":     "the same",
	"github.com/aws/aws-sdk-go-v2/service/ssooidc/internal/endpoints": "the same",
	"github.com/aws/aws-sdk-go-v2/service/sts/internal/endpoints":     "the same",
	"github.com/aws/aws-sdk-go-v2/service/signin/schemas":             "the forms of its messages",
	"github.com/aws/aws-sdk-go-v2/service/ssooidc/schemas":            "the same",
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/teams":      "regular expressions for addresses",
	// Of tests alone:
	"github.com/google/go-cmp/cmp":             "regular expressions",
	"github.com/santhosh-tekuri/jsonschema/v6": "the schemas of schemas",
	"golang.org/x/net/html":                    "the entities of HTML",
	"snapshotter/cmd/snapshotter":              "the tests' own tables",
}

var initialised = regexp.MustCompile(`(?m)^init (\S+) @.* (\d+) bytes, \d+ allocs$`)

// What is made before main is made for every command, whether it needs it or not. A
// package that does more of it than before has to be on the list above, or to wait
// until it is needed.
func TestInitialisers(t *testing.T) {
	t.Parallel()
	again := exec.Command(os.Args[0], "-test.run", "^$")
	again.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	output, err := again.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	traced := initialised.FindAllStringSubmatch(string(output), -1)
	if len(traced) < 100 {
		t.Fatalf("%d initialisers were traced: %s", len(traced), output)
	}
	allocated := map[string]int{}
	for _, line := range traced {
		allocated[line[1]], err = strconv.Atoi(line[2])
		if err != nil {
			t.Fatal(err)
		}
		if _, listed := heavy[line[1]]; allocated[line[1]] >= much && !listed && !strings.HasSuffix(line[1], "_test") {
			t.Errorf("%s allocates %d bytes before main", line[1], allocated[line[1]])
		}
	}
	for name := range heavy {
		if allocated[name] < much/2 {
			t.Errorf("%s allocates %d bytes before main: take it from the list", name, allocated[name])
		}
	}
}
