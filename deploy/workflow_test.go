package deploy

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.yaml.in/yaml/v3"

	"snapshotter/internal/needs"
)

// workflow is what the tests read of a GitHub workflow.
type workflow struct {
	Permissions map[string]string `yaml:"permissions"`
	On          struct {
		Schedule []struct {
			Cron string `yaml:"cron"`
		} `yaml:"schedule"`
	} `yaml:"on"`
	Concurrency struct {
		Group  string `yaml:"group"`
		Cancel bool   `yaml:"cancel-in-progress"`
	} `yaml:"concurrency"`
	Env  map[string]string      `yaml:"env"`
	Jobs map[string]workflowJob `yaml:"jobs"`
}

type workflowJob struct {
	Needs       string            `yaml:"needs"`
	If          string            `yaml:"if"`
	Permissions map[string]string `yaml:"permissions"`
	Outputs     map[string]string `yaml:"outputs"`
	Env         map[string]string `yaml:"env"`
	Steps       []workflowStep    `yaml:"steps"`
}

type workflowStep struct {
	ID   string            `yaml:"id"`
	Name string            `yaml:"name"`
	If   string            `yaml:"if"`
	Uses string            `yaml:"uses"`
	With map[string]string `yaml:"with"`
	Env  map[string]string `yaml:"env"`
	Run  string            `yaml:"run"`
}

