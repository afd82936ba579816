package deploy

import (
	"archive/tar"
	"crypto/x509"
	"debug/elf"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"snapshotter/internal/needs"
)

// imageConfig is the part of an image's configuration that the Dockerfile sets.
type imageConfig struct {
	User       string
	WorkingDir string
	Entrypoint []string
	Cmd        []string
	Volumes    map[string]struct{}
}

// dockerfile carries out a Dockerfile without Docker: the build stage in a
// folder, whose paths stand for those of the container, and the last stage as
// one layer for each COPY. The base image is the machine's own Go.
type dockerfile struct {
	t       *testing.T
	context string // what the build may read
	root    string // the build's container
	dir     string // the working directory in it
	layers  []string
	config  imageConfig
}

// TestImage builds the image of the Dockerfile, unpacks it, and runs its
// program as the image's user on a root file system that is read-only.
func TestImage(t *testing.T) {
	if os.Getenv("SNAPSHOTTER_IMAGE") == "" {
		t.Skip("the container image is not built: set SNAPSHOTTER_IMAGE=1, as root on Linux")
	}
	if os.Getuid() != 0 {
		needs.Skip(t, "changing the root directory and the user takes the rights of root")
	}
	for _, tool := range []string{"unshare", "setpriv", "sh"} {
		needs.Tool(t, tool)
	}
	var p problems
	b := &dockerfile{t: t, context: t.TempDir(), root: t.TempDir(), dir: "/"}
	all := shipped(t)
	b.fillContext(all["Dockerfile.dockerignore"])
	both := stages(&p, all["Dockerfile"])
	if len(both) != 2 || len(p) > 0 {
		t.Fatalf("the Dockerfile is not understood: %v", p)
	}
	for _, i := range both[0][1:] {
		b.build(i)
	}
	for _, i := range both[1][1:] {
		b.assemble(i)
	}

	image := filepath.Join(t.TempDir(), "snapshotter.tar")
	config, err := json.Marshal(b.config)
	if err != nil {
		t.Fatal(err)
	}
	b.tool(append([]string{"pack", string(config), image}, b.layers...)...)
	// Whoever may not write to the temporary folder of a test must reach it.
	unpacked := filepath.Join(t.TempDir(), "root")
	if err := os.Mkdir(unpacked, 0o755); err != nil {
		t.Fatal(err)
	}
	var got imageConfig
	if err := json.Unmarshal(b.tool("unpack", image, unpacked), &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, b.config) {
		t.Errorf("the configuration is %+v, want %+v", got, b.config)
	}
	t.Run("content", func(t *testing.T) { checkContent(t, unpacked) })
	t.Run("runs", func(t *testing.T) { checkRuns(t, unpacked, got) })
}

// fillContext copies what the .dockerignore leaves in.
func (b *dockerfile) fillContext(ignore string) {
	b.t.Helper()
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative := strings.TrimPrefix(filepath.ToSlash(name), "../")
		if entry.IsDir() && entry.Name() == ".git" {
			return filepath.SkipDir
		}
		if entry.IsDir() || ignored(ignore, relative) {
			return nil
		}
		return copyInto(name, filepath.Join(b.context, relative))
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func copyInto(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, text, info.Mode().Perm())
}

// inside is where a path of the build's container is on this machine.
func (b *dockerfile) inside(name string) string {
	if !path.IsAbs(name) {
		name = path.Join(b.dir, name)
	}
	return filepath.Join(b.root, name)
}

// ownPaths are the folders that the build stage makes. What else its commands
// name, such as /etc/ssl, is the base image's.
var ownPaths = regexp.MustCompile(`(^|[\s'"=>])(/(?:src|out|empty))\b`)

func (b *dockerfile) build(i instruction) {
	b.t.Helper()
	switch i.name {
	case "WORKDIR":
		b.dir = i.arguments
		if err := os.MkdirAll(b.inside("."), 0o755); err != nil {
			b.t.Fatal(err)
		}
	case "COPY":
		fields := strings.Fields(i.arguments)
		for _, name := range fields[:len(fields)-1] {
			from := filepath.Join(b.context, name)
			if info, err := os.Stat(from); err != nil {
				b.t.Fatalf("COPY %s: %v", i.arguments, err)
			} else if info.IsDir() {
				err = os.CopyFS(b.inside("merge"), os.DirFS(from))
				if err == nil {
					err = b.merge()
				}
				if err != nil {
					b.t.Fatal(err)
				}
				continue
			}
			if err := copyInto(from, filepath.Join(b.inside(fields[len(fields)-1]), name)); err != nil {
				b.t.Fatal(err)
			}
		}
	case "RUN":
		command := exec.Command("sh", "-ec", ownPaths.ReplaceAllString(i.arguments, "${1}"+b.root+"${2}"))
		command.Dir = b.inside(".")
		if out, err := command.CombinedOutput(); err != nil {
			b.t.Fatalf("RUN %s: %v\n%s", i.arguments, err, out)
		}
	default:
		b.t.Fatalf("the build stage has %s", i.name)
	}
}

