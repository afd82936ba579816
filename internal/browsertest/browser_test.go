// Package browsertest looks at the site in a real browser: with and without its script,
// by keyboard, and with axe-core, which finds what keeps people out.
package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long anything may take on a busy machine.
const patience = 3 * time.Minute

// pages are one of each kind, by their path in the demo's site.
func pages(t *testing.T, site string) []string {
	t.Helper()
	reports, err := filepath.Glob(filepath.Join(site, "changes", "????-??-??T*"))
	if err != nil || len(reports) == 0 {
		t.Fatalf("the site has %d reports: %v", len(reports), err)
	}
	return []string{
		"index.html", "models/index.html", "models/anthropic.claude-3-7-sonnet-20250219-v1~0/index.html", "profiles/index.html",
		"profiles/eu.anthropic.claude-haiku-4-5-20251001-v1~0/index.html", "regions/index.html", "regions/eu-west-1/index.html",
		"providers/index.html", "providers/anthropic/index.html", "deadlines/index.html", "changes/index.html", "changes/2026-04/index.html",
		"changes/" + filepath.Base(reports[len(reports)-1]) + "/index.html", "coverage/index.html",
		"compare/index.html?a=eu-west-1&b=us-east-1", "api/index.html", "404.html",
	}
}

// browser is Chromium, with the site behind a path on loopback.
type browser struct {
	t      *testing.T
	site   string // the directory
	origin string
	root   string // the address of the site

	mu      sync.Mutex
	problem []string // what the console said, and requests to other places
}

// tab is a tab of the browser.
type tab struct {
	*browser
	ctx context.Context
}

func start(t *testing.T) *browser {
	t.Helper()
	return startOn(t, "SNAPSHOTTER_SITE", "the demo's site")
}

// startOn serves the site that an environment variable names.
func startOn(t *testing.T, variable, what string) *browser {
	t.Helper()
	site := os.Getenv(variable)
	if site == "" {
		t.Skip(variable + " is not set: it names " + what)
	}
	if _, err := os.Stat(filepath.Join(site, "index.html")); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.StripPrefix("/behind/a/path", http.FileServer(http.Dir(site))), ReadHeaderTimeout: time.Minute}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	b := &browser{t: t, site: site, origin: "http://" + listener.Addr().String()}
	b.root = b.origin + "/behind/a/path/"
	return b
}

// open starts Chromium with one tab.
func (b *browser) open() *tab {
	b.t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		b.t.Fatal("Chromium is not installed: apt-get install chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(b.t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("hide-scrollbars", false), chromedp.WindowSize(1280, 900), chromedp.WSURLReadTimeout(patience),
	)
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	b.t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	b.t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, patience)
	b.t.Cleanup(cancel)
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		b.t.Fatal(err)
	}
	t := &tab{b, ctx}
	call(t, network.Enable, network.EnableParams{})
	return t
}

// listen notes what should not happen.
func (b *browser) listen(event any) {
	found := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		found = "exception: " + e.ExceptionDetails.Text
	case *runtime.EventConsoleAPICalled:
		found = fmt.Sprintf("console: %s", e.Type)
	case *log.EventEntryAdded:
		found = "log: " + e.Entry.Text + " " + e.Entry.URL
	case *network.EventRequestWillBeSent:
		if at := e.Request.URL; !strings.HasPrefix(at, b.origin+"/") && !strings.HasPrefix(at, "file://"+b.site) && !strings.HasPrefix(at, "data:") {
			found = "request: " + at
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			found = fmt.Sprintf("%d: %s", e.Response.Status, e.Response.URL)
		}
	}
	if found != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.problem = append(b.problem, found)
	}
}

// call sends a command to the tab.
func call[P, R any](t *tab, command cdp.Command[P, R], params P) {
	t.t.Helper()
	if _, err := chromedp.Call(t.ctx, command, params); err != nil {
		t.t.Fatal(err)
	}
}