// built is the program, built once for all tests.
var built = sync.OnceValues(func() (string, error) {
	read, err := sources()
	if err != nil {
		return "", err
	}
	for _, name := range read { // so that go test does not reuse its result after they change
		if _, err := os.Stat(filepath.Join("..", name)); err != nil {
			return "", err
		}
	}
	dir, err := os.MkdirTemp("", "snapshotter-deploy-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "snapshotter")
	if out, err := exec.Command("go", "build", "-o", path, "../cmd/snapshotter").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if programUsed.Load() {
		if path, err := built(); err == nil {
			os.RemoveAll(filepath.Dir(path))
		}
	}
	os.Exit(code)
}

var programUsed atomic.Bool // whether a test has built the program

// github is one repository with the workflow in it: its release, and the dates
// on which Bedrock's lists are read.
type github struct {
	t       *testing.T
	dir     string
	program string // records the next day's list
	days    int    // recorded so far
	new     bool   // the input of a run started by hand
	exit    int    // with which the program ends after recording
	summary string // of the last run
	said    string // what the last run's steps printed
	copies  string // of the history to keep; "" for the default of history.sh
}

func newGitHub(t *testing.T) *github {
	t.Helper()
	for _, tool := range []string{"bash", "jq", "sqlite3"} {
		needs.Tool(t, tool)
	}
	g := &github{t: t, dir: t.TempDir(), program: program(t)}
	g.mkdir("bin", "stand-in")
	gh, err := filepath.Abs("github-actions/testdata/gh")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(gh, g.path("bin/gh")); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *github) path(name string) string { return filepath.Join(g.dir, name) }

func (g *github) mkdir(names ...string) {
	g.t.Helper()
	for _, name := range names {
		if err := os.MkdirAll(g.path(name), 0o755); err != nil {
			g.t.Fatal(err)
		}
	}
}

func (g *github) write(name, content string) {
	g.t.Helper()
	g.mkdir(filepath.Dir(name))
	if err := os.WriteFile(g.path(name), []byte(content), 0o755); err != nil {
		g.t.Fatal(err)
	}
}

// recording is a folder of recorded lists of one day, for import.
func (g *github) recording(day int) string {
	g.t.Helper()
	folder := fmt.Sprintf("recordings/%d", day)
	g.write(fmt.Sprintf("%s/2026-03-%02d/eu-west-1/foundation-models.json", folder, day),
		fmt.Sprintf(`{"modelSummaries": [{"modelId": "maker.one-v1:0"}, {"modelId": "maker.day-%d"}]}`, day))
	return g.path(folder)
}

// pasts holds the databases after each of the first days, made once.
var pasts struct {
	sync.Mutex
	databases [][]byte
}

// history writes a database that holds a number of days, one run each.
func (g *github) history(name string, days int) {
	g.t.Helper()
	pasts.Lock()
	defer pasts.Unlock()
	for day := len(pasts.databases) + 1; day <= days; day++ {
		if day > 1 {
			g.write("past.db", string(pasts.databases[day-2]))
		}
		if out, err := exec.Command(g.program, "import", "--db", g.path("past.db"), g.recording(day)).CombinedOutput(); err != nil {
			g.t.Fatalf("import: %v: %s", err, out)
		}
		text, err := os.ReadFile(g.path("past.db"))
		if err != nil {
			g.t.Fatal(err)
		}
		pasts.databases = append(pasts.databases, text)
	}
	g.write(name, string(pasts.databases[days-1]))
}

// asset puts a history of a number of days into the release.
func (g *github) asset(name string, days int) {
	g.t.Helper()
	g.history("stand-in/assets/"+name, days)
}

// assets are the release's histories: their names and how many runs each holds,
// 0 for one that SQLite cannot read.
func (g *github) assets() map[string]int {
	g.t.Helper()
	held := map[string]int{}
	entries, err := os.ReadDir(g.path("stand-in/assets"))
	if err != nil {
		return nil
	}
	for _, entry := range entries {
		held[entry.Name()] = g.runs(g.path("stand-in/assets/" + entry.Name()))
	}
	return held
}

func (g *github) runs(path string) int {
	var n int
	out, err := exec.Command("sqlite3", "file:"+path+"?immutable=1", "PRAGMA quick_check; SELECT count(*) FROM runs").Output()
	if err != nil {
		return 0
	}
	if _, err := fmt.Sscanf(string(out), "ok\n%d", &n); err != nil {
		return 0
	}
	return n
}

// newest is the largest number of runs that an asset holds.
func (g *github) newest() int {
	most := 0
	for _, runs := range g.assets() {
		most = max(most, runs)
	}
	return most
}

// nightly runs the workflow once and reports whether every job succeeded.
func (g *github) nightly() bool {
	g.t.Helper()
	text, err := os.ReadFile("github-actions/snapshotter.yaml")
	if err != nil {
		g.t.Fatal(err)
	}
	var w workflow
	if err := yaml.Unmarshal(text, &w); err != nil {
		g.t.Fatal(err)
	}
	g.days++
	g.standIn()
	for _, name := range []string{"artifacts", "jobs"} {
		os.RemoveAll(g.path(name))
		g.mkdir(name)
	}
	g.summary, g.said = "", ""
	run := &workflowRun{g: g, workflow: w, outputs: map[string]map[string]string{}, failed: map[string]bool{}}
	for len(run.failed) < len(w.Jobs) {
		progress := false
		for _, name := range slices.Sorted(maps.Keys(w.Jobs)) {
			_, done := run.failed[name]
			if _, ready := run.failed[w.Jobs[name].Needs]; done || w.Jobs[name].Needs != "" && !ready {
				continue
			}
			run.job(name)
			progress = true
		}
		if !progress {
			g.t.Fatal("the jobs wait for one another")
		}
	}
	return !slices.Contains(slices.Collect(maps.Values(run.failed)), true)
}

// standIn writes what takes the place of building the program: "run" imports
// the next day's recording, everything else is the real program. Whatever is
// called, the names of its environment are noted.
func (g *github) standIn() {
	g.t.Helper()
	g.write("built", fmt.Sprintf(`#!/usr/bin/env bash
compgen -e | grep -vxE 'PWD|OLDPWD|SHLVL|_' >> %[1]q
if [ "$1" = run ]; then
  [ "$2 $4" = "--db --reports" ] || exit 2
  %[2]q import --db "$3" %[3]q || exit 1
  mkdir -p "$5"
  echo "# Report of day %[4]d" > "$5/latest.md"
  exit %[5]d
fi
exec %[2]q "$@"
`, g.path("environment"), g.program, g.recording(g.days), g.days, g.exit))
	g.write("bin/go", fmt.Sprintf(`#!/usr/bin/env bash
[ "$1 $2 $3 $4" = "build -C source -o" ] && [ "$6" = ./cmd/snapshotter ] && cp %q "$5"
`, g.path("built")))
}

// environment are the names of variables that the program was ever given.
func (g *github) environment() []string {
	text, _ := os.ReadFile(g.path("environment"))
	names := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		names[strings.TrimSpace(line)] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// workflowRun runs the jobs of a workflow as far as snapshotter.yaml needs it.
type workflowRun struct {
	g        *github
	workflow workflow
	outputs  map[string]map[string]string // by job
	failed   map[string]bool              // jobs that ended, skipped ones not failed
}

var expression = regexp.MustCompile(`\$\{\{ *(.*?) *\}\}`)

// stepsRun is what the steps of a job left.
type stepsRun struct {
	job        string
	failed     bool
	outputs    map[string]string // by "step.name"
	conclusion map[string]string // by step
	added      map[string]string // environment that actions set
}

// expand replaces the expressions in a text.
func (r *workflowRun) expand(text string, s *stepsRun) string {
	return expression.ReplaceAllStringFunc(text, func(found string) string {
		return r.value(expression.FindStringSubmatch(found)[1], s)
	})
}

func (r *workflowRun) value(name string, s *stepsRun) string {
	part := strings.Split(name, ".")
	switch {
	case name == "github.token":
		return r.workflow.Jobs[s.job].Permissions["contents"]
	case name == "inputs.new":
		if r.g.new {
			return "true"
		}
		return "" // a scheduled run has no inputs
	case part[0] == "env" && len(part) == 2:
		return r.workflow.Env[part[1]]
	case part[0] == "steps" && len(part) == 4 && part[2] == "outputs":
		return s.outputs[part[1]+"."+part[3]]
	case part[0] == "steps" && len(part) == 3 && part[2] == "conclusion":
		return s.conclusion[part[1]]
	case part[0] == "needs" && len(part) == 4 && part[2] == "outputs":
		return r.outputs[part[1]][part[3]]
	}
	r.g.t.Fatalf("the test does not know the expression %q", name)
	return ""
}

// holds evaluates a condition: success, or !cancelled() and comparisons.
func (r *workflowRun) holds(condition string, s *stepsRun) bool {
	if condition == "" {
		return !s.failed
	}
	inner := expression.FindStringSubmatch(condition)
	if inner == nil {
		r.g.t.Fatalf("the test does not know the condition %q", condition)
	}
	for clause := range strings.SplitSeq(inner[1], " && ") {
		left, right, compared := strings.Cut(clause, " != ")
		switch {
		case clause == "!cancelled()":
		case compared && r.value(left, s) == strings.Trim(right, "'"):
			return false
		case !compared:
			r.g.t.Fatalf("the test does not know the clause %q", clause)
		}
	}
	return true
}

func (r *workflowRun) job(name string) {
	job := r.workflow.Jobs[name]
	s := &stepsRun{job: name, failed: r.failed[job.Needs], outputs: map[string]string{}, conclusion: map[string]string{}, added: map[string]string{}}
	if !r.holds(job.If, s) {
		r.failed[name] = false
		return
	}
	s.failed = false
	dir := "jobs/" + name
	r.g.mkdir(dir)
	for i, step := range job.Steps {
		if !r.holds(step.If, s) {
			s.conclusion[step.ID] = "skipped"
			continue
		}
		ok := true
		if step.Uses != "" {
			ok = r.action(step, s, r.g.path(dir))
		} else {
			ok = r.shell(step, s, r.g.path(dir), i)
		}
		s.conclusion[step.ID] = "success"
		if !ok {
			s.failed, s.conclusion[step.ID] = true, "failure"
		}
	}
	r.failed[name] = s.failed
	r.outputs[name] = map[string]string{}
	for output, value := range job.Outputs {
		r.outputs[name][output] = r.expand(value, s)
	}
}

// action does what an action does, as far as the workflow relies on it.
func (r *workflowRun) action(step workflowStep, s *stepsRun, dir string) bool {
	g := r.g
	name, _, _ := strings.Cut(step.Uses, "@")
	artifact := g.path("artifacts/" + step.With["name"])
	var err error
	switch name {
	case "actions/checkout":
		var root string
		if root, err = filepath.Abs(".."); err == nil {
			err = os.Symlink(root, filepath.Join(dir, step.With["path"]))
		}
	case "actions/setup-go":
	case "aws-actions/configure-aws-credentials":
		s.added["AWS_ACCESS_KEY_ID"], s.added["AWS_SECRET_ACCESS_KEY"], s.added["AWS_SESSION_TOKEN"] = "key", "secret", "session"
	case "actions/upload-artifact":
		err = copyTree(filepath.Join(dir, step.With["path"]), artifact)
	case "actions/download-artifact":
		if _, err := os.Stat(artifact); err != nil {
			g.said += "Artifact not found: " + step.With["name"] + "\n"
			return false
		}
		err = copyTree(artifact, filepath.Join(dir, step.With["path"]))
	default:
		g.t.Fatalf("the test does not know the action %s", name)
	}
	if err != nil {
		g.t.Fatal(err)
	}
	return true
}

// copyTree copies a file or a folder into a folder, without execute bits as
// artifacts have none.
func copyTree(from, to string) error {
	if info, err := os.Stat(from); err == nil && !info.IsDir() {
		from, to = filepath.Dir(from)+"/"+filepath.Base(from), filepath.Join(to, filepath.Base(from))
	}
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(path, from))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o644)
	})
}