// merge moves what was copied to the folder "merge" over the working directory,
// in which files of the same name are replaced.
func (b *dockerfile) merge() error {
	from := b.inside("merge")
	err := filepath.WalkDir(from, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return copyInto(name, b.inside(strings.TrimPrefix(name, from+"/")))
	})
	if err != nil {
		return err
	}
	return os.RemoveAll(from)
}

func (b *dockerfile) assemble(i instruction) {
	b.t.Helper()
	var p problems
	switch i.name {
	case "COPY":
		var owner syscall.Stat_t
		fields := strings.Fields(i.arguments)
		for strings.HasPrefix(fields[0], "--") {
			if ids, found := strings.CutPrefix(fields[0], "--chown="); found {
				if _, err := fmt.Sscanf(ids, "%d:%d", &owner.Uid, &owner.Gid); err != nil {
					b.t.Fatalf("COPY %s: %v", i.arguments, err)
				}
			} else if fields[0] != "--from=build" {
				b.t.Fatalf("COPY %s is not known here", i.arguments)
			}
			fields = fields[1:]
		}
		b.layer(b.inside(fields[0]), fields[1], int(owner.Uid), int(owner.Gid))
	case "USER":
		b.config.User = i.arguments
	case "WORKDIR":
		b.config.WorkingDir = i.arguments
	case "VOLUME":
		b.config.Volumes = map[string]struct{}{}
		for _, volume := range executable(&p, i) {
			b.config.Volumes[volume] = struct{}{}
		}
	case "ENTRYPOINT":
		b.config.Entrypoint = executable(&p, i)
	case "CMD":
		b.config.Cmd = executable(&p, i)
	default:
		b.t.Fatalf("the last stage has %s", i.name)
	}
	if len(p) > 0 {
		b.t.Fatal(p)
	}
}

// layer archives a folder as a folder of the image. Times are left out, so that
// the same files give the same bytes.
func (b *dockerfile) layer(from, to string, uid, gid int) {
	b.t.Helper()
	file, err := os.Create(filepath.Join(b.t.TempDir(), "layer.tar"))
	if err != nil {
		b.t.Fatal(err)
	}
	archive := tar.NewWriter(file)
	err = filepath.WalkDir(from, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		header := &tar.Header{
			Name: strings.TrimPrefix(path.Join(to, filepath.ToSlash(strings.TrimPrefix(name, from))), "/"),
			Mode: int64(info.Mode().Perm()), Uid: uid, Gid: gid, Typeflag: tar.TypeReg, Size: info.Size(),
		}
		if header.Name == "" {
			return nil // the root itself
		}
		if entry.IsDir() {
			header.Typeflag, header.Size, header.Name = tar.TypeDir, 0, header.Name+"/"
			return archive.WriteHeader(header)
		}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		text, err := os.ReadFile(name)
		if err == nil {
			_, err = archive.Write(text)
		}
		return err
	})
	if err == nil {
		err = archive.Close()
	}
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		b.t.Fatal(err)
	}
	b.layers = append(b.layers, file.Name())
}

// tool runs the packer of deploy/image.
func (b *dockerfile) tool(arguments ...string) []byte {
	b.t.Helper()
	command := exec.Command("go", append([]string{"run", "-C", "image", "."}, arguments...)...)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		b.t.Fatalf("image %s: %v", arguments[0], err)
	}
	return out
}

