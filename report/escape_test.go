package report

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"snapshotter/diff"
	"snapshotter/internal/markdown"
)

// seeds are what names from outside may try.
var seeds = []string{
	"", " ", "Claude Opus 5", "a|b", `a\|b`, "`", "``a` b```", "*a* __b__ ~~c~~", "<b>&lt;</b>", "[a](b) ![c](d)",
	"https://x.example www.x.example a@b.example @me #1 $x$ :tada: http://x", "a\nb\r\n\n# c\n- d\n> e\n1. f\n\tg", "\x1b[31m\x00\u009b",
	"\u202eabc\u202c\u200b\u00ad\ufeff", "\\", "\\\\", "a\\", "=1+1", "--- | ---", "&#x41; &amp;", "\xff\xfe", "é́́́", "![]", "_a_b_", "***",
	strings.Repeat("a", 1000), strings.Repeat("`", 400), "x \\`y", "<!--", "]]>", "~", "~~", "a~~b", "**", "a**b", "trailing\\", "<https://x>", "mailto:a@b.c",
}

var allowedTag = regexp.MustCompile(`</?(p|code|strong|del|h3|ul|li|table|thead|tbody|tr|th|td)( id="[^"]*")?>`)

// rendered is what a reader sees of Markdown, and fails where rendering made
// anything but text of it.
func rendered(t *testing.T, markdown string) string {
	t.Helper()
	var out bytes.Buffer
	if err := gfm.Convert([]byte(markdown), &out); err != nil {
		t.Fatal(err)
	}
	plain := allowedTag.ReplaceAllString(out.String(), "")
	if strings.ContainsAny(plain, "<>") {
		t.Errorf("%q is rendered with markup: %s", markdown, out.String())
	}
	return strings.TrimSpace(html.UnescapeString(plain))
}

func FuzzEscape(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := markdown.Clean(s)
		if !utf8.ValidString(want) || strings.ContainsFunc(want, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Fatalf("clean leaves %q", want)
		}
		if want == "" {
			want = markdown.Empty
		}
		for _, shown := range []string{markdown.Text(s), markdown.Code(s)} {
			for _, context := range []string{"x: %", "- x: %: y", "### x: %", "- **%**: y", "- x %, ~~%~~ **%** y", "x (%; % → y)"} {
				source := strings.ReplaceAll(context, "%", shown)
				plain := strings.ReplaceAll(stripped(context), "%", want)
				if got := rendered(t, source); got != plain {
					t.Errorf("%q reads %q, want %q", source, got, plain)
				}
			}
			row := "| a | b |\n|---|---|\n" + row([]string{"x " + shown, shown}) + "\n"
			if got := strings.Fields(rendered(t, row)); !strings.Contains(want, `\|`) && strings.Join(got, " ") != strings.Join(strings.Fields("a b x "+want+" "+want), " ") {
				t.Errorf("%q reads %q, want %q twice", row, got, want)
			}
		}
	})
}

// stripped is what is left of a context's own Markdown.
func stripped(context string) string {
	return strings.NewReplacer("- ", "", "### ", "", "**", "", "~~", "").Replace(context)
}

// FuzzInline checks that what is not struck out reads as the new text, and what
// is not bold as the old one, if neither is too long to be shown whole.
func FuzzInline(f *testing.F) {
	for i, seed := range seeds {
		f.Add(seed, seeds[(i+7)%len(seeds)])
		f.Add("one two "+seed+" three", "one two, "+seed+"three four")
	}
	f.Add("Routes requests to X in us-east-1, us-west-2 and us-east-2.", "Routes requests to Y X in us-east-1, us-east-2 and us-west-2.")
	f.Fuzz(func(t *testing.T, old, new string) {
		old, new = strings.ToValidUTF8(old, "?"), strings.ToValidUTF8(new, "?") // as any text that was read as JSON
		shown := inline(diff.Words(old, new))
		rendered(t, "x: "+shown)
		if len(old)+len(new) > markdown.Limit || strings.Contains(old+new, "…") || len(strings.Fields(old+new)) > context {
			return
		}
		var out bytes.Buffer
		if err := gfm.Convert([]byte("x: "+shown), &out); err != nil {
			t.Fatal(err)
		}
		for side, want := range map[string]string{"del": new, "strong": old} {
			without := regexp.MustCompile(`<`+side+`>.*?</`+side+`>`).ReplaceAllString(out.String(), "")
			got := html.UnescapeString(allowedTag.ReplaceAllString(without, ""))
			if strings.Join(strings.Fields(got), " ") != strings.TrimSpace("x: "+markdown.Clean(want)) {
				t.Errorf("without %s, %q to %q reads %q", side, old, new, got)
			}
		}
	})
}

func TestInline(t *testing.T) {
	long := "Routes requests to the model in many regions of the world and in some more, as it may be told in a description"
	for _, test := range []struct{ old, new, want string }{
		{"Nova Lite", "Amazon Nova Lite", "**Amazon** Nova Lite"},
		{"Nova Lite", "Nova", "Nova ~~Lite~~"},
		{"in us-east-1, us-east-2", "in us-east-1 and us-east-2", "in ~~us-east-1,~~ **us-east-1 and** us-east-2"},
		{"a b c d", "a x y d", "a ~~b c~~ **x y** d"},
		{"one", "two", "~~one~~ **two**"},
		{long + " here.", long + " there.", "… as it may be told in a description ~~here.~~ **there.**"},
		{"here, " + long, "there, " + long, "~~here,~~ **there,** Routes requests to the model in many regions …"},
		{"a*b", "a*b c", "a\\*b **c**"},
		{"ab", "a\u200bb", "~~ab~~ **a\ufffdb**"},
	} {
		if got := inline(diff.Words(test.old, test.new)); got != test.want {
			t.Errorf("%q to %q reads %s, want %s", test.old, test.new, got, test.want)
		}
	}
}
