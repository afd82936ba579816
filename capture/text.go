package capture

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
)

// text returns what a recorded file says as UTF-8 without a byte order mark,
// whichever shell wrote it: PowerShell's ">" writes UTF-16, others write a mark, and
// old recordings are compressed.
func text(data []byte) ([]byte, error) {
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		var err error
		if data, err = unzip(data); err != nil {
			return nil, fmt.Errorf("compressed by gzip, and cannot be read: %w", err)
		}
	}
	switch {
	case bytes.HasPrefix(data, []byte{0xef, 0xbb, 0xbf}):
		return data[3:], nil
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return wide(data[2:], 0)
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		return wide(data[2:], 1)
	// JSON begins with an ASCII character.
	case len(data) >= 2 && data[0] == 0 && data[1] != 0:
		return wide(data, 0)
	case len(data) >= 2 && data[0] != 0 && data[1] == 0:
		return wide(data, 1)
	}
	return data, nil
}

// longest limits what a compressed file may hold. The largest lists today have a
// few hundred kilobytes.
const longest = 64 << 20

func unzip(data []byte) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(io.LimitReader(reader, longest+1))
	if err == nil && len(plain) > longest {
		err = fmt.Errorf("it is larger than %d MiB", longest>>20)
	}
	return plain, err
}

// wide reads UTF-16 whose more significant byte is the first, or the second if
// swap is 1.
func wide(data []byte, swap int) ([]byte, error) {
	if len(data)%2 != 0 {
		return nil, errors.New("in UTF-16, and cut off in the middle of a character")
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 0; i < len(data); i += 2 {
		units = append(units, uint16(data[i+swap])<<8|uint16(data[i+1-swap]))
	}
	return []byte(string(utf16.Decode(units))), nil
}
