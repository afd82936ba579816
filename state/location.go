package state

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"snapshotter/catalog"
)

// Location is an object in S3, or a folder of objects if its key is empty or
// ends in a slash.
type Location struct {
	Bucket string
	Key    string
}

const scheme = "s3://"

// Remote reports whether name is a URL in S3 and not a path.
func Remote(name string) bool { return strings.HasPrefix(name, scheme) }

// Parse reads the URL of an object, such as s3://bucket/snapshotter.db. The key
// is what follows the bucket, as it is: nothing is decoded.
func Parse(url string) (Location, error) {
	at, err := parse(url)
	if err == nil && (at.Key == "" || strings.HasSuffix(at.Key, "/")) {
		return Location{}, fmt.Errorf("%s does not name an object: give a key, such as s3://bucket/snapshotter.db", at)
	}
	return at, err
}

// ParseFolder reads the URL of a folder, such as s3://bucket/reports/, with or
// without the last slash. A bucket alone is a folder too.
func ParseFolder(url string) (Location, error) {
	at, err := parse(url)
	if at.Key != "" && !strings.HasSuffix(at.Key, "/") {
		at.Key += "/"
	}
	return at, err
}

// bucketName is the form of a bucket's name, which has 3 to 63 characters. They are
// counted apart: to compile a long repetition takes much of the start.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*[a-z0-9]$`)

// maxKey is the longest possible key, in bytes.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
const maxKey = 1024

func parse(url string) (Location, error) {
	rest, found := strings.CutPrefix(url, scheme)
	if !found {
		return Location{}, fmt.Errorf("%q is not a URL in S3, such as s3://bucket/key", catalog.Redact(url))
	}
	bucket, key, _ := strings.Cut(rest, "/")
	at := Location{bucket, key}
	switch {
	case len(bucket) < 3 || len(bucket) > 63 || !bucketName.MatchString(bucket) || strings.Contains(bucket, ".."):
		return Location{}, fmt.Errorf("%q is not the name of an S3 bucket: names have 3 to 63 lower-case letters, digits, hyphens and dots", catalog.Redact(bucket))
	case len(key) > maxKey:
		return Location{}, fmt.Errorf("the key in bucket %s is longer than the %d bytes that S3 allows", at.shownBucket(), maxKey)
	case !clean(key):
		return Location{}, fmt.Errorf("S3 clients do not agree on the key %q: leave out empty parts, single dots, and control characters", catalog.Redact(key))
	}
	return at, nil
}

// clean reports whether no part of a key looks like a relative path, which
// clients and servers may resolve.
func clean(key string) bool {
	parts := strings.Split(strings.TrimSuffix(key, "/"), "/")
	odd := slices.ContainsFunc(parts, func(part string) bool {
		return part == "" || part == "." || part == ".."
	})
	return key == "" || !odd && strings.ToValidUTF8(key, "") == key && !strings.ContainsFunc(key, unicode.IsControl)
}

// String returns the URL as it may be shown, without the account ID that is
// often part of a bucket's name.
func (l Location) String() string { return scheme + l.shownBucket() + "/" + catalog.Redact(l.Key) }

func (l Location) shownBucket() string { return catalog.Redact(l.Bucket) }
