//go:build battery

package battery

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/sample"
)

// farther are the regions of TestSpeed, the one at home first and the farthest
// from it last. The first answers each call after nearby, the last after far,
// and the others evenly between.
var farther = strings.Fields(`
	us-east-1 us-east-2 ca-central-1 us-west-2 us-west-1 ca-west-1 mx-central-1
	eu-west-1 eu-west-2 eu-west-3 eu-central-1 eu-central-2 eu-north-1 eu-south-2 eu-south-1
	sa-east-1 sa-west-1 il-central-1 ap-northeast-1 ap-northeast-3 ap-northeast-2
	ap-east-2 ap-east-1 me-central-1 me-south-1 ap-south-1 ap-south-2 af-south-1
	ap-southeast-1 ap-southeast-5 ap-southeast-7 ap-southeast-3 ap-southeast-2 ap-southeast-4 ap-southeast-6 ap-southeast-8`)

const (
	nearby = 60 * time.Millisecond
	far    = 1200 * time.Millisecond
)

// latency is how long each call to a region waits.
func latency(region string) time.Duration {
	return nearby + (far-nearby)*time.Duration(slices.Index(farther, region))/time.Duration(len(farther)-1)
}

// readRegion is what people write today: what the AWS CLI says, sorted by jq
// so that two nights can be compared, in a file a region and list.
const readRegion = `
set -o pipefail
read_region() {
  aws bedrock list-foundation-models --region "$1" |
    jq -S '.modelSummaries | sort_by(.modelId)' > "$1.models.json" &&
  aws bedrock list-inference-profiles --type-equals SYSTEM_DEFINED --region "$1" |
    jq -S '.inferenceProfileSummaries | sort_by(.inferenceProfileId)' > "$1.profiles.json"
}
export -f read_region
`

const (
	inSequence  = "aws \\| jq, one region after another"
	eightAtOnce = "aws \\| jq, `xargs -P 8`"
	ours        = "`snapshotter run`"
	farAlone    = "`snapshotter run --region` of the farthest alone"
)

// TestSpeed lets a shell loop, the same loop on eight regions at once, and the
// program read 36 regions of one Bedrock, and holds the program to its bars: at
// most 1.15 times what it needs for the farthest region alone, whichever region is
// home, and at least 50 times faster than the loop.
//
// Whatever the program does more than the loops is within its time: it finds
// the regions, records them, durably, and writes the report.
func TestSpeed(t *testing.T) {
	needs(t, "aws", "jq", "bash", "xargs")
	server, offered := farAndWide(t)
	measured := map[string]usage{}
	for _, loop := range []struct{ name, script string }{
		{inSequence, readRegion + `for region in $REGIONS; do read_region "$region" || exit 1; done`},
		{eightAtOnce, readRegion + `printf '%s\n' $REGIONS | xargs -P 8 -I{} bash -c 'read_region {}'`},
	} {
		dir := t.TempDir()
		process := exec.Command("bash", "-c", loop.script)
		process.Dir, process.Env = dir, append(withoutShims(surroundings(server)), "REGIONS="+strings.Join(farther, "\n"))
		measured[loop.name] = served(t, server, process)
		wantFiles(t, dir, offered)
	}
	const times = 5
	var whole, distant, alone []usage
	all, one := t.TempDir(), t.TempDir()
	for i := range 1 + times { // in turn, so that a slow minute of the machine befalls both
		w := served(t, server, command(t.Context(), all, server, "", "run", "-q"))
		d := served(t, server, atHome(farther[len(farther)-1], command(t.Context(), all, server, "", "run", "-q")))
		a := served(t, server, command(t.Context(), one, server, "", "run", "-q", "--region", farther[len(farther)-1]))
		if i > 0 { // the first makes the history that every other night finds
			whole, distant, alone = append(whole, w), append(distant, d), append(alone, a)
		}
	}
	measured[ours], measured[farAlone] = median(whole), median(alone)
	t.Log("\n" + speedTable(measured))
	away := median(distant).wall.Seconds() / measured[farAlone].wall.Seconds()
	t.Logf("With the farthest region as home, all regions take %.3f times as long as it alone.", away)
	if away > 1.15 {
		t.Errorf("with the farthest region as home, all take %.3f times as long as it alone, want at most 1.15", away)
	}

	if ratio := measured[ours].wall.Seconds() / measured[farAlone].wall.Seconds(); ratio > 1.15 {
		t.Errorf("all regions take %.3f times as long as the farthest alone, want at most 1.15", ratio)
	}
	if faster := measured[inSequence].wall.Seconds() / measured[ours].wall.Seconds(); faster < 50 {
		t.Errorf("it is %.1f times faster than the loop, want at least 50", faster)
	}
}

