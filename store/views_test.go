package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"snapshotter/catalog"
)

// checkViews holds every documented view against the last snapshot.
func (h *history) checkViews(last *catalog.Snapshot) {
	h.same("current_models", h.view(`
		SELECT region, id, name, provider, status, start_of_life, legacy, extended_access, end_of_life,
			inference_types, input_modalities, output_modalities, customizations, streaming
		FROM current_models ORDER BY region, id`), modelRows(last))
	h.same("current_profiles", h.view(`
		SELECT region, id, geography, name, description, status, type, destinations, created_at, updated_at
		FROM current_profiles ORDER BY region, id`), profileRows(last))
	h.same("access_paths", h.view(`
		SELECT region, model, access, model_id, geography, destinations, callable
		FROM access_paths ORDER BY region, model, access, model_id`), pathRows(last))
	h.same("lifecycle_dates", h.view(`
		SELECT region, model, name, provider, status, event, date, at
		FROM lifecycle_dates ORDER BY region, model, event`), dateRows(last))
	h.same("coverage_now", h.view(`
		SELECT region, kind, outcome, error_code, message, since_run_id, since_at, streak, confirmed_run_id, confirmed_at, items
		FROM coverage_now ORDER BY region, kind`), coverageRows(last))
	h.same("changes", h.view(`
		SELECT run_id, at, after_run_id, region, kind, id, change, old_document, new_document
		FROM changes ORDER BY run_id, region, kind, id`), h.changeRows())
	h.same("since_run_id", h.view(`
		SELECT region, id, since_run_id FROM current_items ORDER BY region, kind, id`), h.sinceRows(last))
}

// view is the rows of a query as text, NULL as "NULL".
func (h *history) view(query string) []string {
	db, err := sql.Open("sqlite", h.path)
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), query)
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		h.t.Fatal(err)
	}
	var all []string
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			h.t.Fatal(err)
		}
		for i := range values {
			values[i] = *values[i].(*any)
		}
		all = append(all, row(values...))
	}
	if err := rows.Err(); err != nil {
		h.t.Fatal(err)
	}
	return all
}

func row(values ...any) string {
	text := ""
	for _, v := range values {
		if v == nil {
			v = "NULL"
		}
		text += fmt.Sprint(v) + "|"
	}
	return text
}