func (t *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	t.t.Helper()
	if err := chromedp.Do(t.ctx, actions...); err != nil {
		t.t.Fatal(err)
	}
}

// until waits until an expression is true in the page.
func (t *tab) until(expression string) {
	t.t.Helper()
	if _, err := chromedp.Run(t.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(patience))); err != nil {
		t.t.Fatalf("wait for %s: %v", expression, err)
	}
}

// leave follows a link by an action, and waits for the next page.
func (t *tab) leave(action chromedp.Action[chromedp.Void]) {
	t.t.Helper()
	if _, err := chromedp.Run(t.ctx, chromedp.WaitEvent(page.LoadEventFired, func(page.EventLoadEventFired) bool { return true }, action)); err != nil {
		t.t.Fatalf("leave the page: %v", err)
	}
	t.do(chromedp.WaitReady(chromedp.CSS("main h1")))
}

// run runs a script in the page.
func run(script string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](script)
}

// visit shows a page.
func (t *tab) visit(name string) {
	t.t.Helper()
	t.do(chromedp.Navigate(t.root+name), chromedp.WaitReady(chromedp.CSS("main")))
}

// wantQuiet reports what the browser complained of, and forgets it.
func (t *tab) wantQuiet(where string) {
	t.t.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, problem := range t.problem {
		t.t.Errorf("%s: %s", where, problem)
	}
	t.problem = nil
}

// value evaluates an expression in the page.
func value[T any](t *tab, expression string, options ...chromedp.EvaluateOption) T {
	t.t.Helper()
	v, err := chromedp.Run(t.ctx, chromedp.Evaluate[T](expression, options...))
	if err != nil {
		t.t.Fatalf("evaluate %.80s: %v", expression, err)
	}
	return v
}

// shown counts the rows of the matrix that are shown.
const shown = `Array.from(document.querySelectorAll("#matrix tbody tr")).filter((row) => row.getClientRects().length > 0).length`

func TestTour(t *testing.T) {
	b := start(t)
	tab := b.open()
	for _, name := range pages(t, b.site) {
		tab.visit(name)
		if value[float64](tab, `parseFloat(getComputedStyle(document.querySelector("header")).borderBottomWidth)`) == 0 {
			t.Errorf("%s has no style", name)
		}
		if over := value[int](tab, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
			t.Errorf("%s is %d pixels wider than the window", name, over)
		}
		tab.wantQuiet(name)
	}
	tab.do(chromedp.EmulateViewport(320, 800))
	for _, name := range pages(t, b.site) {
		tab.visit(name)
		if over := value[int](tab, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
			t.Errorf("%s is %d pixels wider than a window of 320", name, over)
		}
	}
	tab.do(chromedp.EmulateViewport(1280, 900))

	// Follow a link of each kind from the first page.
	tab.visit("index.html")
	for _, link := range []string{
		`nav a[href$="models/index.html"]`, `#matrix tbody a`, `main a[href*="regions/"]`, `main table a[href*="models/"]`, `main a[href*="providers/"]`,
		`main table a[href*="models/"]`, `nav a[href$="changes/index.html"]`, `main li a[href*="T02"]`, `.report a[href*="profiles/"]`, `nav a[href$="coverage/index.html"]`, `main tbody a`,
		`main a[href*="models/index.html?region"]`, `.brand a`, `main a[href*="changes/"]`, `nav a[href$="deadlines/index.html"]`, `nav a[href$="api/index.html"]`,
	} {
		tab.leave(run(`document.querySelector(` + "`" + link + "`" + `).click()`))
		tab.wantQuiet(link)
	}

	// From a file, it has its style and its script.
	tab.do(chromedp.Navigate("file://"+filepath.Join(b.site, "models", "index.html")), chromedp.WaitVisible(chromedp.CSS("#filters")))
	tab.wantQuiet("from a file")
}

