// Command image packs files into a container image and unpacks one, without
// Docker or its daemon.
//
//	image pack CONFIG IMAGE LAYER...
//	image unpack IMAGE DIR
//
// CONFIG is the JSON form of an image's configuration, such as {"User": "65532"},
// and each LAYER a tar archive. IMAGE is an archive that docker load reads. The
// same input gives the same bytes. unpack prints the configuration, and as root
// it keeps owners.
package main

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

func main() {
	var err error
	switch args := os.Args[1:]; {
	case len(args) >= 4 && args[0] == "pack":
		err = pack(args[1], args[2], args[3:])
	case len(args) == 3 && args[0] == "unpack":
		err = unpack(args[1], args[2])
	default:
		err = errors.New("usage: image pack CONFIG IMAGE LAYER... | image unpack IMAGE DIR")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

func pack(config, to string, layers []string) error {
	file := &v1.ConfigFile{OS: "linux", Architecture: runtime.GOARCH, RootFS: v1.RootFS{Type: "layers"}}
	if err := json.Unmarshal([]byte(config), &file.Config); err != nil {
		return fmt.Errorf("read the configuration: %w", err)
	}
	image, err := mutate.ConfigFile(empty.Image, file)
	if err != nil {
		return err
	}
	for _, path := range layers {
		layer, err := tarball.LayerFromFile(path)
		if err != nil {
			return err
		}
		if image, err = mutate.AppendLayers(image, layer); err != nil {
			return err
		}
	}
	tag, err := name.NewTag("snapshotter:latest")
	if err != nil {
		return err
	}
	return tarball.WriteToFile(to, tag, image)
}

func unpack(from, dir string) error {
	image, err := tarball.ImageFromPath(from, nil)
	if err != nil {
		return err
	}
	file, err := image.ConfigFile()
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	flat := mutate.Extract(image)
	defer flat.Close()
	for archive := tar.NewReader(flat); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := place(root, header, archive); err != nil {
			return fmt.Errorf("unpack %s: %w", header.Name, err)
		}
	}
	return json.NewEncoder(os.Stdout).Encode(file.Config)
}

// place writes one entry of an archive below a folder.
func place(root *os.Root, header *tar.Header, content io.Reader) error {
	name, mode := filepath.Clean(header.Name), header.FileInfo().Mode()
	switch header.Typeflag {
	case tar.TypeDir:
		if err := root.MkdirAll(name, 0o755); err != nil {
			return err
		}
	case tar.TypeReg:
		if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		file, err := root.Create(name)
		if err != nil {
			return err
		}
		if _, err := io.Copy(file, content); err != nil {
			file.Close()
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
	default:
		return fmt.Errorf("an entry of type %q is not expected", header.Typeflag)
	}
	if os.Getuid() == 0 {
		if err := root.Chown(name, header.Uid, header.Gid); err != nil {
			return err
		}
	}
	return root.Chmod(name, mode)
}
