// Package state keeps the history and the reports, on disk or in S3. A task
// without a disk fetches them before a run and saves them after it.
//
// It guarantees that a save never overwrites what was saved in between: S3
// itself decides, by a conditional write, and if its answer is lost the object
// is read back. It guarantees that a copy is complete, and that what could not
// be saved stays in a local file. It refuses to save a database that depends on
// another file, to fetch over an existing file, and to take a deleted or lost
// history for one that never existed.
package state

import (
	"github.com/aws/aws-sdk-go-v2/aws"
)

// State is a database in S3 and its local copy. Runs may use it one after the
// other, never two at once.
type State struct {
	// Anew takes a database that was deleted for one that never was.
	Anew bool

	client *client
	at     Location
	path   string // of the local copy, "" before it was fetched
	etag   string // of the object it is a copy of, "" if there was none
}

// New returns the state of a database at a location. The SDK's settings give
// the credentials, retries, connections and endpoint; their region need not be
// the bucket's.
func New(cfg aws.Config, at Location) *State {
	return &State{client: newClient(cfg, at.Bucket), at: at}
}

// At returns where the database is.
func (s *State) At() Location { return s.at }

// Copy is the local copy of a database.
type Copy struct {
	Path string // where it is or, on a first run, where it is to be created
	// First is whether there is nothing at the location yet.
	First   bool
	Size    int64  // bytes
	Version string // of the object, "" in a bucket without versions
}

// localName is the name of the local copy, whatever the key is.
const localName = "snapshotter.db"

// companions are the suffixes of the files that SQLite keeps beside a database
// and that may hold part of it.
// https://www.sqlite.org/tempfiles.html
var companions = []string{"-wal", "-journal"}
