package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"snapshotter/internal/bedrocktest"
)

// With --log-format json every line on stderr is a JSON object, whoever wrote it.
func TestEveryLineIsJSON(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	credentials := bedrocktest.Credentials()
	answer, err := json.Marshal(map[string]any{
		"Version": 1, "AccessKeyId": credentials.AccessKeyID, "SecretAccessKey": credentials.SecretAccessKey, "SessionToken": credentials.SessionToken,
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"credentials.json": string(answer),
		"aws":              "[default]\nregion = us-east-1\ncredential_process = sh -c 'echo the process says hello >&2; echo 111122223333 >&2; cat credentials.json'\n",
		"json.yaml":        "log-format: json\nreprots: x\n",
		"captures/2026-02-08/eu-west-1/foundation-models.json":  `{"modelSummaries": [`,
		"captures/2026-02-08/eu-west-1/inference-profiles.json": `{"inferenceProfileSummaries": []}`,
	} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := startBedrock(t)
	server.Serve(moments()[0].Catalogue)

	for _, test := range []struct {
		name      string
		arguments []string
		env       []string
		want      []string // parts of what is said
	}{
		{"a run", []string{"run", "--log-format", "json", "-v"}, nil, []string{"the process says hello", "[account]", "us-west-2"}},
		{"chatty servers", []string{"run", "--log-format=json", "--db", "chatty.db", "--reports", "chatty", "--attempt-limit", "1s", "--region-limit", "1s", "--extra-region", "us-east-1", "--region", "us-east-1"}, []string{"AWS_ENDPOINT_URL=" + chatty(t)}, []string{"Unsolicited response"}},
		{"no such flag", []string{"run", "--log-format", "json", "--frobnicate"}, nil, []string{"unknown flag --frobnicate", `"exit_code":2`}},
		{"no such command", []string{"frobnicate"}, []string{"SNAPSHOTTER_LOG_FORMAT=json"}, []string{"unexpected argument frobnicate"}},
		{"a key of the file", []string{"runs", "--config", "json.yaml"}, nil, []string{"unknown key"}},
		{"no database", []string{"runs", "--db", "absent.db", "--log-format", "json"}, nil, []string{"there is no database"}},
		{"no setting", []string{"run", "--log-format", "json"}, []string{"AWS_RETRY_MODE=legacy"}, []string{`AWS_RETRY_MODE is \"legacy\"`}},
		{"an ambiguous word", []string{"where", "claude", "--log-format", "json"}, nil, []string{"may mean any of these"}},
		{"an import", []string{"import", "captures", "--db", "imported.db", "--log-format", "json"}, nil, []string{"not read 2026-02-08"}},
	} {
		process := exec.Command(os.Args[0], test.arguments...)
		env := server.Env()
		env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env["AWS_SESSION_TOKEN"] = "", "", ""
		env["AWS_CONFIG_FILE"] = "aws"
		process.Dir, process.Env = dir, append(environ(env), test.env...)
		var said bytes.Buffer
		process.Stderr = &said
		process.Run() // most fail, and are meant to
		for line := range strings.Lines(said.String()) {
			var object map[string]any
			if err := json.Unmarshal([]byte(line), &object); err != nil || object["msg"] == nil {
				t.Errorf("%s: %q is not a JSON object of a log: %v", test.name, line, err)
			}
		}
		for _, part := range test.want {
			if !strings.Contains(said.String(), part) {
				t.Errorf("%s: %q is not said in\n%s", test.name, part, said.String())
			}
		}
	}
}

// chatty is a server that says more than it was asked, which net/http logs.
func chatty(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer connection.Close()
				connection.Read(make([]byte, 1<<16))
				fmt.Fprint(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
				fmt.Fprint(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
				io.Copy(io.Discard, connection)
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}
