// Package state keeps the history, and the reports, in S3 between the runs of
// a task that has no disk: fetched before a run, saved after it.
//
// It guarantees that a save never overwrites what was saved in between: S3
// itself decides, by a conditional write, and where its answer is lost the
// object is read back to learn what it was. It guarantees that a copy is whole,
// and that what could not be saved stays in a local file. It refuses to save a
// database that another file belongs to, to fetch where a file is in the way,
// and to take a deleted history for one that never began.
package state

import (
	"github.com/aws/aws-sdk-go-v2/aws"
)

// State is a database in S3 and its local copy. It is for one run after the
// other, never for two at once.
type State struct {
	client *client
	at     Location
	path   string // of the local copy, "" before it was fetched
	etag   string // of the object it is a copy of, "" if there was none
}

// New makes the state of a database at a location. The SDK's settings say with
// which credentials, retries, connections and endpoint; their region need not
// be the bucket's.
func New(cfg aws.Config, at Location) *State {
	return &State{client: newClient(cfg, at.Bucket), at: at}
}

// At is where the database is.
func (s *State) At() Location { return s.at }

// Copy is the local copy of a database.
type Copy struct {
	Path string // where it is or, on a first run, where it is to be created
	// First is whether there is nothing at the location yet.
	First   bool
	Size    int64  // bytes
	Version string // of the object, "" in a bucket without versions
}

// localName is the local copy's, whatever the key is.
const localName = "snapshotter.db"

// companions are what the names of the files that SQLite keeps beside a
// database add to its own, and in which a part of it may be.
// https://www.sqlite.org/tempfiles.html
var companions = []string{"-wal", "-journal"}
