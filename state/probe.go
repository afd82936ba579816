package state

import (
	"context"
	"errors"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"snapshotter/internal/atomicfile"
)

// TryWrite finds out whether a history in S3 could be saved, and changes nothing: it
// begins an upload, which takes the same permissions, and takes it back. A history in
// a file is not tried. Errors are [*CallError].
func (h *History) TryWrite(ctx context.Context) error {
	if h.path != "" {
		return nil
	}
	return newClient(h.aws, h.at.Bucket).tryPut(ctx, h.at)
}

// TryWrite finds out whether reports could be written, and leaves nothing behind. In
// S3 it begins an upload and takes it back. A directory that does not exist yet is not
// tried. Errors are [*CallError] and [*DirectoryError].
func (r *Reports) TryWrite(ctx context.Context) error {
	if r.folder != nil {
		return r.folder.client.tryPut(ctx, r.folder.Locate("latest.md"))
	}
	return tryDirectory(r.dir)
}

// TryWrite finds out whether files could be listed and written, and leaves nothing
// behind, as [Reports.TryWrite] does.
func (f *Files) TryWrite(ctx context.Context) error {
	if f.folder == nil {
		return tryDirectory(f.dir)
	}
	at := f.folder.at
	if _, err := f.folder.list(ctx, at, &s3.ListObjectsV2Input{Bucket: &at.Bucket, Prefix: &at.Key, MaxKeys: aws.Int32(1)}); err != nil {
		return err
	}
	return f.folder.client.tryPut(ctx, f.folder.Locate("v1"))
}

// tryDirectory creates a file in a directory and removes it.
func tryDirectory(dir string) error {
	if !atomicfile.Exists(dir) {
		return nil
	}
	file, err := os.CreateTemp(dir, ".snapshotter-*.part")
	if err == nil {
		err = errors.Join(file.Close(), os.Remove(file.Name()))
	}
	if err != nil {
		return &DirectoryError{err}
	}
	return nil
}

// tryPut begins an upload in parts and aborts it. An object that is written to find
// out could take the place of what is there: not every store compares ETags.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
func (c *client) tryPut(ctx context.Context, at Location) error {
	err := c.call(ctx, func(in func(*s3.Options)) error {
		begun, err := c.s3.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
			Bucket: &at.Bucket, Key: &at.Key,
		}, in, s3.WithAPIOptions(c.limit(0, nil)))
		if err != nil {
			return err
		}
		// One that stays costs nothing, and no permission to abort is asked for.
		c.s3.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{
			Bucket: &at.Bucket, Key: &at.Key, UploadId: begun.UploadId,
		}, in, s3.WithAPIOptions(c.limit(0, nil)))
		return nil
	})
	if err != nil {
		return newCallError("begin an upload to", at, err)
	}
	return nil
}