// Every page of the hostile catalogue's site, and of a private one, is quiet, stays within
// the window, and runs no script but ours.
func TestHostile(t *testing.T) {
	b := startOn(t, "SNAPSHOTTER_HOSTILE_SITE", "the hostile catalogue's site")
	tab := b.open()
	seen := 0
	err := filepath.WalkDir(b.site, func(path string, entry os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".html" {
			return err
		}
		name, err := filepath.Rel(b.site, path)
		if err != nil {
			return err
		}
		seen++
		tab.visit((&url.URL{Path: filepath.ToSlash(name)}).String())
		if scripts := value[int](tab, `Array.from(document.scripts).filter((s) => s.type !== "application/json" && !s.src.endsWith("/assets/script.js")).length`); scripts != 0 {
			t.Errorf("%s has %d scripts that are not ours", name, scripts)
		}
		if over := value[int](tab, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
			t.Errorf("%s is %d pixels wider than the window", name, over)
		}
		tab.wantQuiet(name)
		return nil
	})
	if err != nil || seen < 20 {
		t.Fatalf("%d pages, %v", seen, err)
	}
	tab.visit("models/index.html?q=" + url.QueryEscape("<script>"))
	tab.wantQuiet("a filter")
}

func TestMatrix(t *testing.T) {
	b := start(t)
	tab := b.open()
	tab.visit("models/index.html")
	all := value[int](tab, shown)
	if all < 20 {
		t.Fatalf("the matrix shows %d rows", all)
	}
	// What means nothing is left out, and the page says so.
	tab.visit("models/index.html?provider=anthropic&access=telepathy&moon=full")
	some := value[int](tab, shown)
	notice := value[string](tab, `document.querySelector("#notice").textContent`)
	if some == 0 || some >= all || !strings.Contains(notice, "access, moon") || !strings.Contains(notice, fmt.Sprintf("%d of %d models", some, all)) {
		t.Errorf("%d of %d rows; the page says %q", some, all, notice)
	}
	if at := value[string](tab, `location.search`); at != "?provider=anthropic" {
		t.Errorf("the address is %q", at)
	}
	// A filter, a text and an order make an address that shows the same to others.
	tab.do(chromedp.SendKeys(chromedp.CSS(`#filters input[name=q]`), "haiku"))
	tab.do(run(`document.querySelector("#filters").sort.value = "eol"; document.querySelector("#filters").dispatchEvent(new Event("input"))`))
	const names = `Array.from(document.querySelectorAll("#matrix tbody tr")).filter((row) => !row.hidden).map((row) => row.cells[0].textContent).join("|")`
	want := value[string](tab, names)
	address := value[string](tab, `location.href`)
	if !strings.HasSuffix(address, "?q=haiku&provider=anthropic&sort=eol") || strings.Count(want, "|") == 0 {
		t.Errorf("%s shows %q", address, want)
	}
	other := b.open()
	other.do(chromedp.Navigate(address), chromedp.WaitVisible(chromedp.CSS("#filters")))
	if got := value[string](other, names); got != want {
		t.Errorf("%s shows %q, and to others %q", address, want, got)
	}
	// One region has one column, and only the models that are there.
	tab.visit("models/index.html?region=eu-west-1&access=on-demand")
	if columns := value[int](tab, `Array.from(document.querySelectorAll("#matrix thead th")).filter((cell) => !cell.hidden).length`); columns != 2 {
		t.Errorf("%d columns for one region", columns)
	}
	if wrong := value[int](tab, `Array.from(document.querySelectorAll("#matrix tbody tr")).filter((row) => !row.hidden && !Array.from(row.cells).filter((cell) => !cell.hidden)[1].textContent.includes("D")).length`); wrong > 0 {
		t.Errorf("%d rows are not on demand there", wrong)
	}
	tab.do(chromedp.Click(chromedp.CSS(`#filters button[type=reset]`)))
	tab.until(shown + ` === ` + fmt.Sprint(all))
	tab.do(chromedp.Click(chromedp.CSS("#words")))
	if words := value[string](tab, `getComputedStyle(document.querySelector("#matrix td[class]"), "::after").content`); !strings.Contains(words, "on demand") && !strings.Contains(words, "profile") && !strings.Contains(words, "provisioned") {
		t.Errorf("the words of a cell are %q", words)
	}
	tab.wantQuiet("the matrix")
	other.wantQuiet("the shared address")
}

