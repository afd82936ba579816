package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/internal/bedrocktest"
)

// environment is one of a test's own, so that tests can run at the same time.
type environment map[string]string

func (e environment) get(name string) string { return e[name] }

// silent is a machine that prints nothing, has an empty environment, and reaches
// server, if any.
func silent(server *bedrocktest.Server) machine {
	on := machine{stdout: io.Discard, stderr: io.Discard, getenv: environment{}.get, now: time.Now}
	if server != nil {
		on.aws = func(context.Context) (aws.Config, error) { return server.Config(), nil }
	}
	return on
}

// webOn returns a client for channels on a network.
func webOn(network *bedrocktest.Network) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: network.Dial}}
}

// environ is the environment of a process that runs the command.
func environ(env map[string]string) []string {
	all := append(os.Environ(), asCommand+"=1")
	for name, value := range env {
		all = append(all, name+"="+value)
	}
	return all
}
