package notify

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"snapshotter/catalog"
)

// redaction knows what a channel's URL holds, and hides any text that repeats
// part of it: a service's answer may echo the request, and with it the secret.
type redaction struct {
	whole []string // users, passwords and parts of paths, in any of which a secret may be
	holds string   // all of the URL that is not shown, in the spellings it may be echoed in, lower case
	words []string // of holds
}

// redactionOf hides all of u except its scheme and the host that is shown with
// it.
func redactionOf(u *url.URL, shown string) redaction {
	var r redaction
	spelled := []string{u.Opaque, u.Path, u.EscapedPath(), u.Fragment, u.User.String()}
	if u.Host != shown {
		r.whole = append(r.whole, u.Hostname())
	}
	password, _ := u.User.Password()
	r.whole = append(r.whole, u.User.Username(), password, u.Fragment)
	r.whole = append(r.whole, strings.Split(u.Path, "/")...)
	r.whole = slices.DeleteFunc(r.whole, func(s string) bool { return s == "" })
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil { // it holds what is in none of the values
		spelled = append(spelled, u.RawQuery)
	}
	for key, values := range query {
		for _, value := range values {
			spelled = append(spelled, value, url.QueryEscape(value))
			if value == "" { // then the key may be what is secret
				spelled = append(spelled, key)
			}
		}
	}
	spelled = append(spelled, r.whole...)
	for _, secret := range append(slices.Clone(spelled), u.User.Username()+":"+password) {
		spelled = append(spelled, base64.StdEncoding.EncodeToString([]byte(secret)))
	}
	slices.Sort(spelled) // a query has no order of its own
	r.holds = strings.ToLower(strings.Join(spelled, "\n"))
	r.words = words(r.holds)
	return r
}

// tellingLength is the number of characters from which part of a word counts as
// repeated and not as chance.
const tellingLength = 4

// repeats reports whether text holds anything of the URL. It prefers hiding a
// harmless text to revealing a secret.
func (r redaction) repeats(text string) bool {
	for _, secret := range r.whole {
		if strings.Contains(text, secret) {
			return true
		}
	}
	for _, word := range words(strings.ToLower(text)) {
		if len(word) >= tellingLength && strings.Contains(r.holds, word) {
			return true
		}
		for _, held := range r.words {
			if held == word || len(held) >= tellingLength && strings.Contains(word, held) {
				return true
			}
		}
	}
	return false
}

// show returns text from outside as one short line, or "" if it repeats
// anything of the URL.
func (r redaction) show(text string) string {
	if r.repeats(text) {
		return ""
	}
	return cut(catalog.Redact(text), 200)
}

func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