func TestCompareAndCopy(t *testing.T) {
	tab := start(t).open()
	tab.visit("compare/index.html?a=eu-west-1&b=us-east-1&c=x")
	if text := value[string](tab, `document.querySelector("#compared").textContent`); !strings.Contains(text, "Callable from us-east-1 only (") || strings.Contains(text, "only (0)From both") {
		t.Errorf("compared: %.200q", text)
	}
	if notice := value[string](tab, `document.querySelector("#notice").textContent`); !strings.Contains(notice, ": c.") {
		t.Errorf("the page says %q", notice)
	}
	tab.visit("models/anthropic.claude-haiku-4-5-20251001-v1~0/index.html")
	tab.do(run(`document.querySelector("button.copy").addEventListener("click", () => new MutationObserver((_, watch) => { window.said = document.querySelector("button.copy").textContent; watch.disconnect(); }).observe(document.querySelector("button.copy"), {childList: true}))`))
	tab.do(chromedp.Click(chromedp.CSS("button.copy")))
	tab.until(`window.said === "Copied"`)
	tab.visit("deadlines/index.html")
	if when := value[string](tab, `document.querySelector("[data-date]").textContent`); !strings.HasSuffix(when, " ago") && !strings.HasPrefix(when, "in ") && when != "today" {
		t.Errorf("a date is %q", when)
	}
	tab.wantQuiet("compare and copy")
}

// TestKeyboard reaches and uses everything without a mouse.
func TestKeyboard(t *testing.T) {
	tab := start(t).open()
	tab.visit("models/index.html")
	focus := func() string {
		return value[string](tab, `(() => { const at = document.activeElement; return at.tagName + " " + (at.name || at.id || at.className || at.textContent.trim()); })()`)
	}
	tab.do(chromedp.KeyEvent(kb.Tab))
	if at := focus(); at != "A skip" {
		t.Errorf("the first stop is %q", at)
	}
	tab.do(chromedp.KeyEvent(kb.Enter))
	if at := focus(); at != "MAIN main" {
		t.Errorf("the link leads to %q", at)
	}
	var stops []string
	for range 60 {
		tab.do(chromedp.KeyEvent(kb.Tab))
		stops = append(stops, focus())
		if value[bool](tab, `getComputedStyle(document.activeElement).outlineStyle === "none"`) {
			t.Errorf("nobody sees that the focus is on %s", focus())
		}
	}
	for _, want := range []string{"INPUT q", "SELECT provider", "SELECT region", "SELECT sort", "INPUT words", "DIV scroll tall"} {
		if !strings.Contains(strings.Join(stops, ", "), want) {
			t.Errorf("no stop at %s, only at %s", want, strings.Join(stops, ", "))
		}
	}
	tab.do(chromedp.Focus(chromedp.CSS("#filters input[name=q]")), chromedp.KeyEvent("nova"))
	if n := value[int](tab, shown); n == 0 || n > 20 {
		t.Errorf("typing leaves %d rows", n)
	}
	tab.do(chromedp.Focus(chromedp.CSS("#matrix tbody tr:not([hidden]) a")), chromedp.KeyEvent(kb.ArrowDown))
	if !value[bool](tab, `document.activeElement.closest("tr") === Array.from(document.querySelectorAll("#matrix tbody tr")).filter((row) => !row.hidden)[1]`) {
		t.Errorf("the arrow leads to %q", focus())
	}
	tab.leave(chromedp.KeyEvent(kb.Enter))
	if heading := value[string](tab, `document.querySelector("h1").textContent`); !strings.Contains(heading, "Nova") {
		t.Errorf("Enter leads to %q", heading)
	}
	tab.wantQuiet("by keyboard")
}

