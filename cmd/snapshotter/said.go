package main

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"snapshotter/catalog"
	"snapshotter/internal/terminal"
)

// said is where a command writes what is not its result: stderr, in the chosen form.
func (p *program) said() io.Writer {
	if p.LogFormat == "json" {
		return &logLines{log: p.logger()}
	}
	return p.stderr
}

// logLines is a writer that logs each line.
type logLines struct {
	log  *slog.Logger
	rest []byte
}

func (w *logLines) Write(text []byte) (int, error) {
	w.rest = append(w.rest, text...)
	for {
		line, rest, ended := bytes.Cut(w.rest, []byte("\n"))
		if !ended {
			return len(text), nil
		}
		w.rest = rest
		w.log.Warn(terminal.OneLine(string(line)))
	}
}

// logFormat is the form of log lines that is asked for, as far as can be told where
// the command line or the file is wrong.
func (s *settings) logFormat(args []string) string {
	for i, arg := range args {
		if value, given := strings.CutPrefix(arg, "--log-format="); given {
			return value
		}
		if arg == "--log-format" && i+1 < len(args) {
			return args[i+1]
		}
	}
	if value := s.getenv(environmentName("log-format")); value != "" || s.file == nil {
		return value
	}
	value, _ := s.file.Flags["log-format"].(string)
	return value
}

// libraries is what libraries, and the programs that they run, say on stderr.
type libraries struct {
	stop func() // nil while they say it as they like
}

// adopt makes them say it through log. Programs go on writing to stderr itself unless
// every line has to be JSON: a credential_process may ask for a code.
func (l *libraries) adopt(log *slog.Logger, json bool) {
	slog.SetDefault(log) // and package log's with it, where net/http says what it meets
	slog.SetLogLoggerLevel(slog.LevelWarn)
	if !json || l.stop != nil {
		return
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		log.Warn("what other programs say is not logged as JSON", "problem", err)
		return
	}
	stderr, done := os.Stderr, make(chan struct{})
	os.Stderr = writer
	go func() {
		defer close(done)
		logAll(reader)
	}()
	l.stop = func() {
		os.Stderr = stderr
		writer.Close()
		reader.SetReadDeadline(time.Now().Add(time.Second)) // a program left behind may keep it open
		<-done
	}
}

// logAll logs every line, a long one in parts, until there are no more.
func logAll(reader io.Reader) {
	lines := bufio.NewReader(reader)
	for {
		line, _, err := lines.ReadLine()
		if err != nil {
			return
		}
		slog.Warn("another program says", "problem", catalog.Redact(string(line)))
	}
}

// restore ends what adopt began, after everything said so far is logged.
func (l *libraries) restore() {
	if l.stop != nil {
		l.stop()
	}
}
