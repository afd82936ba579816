package capture

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"snapshotter/catalog"
)

// parse reads the items of a recorded list. The file holds one answer of the list
// operation; or all its pages, one answer after the other; or the list alone, as
// --query prints it. What may be a part of the list is refused.
func parse(scope catalog.Scope, data []byte) ([]catalog.Item, error) {
	pages, err := readPages(scope, data)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i, page := range pages {
		last := i == len(pages)-1
		switch {
		case last && page.NextToken != "":
			return nil, errors.New("more pages follow: it ends with a token for the next page")
		case !last && page.NextToken == "":
			return nil, fmt.Errorf("it holds %d answers, and answer %d is the last page of its list: record one list in a file", len(pages), i+1)
		case !last && seen[page.NextToken]:
			return nil, fmt.Errorf("its pages repeat themselves after page %d", i+1)
		}
		seen[page.NextToken] = true
	}
	return catalog.Collect(pages...)
}

func readPages(scope catalog.Scope, data []byte) ([]catalog.Page, error) {
	values := split(data)
	if len(values) == 1 && values[0].isList() {
		page, err := catalog.ParseList(scope, data)
		return []catalog.Page{page}, err
	}
	if len(values) < 2 {
		page, err := catalog.ParsePage(scope, data) // says what is wrong with no value as well
		return []catalog.Page{page}, err
	}
	var pages []catalog.Page
	for i, value := range values {
		if value.isList() {
			return nil, fmt.Errorf("it holds %d lists without page tokens, which may be parts: record one list in a file", len(values))
		}
		page, err := catalog.ParsePage(scope, value.text)
		if err != nil {
			// Once more, so that the error counts the lines of the file.
			_, err = catalog.ParsePage(scope, append(blank(data[:value.from]), value.text...))
			return nil, fmt.Errorf("page %d: %w", i+1, err)
		}
		pages = append(pages, page)
	}
	return pages, nil
}

// value is a JSON value in a file, from a byte on.
type value struct {
	from int
	text []byte
}

func (v value) isList() bool { return bytes.HasPrefix(bytes.TrimSpace(v.text), []byte("[")) }

// mostPages limits the values in a file; the longest list today has two pages.
const mostPages = 1000

// split returns the JSON values that stand one after the other. The last is what is
// left, if that is not JSON or one value too many.
func split(data []byte) []value {
	var values []value
	decoder := json.NewDecoder(bytes.NewReader(data))
	for from := 0; ; {
		if len(bytes.TrimSpace(data[from:])) == 0 {
			return values
		}
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil || len(values) == mostPages {
			return append(values, value{from, data[from:]})
		}
		to := int(decoder.InputOffset())
		values = append(values, value{from, data[from:to]})
		from = to
	}
}

// blank returns white space with the same line breaks.
func blank(data []byte) []byte {
	spaces := bytes.Repeat([]byte(" "), len(data))
	for i, c := range data {
		if c == '\n' {
			spaces[i] = c
		}
	}
	return spaces
}
