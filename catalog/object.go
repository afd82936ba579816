package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// object is a JSON object being parsed: fields are removed as they are read, so
// that what is left is what this version does not know. All objects of one
// answer share the first error, in the order of reading.
type object struct {
	region  string // that the answer was asked of
	path    string // where it stands in the answer: "modelSummaries[3].modelLifecycle"
	fields  map[string]json.RawMessage
	unknown map[string]json.RawMessage
	first   *error
}

// parseAnswer reads data, the answer of a region, as one JSON object and nothing
// after it.
func parseAnswer(region string, data []byte) (*object, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, at(data, err)
	}
	if fields == nil {
		return nil, errors.New("null, not a JSON object")
	}
	return &object{region: region, fields: fields, first: new(error)}, nil
}

// at says where in data an error of encoding/json is: the line and column, from
// 1 and in bytes, of the last byte read.
func at(data []byte, err error) error {
	if mistyped, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("a JSON %s, not an object", mistyped.Value)
	}
	syntax := (*json.SyntaxError)(nil)
	if !errors.As(err, &syntax) {
		return err
	}
	before := data[:max(syntax.Offset-1, 0)] // the offset counts the byte itself
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Errorf("line %d, column %d: %w", line, column, err)
}

func (o *object) err() error { return *o.first }

func (o *object) fail(name string, err error) {
	if *o.first != nil {
		return
	}
	if mismatch, ok := errors.AsType[*MismatchError](err); ok {
		mismatch.Field = o.join(name)
		*o.first = mismatch
		return
	}
	*o.first = fmt.Errorf("%s: %w", o.join(name), err)
}

func (o *object) join(name string) string {
	if o.path == "" {
		return name
	}
	return o.path + "." + name
}

// take removes a field and returns it; false if it was not sent or is null.
func (o *object) take(name string) (json.RawMessage, bool) {
	raw, sent := o.fields[name]
	delete(o.fields, name)
	return raw, sent && string(raw) != "null"
}

// read reads a field into target, and does not touch target if it was not sent.
func (o *object) read(name string, target any) {
	raw, sent := o.take(name)
	if !sent {
		return
	}
	if err := json.Unmarshal(raw, target); err != nil {
		o.fail(name, unexpected(err))
	}
}

// unexpected says in JSON's terms, not in Go's, what was found.
func unexpected(err error) error {
	if mistyped, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("unexpected JSON %s", mistyped.Value)
	}
	return err
}

func (o *object) text(name string) (s string) {
	o.read(name, &s)
	return s
}

// longestName is that of an ARN; IDs are shorter. Every lookup would read a
// longer one.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_InferenceProfileSummary.html
const longestName = 2048

// name reads what names something: an ID or an ARN.
func (o *object) name(name string) string {
	s := o.text(name)
	if len(s) > longestName {
		o.fail(name, fmt.Errorf("%d bytes long, and no name has more than %d", len(s), longestName))
	}
	return s
}

var errMissing = errors.New("missing")

// required reads a name that must be there.
func (o *object) required(name string) string {
	s := o.name(name)
	if s == "" {
		o.fail(name, errMissing)
	}
	return s
}

// list reads a list of texts: nil if it was not sent, empty if it was sent
// empty.
func (o *object) list(name string) []string {
	var sent []*string
	o.read(name, &sent)
	if sent == nil {
		return nil
	}
	list := []string{}
	for i, text := range sent {
		if text == nil {
			o.fail(fmt.Sprintf("%s[%d]", name, i), errors.New("unexpected JSON null"))
			return nil
		}
		list = append(list, *text)
	}
	return list
}

func (o *object) boolean(name string) (b *bool) {
	o.read(name, &b)
	return b
}

// object reads a nested object; nil if it was not sent.
func (o *object) object(name string) *object {
	var fields map[string]json.RawMessage
	o.read(name, &fields)
	if fields == nil {
		return nil
	}
	return &object{region: o.region, path: o.join(name), fields: fields, first: o.first}
}

