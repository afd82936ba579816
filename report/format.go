package report

import "io"

// Format is an output format of a report.
type Format struct {
	Name      string // as given by --format
	Extension string // of a file, with its dot
	MediaType string
	Write     func(*Report, io.Writer) error
}

// Formats returns every format, the default first.
func Formats() []Format {
	return []Format{
		{"md", ".md", "text/markdown; charset=utf-8", (*Report).Markdown},
		{"json", ".json", "application/json", (*Report).JSON},
	}
}
