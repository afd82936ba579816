package notify

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"snapshotter/catalog"
)

// veil knows what a channel's URL holds, and lets no text through that repeats
// any of it: a service's answer may echo the request, and with it the secret.
type veil struct {
	whole []string // users, passwords and parts of paths, in any of which a secret may be
	holds string   // all of the URL that is not shown, in the spellings it may be echoed in, lower case
	words []string // of holds
}

// veilOf hides all of u but its scheme and the host that is shown with it.
func veilOf(u *url.URL, shown string) veil {
	var v veil
	spelled := []string{u.Opaque, u.Path, u.EscapedPath(), u.Fragment, u.User.String()}
	if u.Host != shown {
		v.whole = append(v.whole, u.Hostname())
	}
	password, _ := u.User.Password()
	v.whole = append(v.whole, u.User.Username(), password, u.Fragment)
	v.whole = append(v.whole, strings.Split(u.Path, "/")...)
	v.whole = slices.DeleteFunc(v.whole, func(s string) bool { return s == "" })
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
	spelled = append(spelled, v.whole...)
	for _, secret := range append(slices.Clone(spelled), u.User.Username()+":"+password) {
		spelled = append(spelled, base64.StdEncoding.EncodeToString([]byte(secret)))
	}
	slices.Sort(spelled) // a query has no order of its own
	v.holds = strings.ToLower(strings.Join(spelled, "\n"))
	v.words = words(v.holds)
	return v
}

// tellingLength is from how many characters on a part of a word counts as
// repeated, and not as chance.
const tellingLength = 4

// repeats reports whether text holds anything of the URL. It would rather hide
// a harmless text than let a secret through.
func (v veil) repeats(text string) bool {
	for _, secret := range v.whole {
		if strings.Contains(text, secret) {
			return true
		}
	}
	for _, word := range words(strings.ToLower(text)) {
		if len(word) >= tellingLength && strings.Contains(v.holds, word) {
			return true
		}
		for _, held := range v.words {
			if held == word || len(held) >= tellingLength && strings.Contains(word, held) {
				return true
			}
		}
	}
	return false
}

// lift is text from outside as one short line fit to show, or "" if it repeats
// anything of the URL.
func (v veil) lift(text string) string {
	if v.repeats(text) {
		return ""
	}
	return cut(catalog.Redact(text), 200)
}

func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
