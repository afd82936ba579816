package site

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// DefaultAuthority is the authority of those who have not named one.
const DefaultAuthority = "snapshotter.invalid"

// Options are the choices of whoever publishes the site.
type Options struct {
	// BaseURL is where the site will be, ending in a slash; "" if it is not known.
	// Feeds and the sitemap need whole addresses.
	BaseURL string
	// Authority names the publisher in the IDs of feed entries, as a tag URI does:
	// https://www.rfc-editor.org/rfc/rfc4151. It must not change when the site moves.
	// "" is [DefaultAuthority].
	Authority string
	// Reports is how many reports have a page: those of the newest runs that changed
	// something. 0 means all.
	Reports int
	// Private adds what the account has: such a site is not to be published.
	Private bool
	// Alarms are the days before a date at which calendars remind of it.
	Alarms []int
}

// authority is what a tag URI allows.
var authority = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([A-Za-z0-9._-]+@)?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$`)
})

// ParseOptions reads options as a user wrote them.
func ParseOptions(baseURL, name string, reports int, alarms []string) (o Options, err error) {
	o = Options{BaseURL: baseURL, Authority: name, Reports: reports}
	if at, err := url.Parse(baseURL); baseURL != "" && (err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" || at.RawQuery+at.Fragment != "" || at.User != nil) {
		return o, fmt.Errorf("--base-url: give an address such as https://example.com/bedrock/")
	}
	if baseURL != "" && !strings.HasSuffix(baseURL, "/") {
		o.BaseURL += "/"
	}
	if !authority().MatchString(name) {
		return o, fmt.Errorf("--authority: give a domain such as example.com, or an address of mail")
	}
	if reports < 0 {
		return o, fmt.Errorf("--report-pages: give a number that is not negative")
	}
	for _, text := range alarms {
		days, err := strconv.ParseUint(text, 10, 10)
		if err != nil {
			return o, fmt.Errorf("--alarm: give a number of days below 1024")
		}
		o.Alarms = append(o.Alarms, int(days))
	}
	return o, nil
}