// said is text, or NULL where it was not sent.
func said(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func saidAt(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Format(time.RFC3339Nano)
}

func saidList[T any](list []T) any {
	if list == nil {
		return nil
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func saidBool(b *bool) any {
	switch {
	case b == nil:
		return nil
	case *b:
		return 1
	}
	return 0
}

func each[T catalog.Item](s *catalog.Snapshot, visit func(region string, item T)) {
	for _, scope := range s.Scopes {
		for _, item := range scope.Items {
			if item, ok := item.(T); ok {
				visit(scope.Region, item)
			}
		}
	}
}

func modelRows(s *catalog.Snapshot) (rows []string) {
	each(s, func(region string, m *catalog.FoundationModel) {
		life := m.Lifecycle
		rows = append(rows, row(region, m.ID, said(m.Name), said(m.Provider), said(life.Status),
			saidAt(life.StartOfLife), saidAt(life.Legacy), saidAt(life.ExtendedAccess), saidAt(life.EndOfLife),
			saidList(m.InferenceTypes), saidList(m.InputModalities), saidList(m.OutputModalities),
			saidList(m.Customizations), saidBool(m.Streaming)))
	})
	return rows
}

func profileRows(s *catalog.Snapshot) (rows []string) {
	each(s, func(region string, p *catalog.InferenceProfile) {
		rows = append(rows, row(region, p.ID, p.Geography(), said(p.Name), said(p.Description), said(p.Status), said(p.Type),
			saidList(p.Destinations), saidAt(p.CreatedAt), saidAt(p.UpdatedAt)))
	})
	return rows
}

func pathRows(s *catalog.Snapshot) (rows []string) {
	for _, code := range s.Regions() {
		region := s.Region(code)
		for _, model := range region.ModelIDs() {
			for _, p := range region.Paths(model) {
				var geography any
				if p.Access == catalog.ViaProfile {
					geography = p.Geography
				}
				rows = append(rows, row(code, model, p.Access, p.ModelID, geography, saidList(p.Destinations), saidBool(new(p.Callable()))))
			}
		}
	}
	return rows
}

func dateRows(s *catalog.Snapshot) (rows []string) {
	each(s, func(region string, m *catalog.FoundationModel) {
		dates := map[string]time.Time{
			"start_of_life": m.Lifecycle.StartOfLife, "legacy": m.Lifecycle.Legacy,
			"extended_access": m.Lifecycle.ExtendedAccess, "end_of_life": m.Lifecycle.EndOfLife,
		}
		for _, event := range slices.Sorted(maps.Keys(dates)) {
			if at := dates[event]; !at.IsZero() {
				rows = append(rows, row(region, m.ID, said(m.Name), said(m.Provider), said(m.Lifecycle.Status),
					event, at.Format(time.DateOnly), saidAt(at)))
			}
		}
	})
	return rows
}

const stored = "2006-01-02T15:04:05.000Z"

func coverageRows(s *catalog.Snapshot) (rows []string) {
	for _, c := range s.Scopes {
		var confirmed, confirmedAt any
		if c.Confirmed != nil {
			confirmed, confirmedAt = c.Confirmed.ID, c.Confirmed.At.Format(stored)
		}
		rows = append(rows, row(c.Region, c.Kind, c.Outcome, c.ErrorCode, c.Message,
			c.Since.ID, c.Since.At.Format(stored), c.Streak, confirmed, confirmedAt, len(c.Items)))
	}
	return rows
}

func (h *history) changeRows() (rows []string) {
	for _, c := range h.changes() {
		rows = append(rows, row(c.run, c.at.Format(stored), c.after, c.scope.Region, c.scope.Kind, c.key,
			c.change, document(c.before), document(c.now)))
	}
	return rows
}

// itemChange is a change of an item as the copies tell it.
type itemChange struct {
	run         int64
	at          time.Time
	after       any // the run before that read the scope whole, nil if none
	scope       catalog.Scope
	key, change string
	before, now catalog.Item
}

// changes replays the reference and tells each change of an item.
func (h *history) changes() (changes []itemChange) {
	state := map[catalog.Scope]map[string]catalog.Item{}
	ever := map[string]bool{}
	for n, run := range h.runs {
		for _, scope := range slices.SortedFunc(maps.Keys(run.learned), catalog.Scope.Compare) {
			if run.learned[scope].Outcome != catalog.Complete {
				continue
			}
			var after any
			if confirmed := h.confirmed(n, scope); confirmed != nil {
				after = confirmed.ID
			}
			before, listed := state[scope], byKey(run.learned[scope].Items)
			for _, key := range sortedKeys(before, listed) {
				change := whatHappened(before[key], listed[key], ever[fmt.Sprint(scope, key)], after == nil)
				if change == "" {
					continue
				}
				ever[fmt.Sprint(scope, key)] = true
				changes = append(changes, itemChange{run.ID, run.StartedAt, after, scope, key, change, before[key], listed[key]})
			}
			state[scope] = listed
		}
	}
	return changes
}

func whatHappened(before, after catalog.Item, ever, baseline bool) string {
	switch {
	case before == nil && after == nil || before != nil && after != nil && document(before) == document(after):
		return ""
	case after == nil:
		return "removed"
	case before != nil:
		return "changed"
	case ever:
		return "reappeared"
	case baseline:
		return "baseline"
	}
	return "added"
}

// sinceRows tells which run first saw the content that each item has now.
func (h *history) sinceRows(last *catalog.Snapshot) (rows []string) {
	for _, scope := range last.Scopes {
		for _, item := range scope.Items {
			var since int64
			for _, run := range slices.Backward(h.runs) {
				listing := run.learned[scope.Scope]
				if listing.Outcome != catalog.Complete {
					continue
				}
				if was := byKey(listing.Items)[item.Key()]; was == nil || document(was) != document(item) {
					break
				}
				since = run.ID
			}
			rows = append(rows, row(scope.Region, item.Key(), since))
		}
	}
	return rows
}

func document(item catalog.Item) any {
	if item == nil {
		return nil
	}
	return string(catalog.Encode(item))
}

func byKey(items []catalog.Item) map[string]catalog.Item {
	index := map[string]catalog.Item{}
	for _, item := range items {
		index[item.Key()] = item
	}
	return index
}

func sortedKeys(maps ...map[string]catalog.Item) []string {
	var keys []string
	for _, m := range maps {
		for key := range m {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
