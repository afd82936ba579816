package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"

	"snapshotter/catalog"
)

// bulkWriter adds the rows of one run. It does nothing after its first error.
type bulkWriter struct {
	ctx        context.Context
	tx         *sql.Tx
	run        int64
	statements map[string]*sql.Stmt // closed with the transaction
	err        error
}

func (w *bulkWriter) scope(add scopeAddition) {
	id := w.id(`SELECT id FROM scopes WHERE region = ? AND kind = ?`,
		`INSERT INTO scopes (region, kind) VALUES (?, ?)`, add.Region, add.Kind)
	if c := add.coverage; c != nil {
		w.exec(`
			INSERT INTO coverage (scope_id, run_id, outcome, error_code, message, since_run_id, confirmed_run_id)
			VALUES (?, ?, ?, ?, ?, ?, nullif(?, 0))`,
			id, w.run, c.outcome, c.errorCode, c.message, c.since, c.confirmed)
	}
	if add.missing != "" {
		w.exec(`INSERT INTO suspicions (scope_id, run_id, missing) VALUES (?, ?, ?)`, id, w.run, add.missing)
	}
	for _, item := range add.items {
		w.item(id, item)
	}
}

func (w *bulkWriter) item(scope int64, add itemAddition) {
	id := w.id(`SELECT id FROM items WHERE scope_id = ? AND key = ?`,
		`INSERT INTO items (scope_id, key) VALUES (?, ?)`, scope, add.key)
	var document any // NULL: removed
	if add.item != nil {
		document = w.document(add.item)
	}
	w.exec(`INSERT INTO item_changes (item_id, run_id, document_id) VALUES (?, ?, ?)`, id, w.run, document)
	for _, model := range modelsOf(add.item) {
		w.exec(`INSERT INTO routes (model, scope_id, item_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, model, scope, id)
	}
}

// document returns the ID of an item's content, which may be stored already.
func (w *bulkWriter) document(item catalog.Item) int64 {
	body := catalog.Encode(item)
	hash := sha256.Sum256(body)
	w.exec(`INSERT INTO documents (sha256, body) VALUES (?, ?) ON CONFLICT DO NOTHING`, hash[:], string(body))
	return w.number(`SELECT id FROM documents WHERE sha256 = ?`, hash[:])
}

// id returns the ID of the row with these arguments, and adds the row if there is
// none.
func (w *bulkWriter) id(find, insert string, arguments ...any) int64 {
	id := w.number(find, arguments...)
	if errors.Is(w.err, sql.ErrNoRows) {
		w.err = nil
		w.exec(insert, arguments...)
		return w.number(find, arguments...)
	}
	return id
}

func (w *bulkWriter) exec(query string, arguments ...any) {
	if statement := w.prepared(query); w.err == nil {
		_, w.err = statement.ExecContext(w.ctx, arguments...)
	}
}

func (w *bulkWriter) number(query string, arguments ...any) (n int64) {
	if statement := w.prepared(query); w.err == nil {
		w.err = statement.QueryRowContext(w.ctx, arguments...).Scan(&n)
	}
	return n
}

func (w *bulkWriter) prepared(query string) *sql.Stmt {
	if w.err == nil && w.statements[query] == nil {
		w.statements[query], w.err = w.tx.PrepareContext(w.ctx, query)
	}
	return w.statements[query]
}
