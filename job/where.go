package job

import (
	"context"
	"slices"
	"sync"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/store"
)

// Wanted is what [Whereabouts] is asked for.
type Wanted struct {
	Found        ask.Found
	Chosen       ask.Filter // of regions
	Within       []string   // places that calls must stay in; none is anywhere
	Replacements map[string]string
}

// many is from how many models on the whole history is read at once, which is faster
// than the past of each.
const many = 20

// Whereabouts returns where the models that were found can be called as of a run, in
// their order. It is not nil. Directory knows the models themselves.
func Whereabouts(ctx context.Context, db *store.Store, run catalog.Run, directory *ask.Directory, wanted Wanted) ([]ask.Whereabouts, error) {
	var history ask.History = db
	if len(wanted.Found.Models) > many {
		log, _, err := ReadLog(ctx, db)
		if err != nil {
			return nil, err
		}
		history = log
	}
	whole := sync.OnceValues(func() (*ask.Directory, error) { return wholeDirectory(ctx, db, run) })
	models := []ask.Whereabouts{}
	for _, model := range wanted.Found.Models {
		past, err := ask.ReadPast(ctx, history, catalog.KindFoundationModel, model.ID)
		if err != nil {
			return nil, err
		}
		all := directory.Where(model.ID, past.Spans(run.ID), wanted.Within)
		all.Regions = slices.DeleteFunc(all.Regions, func(at ask.Stand) bool { return !wanted.Chosen.IncludesRegion(at.Region) })
		known := directory
		if directory.Ending(model.ID) { // what the answer rests on may lack its replacement
			if known, err = whole(); err != nil {
				return nil, err
			}
		}
		known.Describe(&all, past.LastListed(run.ID), wanted.Within, wanted.Replacements)
		models = append(models, all)
	}
	return models, nil
}

// wholeDirectory returns a directory that knows every model.
func wholeDirectory(ctx context.Context, db *store.Store, run catalog.Run) (*ask.Directory, error) {
	all, err := db.Snapshot(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	return ask.NewDirectory(all), nil
}
