package catalog

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
)

func TestWithoutAccount(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`111122223333`, `"[account]"`},
		{`-111122223333`, `"-[account]"`},
		{`{"owner":111122223333,"size":11112222333}`, `{"owner":"[account]","size":11112222333}`},
		{`[1111222233334,0.111122223333,1.11122223333e11]`, `[1111222233334,0.111122223333,1.11122223333e11]`},
		{`"111122223333"`, `"[account]"`},
		{`"owned by 111122223333, shared with x444455556666_"`, `"owned by [account], shared with x[account]_"`},
		{`{"111122223333":true}`, `{"[account]":true}`},
		{`"a \"quoted\" 111122223333"`, `"a \"quoted\" [account]"`},
		{`"\b0000000&000011112222"`, `"\b0000000&[account]"`},
		{`"1111222233334444"`, `"1111222233334444"`},
		{`"arn:aws:iam::111122223333:role/x"`, `"arn:aws:iam:::role/x"`},
		{`[true,null,"2026-11-27T00:00:00Z",1764201600000]`, `[true,null,"2026-11-27T00:00:00Z",1764201600000]`},
	} {
		if got := string(withoutAccount(json.RawMessage(c.in))); got != c.want {
			t.Errorf("%s becomes %s, want %s", c.in, got, c.want)
		}
	}
}

// FuzzWithoutAccount holds that JSON stays JSON, and holds no account ID.
func FuzzWithoutAccount(f *testing.F) {
	for _, seed := range []string{
		`{"a":111122223333,"b":["x111122223333",-111122223333,0.111122223333]}`, `"\\"`, `"\u0031111122223333"`, `1e111122223333`, `[111122223333]`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		got := withoutAccount(canonical(json.RawMessage(text)))
		decoder := json.NewDecoder(bytes.NewReader(got))
		decoder.UseNumber()
		var value any
		if err := decoder.Decode(&value); err != nil {
			t.Fatalf("%s becomes %s, which is not JSON", text, got)
		}
		if holdsAccount(value) {
			t.Fatalf("%s becomes %s, which holds an account ID", text, got)
		}
	})
}

func holdsAccount(value any) bool {
	switch value := value.(type) {
	case string:
		return slices.ContainsFunc(digitRun().FindAllString(value, -1), func(run string) bool { return len(run) == accountDigits })
	case json.Number:
		return accountNumber().MatchString(value.String())
	case []any:
		return slices.ContainsFunc(value, holdsAccount)
	case map[string]any:
		for name, member := range value {
			if holdsAccount(name) || holdsAccount(member) {
				return true
			}
		}
	}
	return false
}
