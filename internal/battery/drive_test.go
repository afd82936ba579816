//go:build battery

package battery

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sectorSize is the least that a disk writes whole.
const sectorSize = 512

// drive is a disk under a file system that promises no more than POSIX does:
// contents last once their file is synced, names once their directory is, and
// until then any of it may be lost, in any order.
type drive struct {
	live    map[string]*content // by path, as the program sees them
	names   map[string]*content // as they are for good
	stored  map[*content][]byte // for good
	pending []change            // not yet for good
	done    bool                // the program has said so
}

// content is what a name stands for, whatever name that is.
type content struct{ directory bool }

// change is one write, truncation or change of names.
type change struct {
	of    *content
	data  []byte
	at    int64
	cuts  bool // to the size at
	dir   string
	names map[string]*content // in dir; nil: removed
}

// newDrive is a disk that holds for good what dir does.
func newDrive(dir string) (*drive, error) {
	d := &drive{live: map[string]*content{}, stored: map[*content][]byte{}}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		d.live[name] = &content{entry.IsDir()}
		if entry.IsDir() {
			return nil
		}
		d.stored[d.live[name]], err = os.ReadFile(filepath.Join(dir, name))
		return err
	})
	d.names = maps.Clone(d.live)
	return d, err
}

// take does what the program did. An error means that the program knows a file
// of which the drive does not.
func (d *drive) take(s step) error {
	of := d.live[s.path]
	if of == nil && slices.Contains([]string{"rename", "link", "unlink", "append", "write", "cut", "sync"}, s.does) {
		return fmt.Errorf("%s %s: there is no such file", s.does, s.path)
	}
	switch s.does {
	case "say":
		d.done = true
	case "make":
		of = &content{directory: true}
		d.name(s.path, of)
	case "open":
		if of == nil {
			of = &content{}
			d.name(s.path, of)
		} else if s.cuts {
			d.pending = append(d.pending, change{of: of, cuts: true})
		}
	case "rename":
		d.pending = append(d.pending, change{dir: path.Dir(s.to), names: map[string]*content{s.path: nil, s.to: of}})
		delete(d.live, s.path)
		d.live[s.to] = of
	case "link":
		d.name(s.to, of)
	case "unlink":
		d.name(s.path, nil)
	case "append":
		s.at = d.size(of)
		fallthrough
	case "write", "cut":
		d.pending = append(d.pending, change{of: of, data: s.data, at: s.at, cuts: s.does == "cut"})
	case "sync":
		d.sync(s.path, of)
	}
	return nil
}

// size is how long a file is for the program.
func (d *drive) size(of *content) int64 {
	size := int64(len(d.stored[of]))
	for _, c := range d.pending {
		switch end := c.at + int64(len(c.data)); {
		case c.of != of:
		case c.cuts:
			size = c.at
		default:
			size = max(size, end)
		}
	}
	return size
}

func (d *drive) name(name string, of *content) {
	d.pending = append(d.pending, change{dir: path.Dir(name), names: map[string]*content{name: of}})
	d.live[name] = of
	if of == nil {
		delete(d.live, name)
	}
}

// sync makes what is pending of a file or a directory last.
func (d *drive) sync(name string, of *content) {
	d.pending = slices.DeleteFunc(d.pending, func(c change) bool {
		lasts := c.names == nil && c.of == of || c.names != nil && of.directory && c.dir == name
		if lasts {
			c.apply(d.names, d.stored)
		}
		return lasts
	})
}

func (c change) apply(names map[string]*content, stored map[*content][]byte) {
	for name, of := range c.names {
		if names[name] = of; of == nil {
			delete(names, name)
		}
	}
	if c.names != nil {
		return
	}
	data, end := stored[c.of], c.at+int64(len(c.data))
	if c.cuts || end > int64(len(data)) {
		data = append(slices.Clone(data), make([]byte, max(0, end-int64(len(data))))...)[:end]
	} else {
		data = slices.Clone(data)
	}
	copy(data[c.at:], c.data)
	stored[c.of] = data
}

// sectors are the parts of a write that reach the disk one by one.
func (c change) sectors() []change {
	if len(c.data) == 0 {
		return []change{c}
	}
	var parts []change
	for data, at := c.data, c.at; len(data) > 0; {
		n := min(int64(len(data)), sectorSize-at%sectorSize)
		parts = append(parts, change{of: c.of, data: data[:n], at: at})
		data, at = data[n:], at+n
	}
	return parts
}

// files are contents by path; a directory's path ends in a slash.
type files map[string][]byte

// after is what a loss of power leaves.
func (d *drive) after(l loss) files {
	pieces := d.pending
	if l.torn {
		pieces = nil
		for _, c := range d.pending {
			pieces = append(pieces, c.sectors()...)
		}
	}
	names, stored := maps.Clone(d.names), maps.Clone(d.stored)
	for i, piece := range pieces {
		if l.keep(i, len(pieces)) {
			piece.apply(names, stored)
		}
	}
	left := files{}
	for name, of := range names {
		switch dir := names[path.Dir(name)]; {
		case dir == nil || !dir.directory: // it cannot be reached
		case of.directory:
			left[name+"/"] = nil
		default:
			left[name] = stored[of]
		}
	}
	return left
}

