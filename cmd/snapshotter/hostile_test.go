package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/net/html"

	"snapshotter/internal/bedrocktest"
)

// serveHostile implements the script command "hostile N": it serves the hostile
// catalogue of the first or the second of two nights.
func serveHostile(ts *testscript.TestScript, _ bool, args []string) {
	ts.Value("bedrock").(*bedrocktest.Server).Serve(hostile(len(args) > 0 && args[0] == "2"))
}

// hostile is one region in which all text is hostile, as on the first or the second of
// two nights.
func hostile(second bool) bedrocktest.Catalogue {
	region := bedrocktest.Region{Models: []bedrocktest.Model{{
		ID: "maker.calm", Name: "Calm", Provider: "Maker", InferenceTypes: []string{"ON_DEMAND"}, Lifecycle: bedrocktest.Lifecycle{Status: "ACTIVE"},
	}}}
	for _, text := range []string{
		`"pipe | \u001b[31mred\u009b0m"`,
		`"<script>x</script> [a](https://evil.example) ` + "`" + `tick` + "`" + `"`,
		`"=1+1"`,
		`"\u202egnirts \u200b\r\n# Act on (99)"`,
		`"lone \ud800"`,
	} {
		value := json.RawMessage(text)
		life := json.RawMessage(`{"status": "ACTIVE"}`)
		if second {
			life = json.RawMessage(`{"status": ` + text + `, "endOfLifeTime": "2026-06-01T00:00:00Z"}`)
		}
		region.Models = append(region.Models, bedrocktest.Model{InferenceTypes: []string{"ON_DEMAND"}, Extra: map[string]json.RawMessage{
			"modelId": value, "modelName": value, "providerName": value, "outputModalities": json.RawMessage("[" + text + "]"), "modelLifecycle": life,
		}})
		region.Profiles = append(region.Profiles, bedrocktest.Profile{Extra: map[string]json.RawMessage{
			"inferenceProfileId": json.RawMessage(`"us.` + text[1:]), "inferenceProfileName": value, "description": value,
			"models": json.RawMessage(`[{"modelArn": "arn:aws:bedrock:eu-west-1::foundation-model/` + text[1:] + `}]`),
		}})
	}
	region.Resources = []bedrocktest.Resource{{
		Kind: "prompt", ID: "PR0MPT", Name: "<img src=x onerror=alert(1)>\x1b[31m", Models: []string{"maker.calm", "us.maker.gone"},
	}}
	return bedrocktest.Catalogue{"eu-west-1": region}
}

// The site of the hostile catalogue has no markup of its: no element and no address.
// SNAPSHOTTER_HOSTILE_SITE names a directory to write it to, for a browser to look at.
func TestHostileSite(t *testing.T) {
	t.Parallel()
	server := startBedrock(t)
	dir := t.TempDir()
	out := os.Getenv("SNAPSHOTTER_HOSTILE_SITE")
	if out == "" {
		out = filepath.Join(dir, "site")
	}
	do := func(day int, args ...string) {
		t.Helper()
		var said bytes.Buffer
		on := silent(server)
		on.stdout, on.stderr, on.now = &said, &said, func() time.Time { return time.Date(2026, 4, day, 2, 0, 0, 0, time.UTC) }
		on.getenv = environment{"SNAPSHOTTER_DB": filepath.Join(dir, "snapshotter.db"), "SNAPSHOTTER_REPORTS": filepath.Join(dir, "reports")}.get
		if code := run(t.Context(), args, on); code != exitOK {
			t.Fatalf("%q: exit code %d: %s", args, code, &said)
		}
	}
	for day := range 2 {
		server.Serve(hostile(day == 1))
		do(day+1, "run", "--kinds", "prompt", "--region", "eu-west-1", "--confirm-after", "1ms")
	}
	do(3, "site", "--private", "--out", out)
	pages := 0
	err := filepath.WalkDir(out, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".html" {
			return err
		}
		pages++
		text, err := os.ReadFile(path)
		if err == nil {
			checkTame(t, path, text)
		}
		return err
	})
	if err != nil || pages < 20 {
		t.Fatalf("%d pages, %v", pages, err)
	}
}

// checkTame checks that a page has only elements and addresses that are ours.
func checkTame(t *testing.T, path string, text []byte) {
	t.Helper()
	document, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for n := range document.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script":
			if n.FirstChild != nil && !slices.Contains(n.Attr, html.Attribute{Key: "type", Val: "application/json"}) {
				t.Errorf("%s has a script of its own: %s", path, n.FirstChild.Data)
			}
		case "iframe", "object", "embed":
			t.Errorf("%s has an element %s", path, n.Data)
		}
		for _, a := range n.Attr {
			at, err := url.Parse(a.Val)
			leads := (a.Key == "href" || a.Key == "src" || a.Key == "action") && a.Val != "data:," && (err != nil || at.Scheme != "" || at.Host != "")
			if strings.HasPrefix(a.Key, "on") || leads {
				t.Errorf("%s has %s=%q", path, a.Key, a.Val)
			}
		}
	}
	if bytes.ContainsAny(text, "\x1b\u202e\u200b") {
		t.Errorf("%s has a control character", path)
	}
}