// shell runs a step's script as a runner does, with the environment that a
// runner gives to it: the tokens for artifacts, and for OIDC if the job may.
func (r *workflowRun) shell(step workflowStep, s *stepsRun, dir string, i int) bool {
	g := r.g
	outputs, summary := filepath.Join(dir, fmt.Sprintf(".outputs-%d", i)), filepath.Join(dir, fmt.Sprintf(".summary-%d", i))
	env := map[string]string{
		"PATH": g.path("bin") + ":" + os.Getenv("PATH"), "HOME": g.dir, "GH_STANDIN": g.path("stand-in"), "HISTORY_PAUSE": "0", "HISTORY_COPIES": g.copies,
		"GITHUB_REPOSITORY": "example/history", "GITHUB_OUTPUT": outputs, "GITHUB_STEP_SUMMARY": summary,
		"GITHUB_ENV": filepath.Join(dir, ".env"), "ACTIONS_RUNTIME_TOKEN": "runtime token",
		// A renamed workflow counts from 1 again; nothing may depend on it.
		"GITHUB_RUN_NUMBER": "1", "GITHUB_RUN_ATTEMPT": "1",
	}
	if r.workflow.Jobs[s.job].Permissions["id-token"] == "write" {
		env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "oidc token"
	}
	for _, level := range []map[string]string{r.workflow.Env, r.workflow.Jobs[s.job].Env, s.added, step.Env} {
		for name, value := range level {
			env[name] = r.expand(value, s)
		}
	}
	if strings.Contains(step.Run, "${{") {
		g.t.Fatalf("step %q builds its script from an expression", step.Name)
	}
	command := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.Run)
	command.Dir = dir
	for name, value := range env {
		command.Env = append(command.Env, name+"="+value)
	}
	out, err := command.CombinedOutput()
	g.said += string(out)
	if text, err := os.ReadFile(summary); err == nil {
		g.summary += string(text)
	}
	text, _ := os.ReadFile(outputs)
	for scanner := bufio.NewScanner(bytes.NewReader(text)); scanner.Scan(); {
		if name, value, found := strings.Cut(scanner.Text(), "="); found {
			s.outputs[step.ID+"."+name] = value
		}
	}
	return err == nil
}

