package catalog

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	arnPattern     = regexp.MustCompile(`arn:[a-z0-9-]*:[^\s"'<>]*`)
	accountPattern = regexp.MustCompile(`\b[0-9]{12}\b`)
	keyPattern     = regexp.MustCompile(`\b(AKIA|ASIA|AROA|AIDA)[A-Z0-9]{8,}\b`)
)

const messageLimit = 300

// Redact makes a message from outside fit to keep and show: ARNs, account ids
// and access key ids are taken out, control characters become spaces, and it
// is cut to a line's length.
func Redact(message string) string {
	message = arnPattern.ReplaceAllString(message, "[arn]")
	message = accountPattern.ReplaceAllString(message, "[account]")
	message = keyPattern.ReplaceAllString(message, "[key]")
	message = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, message)
	message = strings.Join(strings.Fields(message), " ")
	if runes := []rune(message); len(runes) > messageLimit {
		message = string(runes[:messageLimit]) + "…"
	}
	return message
}
