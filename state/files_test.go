package state

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/internal/buckettest"
)

// Files are created once, and listed in order from any name on, on disk and in S3.
func TestFiles(t *testing.T) {
	s := start(t)
	for name, at := range map[string]string{"directory": t.TempDir(), "S3": "s3://" + buckettest.Bucket + "/files"} {
		t.Run(name, func(t *testing.T) {
			config := aws.Config{}
			if Remote(at) {
				config = s.Config()
			}
			files, err := NewFiles(at, config)
			if err != nil {
				t.Fatal(err)
			}
			if names, err := files.Names(t.Context(), "a/", "a/"); names != nil || err != nil {
				t.Errorf("no folder: %q, %v", names, err)
			}
			var all []string
			for i := range 1200 { // a page of S3 has a thousand
				all = append(all, "a/m="+strconv.Itoa(i%3)+"/"+strconv.Itoa(10000+i))
			}
			slices.Sort(all)
			for _, name := range append(slices.Clone(all), "b/other", "a/m=1/.part") {
				if err := files.Create(t.Context(), name, []byte(name), name == all[1]); err != nil {
					t.Fatal(err)
				}
			}
			if names, err := files.Names(t.Context(), "a/", "a/"); err != nil || !slices.Equal(names, all) {
				t.Errorf("%d names, %v, want %d", len(names), err, len(all))
			}
			late, _ := slices.BinarySearch(all, "a/m=1")
			if names, err := files.Names(t.Context(), "a/", "a/m=1"); err != nil || !slices.Equal(names, all[late:]) {
				t.Errorf("from a/m=1: %d names, %v, want %d", len(names), err, len(all)-late)
			}
			if err := files.Create(t.Context(), all[0], []byte("another"), false); !errors.Is(err, fs.ErrExist) {
				t.Errorf("a second file of the name: %v", err)
			}
			if data, err := files.Read(t.Context(), all[0]); err != nil || string(data) != all[0] {
				t.Errorf("read %q, %v", data, err)
			}
			if info, err := os.Stat(filepath.Join(at, all[1])); !Remote(at) && (err != nil || info.Mode().Perm() != 0o600) {
				t.Errorf("a private file: %v, %v", info, err)
			}
			if _, err := files.Read(t.Context(), "a/none"); err == nil {
				t.Error("a file that is not there was read")
			}
		})
	}
}
