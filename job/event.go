package job

import (
	"context"
	"errors"

	"snapshotter/catalog"
	"snapshotter/notify"
	"snapshotter/state"
	"snapshotter/store"
)

// Event is something that happens in a run and is worth logging.
type Event interface{ event() }

// NewHistory is the first run of a history in S3. If there should have been one,
// the URL is wrong.
type NewHistory struct{ URL string }

// Collected says that nothing more is read from Bedrock.
type Collected struct{}

// DiscoveryNote says that the regions were found without one of the sources that
// name them.
type DiscoveryNote struct{ Text string }

// Recorded is a run that is in the history, with how each list was read. It may
// still fail to be saved in S3.
type Recorded struct {
	Run      catalog.Run
	Listings []catalog.Listing
}

// ReportedInstead is the report of the run that was saved first, written by the
// run that lost the race.
type ReportedInstead struct{ Title, Path string }

// NotRescued is a run that crashed after it was recorded, and could not be saved.
type NotRescued struct{ Err error }

// NotAnnounced is a run that could not be decided about. The next run tries
// again.
type NotAnnounced struct {
	Run int64
	Err error
}

// Delivered is how channels and checks took a message or a ping.
type Delivered struct{ Deliveries []notify.Delivery }

// DeliveryNotRecorded is a message whose outcome is missing from the history.
type DeliveryNotRecorded struct {
	Channel string
	Err     error
}

// LakeFilled is what was added to a lake before Err, nil if nothing is missing now.
type LakeFilled struct {
	Filled
	Err error
}

func (NewHistory) event()          {}
func (Collected) event()           {}
func (DiscoveryNote) event()       {}
func (Recorded) event()            {}
func (ReportedInstead) event()     {}
func (NotRescued) event()          {}
func (NotAnnounced) event()        {}
func (Delivered) event()           {}
func (DeliveryNotRecorded) event() {}
func (LakeFilled) event()          {}

// Overtaken reports whether a run gave way to another one, which holds the lock, or
// was recorded or saved in S3 first.
func Overtaken(err error) bool {
	if _, locked := errors.AsType[*store.LockedError](err); locked {
		return true
	}
	if _, moved := errors.AsType[*store.MovedError](err); moved {
		return true
	}
	lost, ok := errors.AsType[*state.LostRaceError](err)
	return ok && !lost.Deleted
}

// Stopped reports whether a run ended because the program was asked to stop, and
// left nothing behind. One that was recorded, and then not saved or reported, did.
func Stopped(err error) bool {
	_, unsaved := errors.AsType[*state.SaveError](err)
	_, unreported := errors.AsType[*ReportError](err)
	return errors.Is(err, context.Canceled) && !unsaved && !unreported
}
