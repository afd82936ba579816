package state

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Published are the files of a folder that programs put there together, by name, each
// with a hash of its content.
type Published map[string]string

// Hash is how [Published] knows a content.
func Hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// list is the object that says what was published. It is written last: whatever an
// interrupted publication wrote is written again.
const list = "published.json"

// Published reads what was published to the folder, nothing if nothing ever was.
func (f *Folder) Published(ctx context.Context) (Published, error) {
	text, err := f.read(ctx, list)
	if missing(err) {
		return Published{}, nil
	}
	if err != nil {
		return nil, err
	}
	files := Published{}
	if err := json.Unmarshal(text, &files); err != nil {
		return nil, fmt.Errorf("read %s: it is not the list of what was published: %w", f.Locate(list), err)
	}
	return files, nil
}

// SetPublished writes what is published now.
func (f *Folder) SetPublished(ctx context.Context, files Published) error {
	text, err := json.MarshalIndent(files, "", " ")
	if err != nil {
		return err
	}
	return f.PutFile(ctx, list, text, "application/json", "no-cache")
}

// PutFile writes a file with its media type, and how long it may be kept by caches. It
// may be called by several goroutines at once after [Folder.Published].
func (f *Folder) PutFile(ctx context.Context, name string, data []byte, mediaType, cacheControl string) error {
	return f.put(ctx, "write", name, data, s3.PutObjectInput{ContentType: &mediaType, CacheControl: &cacheControl})
}

// RemoveFile removes a file.
func (f *Folder) RemoveFile(ctx context.Context, name string) error {
	at := f.Locate(name)
	err := f.client.call(ctx, func(in func(*s3.Options)) error {
		_, err := f.client.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &at.Bucket, Key: &at.Key}, in, s3.WithAPIOptions(f.client.limit(0, nil)))
		return err
	})
	if err != nil {
		return newCallError("remove", at, err)
	}
	return nil
}
