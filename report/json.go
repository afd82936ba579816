package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON writes the report as one JSON document, described by
// docs/report.schema.json, in the form of [WriteJSON].
func (r *Report) JSON(w io.Writer) error {
	if err := WriteJSON(w, r); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// WriteJSON writes value as one indented JSON document, which begins with the name
// of its schema if it has one. Text from outside is exact; characters that are not
// printable are written as escapes, so that it can be shown on a terminal.
func WriteJSON(w io.Writer, value any) error {
	return writeJSON(w, value, "  ", "{\n  \"schema\": %q,")
}

// WriteCompactJSON writes what [WriteJSON] does, without the spaces that only people
// need.
func WriteCompactJSON(w io.Writer, value any) error { return writeJSON(w, value, "", `{"schema":%q,`) }

func writeJSON(w io.Writer, value any, indent, opening string) error {
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", indent)
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("encode as JSON: %w", err)
	}
	document := plain.Bytes()
	if value, ok := value.(interface{ Schema() string }); ok {
		first := fmt.Appendf(nil, opening, value.Schema())
		document = append(first, bytes.TrimPrefix(document, []byte("{"))...)
	}
	_, err := w.Write(printable(document))
	return err
}

// printable escapes characters that are not printable in a JSON document. The
// encoder writes none outside strings except newlines.
func printable(document []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(document))
	kept := 0 // what comes before is written
	for i, r := range string(document) {
		if r == '\n' || unicode.IsPrint(r) {
			continue
		}
		out.Write(document[kept:i])
		kept = i + utf8.RuneLen(r)
		if r > 0xFFFF {
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		} else {
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	out.Write(document[kept:])
	return out.Bytes()
}