// atHome sets the home region of a call.
func atHome(region string, process *exec.Cmd) *exec.Cmd {
	process.Env = append(process.Env, "AWS_REGION="+region)
	return process
}

// farAndWide is a Bedrock that lists in every region what the sample lists in
// its largest, which is more than the real one does. Every call waits, those
// that find the regions too.
func farAndWide(t *testing.T) (*bedrocktest.Server, bedrocktest.Region) {
	t.Helper()
	server, offered := bedrock(t), sample.Moments()[0].Catalogue["us-east-1"]
	catalogue, faults := bedrocktest.Catalogue{}, []bedrocktest.Fault{}
	for _, region := range farther {
		catalogue[region] = offered
		faults = append(faults, bedrocktest.Fault{Region: region, Delay: latency(region)})
	}
	server.Serve(catalogue)
	server.Inject(faults...)
	return server, offered
}

// served executes a process and counts what it asks of the server.
func served(t *testing.T, server *bedrocktest.Server, process *exec.Cmd) usage {
	t.Helper()
	before := len(server.Calls())
	u := execute(t, process)
	for _, call := range server.Calls()[before:] {
		u.calls++
		u.waiting += latency(call.Region)
	}
	return u
}

// wantFiles checks that a loop has read everything.
func wantFiles(t *testing.T, dir string, offered bedrocktest.Region) {
	t.Helper()
	for _, region := range farther {
		for name, want := range map[string]int{"models": len(offered.Models), "profiles": len(offered.Profiles)} {
			data, err := os.ReadFile(filepath.Join(dir, region+"."+name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var items []json.RawMessage
			if err := json.Unmarshal(data, &items); err != nil || len(items) != want {
				t.Fatalf("%s of %s: %d items, %v; want %d", name, region, len(items), err, want)
			}
		}
	}
}

// withoutShims takes the detour of pyenv, a shell script that finds the AWS
// CLI anew for every call, out of the loops' way.
func withoutShims(env []string) []string {
	out, err := exec.Command("pyenv", "which", "aws").Output()
	if errors.Is(err, exec.ErrNotFound) || err != nil {
		return env
	}
	return append(env, "PATH="+filepath.Dir(strings.TrimSpace(string(out)))+":"+os.Getenv("PATH"))
}

// speedTable is what docs/performance.md shows.
func speedTable(measured map[string]usage) string {
	var table strings.Builder
	fmt.Fprint(&table, "| | wall | times ours | CPU | times ours | largest process | calls |\n")
	fmt.Fprint(&table, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	our := measured[ours]
	for _, name := range []string{inSequence, eightAtOnce, ours, farAlone} {
		u := measured[name]
		fmt.Fprintf(&table, "| %s | %.2f s | %.2f | %.2f s | %.1f | %.0f MB | %d |\n", name,
			u.wall.Seconds(), u.wall.Seconds()/our.wall.Seconds(),
			u.cpu.Seconds(), u.cpu.Seconds()/our.cpu.Seconds(), u.peak, u.calls)
	}
	loop := measured[inSequence]
	started := loop.wall - loop.waiting
	fmt.Fprintf(&table, `
Each call waits %v (%s) to %v (%s). Of the loop's %.1f s, %.1f s are spent waiting for answers, one after another, and
%.1f s on starting the AWS CLI and jq %d times. All regions take %.3f times as long as the farthest alone, and
%.3f times the bare %v that one call to it waits.
`, nearby, farther[0], far, farther[len(farther)-1], loop.wall.Seconds(), loop.waiting.Seconds(), started.Seconds(), 2*len(farther),
		our.wall.Seconds()/measured[farAlone].wall.Seconds(), our.wall.Seconds()/far.Seconds(), far)
	return table.String()
}
