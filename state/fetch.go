package state

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Fetch copies the database into dir, which must exist and belong to this run
// alone. The file appears completely or not at all. Errors are or wrap
// [*CallError], [*DeletedError], [*OccupiedError], or an error of the system.
func (s *State) Fetch(ctx context.Context, dir string) (Copy, error) {
	path := filepath.Join(dir, localName)
	if err := vacant(path); err != nil {
		return Copy{}, fmt.Errorf("fetch %s: %w", s.at, err)
	}
	object, err := s.download(ctx, path)
	switch {
	case missing(err) && deleted(err) && !s.Anew:
		return Copy{}, &DeletedError{s.at}
	case missing(err):
		s.path, s.etag = path, ""
		return Copy{Path: path, First: true}, nil
	case err != nil:
		return Copy{}, newCallError("fetch", s.at, err)
	}
	if err := s.identify(path, aws.ToString(object.ContentEncoding)); err != nil {
		return Copy{}, errors.Join(err, os.Remove(path))
	}
	s.path, s.etag = path, strong(object.ETag)
	return Copy{Path: path, Size: aws.ToInt64(object.ContentLength), Version: aws.ToString(object.VersionId)}, nil
}

// identify refuses an object that is not a database, such as one that a proxy
// compressed. An empty one is for the store to judge.
func (s *State) identify(path, encoding string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	start := make([]byte, len(magic))
	if n, err := io.ReadFull(file, start); n == 0 || err == nil && string(start) == magic {
		return nil
	}
	return &NotOursError{s.at, encoding}
}

// vacant checks that there is nothing at path, and nothing beside it that
// SQLite would take for part of a database there.
func vacant(path string) error {
	for _, suffix := range append([]string{""}, companions...) {
		switch _, err := os.Lstat(path + suffix); {
		case err == nil:
			return &OccupiedError{path + suffix}
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	return nil
}

// missing reports whether the bucket exists and the object does not.
func missing(err error) bool {
	var none *types.NoSuchKey
	return errors.As(err, &none)
}

// deleted reports whether the object's newest version is a delete marker.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
func deleted(err error) bool { return header(err, "X-Amz-Delete-Marker") == "true" }

// errNoETag means that the server does not speak S3 properly.
var errNoETag = errors.New("the answer has no ETag, so a save could not be conditional")

// Current reports whether the object is still the one that was fetched, or is
// still missing. Errors are [*CallError].
func (s *State) Current(ctx context.Context) (bool, error) {
	etag := ""
	err := s.client.call(ctx, func(in func(*s3.Options)) error {
		object, err := s.client.s3.HeadObject(ctx, &s3.HeadObjectInput{
			Bucket: &s.at.Bucket, Key: &s.at.Key,
		}, in, s3.WithAPIOptions(s.client.limit(0, nil)))
		if err == nil {
			etag = strong(object.ETag)
		}
		return err
	})
	if none := (*types.NotFound)(nil); err != nil && !errors.As(err, &none) {
		return false, newCallError("look at", s.at, err)
	}
	return etag == s.etag, nil
}

// download copies the object to path through a temporary file.
func (s *State) download(ctx context.Context, path string) (*s3.GetObjectOutput, error) {
	file, err := os.CreateTemp(filepath.Dir(path), localName+".*.part")
	if err != nil {
		return nil, err
	}
	object, err := s.get(ctx, func(object *s3.GetObjectOutput) error {
		if err := errors.Join(rewind(file), receive(file, object)); err != nil {
			return err
		}
		return file.Sync()
	})
	if err == nil && strong(object.ETag) == "" {
		err = errNoETag
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(file.Name()))
	}
	return object, nil
}

// rewind discards what an earlier attempt wrote.
func rewind(file *os.File) error {
	_, err := file.Seek(0, io.SeekStart)
	return errors.Join(err, file.Truncate(0))
}

func (s *State) get(ctx context.Context, receive func(*s3.GetObjectOutput) error) (object *s3.GetObjectOutput, err error) {
	err = s.client.call(ctx, func(in func(*s3.Options)) error {
		object, err = s.client.s3.GetObject(ctx, &s3.GetObjectInput{
			Bucket: &s.at.Bucket, Key: &s.at.Key, ChecksumMode: types.ChecksumModeEnabled,
		}, in, s3.WithAPIOptions(s.client.limit(0, receive)))
		return err
	})
	return object, err
}

// receive writes the object. Its length, and its checksum, which the SDK
// compares at the end, show that it is complete.
func receive(to io.Writer, object *s3.GetObjectOutput) error {
	size, err := io.Copy(to, object.Body)
	var local *fs.PathError
	switch {
	case errors.As(err, &local):
		return err
	case err != nil:
		return &cutError{err}
	case object.ContentLength == nil || size != *object.ContentLength:
		return &cutError{fmt.Errorf("%d bytes of %d", size, aws.ToInt64(object.ContentLength))}
	}
	return nil
}