func (g *github) must(ok bool) {
	g.t.Helper()
	if !ok {
		g.t.Fatalf("the workflow failed:\n%s", g.said)
	}
}

// mustFail checks that the workflow fails, says why, and leaves every asset.
func (g *github) mustFail(want string) {
	g.t.Helper()
	before := g.assets()
	if g.nightly() {
		g.t.Fatalf("the workflow succeeded:\n%s", g.said)
	}
	if !strings.Contains(g.said, want) {
		g.t.Errorf("the workflow does not say %q:\n%s", want, g.said)
	}
	if after := g.assets(); !maps.Equal(before, after) {
		g.t.Errorf("the assets changed: from %v to %v", before, after)
	}
}

func TestWorkflowKeepsHistory(t *testing.T) {
	t.Parallel()
	g := newGitHub(t)
	g.mustFail("or start a new one by running the workflow by hand")
	g.days, g.new = 0, true
	g.must(g.nightly())
	g.new = false
	for day := 2; day <= 3; day++ {
		g.must(g.nightly())
		if !strings.Contains(g.summary, fmt.Sprintf("Report of day %d", day)) {
			t.Errorf("the summary of day %d is %q", day, g.summary)
		}
	}
	got := slices.Sorted(maps.Values(g.assets()))
	if !slices.Equal(got, []int{1, 2, 3}) {
		t.Errorf("the assets hold %v runs, want 1, 2 and 3", g.assets())
	}
	g.new = true
	g.mustFail("holds a history already")
}

func TestWorkflowGivesTheProgramNoToken(t *testing.T) {
	t.Parallel()
	g := newGitHub(t)
	g.new = true
	g.must(g.nightly())
	want := []string{"AWS_ACCESS_KEY_ID", "AWS_EC2_METADATA_DISABLED", "AWS_REGION", "AWS_ROLE", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "HOME", "PATH"}
	got := slices.DeleteFunc(g.environment(), func(name string) bool { return name == "SNAPSHOTTER" })
	if !slices.Equal(got, want) {
		t.Errorf("the program's environment has %v, want %v", got, want)
	}
}

