// Command licences collects the licences of everything that is linked into a
// program: the program's own, Go's and those of its modules.
//
//	go run ./cmd/licences PROGRAM DIR
//
// The modules are those that the program itself names, and their files come from
// the module cache. It fails if a module has no licence, so that nothing is
// shipped without one.
package main

import (
	"bytes"
	"debug/buildinfo"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: licences PROGRAM DIR")
		os.Exit(2)
	}
	if err := collect(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

// collect writes to dir a folder of licences for each module of a program.
func collect(program, dir string) error {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return err
	}
	goroot, err := ask("env", "GOROOT")
	if err != nil {
		return err
	}
	if err := copyLicences(goroot, filepath.Join(dir, info.GoVersion), true); err != nil {
		return err
	}
	root, err := moduleDir(info.Main)
	if err != nil {
		return err
	}
	if err := copyLicences(root, filepath.Join(dir, info.Main.Path), true); err != nil {
		return err
	}
	for _, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		from, err := moduleDir(*module)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(module.Path)+"@"+module.Version)
		if err := copyLicences(from, to, false); err != nil {
			return err
		}
	}
	return nil
}

// moduleDir is the folder of a module of the current build.
func moduleDir(module debug.Module) (string, error) {
	dir, err := ask("list", "-m", "-f", "{{.Dir}}", module.Path)
	if err == nil && dir == "" {
		err = fmt.Errorf("the module cache lacks %s: run go mod download", module.Path)
	}
	return dir, err
}

// ask runs the go command and returns what it prints.
func ask(arguments ...string) (string, error) {
	out, err := exec.Command("go", arguments...).Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w", arguments[0], err)
	}
	return string(bytes.TrimSpace(out)), nil
}

// licence is the name of a file that says under which terms others may use
// what lies beside it.
var licence = regexp.MustCompile(`(?i)^(un)?(licen[cs]e|copying|notice|patents)([-.].*)?$`)

// copyLicences copies the licences below a folder, or only those directly in
// it, to another folder. Source files such as license.go are none.
func copyLicences(from, to string, top bool) error {
	copied := 0
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if path != from && (top || entry.Name() == "testdata" || entry.Name()[0] == '.') {
				return filepath.SkipDir
			}
			return nil
		}
		if !licence.MatchString(entry.Name()) || filepath.Ext(entry.Name()) == ".go" {
			return nil
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		copied++
		return copyFile(path, filepath.Join(to, relative))
	})
	if err == nil && copied == 0 {
		err = fmt.Errorf("%s has no licence", from)
	}
	return err
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o644)
}
