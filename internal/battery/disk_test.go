//go:build battery

package battery

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const diskSizes = 40

// TestFullDisk runs on file systems of forty sizes, from one that has no room but
// for what is there to one that has enough. Each time the history is as it was or
// has the whole new run, what the program says is true, and once there is room
// the next run ends well.
func TestFullDisk(t *testing.T) {
	full, done := 0, 0
	for _, s := range []*stage{newStage(t, binary, "first run"), nightly(t, binary)} {
		s.settle(t)
		for n := range diskSizes / 2 {
			disk := mounted(t)
			if err := os.CopyFS(disk, os.DirFS(s.base)); err != nil {
				t.Fatal(err)
			}
			// From nothing to all that a run has needed, the log beside the
			// database included.
			remount(t, disk, fmt.Sprintf("size=%d", used(t, disk)+int64(n)*s.needs/(diskSizes/2-1)))
			code, err := s.onFullDisk(t, disk)
			if err != nil {
				t.Errorf("%s, disk %d: exit code %d: %v", s.name, n, code, err)
			}
			if code == 0 {
				done++
			} else {
				full++
			}
			unmount(t, disk)
		}
	}
	t.Logf("%d disks were too small, %d sufficed", full, done)
	if full < diskSizes/4 || done == 0 {
		t.Error("the sizes say nothing")
	}
}

// onFullDisk runs, and then once more with room.
func (s *stage) onFullDisk(t *testing.T, disk string) (code int, err error) {
	t.Helper()
	code, said := s.outcome(t, s.run(t.Context(), s.program, disk, ""))
	found, err := examine(disk)
	if err != nil {
		return code, err
	}
	recorded := found.equal(s.after)
	if !recorded && !found.unchangedFrom(s.before) {
		return code, errors.New("the history is neither as it was nor has the whole new run")
	}
	if err := honest(code, said, recorded); err != nil {
		return code, fmt.Errorf("%w; it said %q", err, said)
	}
	if code != 0 && !strings.Contains(said, "the disk is full") && !strings.Contains(said, "no space left") {
		return code, fmt.Errorf("it does not say that the disk is full: %q", said)
	}
	remount(t, disk, "size=64m")
	return code, s.judge(t, disk, -1, "")
}

// settle finds what the run comes to, and the most room that it needs.
func (s *stage) settle(t *testing.T) {
	t.Helper()
	dir := s.copy(t)
	if out, err := s.run(t.Context(), s.program, dir, "").CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", s.name, err, out)
	}
	var err error
	if s.before, err = examine(s.base); err != nil {
		t.Fatal(err)
	}
	if s.after, err = examine(dir); err != nil {
		t.Fatal(err)
	}
	s.needs = 2*used(t, dir) - used(t, s.base) + 64<<10 // all that is new, in the log too
}

// outcome runs to the end.
func (s *stage) outcome(t *testing.T, process *exec.Cmd) (code int, said string) {
	t.Helper()
	var stderr bytes.Buffer
	process.Stderr = &stderr
	return exitCode(t, process.Run()), stderr.String()
}

// used is how much room the files in dir take.
func used(t *testing.T, dir string) (bytes int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			bytes += (info.Size() + 4095) / 4096 * 4096
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return max(bytes, 4096)
}

// mounted is a file system of its own, in memory.
func mounted(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64m"); err != nil {
		t.Skipf("mounting takes the rights of root: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

func remount(t *testing.T, dir, options string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, options); err != nil {
		t.Fatal(err)
	}
}

func unmount(t *testing.T, dir string) {
	t.Helper()
	if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
		t.Fatal(err)
	}
}

// TestFileSizeLimit runs with forty limits on the size of a file (ulimit -f), which
// the system enforces by a signal. It needs no rights.
func TestFileSizeLimit(t *testing.T) {
	needs(t, "prlimit")
	s := nightly(t, binary)
	s.settle(t)
	limited, done := 0, 0
	for n := range diskSizes {
		dir := s.copy(t)
		limit := s.needs * int64(n) / (diskSizes - 1)
		code, said := s.outcome(t, s.run(t.Context(), s.program, dir, fmt.Sprintf("prlimit --fsize=%d", limit)))
		if err := s.judge(t, dir, code, said); err != nil {
			t.Errorf("files of up to %d bytes: %v", limit, err)
		}
		if code == 0 {
			done++
		} else {
			limited++
		}
	}
	t.Logf("%d limits were too low, %d sufficed", limited, done)
	if limited < diskSizes/4 || done == 0 {
		t.Error("the limits say nothing")
	}
}

// TestReadOnly runs where nothing can be written: on a file system that is
// read-only, and as a user who may not write to the directory. It fails at once,
// says what to do and asks AWS for nothing; what reads goes on.
func TestReadOnly(t *testing.T) {
	t.Run("file system", func(t *testing.T) {
		s := nightly(t, binary)
		disk := mounted(t)
		if err := os.CopyFS(disk, os.DirFS(s.base)); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
			t.Fatal(err)
		}
		s.refuses(t, disk, nil)
	})
	t.Run("directory", func(t *testing.T) {
		if os.Getuid() != 0 {
			t.Skip("becoming another user takes the rights of root")
		}
		const nobody = 65534
		s := nightly(t, binary)
		openTo(t, s.base, filepath.Dir(binary))
		if err := os.Chmod(filepath.Join(s.base, database), 0o644); err != nil { // it is private otherwise
			t.Fatal(err)
		}
		s.refuses(t, s.base, &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}})
	})
}

// refuses wants that a run fails in dir, and that readers do not.
func (s *stage) refuses(t *testing.T, dir string, as *syscall.SysProcAttr) {
	t.Helper()
	before, err := examine(dir)
	if err != nil {
		t.Fatal(err)
	}
	asked := len(s.server.Calls())
	process := s.run(t.Context(), s.program, dir, "")
	process.SysProcAttr = as
	code, said := s.outcome(t, process)
	if code != 1 || honest(code, said, false) != nil || !strings.Contains(said, database) {
		t.Errorf("exit code %d, said %q", code, said)
	}
	t.Logf("it said %q", said)
	if len(s.server.Calls()) != asked {
		t.Error("it asked AWS for what it could not keep")
	}
	for _, args := range [][]string{{"runs"}, {"models"}, {"report"}} {
		process := commandOf(context.Background(), s.program, dir, s.server, "", args...)
		process.SysProcAttr = as
		if code, said := s.outcome(t, process); code != 0 {
			t.Errorf("%s: exit code %d, said %q", args[0], code, said)
		}
	}
	after, err := examine(dir)
	if err != nil || !after.equal(before) {
		t.Errorf("the history changed: %v", err)
	}
}

// openTo lets everybody read directories and what leads there.
func openTo(t *testing.T, paths ...string) {
	t.Helper()
	for _, path := range paths {
		for ; path != os.TempDir() && path != "/"; path = filepath.Dir(path) {
			if err := os.Chmod(path, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
}
