package configfile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseChannels(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		flag       any
		want       []Channel
		err        string
	}{
		{"one URL", "notify: ntfy://ntfy.sh/t\n", "ntfy://ntfy.sh/t", nil, ""},
		{"URLs", "notify: [ntfy://ntfy.sh/t, ntfy://ntfy.sh/u]\n", []any{"ntfy://ntfy.sh/t", "ntfy://ntfy.sh/u"}, nil, ""},
		{"none", "notify: []\n", []any{}, nil, ""},
		{"apart alone", "notify:\n- {url: ntfy://ntfy.sh/t, region: EU}\n", nil,
			[]Channel{{URL: "ntfy://ntfy.sh/t", Regions: []string{"EU"}}}, ""},
		{"both, with all keys", "notify:\n- ntfy://ntfy.sh/t\n- url: ntfy://ntfy.sh/u\n  at: notice\n  region: [eu-*]\n  exclude-region: eu-west-2\n  model: opus\n  provider: [Anthropic, cohere]\n  remind: off\n",
			[]any{"ntfy://ntfy.sh/t"}, []Channel{{
				URL: "ntfy://ntfy.sh/u", At: "notice", Regions: []string{"eu-*"}, ExcludeRegions: []string{"eu-west-2"},
				Models: []string{"opus"}, Providers: []string{"Anthropic", "cohere"}, Remind: "off",
			}}, ""},
		{"no URL", "notify:\n- at: notice\n", nil, nil, "line 2: notify: a channel needs a url"},
		{"a wrong URL", "notify:\n- url: slak://hook:SECRET@webhook\n", nil, nil, "line 2: notify: "},
		{"a check", "notify:\n- {url: 'ping:https://hc-ping.com/x', region: EU}\n", nil, nil, "a check hears of every run"},
		{"a significance that is none", "notify:\n- {url: ntfy://ntfy.sh/t, at: bad}\n", nil, nil, `at "bad" is not one of breaking`},
		{"days that are none", "notify:\n- {url: ntfy://ntfy.sh/t, remind: soon}\n", nil, nil, `remind: "soon" is not`},
		{"no glob", "notify:\n- {url: ntfy://ntfy.sh/t, region: '['}\n", nil, nil, "not a valid glob"},
		{"a key that is none", "notify:\n- {url: ntfy://ntfy.sh/t, regions: EU}\n", nil, nil, `unknown key "regions"; did you mean "region"?`},
		{"a list in a list", "notify:\n- [a]\n", nil, nil, "expected a list of URLs"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Parse([]byte(test.text), []string{"notify"})
			if err != nil {
				if test.err == "" || !strings.Contains(err.Error(), test.err) || strings.Contains(err.Error(), "SECRET") {
					t.Errorf("got error %v, want %q", err, test.err)
				}
				return
			}
			if d := cmp.Diff(test.want, got.Channels); test.err != "" || d != "" {
				t.Errorf("want error %q; %s", test.err, d)
			}
			if d := cmp.Diff(test.flag, got.Flags["notify"]); d != "" {
				t.Errorf("the flag: %s", d)
			}
		})
	}
}
