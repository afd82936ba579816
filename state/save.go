package state

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Save replaces what was fetched with the local copy, which the caller has
// closed, unless the object has changed. An ended context stops the upload;
// finding out whether it succeeded then takes three seconds at most. Afterwards
// the local copy may be used and saved again. Errors are or wrap
// [*LostRaceError], [*SaveError], [*NotWholeError], [*TooLargeError], or an
// error of the system; none of them changes the local copy.
func (s *State) Save(ctx context.Context) error {
	if s.path == "" {
		return errors.New("save a state that was not fetched")
	}
	local, err := open(s.path)
	if err != nil {
		return err
	}
	defer local.Close()
	etag, err := s.upload(ctx, local)
	if err != nil {
		return s.settle(ctx, local, err)
	}
	s.etag = etag
	return nil
}

// database is a local copy that is ready to be saved.
type database struct {
	*os.File
	size int64
	sum  [sha256.Size]byte
}

// magic starts every SQLite file.
// https://www.sqlite.org/fileformat.html#the_database_header
const magic = "SQLite format 3\x00"

// largest is the largest object that S3 accepts in one upload.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html
const largest = 5 << 30

// open checks that the file at path is a complete database: what is committed
// only to a log beside it would be lost.
func open(path string) (*database, error) {
	for _, suffix := range companions {
		beside, err := os.Stat(path + suffix)
		switch {
		case errors.Is(err, fs.ErrNotExist) || err == nil && beside.Size() == 0:
		case err != nil:
			return nil, err
		default:
			return nil, &NotWholeError{path, "a part of it is in " + filepath.Base(path) + suffix}
		}
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	local := &database{File: file}
	if err := local.read(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return local, nil
}

func (d *database) read() error {
	info, err := d.Stat()
	switch {
	case err != nil:
		return err
	case info.Size() > largest:
		return &TooLargeError{d.Name(), info.Size()}
	}
	start := make([]byte, len(magic))
	if _, err := d.ReadAt(start, 0); err != nil && err != io.EOF {
		return err
	}
	if !bytes.Equal(start, []byte(magic)) {
		return &NotWholeError{d.Name(), "it is not an SQLite database"}
	}
	sum := sha256.New()
	d.size, err = io.Copy(sum, d)
	sum.Sum(d.sum[:0])
	return err
}

// upload replaces the object with the local copy and returns its ETag. S3
// compares the checksum.
func (s *State) upload(ctx context.Context, local *database) (etag string, err error) {
	input := &s3.PutObjectInput{
		Bucket: &s.at.Bucket, Key: &s.at.Key,
		ContentType:    aws.String("application/vnd.sqlite3"),
		ContentLength:  &local.size,
		ChecksumSHA256: checksum(local.sum),
	}
	if s.etag == "" {
		input.IfNoneMatch = aws.String("*")
	} else {
		input.IfMatch = aws.String(quoted(s.etag))
	}
	err = s.client.call(ctx, func(in func(*s3.Options)) error {
		input.Body = io.NewSectionReader(local, 0, local.size)
		out, err := s.client.s3.PutObject(ctx, input, in, s3.WithAPIOptions(s.client.limit(local.size, nil)))
		if err != nil {
			return err
		}
		if etag = strong(out.ETag); etag == "" {
			return errNoETag
		}
		return nil
	})
	return etag, err
}

// checksum is a checksum as S3 writes it.
func checksum(sum [sha256.Size]byte) *string {
	return aws.String(base64.StdEncoding.EncodeToString(sum[:]))
}

// strong returns an ETag as S3 gave it, "" if there is none: a proxy that compresses
// some answers makes theirs weak, which matches nothing.
// https://www.rfc-editor.org/rfc/rfc9110#name-etag
func strong(etag *string) string { return strings.TrimPrefix(aws.ToString(etag), "W/") }

// quoted returns an ETag as a condition needs it. Not every S3 server quotes it.
func quoted(etag string) string {
	if strings.HasSuffix(etag, `"`) {
		return etag
	}
	return `"` + etag + `"`
}

// hurry is how long finding out about an upload may take after a request to
// stop.
const hurry = 3 * time.Second

// settle finds out what happened to an upload that ended with an error. The
// answer may have been lost after the object was written; then the SDK's next
// attempt finds the ETag changed by the attempt before, so that even a failed
// precondition says nothing. What is there now decides.
func (s *State) settle(ctx context.Context, local *database, cause error) error {
	limit := s.client.allowance(local.size)
	if ctx.Err() != nil {
		limit = hurry
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	etag, same, err := s.look(ctx, local)
	_, status := answer(cause)
	switch {
	case err == nil && same:
		s.etag = etag
		return nil
	case err == nil && etag != s.etag:
		return &LostRaceError{At: s.at, Path: s.path, Deleted: etag == ""}
	}
	// A conflict in every attempt is no lost race either: nobody else's write came
	// of it. Some servers answer so to every conditional write.
	return &SaveError{
		At: s.at, Path: s.path, ETag: s.etag,
		Unknown: err != nil || status/100 != 4,
		Err:     newCallError("save", s.at, cause),
	}
}

// look reads the object back and returns its ETag, "" if there is none, and
// whether it is the local copy.
func (s *State) look(ctx context.Context, local *database) (etag string, same bool, err error) {
	object, err := s.get(ctx, func(object *s3.GetObjectOutput) error {
		if aws.ToInt64(object.ContentLength) != local.size {
			return nil // not worth reading
		}
		sum := sha256.New()
		err := receive(sum, object)
		same = err == nil && bytes.Equal(sum.Sum(nil), local.sum[:])
		return err
	})
	switch {
	case missing(err):
		return "", false, nil
	case err != nil:
		return "", false, err
	}
	return strong(object.ETag), same, nil
}
