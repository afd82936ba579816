package catalog

import (
	"regexp"
	"strings"
	"unicode"
)

// secrets are what a message may contain that names the account, a principal or
// a key to either, and what replaces it. A later pattern sees what the earlier
// ones left. None relies on a word boundary, which an underscore or a letter
// beside a number would hide.
var secrets = []struct {
	match func() *regexp.Regexp
	stand string
}{
	// As it is, and as a request's URL spells it.
	{pattern(`arn(:|%3[Aa])[a-z0-9-]*(:|%3[Aa])[^\s"'<>]*`), "[arn]"},
	// EC2 packs the principal and the policies into a refusal.
	{pattern(`(?i)(encoded authorization failure message:? )\S+`), "${1}[secret]"},
	// A refused signature is answered with the whole request that was signed.
	{pattern(`(?i)(x-amz-security-token\s*:\s*)[^\s"'<>]+`), "${1}[secret]"},
	{pattern(`(?i)((?:token|secret|password|signature|credential|access-?key(?:-?id)?|api-?key)=)[^\s,;&"'<>]+`), "${1}[secret]"},
	{pattern(`(?i)((?:basic|bearer) )[A-Za-z0-9._~+/=-]{16,}`), "${1}[secret]"},
	// Bedrock's own API keys, short-lived and long-lived.
	// https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-how.html
	{pattern(`bedrock-api-key-[A-Za-z0-9+/=_-]+|ABSK[A-Za-z0-9+/=]{16,}`), "[secret]"},
	// Every kind of unique id, and the session's name after a role's.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
	{pattern(`(?:ABIA|ACCA|AGPA|AIDA|AIPA|AKIA|ANPA|ANVA|APKA|AROA|ASCA|ASIA)[A-Z0-9]{12,}(?::[\w+=,.@-]*[\w+=@-])?`), "[key]"},
	// The user and password of a proxy or an endpoint.
	{pattern(`[^\s/"'<>]+:[^\s/"'<>@]+@`), "[secret]@"},
	{pattern(`://[^\s/"'<>@]+@`), "://[secret]@"},
	// Longer numbers too: an id may stand right beside other digits.
	{pattern(`[0-9]{12,}`), "[account]"},
}

// address is a URL, or what a channel to notify is named by, such as
// ping:https://example.com. Taken for the name of a file, it has one slash. An
// ellipsis in place of its host is no secret.
var address = pattern(`(?i)\b([a-z][a-z0-9+.-]*):(?:[a-z0-9+.-]+:)*//?[^\s"<>…/][^\s"<>]*`)

// showing are the hosts whose paths tell no secret, and are worth reading. The path
// of any other may be the key to a webhook.
var showing = pattern(`(?i)^(?:[^/?#]*\.)?(?:` + anyDomain() + `|amazon\.com|localhost|[0-9.]+|\[[0-9a-f:.]+\])(?::[0-9]+)?(?:[/?#]|[',;:.)]*$)`)

// ansi is a terminal's control sequence, which is removed completely.
// https://ecma-international.org/publications-and-standards/standards/ecma-48/
var ansi = pattern(`\x1b\[[0-?]*[ -/]*[@-~]`)

const messageLimit = 300

// Redact makes a message from outside safe to keep and show: it hides what [Hide]
// does, turns control characters into spaces, and cuts the message to the length of
// a line.
func Redact(message string) string {
	message = Hide(plain(message))
	if runes := []rune(message); len(runes) > messageLimit {
		message = string(runes[:messageLimit]) + "…"
	}
	return message
}

// Hide replaces ARNs, account IDs, principals, keys, tokens and passwords in a text,
// and leaves the rest as it is. Of an address it keeps the scheme, and of one on the
// web the host, and the path if that is AWS.
func Hide(text string) string {
	text = address().ReplaceAllStringFunc(text, hideAddress)
	for _, secret := range secrets {
		text = secret.match().ReplaceAllString(text, secret.stand)
	}
	return text
}

// hideAddress does not rely on a parser of URLs: what has to be hidden is often the
// reason why one refuses it, such as a slash in a password.
func hideAddress(address string) string {
	scheme, rest, _ := strings.Cut(address, ":")
	authority, slashes := strings.CutPrefix(rest, "//")
	switch kind := strings.ToLower(scheme); {
	case kind == "s3" && slashes, kind == "file" && slashes:
		return scheme + "://" + withoutUser(authority)
	case kind != "http" && kind != "https" || !slashes:
		return scheme + ":…"
	}
	authority = withoutUser(authority)
	end := strings.IndexAny(authority, "/?#")
	if end >= 0 && end < len(authority)-1 && !showing().MatchString(strings.TrimPrefix(authority, hiddenUser)) {
		authority = authority[:end] + "/…" + closing(authority)
	}
	return scheme + "://" + authority
}

const hiddenUser = "[secret]@"

func withoutUser(authority string) string {
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		return hiddenUser + authority[at+1:]
	}
	return authority
}

// closing returns the punctuation that ends a sentence, or quotes, after an address.
func closing(address string) string {
	return address[len(strings.TrimRight(address, "',;.:)")):]
}

// plain returns message as one line of printable characters, with single
// spaces.
func plain(message string) string {
	message = ansi().ReplaceAllString(message, "")
	message = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, message)
	return strings.Join(strings.Fields(message), " ")
}