// The image holds a static program, certificates, licences, and two folders
// that its user may write to.
func checkContent(t *testing.T, root string) {
	binary, err := elf.Open(filepath.Join(root, "usr/bin/snapshotter"))
	if err != nil {
		t.Fatal(err)
	}
	defer binary.Close()
	for _, part := range binary.Progs {
		if part.Type == elf.PT_INTERP {
			t.Error("the program is not static")
		}
	}
	certificates, err := os.ReadFile(filepath.Join(root, "etc/ssl/certs/ca-certificates.crt"))
	if err != nil || !x509.NewCertPool().AppendCertsFromPEM(certificates) {
		t.Errorf("there are no certificates: %v", err)
	}
	for _, pattern := range []string{"go*/LICENSE", "snapshotter/LICENSE", "ca-certificates/copyright", "modernc.org/sqlite@*/LICENSE", "github.com/aws/smithy-go@*/NOTICE"} {
		if found, _ := filepath.Glob(filepath.Join(root, "usr/share/licenses", pattern)); len(found) == 0 {
			t.Errorf("the licence %s is missing", pattern)
		}
	}
	var writable []string
	if err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil || name == root {
			return err
		}
		owner := info.Sys().(*syscall.Stat_t)
		if owner.Uid != 0 || info.Mode().Perm()&0o022 != 0 || info.Mode()&(fs.ModeSetuid|fs.ModeSetgid) != 0 {
			writable = append(writable, fmt.Sprintf("%s %d:%d %s", strings.TrimPrefix(name, root), owner.Uid, owner.Gid, info.Mode()))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"/tmp 65532:65532 drwxr-xr-x", stateDir + " 65532:65532 drwxr-xr-x"}; !slices.Equal(writable, want) {
		t.Errorf("the user may write to %q, want %q", writable, want)
	}
}

// checkRuns starts the program as the image says, on a read-only root with an
// empty /tmp, and with a volume for its state if the image declares one.
func checkRuns(t *testing.T, root string, config imageConfig) {
	uid, gid, found := strings.Cut(config.User, ":")
	if !found || uid == "0" || gid == "0" {
		t.Fatalf("the user is %q", config.User)
	}
	// What is mounted is seen in this namespace alone and gone with it.
	const mounts = `
mount --make-rprivate /
mount --bind "$ROOT" "$ROOT"
mount -o remount,bind,ro "$ROOT"
mount -t tmpfs -o mode=1777,nosuid,nodev,noexec tmpfs "$ROOT/tmp"
if [ -n "$VOLUME" ]; then mount --bind "$VOLUME" "$ROOT` + stateDir + `"; fi
exec setpriv --no-new-privs --bounding-set=-all,+sys_chroot,+setuid,+setgid --inh-caps=-all \
  unshare --root "$ROOT" --wd "$WD" --setgid "$RUN_GID" --setuid "$RUN_UID" -- "$@"
`
	start := func(t *testing.T, volume string, arguments ...string) (string, error) {
		t.Helper()
		command := exec.Command("unshare", append([]string{"--mount", "--fork", "sh", "-ec", mounts, "sh"}, append(slices.Clone(config.Entrypoint), arguments...)...)...)
		command.Env = []string{"PATH=" + os.Getenv("PATH"), "ROOT=" + root, "VOLUME=" + volume, "WD=" + config.WorkingDir, "RUN_UID=" + uid, "RUN_GID=" + gid, "AWS_EC2_METADATA_DISABLED=true"}
		out, err := command.CombinedOutput()
		return string(out), err
	}
	if out, err := start(t, "", "version"); err != nil || !strings.Contains(out, "snapshotter") {
		t.Errorf("version: %v: %s", err, out)
	}
	if out, err := start(t, "", "demo", "--dir", "/tmp/demo"); err != nil || !strings.Contains(out, "SAMPLE DATA") {
		t.Errorf("demo in /tmp: %v: %s", err, out)
	}
	if out, err := start(t, "", "demo", "--dir", stateDir+"/demo"); err == nil || !strings.Contains(out, "read-only") {
		t.Errorf("the root is not read-only: %v: %s", err, out)
	}
	// Docker fills a new volume with what the image has there: nothing, owned by
	// the user.
	volume := t.TempDir()
	state, err := os.Stat(filepath.Join(root, stateDir))
	if err != nil {
		t.Fatal(err)
	}
	owner := state.Sys().(*syscall.Stat_t)
	if err := os.Chown(volume, int(owner.Uid), int(owner.Gid)); err != nil {
		t.Fatal(err)
	}
	if out, err := start(t, volume, "demo", "--dir", "demo"); err != nil {
		t.Errorf("demo on the volume: %v: %s", err, out)
	}
	kept, err := os.Stat(filepath.Join(volume, "demo", "snapshotter.db"))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%d:%d", kept.Sys().(*syscall.Stat_t).Uid, kept.Sys().(*syscall.Stat_t).Gid); got != user {
		t.Errorf("the history belongs to %s, want %s", got, user)
	}
	if out, err := start(t, volume, config.Cmd...); err == nil || !strings.Contains(out, "AWS") {
		t.Errorf("%v without settings of AWS: %v: %s", config.Cmd, err, out)
	}
}
