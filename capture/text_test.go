package capture

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"snapshotter/catalog"
)

func utf16Text(order binary.AppendByteOrder, text string) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

func zipped(t testing.TB, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

const (
	namedModel = `{"modelSummaries": [{"modelId": "maker.one", "modelName": "Zoë 😀"}]}`
	firstPage  = `{"modelSummaries": [{"modelId": "maker.one"}, {"modelId": "maker.two"}], "nextToken": "a"}`
	middlePage = `{"modelSummaries": [{"modelId": "maker.three"}], "nextToken": "b"}`
	lastPage   = `{"modelSummaries": [{"modelId": "maker.four"}]}`
)

// What is unambiguous is read, however a shell or a pipeline wrote it, and what may
// be a part of a list is not.
func TestReadForms(t *testing.T) {
	const mark = "\ufeff"
	for _, test := range []struct {
		name    string
		content string
		want    string // keys, or part of the message of an invalid list
	}{
		{"UTF-8 with a byte order mark", mark + namedModel, "maker.one"},
		{"UTF-16, as PowerShell writes it", utf16Text(binary.LittleEndian, mark+namedModel), "maker.one"},
		{"UTF-16, big-endian", utf16Text(binary.BigEndian, mark+namedModel), "maker.one"},
		{"UTF-16 without a mark", utf16Text(binary.LittleEndian, namedModel), "maker.one"},
		{"UTF-16, big-endian, without a mark", utf16Text(binary.BigEndian, namedModel), "maker.one"},
		{"UTF-16 that was cut off", utf16Text(binary.LittleEndian, mark+namedModel)[:101], "cut off in the middle of a character"},
		{"UTF-16 that lacks its end", utf16Text(binary.LittleEndian, mark+namedModel)[:100], "unexpected end of JSON input"},
		{"gzip", zipped(t, namedModel), "maker.one"},
		{"UTF-16 in gzip", zipped(t, utf16Text(binary.LittleEndian, mark+namedModel)), "maker.one"},
		{"gzip that was cut off", zipped(t, namedModel)[:40], "compressed by gzip, and cannot be read: unexpected EOF"},
		{"gzip of nothing", zipped(t, ""), "unexpected end of JSON input"},
		{"gzip without an end", zipped(t, strings.Repeat(" ", longest+1)), "larger than 64 MiB"},

		{"the list alone", `[{"modelId": "maker.two"}, {"modelId": "maker.one"}]`, "maker.one maker.two"},
		{"no items, alone", "[]\n", ""},
		{"a list of another query", `["maker.one"]`, "modelSummaries: unexpected JSON string"},
		{"a list that was cut off", `[{"modelId": "maker.one"}`, "line 1, column 25: unexpected end of JSON input"},
		{"two lists", `[{"modelId": "maker.one"}] [{"modelId": "maker.two"}]`, "2 lists without page tokens, which may be parts"},
		{"the list of another region, alone", `[{"modelId": "m", "modelArn": "arn:aws:bedrock:us-east-1::foundation-model/m"}]`, "probably recorded without --region"},

		{"all pages", firstPage + "\n" + middlePage + lastPage, "maker.four maker.one maker.three maker.two"},
		{"the last page missing", firstPage + middlePage, "more pages follow"},
		{"the first page missing", middlePage + lastPage, "maker.four maker.three"}, // like a whole list of two pages
		{"two lists, each whole", lastPage + lastPage, "answer 1 is the last page of its list"},
		{"a page twice", firstPage + firstPage + lastPage, "pages repeat themselves after page 2"},
		{"a page that can't be read", firstPage + "\n" + `{"modelSummaries": [{"modelName": "x"}]}`, "page 2: modelSummaries[0].modelId: missing"},
		{"a page that was cut off", firstPage + "\n" + lastPage[:20] + "\n", "page 2: line 2, column 21: unexpected end"},
		{"something after the pages", firstPage + "\n" + lastPage + "\nAn error occurred", "page 3: line 3, column 1: invalid character 'A'"},
		{"more than pages", strings.Repeat("{}\n", 2000), `page 1: has no "modelSummaries" list`},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := readModels(t, map[string]string{"foundation-models.json": test.content})
			keys := []string{}
			for _, item := range l.Items {
				keys = append(keys, item.Key())
			}
			switch {
			case l.Outcome == catalog.Complete && slices.Equal(keys, strings.Fields(test.want)):
			case l.Outcome == catalog.Invalid && test.want != "" && strings.Contains(l.Message, test.want):
			default:
				t.Errorf("got %s %q (%s), want %q", l.Outcome, keys, l.Message, test.want)
			}
			for _, item := range l.Items {
				if name := item.(*catalog.FoundationModel).Name; name != "" && name != "Zoë 😀" {
					t.Errorf("name %q", name)
				}
			}
		})
	}
}

// readModels reads the list of models that files of a region hold.
func readModels(t *testing.T, files map[string]string) catalog.Listing {
	t.Helper()
	placed := map[string]string{"2026-02-08/eu-west-1/inference-profiles.json": noProfiles}
	for name, content := range files {
		placed["2026-02-08/eu-west-1/"+name] = content
	}
	c, err := Read(filepath.Join(write(t, placed), "2026-02-08"))
	if err != nil {
		t.Fatal(err)
	}
	return c.Listings[0]
}

// What gzip makes of a file is read under the name that it gives it.
func TestReadGzippedFile(t *testing.T) {
	const name = "foundation-models.json"
	for _, test := range []struct {
		name  string
		files map[string]string
		want  catalog.Outcome
	}{
		{"alone", map[string]string{name + ".gz": zipped(t, oneModel)}, catalog.Complete},
		{"kept beside the file", map[string]string{name + ".gz": zipped(t, oneModel), name: oneModel}, catalog.Complete},
		{"beside another", map[string]string{name + ".gz": zipped(t, namedModel), name: oneModel}, catalog.Invalid},
		{"none", nil, catalog.NotListed},
	} {
		if l := readModels(t, test.files); l.Outcome != test.want {
			t.Errorf("%s: %s (%s), want %s", test.name, l.Outcome, l.Message, test.want)
		}
	}
}