func (f files) id() [sha256.Size]byte {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(f)) {
		fmt.Fprintf(h, "%q %d\n", name, len(f[name]))
		h.Write(f[name])
	}
	return [sha256.Size]byte(h.Sum(nil))
}

func (f files) write(dir string) error {
	for _, name := range slices.Sorted(maps.Keys(f)) { // directories go before what is in them
		err := error(nil)
		if strings.HasSuffix(name, "/") {
			err = os.MkdirAll(filepath.Join(dir, name), 0o755)
		} else {
			err = os.WriteFile(filepath.Join(dir, name), f[name], 0o644)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// step is one thing that a run did to the files in its directory, or that it
// said it was done.
type step struct {
	does     string // open, write, append, cut, sync, rename, unlink, make, say
	path, to string
	data     []byte
	at       int64
	cuts     bool
}

// record traces a run to its end and returns what it did, and where.
func (s *stage) record(t *testing.T) (steps []step, dir string) {
	t.Helper()
	dir = s.copy(t)
	log := filepath.Join(t.TempDir(), "log")
	var said bytes.Buffer
	process := s.run(t.Context(), s.program, dir, tracing(log)+" -xx -s 1000000")
	process.Stdout = &said
	if err := process.Run(); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		step, err := readStep(lines.Text(), dir)
		if err != nil {
			t.Fatal(err)
		}
		if step.does != "" {
			steps = append(steps, step)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(steps, func(s step) bool { return s.does == "say" }) {
		t.Fatalf("the run did not say that it was done: %q", said.String())
	}
	return steps, dir
}

var (
	result = regexp.MustCompile(` = (-?\d+)`)
	number = regexp.MustCompile(`(\d+)\) += `)
)

// readStep reads a line that strace wrote with -xx, which is in hexadecimal what
// is a text. Of a line that says nothing of files, nothing is done.
func readStep(line, dir string) (s step, err error) {
	name, arguments, found := strings.Cut(line, "(")
	if code := result.FindStringSubmatch(line); !found || !isName(name) || code == nil || strings.HasPrefix(code[1], "-") {
		return s, nil
	}
	if name == "write" && strings.HasPrefix(arguments, "1<") {
		text, err := unhex(quoted.FindStringSubmatch(arguments)[1])
		if strings.HasPrefix(string(text), "Report: ") {
			s.does = "say"
		}
		return s, err
	}
	place := inside
	var paths []string
	if match := descriptor.FindStringSubmatch(arguments); match != nil {
		place, paths = below, append(paths, match[1])
	}
	for _, match := range quoted.FindAllStringSubmatch(arguments, -1) {
		paths = append(paths, match[1])
	}
	for i, hexed := range paths {
		if i == 1 && strings.HasSuffix(name, "write") || i == 1 && name == "pwrite64" {
			s.data, err = unhex(hexed)
			break
		}
		text, err := unhex(hexed)
		if err != nil {
			return s, err
		}
		paths[i] = place(string(text), dir)
	}
	if err != nil || len(paths) == 0 || paths[0] == "" {
		return step{}, err
	}
	s.path = paths[0]
	switch name {
	case "open", "openat":
		s.does, s.cuts = "open", strings.Contains(arguments, "O_TRUNC")
		if !strings.Contains(arguments, "O_CREAT") {
			s.does = ""
		}
	case "mkdir", "mkdirat":
		s.does = "make"
	case "fsync", "fdatasync":
		s.does = "sync"
	case "rename", "renameat", "renameat2":
		s.does, s.to = "rename", paths[1]
	case "link", "linkat":
		s.does, s.to = "link", paths[1]
	case "unlink", "unlinkat":
		s.does = "unlink"
	case "write":
		s.does = "append"
	case "pwrite64":
		s.does = "write"
		s.at, err = lastNumber(arguments)
	case "ftruncate", "truncate":
		s.does = "cut"
		s.at, err = lastNumber(arguments)
	case "flock", "fchmod", "fchmodat":
	default:
		err = fmt.Errorf("a call that the model of a disk does not know: %s", name)
	}
	return s, err
}

func lastNumber(arguments string) (int64, error) {
	match := number.FindStringSubmatch(arguments)
	if match == nil {
		return 0, fmt.Errorf("no number ends %.80q", arguments)
	}
	return strconv.ParseInt(match[1], 10, 64)
}

func unhex(text string) ([]byte, error) { return hex.DecodeString(strings.ReplaceAll(text, `\x`, "")) }

// inside is a path, which may be relative to dir, as below tells it.
func inside(name, dir string) string {
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	return below(name, dir)
}

// below is a path below dir without it, "." for dir itself, and "" elsewhere.
func below(name, dir string) string {
	if name == dir {
		return "."
	}
	rest, found := strings.CutPrefix(name, dir+"/")
	if !found {
		return ""
	}
	return rest
}