func TestWorkflowRetriesCutDownloads(t *testing.T) {
	t.Parallel()
	g := newGitHub(t)
	g.asset("snapshotter-a.db", 2)
	g.days = 2
	g.write("stand-in/cut-downloads", "snapshotter-a.db\nsnapshotter-a.db\n")
	g.must(g.nightly())
	if g.newest() != 3 {
		t.Errorf("the assets hold %v runs, want 3", g.assets())
	}
	// Cut every time, it must not begin with an older history or none.
	g.asset("snapshotter-old.db", 1)
	g.write("stand-in/cut-downloads", "always snapshotter-run-*\n")
	g.mustFail("could not be downloaded completely")
}

func TestWorkflowPassesOverDamagedAssets(t *testing.T) {
	t.Parallel()
	g := newGitHub(t)
	g.asset("snapshotter-a.db", 2)
	whole, err := os.ReadFile(g.path("stand-in/assets/snapshotter-a.db"))
	if err != nil {
		t.Fatal(err)
	}
	g.write("stand-in/assets/snapshotter-z.db", string(whole[:len(whole)/2]))
	g.asset("snapshotter-y.db", 3)
	alter := exec.Command("sqlite3", g.path("stand-in/assets/snapshotter-y.db"), "DELETE FROM item_changes WHERE run_id = 3")
	if out, err := alter.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	g.days = 2
	g.must(g.nightly())
	for _, damaged := range []string{"snapshotter-y.db", "snapshotter-z.db"} {
		if _, kept := g.assets()[damaged]; !kept || !strings.Contains(g.said, "::warning::"+damaged+" is damaged") {
			t.Errorf("%s was deleted or nothing was said:\n%s", damaged, g.said)
		}
	}
	if found := g.assets(); len(found) != 4 {
		t.Errorf("the assets are %v", found)
	}
	for _, only := range []string{"snapshotter-a.db", "snapshotter-y.db"} {
		os.Remove(g.path("stand-in/assets/" + only))
	}
	for name := range g.assets() {
		if strings.HasPrefix(name, "snapshotter-run-") {
			os.Remove(g.path("stand-in/assets/" + name))
		}
	}
	g.mustFail("holds no sound history")
}

// Neither the name of an asset nor the number of a workflow run says which
// history is the newest.
func TestWorkflowOrdersByHistory(t *testing.T) {
	t.Parallel()
	g := newGitHub(t)
	g.asset("snapshotter-000000000901-1.db", 1)
	g.asset("snapshotter-000000000007-1.db", 3)
	g.asset("snapshotter-000000000902-2.db", 2)
	g.days = 3
	g.must(g.nightly())
	if g.newest() != 4 {
		t.Errorf("the assets hold %v runs, want 4", g.assets())
	}
}

func TestWorkflowDeletesTheOldestOnly(t *testing.T) {
	t.Parallel()
	g := newGitHub(t)
	g.copies = "3"
	for i := range 3 { // with names that sort above the rest
		g.asset(fmt.Sprintf("snapshotter-z%d.db", i), i+1)
	}
	g.asset("snapshotter-a.db", 4)
	g.days = 4
	g.must(g.nightly())
	found := g.assets()
	if len(found) != 3 || found["snapshotter-z2.db"] != 3 || found["snapshotter-a.db"] != 4 || g.newest() != 5 {
		t.Errorf("the assets are %v, want the newest 3", found)
	}
}

func TestWorkflowReadsBackUploads(t *testing.T) {
	t.Parallel()
	g := newGitHub(t)
	g.asset("snapshotter-a.db", 1)
	g.days = 1
	g.write("stand-in/cut-uploads", "snapshotter-run-*\n")
	g.must(g.nightly())
	if g.newest() != 2 {
		t.Errorf("the assets hold %v runs, want 2", g.assets())
	}
	g.write("stand-in/cut-uploads", "always snapshotter-run-*\n")
	if g.nightly() || !strings.Contains(g.said, "does not give back the history") {
		t.Errorf("an upload that is always cut passed:\n%s", g.said)
	}
	if found := g.assets(); len(found) != 3 || g.newest() != 2 {
		t.Errorf("the assets are %v", found)
	}
	if n := g.runs(g.path("artifacts/history/snapshotter.db")); n != 3 {
		t.Errorf("the artifact holds %d runs, want 3", n)
	}
}

