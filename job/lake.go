package job

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"snapshotter/catalog"
	"snapshotter/lake"
	"snapshotter/state"
	"snapshotter/store"
)

// Lake is where a history is written as Parquet files.
type Lake struct {
	Files   *state.Files
	History string // its name there, see [lake.CheckHistory]
	Private bool   // adds what the account has
	// Replacements are the user's own, by the model that they replace.
	Replacements map[string]string
}

// Filled is what was added to a lake.
type Filled struct {
	Before      int64 // the last run that was there before, 0 if none was
	Runs, Files int
	Bytes       int64
}

// Fill adds every run that the lake lacks, up to one, and none twice: it continues
// where an addition broke off. Others may add the same history at the same time. Errors
// are or wrap a [*lake.ForeignError], and those of state and store.
func (l *Lake) Fill(ctx context.Context, db *store.Store, upTo int64) (Filled, error) {
	runs, err := db.Runs(ctx)
	if err != nil {
		return Filled{}, err
	}
	wanted := slices.DeleteFunc(slices.Clone(runs), func(run catalog.Run) bool { return run.ID > upTo })
	var filled Filled
	var before lake.Done
	var taken error
	for {
		done, err := l.survey(ctx, runs)
		if err != nil {
			return filled, err
		}
		if before == nil {
			filled.Before = done.After(l.Private)
		} else if maps.Equal(done, before) { // there is a file that no listing shows
			return filled, taken
		}
		taken = l.add(ctx, db, wanted, done, &filled)
		if !errors.Is(taken, fs.ErrExist) {
			return filled, taken
		}
		before = done // somebody else was faster
	}
}

// survey finds out what is there, from the files themselves.
func (l *Lake) survey(ctx context.Context, runs []catalog.Run) (lake.Done, error) {
	done := lake.Done{}
	err := l.surveyTables(ctx, lake.PublicTables(), runs, done)
	if err == nil && l.Private {
		err = l.surveyTables(ctx, lake.AccountTables(), runs, done)
	}
	return done, err
}

// surveyTables begins with the last table, which has a row for each run: no table lacks
// anything of these runs, so that the others are of interest from its last month on.
func (l *Lake) surveyTables(ctx context.Context, tables []lake.Table, runs []catalog.Run, done lake.Done) error {
	since, whole := "", int64(0)
	for i, table := range slices.Backward(tables) {
		content, month, err := l.last(ctx, table.Name, since)
		if err != nil {
			return err
		}
		done[table.Name] = whole
		if content == nil {
			continue
		}
		if err := lake.Check(l.History, *content, runs); err != nil {
			return err
		}
		done[table.Name] = max(whole, content.Last)
		if i == len(tables)-1 {
			since, whole = month, content.Last
		}
	}
	return nil
}

// last reads the last file of a table that is of a month or a later one; nil if there
// is none. An empty month is the first.
func (l *Lake) last(ctx context.Context, table, since string) (*lake.Content, string, error) {
	folder := lake.Folder(table, l.History)
	names, err := l.Files.Names(ctx, folder, folder+"month="+since)
	if err != nil {
		return nil, "", err
	}
	for len(names) > 0 {
		name := names[len(names)-1]
		names = names[:len(names)-1]
		month := lake.MonthOf(name)
		if month == "" {
			continue // such as a marker of another program
		}
		data, err := l.Files.Read(ctx, name)
		if err != nil {
			return nil, "", err
		}
		content, err := lake.ReadContent(table, data)
		if err != nil {
			return nil, "", fmt.Errorf("read %s of the lake: %w", name, err)
		}
		return &content, month, nil
	}
	return nil, "", nil
}

// add adds the runs that are not done.
func (l *Lake) add(ctx context.Context, db *store.Store, runs []catalog.Run, done lake.Done, filled *Filled) error {
	after := done.After(l.Private)
	if len(runs) == 0 || runs[len(runs)-1].ID <= after {
		return nil
	}
	source, err := l.source(ctx, db, runs, after+1)
	if err != nil {
		return err
	}
	var unread error
	source.Was = func(model string, run int64) *catalog.FoundationModel {
		m, err := lastListed(ctx, db, model, run)
		unread = errors.Join(unread, err)
		return m
	}
	return source.Batches(done, func(b *lake.Batch) error {
		files, err := b.Files(l.History, done)
		if err := errors.Join(err, unread); err != nil {
			return err
		}
		for _, file := range files {
			if err := l.Files.Create(ctx, file.Name, file.Data, file.Private); err != nil {
				return err
			}
			filled.Files++
			filled.Bytes += int64(len(file.Data))
		}
		filled.Runs += len(b.Rows.Runs)
		return nil
	})
}

// source reads what a history says since a run.
func (l *Lake) source(ctx context.Context, db *store.Store, runs []catalog.Run, since int64) (*lake.Source, error) {
	source := &lake.Source{
		Runs: runs, Private: l.Private, Replacements: l.Replacements, Histories: map[catalog.Kind]map[string][]catalog.Event{},
	}
	kinds := catalog.Kinds()
	if l.Private {
		kinds = append(kinds, catalog.AccountKinds()...)
	}
	var err error
	for _, kind := range kinds {
		if source.Histories[kind], err = db.HistoriesSince(ctx, kind, since); err != nil {
			return nil, err
		}
	}
	if source.Coverage, err = db.Coverage(ctx, nil); err != nil {
		return nil, err
	}
	if l.Private {
		source.Resources, err = db.ResourceCoverage(ctx)
	}
	return source, err
}
