package state

import (
	"os"
	"testing"

	"snapshotter/internal/buckettest"
)

const (
	bucket = buckettest.Bucket
	key    = "bedrock/snapshotter.db"
)

var here = Location{bucket, key}

func start(t testing.TB) *buckettest.Server {
	t.Helper()
	return buckettest.Start(t, os.Getenv(buckettest.Versity))
}
