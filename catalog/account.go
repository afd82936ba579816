package catalog

import "encoding/json"

var (
	accountInARN  = pattern(`(arn:[a-z0-9-]+:[a-z0-9-]*:[a-z0-9-]*:)[0-9]{12}:`)
	scalar        = pattern(`"(?:[^"\\]|\\.)*"|[-+.0-9eE]+`)
	accountNumber = pattern(`^-?[0-9]{12}$`)
	digitRun      = pattern(`[0-9]+`)
)

// accountDigits is the length of an account ID.
// https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html
const accountDigits = 12

// withoutAccount removes account IDs from canonical JSON: those in ARNs, which
// stay ARNs, and what may be one in a text, a name or a number.
func withoutAccount(raw json.RawMessage) json.RawMessage {
	raw = accountInARN().ReplaceAll(raw, []byte("${1}:"))
	return scalar().ReplaceAllFunc(raw, func(value []byte) []byte {
		var text string
		switch {
		case accountNumber().Match(value):
			text = string(value)
		case value[0] != '"' || json.Unmarshal(value, &text) != nil:
			return value
		}
		clean := digitRun().ReplaceAllStringFunc(text, func(run string) string {
			if len(run) == accountDigits {
				return "[account]"
			}
			return run
		})
		if clean == text {
			return value
		}
		return marshal(clean)
	})
}