// TestWithoutScript reads every page without its script.
func TestWithoutScript(t *testing.T) {
	b := start(t)
	tab := b.open()
	call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	for _, name := range pages(t, b.site) {
		tab.visit(name)
		text, err := chromedp.Run(tab.ctx, chromedp.Text(chromedp.CSS("main")))
		if err != nil {
			t.Fatal(err)
		}
		if len(text) < 60 {
			t.Errorf("%s reads %q", name, text)
		}
		if buttons := value[int](tab, `Array.from(document.querySelectorAll("main button, main select")).filter((node) => node.checkVisibility() && !node.closest("form[action]")).length`); buttons > 0 {
			t.Errorf("%s shows %d controls that do nothing", name, buttons)
		}
		tab.wantQuiet(name)
	}
	tab.visit("models/index.html?provider=anthropic")
	if n := value[int](tab, shown); n < 20 {
		t.Errorf("without its script the matrix shows %d rows", n)
	}
}

// TestAccessible runs axe-core on each kind of page, in light and dark.
func TestAccessible(t *testing.T) {
	b := start(t)
	b.accessible(t, pages(t, b.site))
}

// TestPrivate looks at the pages that lead to the account, and at its own.
func TestPrivate(t *testing.T) {
	b := startOn(t, "SNAPSHOTTER_PRIVATE_SITE", "a site of the demo's account, written with --private")
	b.accessible(t, []string{"index.html", "account/index.html"})
	tab := b.open()
	tab.visit("index.html")
	tab.leave(chromedp.Click(chromedp.CSS(`a[href$="account/index.html"]`)))
	if text := value[string](tab, `document.querySelector("main").textContent`); !strings.Contains(text, "helpdesk") {
		t.Errorf("the page of the account reads %q", text)
	}
	for _, width := range []int64{360, 1280} {
		call(tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1})
		if wide := value[int64](tab, `document.documentElement.scrollWidth`); wide > width {
			t.Errorf("at %d pixels the page is %d wide", width, wide)
		}
	}
	tab.wantQuiet("account/index.html")
}

// accessible runs axe-core on pages, in light and dark.
func (b *browser) accessible(t *testing.T, pages []string) {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(axe(), "axe.min.js"))
	if err != nil {
		t.Fatalf("axe-core is missing: npm ci --prefix internal/browsertest: %v", err)
	}
	tab := b.open()
	for _, scheme := range []string{"light", "dark"} {
		call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		for _, name := range pages {
			tab.visit(name)
			if got := value[bool](tab, `matchMedia("(prefers-color-scheme: `+scheme+`)").matches`); !got {
				t.Fatalf("the page is not %s", scheme)
			}
			tab.do(run(string(source)))
			report := value[string](tab, `axe.run().then((found) => JSON.stringify({passes: found.passes.length, violations: found.violations.map((v) => ({id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map((node) => node.html + " " + node.failureSummary)}))}))`, chromedp.EvalAwaitPromise)
			var found struct {
				Passes     int
				Violations []struct {
					ID, Help string
					Nodes    []string
				}
			}
			if err := json.Unmarshal([]byte(report), &found); err != nil || found.Passes < 5 {
				t.Fatalf("%s: axe-core passes %d rules: %v", name, found.Passes, err)
			}
			for _, v := range found.Violations {
				t.Errorf("%s, %s: %s: %s\n%s", name, scheme, v.ID, v.Help, strings.Join(v.Nodes, "\n"))
			}
		}
	}
}

// axe is the folder of axe-core.
func axe() string {
	modules := os.Getenv("SNAPSHOTTER_NODE_MODULES")
	if modules == "" {
		modules = "node_modules"
	}
	return filepath.Join(modules, "axe-core")
}