// objects reads a list of objects, and whether it was sent.
func (o *object) objects(name string) (list []*object, sent bool) {
	raw, sent := o.take(name)
	if !sent {
		return nil, false
	}
	var elements []map[string]json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil {
		o.fail(name, unexpected(err))
		return nil, true
	}
	for i, fields := range elements {
		list = append(list, &object{region: o.region, path: fmt.Sprintf("%s[%d]", o.join(name), i), fields: fields, first: o.first})
	}
	return list, true
}

// timeLayouts are the forms that the service, the AWS CLI and boto3 write. A
// time without an offset is in UTC, which is what the service sends.
var timeLayouts = []string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05.999999999Z0700",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04",
	"2006-01-02",
}

// time reads an ISO 8601 time, or seconds since 1970 as AWS JSON protocols may
// send; zero if it was not sent.
func (o *object) time(name string) time.Time {
	raw, sent := o.take(name)
	if !sent {
		return time.Time{}
	}
	t, err := parseTime(string(raw))
	if err != nil {
		o.fail(name, err)
	}
	return t
}

func parseTime(raw string) (time.Time, error) {
	if seconds, err := strconv.ParseFloat(raw, 64); err == nil {
		if seconds <= 0 || seconds >= maxEpoch {
			return time.Time{}, fmt.Errorf("%s is not a time in seconds since 1970", Redact(raw))
		}
		return time.UnixMicro(int64(math.Round(seconds * 1e6))).UTC(), nil
	}
	var text string
	if err := json.Unmarshal([]byte(raw), &text); err != nil {
		return time.Time{}, unexpected(err)
	}
	if t, ok := ParseTime(text); ok {
		return t, nil
	}
	return time.Time{}, fmt.Errorf("%q is not a time", Redact(text))
}

// maxEpoch is the year 10000, where RFC 3339 ends. A time in milliseconds is
// beyond it.
const maxEpoch = 253402300800

// ParseTime reads an ISO 8601 time in any form that AWS tools write, in UTC:
// with "T" or a space, with or without fractions, "Z", "+00:00" or "+0000", and
// a bare date. A time without an offset is in UTC. Only the years 1 to 9999, in
// UTC, are times: no other can be written as RFC 3339.
func ParseTime(text string) (time.Time, bool) {
	if len(text) > 10 && text[10] == ' ' {
		text = text[:10] + "T" + text[11:]
	}
	for _, layout := range timeLayouts {
		t, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		t = t.UTC()
		if 1 <= t.Year() && t.Year() <= 9999 {
			return t, true
		}
	}
	return time.Time{}, false
}

// keep adds what a nested object left unread to what this one did. Of two
// values for one name the greater counts, whichever came first.
func (o *object) keep(name string, rest map[string]json.RawMessage) {
	if o.unknown == nil && len(rest) > 0 {
		o.unknown = map[string]json.RawMessage{}
	}
	for field, value := range rest {
		field = name + "." + field
		if bytes.Compare(value, o.unknown[field]) > 0 {
			o.unknown[field] = value
		}
	}
}

// rest returns what was not read, in canonical form; nil if there is nothing.
func (o *object) rest() map[string]json.RawMessage {
	rest := o.unknown
	for name, raw := range o.fields {
		if rest == nil {
			rest = map[string]json.RawMessage{}
		}
		rest[name] = withoutAccount(canonical(raw))
	}
	return rest
}

// canonical returns raw as compact JSON with sorted keys and its numbers as
// written.
func canonical(raw json.RawMessage) json.RawMessage {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return raw // not reached: raw was part of an answer that parsed
	}
	return marshal(value)
}

// marshal writes JSON without the HTML escapes of json.Marshal, so that text
// reads in the database as the service sent it.
func marshal(value any) json.RawMessage {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic("catalog: " + err.Error()) // only plain data comes here
	}
	return json.RawMessage(strings.TrimSuffix(out.String(), "\n"))
}
