package state

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"snapshotter/internal/atomicfile"
)

// Files is where files are kept that never change: a directory or, in S3, a folder.
// Names have slashes.
type Files struct {
	dir    string
	folder *Folder // nil for a directory
}

// NewFiles returns the files at name, a path or a URL such as s3://bucket/lake/. A path
// needs no settings of AWS.
func NewFiles(name string, cfg aws.Config) (*Files, error) {
	if !Remote(name) {
		return &Files{dir: name}, nil
	}
	at, err := ParseFolder(name)
	if err != nil {
		return nil, err
	}
	return &Files{folder: NewFolder(cfg, at)}, nil
}

// String returns the path or URL, as people may see it.
func (f *Files) String() string {
	if f.folder != nil {
		return f.folder.at.String()
	}
	return f.dir
}

// Names returns the names of the files in a folder, which ends in a slash, and in the
// folders below it, in the order of their bytes: those that begin with from or come after
// it. It is nil if there is no such folder. Files whose names begin with a dot are left
// out: they are being written.
func (f *Files) Names(ctx context.Context, folder, from string) (names []string, err error) {
	if f.folder != nil {
		return f.folder.names(ctx, folder, from)
	}
	root := os.DirFS(f.dir)
	err = fs.WalkDir(root, strings.TrimSuffix(folder, "/"), func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && name >= from && !strings.HasPrefix(entry.Name(), ".") {
			names = append(names, name)
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) && !atomicfile.Exists(filepath.Join(f.dir, filepath.FromSlash(folder))) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", f.dir, err)
	}
	return names, nil
}

// Read returns the content of a file.
func (f *Files) Read(ctx context.Context, name string) ([]byte, error) {
	if f.folder != nil {
		return f.folder.read(ctx, name)
	}
	return os.ReadFile(f.path(name))
}

// Create writes a file that must not exist, completely or not at all. On disk only its
// user can read a private one; in S3 that is for the bucket to say. The error is or wraps
// [fs.ErrExist] if there is one of the name.
func (f *Files) Create(ctx context.Context, name string, data []byte, private bool) error {
	if f.folder != nil {
		return f.folder.create(ctx, name, data)
	}
	path := f.path(name)
	if err := atomicfile.MakeDirectory(filepath.Dir(path)); err != nil {
		return &DirectoryError{err}
	}
	mode := fs.FileMode(0o666)
	if private {
		mode = 0o600
	}
	err := atomicfile.Create(path, mode, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return &DirectoryError{err}
	}
	return err
}

func (f *Files) path(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

// names lists objects; S3 returns them in the order of their bytes.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
func (f *Folder) names(ctx context.Context, folder, from string) (names []string, err error) {
	at := f.Locate(folder)
	input := &s3.ListObjectsV2Input{Bucket: &at.Bucket, Prefix: &at.Key}
	if from > folder {
		// It lists what comes after a key; from itself is no key.
		input.StartAfter = aws.String(f.Locate(from).Key)
	}
	for {
		page, err := f.list(ctx, at, input)
		if err != nil {
			return nil, err
		}
		for _, object := range page.Contents {
			name := strings.TrimPrefix(aws.ToString(object.Key), f.at.Key)
			if !strings.HasPrefix(name[strings.LastIndexByte(name, '/')+1:], ".") {
				names = append(names, name)
			}
		}
		if !aws.ToBool(page.IsTruncated) {
			return names, nil
		}
		next := aws.ToString(page.NextContinuationToken)
		if next == "" || next == aws.ToString(input.ContinuationToken) {
			return nil, newCallError("list", at, errors.New("the listing has no end"))
		}
		input.ContinuationToken = &next
	}
}

// list asks for one page of the objects at a location.
func (f *Folder) list(ctx context.Context, at Location, input *s3.ListObjectsV2Input) (page *s3.ListObjectsV2Output, err error) {
	err = f.client.call(ctx, func(in func(*s3.Options)) (err error) {
		page, err = f.client.s3.ListObjectsV2(ctx, input, in, s3.WithAPIOptions(f.client.limit(0, nil)))
		return err
	})
	if err != nil {
		return nil, newCallError("list", at, err)
	}
	return page, nil
}

// create writes an object unless there is one of the name.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
func (f *Folder) create(ctx context.Context, name string, data []byte) error {
	err := f.put(ctx, "write", name, data, s3.PutObjectInput{
		ContentType: aws.String("application/vnd.apache.parquet"), IfNoneMatch: aws.String("*"),
	})
	if _, status := answer(err); status == 412 { // precondition failed
		return fmt.Errorf("write %s: %w", f.Locate(name), fs.ErrExist)
	}
	return err
}

// read returns the content of an object.
func (f *Folder) read(ctx context.Context, name string) (data []byte, err error) {
	at := f.Locate(name)
	err = f.client.call(ctx, func(in func(*s3.Options)) error {
		_, err := f.client.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &at.Bucket, Key: &at.Key}, in,
			s3.WithAPIOptions(f.client.limit(0, func(object *s3.GetObjectOutput) (err error) {
				data, err = io.ReadAll(object.Body)
				return err
			})))
		return err
	})
	if err != nil {
		return nil, newCallError("read", at, err)
	}
	return data, nil
}
