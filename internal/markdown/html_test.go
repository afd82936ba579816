package markdown_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"snapshotter/internal/markdown"
)

func TestHTML(t *testing.T) {
	t.Parallel()
	r := markdown.Renderer{
		Link:   func(code string) string { return map[string]string{"a<b": "../x?a&b"}[code] },
		Anchor: func(id string) string { return "page.html#" + id },
	}
	for _, c := range []struct{ markdown, html string }{
		{"# A & B", "<h1>A &amp; B</h1>\n"},
		{"## Next steps", "<h2 id=\"next-steps\">Next steps</h2>\n"},
		{"one\ntwo", "<p>one\ntwo</p>\n"},
		{"- a\n  - b\n  - c\n- d", "<ul>\n<li>a\n<ul>\n<li>b</li>\n<li>c</li>\n</ul></li>\n<li>d</li>\n</ul>\n"},
		{"`a<b` and ``x ` y``", "<p><a href=\"../x?a&amp;b\"><code dir=\"auto\">a&lt;b</code></a> and <code dir=\"auto\">x ` y</code></p>\n"},
		{"**a** \\*\\*b ** c", "<p><strong>a</strong> **b ** c</p>\n"},
		{"[All](#deadlines) [x](https://evil.example) [y](#\"z)", "<p><a href=\"page.html#deadlines\">All</a> [x](https://evil.example) [y](#&#34;z)</p>\n"},
		{"| | N |\n|---|---:|\n| `a\\|b` | 1 |", "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>\n<thead><tr><td></td><th scope=\"col\" class=\"n\">N</th></tr></thead>\n<tbody>\n<tr><td><code dir=\"auto\">a|b</code></td><td class=\"n\">1</td></tr>\n</tbody></table></div>\n"},
		{"<details><summary>The 3 <b></summary>\n\nx\n\n</details>", "<details><summary>The 3 &lt;b&gt;</summary>\n<p>x</p>\n</details>\n"},
		{"<script>alert(1)</script> \\<b\\> &#126;", "<p>&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt; ~</p>\n"},
	} {
		if got := r.HTML(c.markdown); got != c.html {
			t.Errorf("%q\n got %q\nwant %q", c.markdown, got, c.html)
		}
	}
	if got := markdown.Plain("**Act** `a` [All](#x) \\_"); got != "Act a All _" {
		t.Errorf("Plain = %q", got)
	}
}

var (
	tags  = regexp.MustCompile(`<[^>]*>`)
	space = regexp.MustCompile(`\s+`)
)

// TestReportsRenderAsText checks every report that is kept as a golden file, the
// hostile ones among them: it reads as GitHub's renderer shows it.
func TestReportsRenderAsText(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../report/testdata/*.md")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d golden reports: %v", len(files), err)
	}
	github := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var want strings.Builder
		if err := github.Convert(text, &want); err != nil {
			t.Fatal(err)
		}
		got := markdown.Renderer{}.HTML(string(text))
		if g, w := readable(got), readable(want.String()); g != w {
			t.Errorf("%s reads otherwise:\n got %.2000s\nwant %.2000s", file, g, w)
		}
		wantHarmless(t, file, got)
	}
}

func readable(page string) string {
	text := tags.ReplaceAllString(page, " ")
	for from, to := range map[string]string{"&#34;": `"`, "&quot;": `"`, "&#39;": "'", "&lt;": "<", "&gt;": ">"} {
		text = strings.ReplaceAll(text, from, to)
	}
	return strings.TrimSpace(space.ReplaceAllString(strings.ReplaceAll(text, "&amp;", "&"), " "))
}

var allowed = regexp.MustCompile(`^</?(h[1-6]|p|ul|li|table|thead|tbody|tr|td|th|code|strong|del|a|details|summary|div)( (scope="col"|class="(n|scroll)"|id="[a-z0-9-]*"|href="#[a-z0-9-]+"|dir="auto"|tabindex="0"|role="group"|aria-label="Table"))*>$`)

func wantHarmless(t *testing.T, name, page string) {
	t.Helper()
	for _, tag := range tags.FindAllString(page, -1) {
		if !allowed.MatchString(tag) {
			t.Errorf("%s has the tag %q", name, tag)
		}
	}
}

func FuzzHTML(f *testing.F) {
	f.Add("# a\n\n| b |\n|---|\n| `c` |\n\n- d\n      - e\n\n**f\n[g](#h)\n<details><summary>i</summary>\n</details>")
	f.Add("`` ` ``**`**`[`](#x)`<x onload=y>")
	f.Fuzz(func(t *testing.T, text string) { wantHarmless(t, "the page", markdown.Renderer{}.HTML(text)) })
}