// GitHub lists an upload that broke off as an asset that cannot be downloaded.
func TestWorkflowIgnoresUnfinishedUploads(t *testing.T) {
	t.Parallel()
	g := newGitHub(t)
	g.asset("snapshotter-a.db", 2)
	g.write("stand-in/assets/snapshotter-b.db", "")
	g.write("stand-in/unfinished", "snapshotter-b.db")
	g.days = 2
	g.must(g.nightly())
	if g.newest() != 3 {
		t.Errorf("the assets hold %v runs, want 3", g.assets())
	}
}

func TestWorkflowWithGitHubDown(t *testing.T) {
	t.Parallel()
	g := newGitHub(t)
	g.new = true // must not start a new history because the old one cannot be seen
	g.asset("snapshotter-a.db", 1)
	g.write("stand-in/down", "")
	g.mustFail("GitHub does not list the assets")
}

func TestWorkflowKeepsFailedAndPartialRuns(t *testing.T) {
	t.Parallel()
	g := newGitHub(t)
	g.asset("snapshotter-a.db", 1)
	g.days, g.exit = 1, 3
	g.must(g.nightly())
	if !strings.Contains(g.said, "::warning::some lists could not be read") || g.newest() != 2 {
		t.Errorf("a partial run left %v and said:\n%s", g.assets(), g.said)
	}
	g.exit = 1
	if g.nightly() || g.newest() != 3 {
		t.Errorf("a failed run left %v and said:\n%s", g.assets(), g.said)
	}
}

// A history that is ahead of this run's was put there by somebody else: no
// rule may choose between the two.
func TestHistoryAheadIsNeverDeleted(t *testing.T) {
	t.Parallel()
	g := newGitHub(t)
	g.asset("snapshotter-other.db", 3)
	g.history("mine.db", 2)
	said, err := g.script("write", "keep", g.path("mine.db"), g.digest("mine.db"))
	if err == nil || !strings.Contains(said, "holds a newer history") {
		t.Errorf("it was kept as the newest: %s", said)
	}
	if g.assets()["snapshotter-other.db"] != 3 {
		t.Errorf("the assets are %v", g.assets())
	}
	before := g.assets()
	if said, err = g.script("write", "keep", g.path("mine.db"), strings.Repeat("0", 64)); err == nil || !maps.Equal(before, g.assets()) {
		t.Errorf("a file that was not checked was kept: %s", said)
	}
	for _, arguments := range [][]string{{}, {"fetch"}, {"keep", "mine.db"}, {"work"}} {
		if said, err := g.script("write", arguments...); err == nil || !strings.Contains(said, "history.sh fetch FILE") {
			t.Errorf("history.sh %v: %v, %s", arguments, err, said)
		}
	}
}

// A damaged history is not ahead of a sound one, whatever its runs say.
func TestKeepPassesOverDamage(t *testing.T) {
	t.Parallel()
	g := newGitHub(t)
	g.history("other.db", 3)
	text, err := os.ReadFile(g.path("other.db"))
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	g.write("stand-in/assets/snapshotter-other.db", string(text[:len(text)-page])+strings.Repeat("x", page))
	g.history("mine.db", 2)
	said, err := g.script("write", "keep", g.path("mine.db"), g.digest("mine.db"))
	if err != nil || !strings.Contains(said, "snapshotter-other.db is damaged") || len(g.assets()) != 2 {
		t.Errorf("%v: %s; the assets are %v", err, said, g.assets())
	}
}

// script runs history.sh with the stand-in for gh.
func (g *github) script(token string, arguments ...string) (string, error) {
	command := exec.Command("github-actions/history.sh", arguments...)
	command.Env = []string{
		"PATH=" + g.path("bin") + ":" + os.Getenv("PATH"), "HOME=" + g.dir, "GH_STANDIN=" + g.path("stand-in"), "GH_TOKEN=" + token,
		"GITHUB_REPOSITORY=example/history", "HISTORY_PAUSE=0", "SNAPSHOTTER=" + g.program,
	}
	out, err := command.CombinedOutput()
	return string(out), err
}

func (g *github) digest(name string) string {
	g.t.Helper()
	said, err := g.script("", "check", g.path(name))
	if err != nil {
		g.t.Fatal(said)
	}
	return strings.TrimSpace(said)
}
