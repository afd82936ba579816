package state

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Folder is a folder of reports in S3.
type Folder struct {
	client *client
	at     Location
}

// NewFolder returns the folder at a location that [ParseFolder] returned. The
// SDK's settings are as in [New].
func NewFolder(cfg aws.Config, at Location) *Folder {
	return &Folder{client: newClient(cfg, at.Bucket), at: at}
}

// Locate returns the location of a report.
func (f *Folder) Locate(name string) Location { return Location{f.at.Bucket, f.at.Key + name} }

// PutReport writes a report in Markdown under a name and replaces what was
// there: a report always has the same bytes, and the last latest.md counts.
// Errors are [*CallError].
func (f *Folder) PutReport(ctx context.Context, name string, markdown []byte) error {
	return f.put(ctx, "write report", name, markdown, s3.PutObjectInput{ContentType: aws.String("text/markdown; charset=utf-8")})
}

// put writes an object of the folder, as the input says beside its place and content.
func (f *Folder) put(ctx context.Context, doing, name string, data []byte, input s3.PutObjectInput) error {
	at := f.Locate(name)
	input.Bucket, input.Key, input.ChecksumSHA256 = &at.Bucket, &at.Key, checksum(sha256.Sum256(data))
	err := f.client.call(ctx, func(in func(*s3.Options)) error {
		input.Body = bytes.NewReader(data)
		_, err := f.client.s3.PutObject(ctx, &input, in, s3.WithAPIOptions(f.client.limit(int64(len(data)), nil)))
		return err
	})
	if err != nil {
		return newCallError(doing, at, err)
	}
	return nil
}

// Has reports whether there is a report with a name. Errors are [*CallError].
func (f *Folder) Has(ctx context.Context, name string) (bool, error) {
	at := f.Locate(name)
	err := f.client.call(ctx, func(in func(*s3.Options)) error {
		_, err := f.client.s3.HeadObject(ctx, &s3.HeadObjectInput{
			Bucket: &at.Bucket, Key: &at.Key,
		}, in, s3.WithAPIOptions(f.client.limit(0, nil)))
		return err
	})
	var none *types.NotFound
	switch {
	case err == nil:
		return true, nil
	case errors.As(err, &none):
		return false, nil
	}
	return false, newCallError("look for report", at, err)
}
