package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Delivery is how sending the message about a run to one channel ended.
type Delivery struct {
	Outcome string // never ""
	Tries   int
	Reason  string // why the message was not delivered
}

// KeepDecision stores the decision about the message of a run in one transaction:
// a JSON text that the next decision needs, in place of the one before, and a
// claim to send the message to each channel. It returns the channels that were not
// claimed before. The claims are durable when it returns, so a message is sent at
// most once. The run must be in the history.
func (s *Store) KeepDecision(ctx context.Context, state string, runID int64, channelIDs []string, at time.Time) (claimed map[string]bool, err error) {
	defer s.explain("claim messages in", &err)
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	_, err = tx.ExecContext(ctx, `
		INSERT INTO notify_state (id, state) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state`, state)
	if err != nil {
		return nil, err
	}
	claimed = map[string]bool{}
	for _, id := range channelIDs {
		result, err := tx.ExecContext(ctx, `
			INSERT INTO deliveries (channel_id, run_id, claimed_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
			id, runID, timeText(at))
		if err != nil {
			return nil, err
		}
		if added, err := result.RowsAffected(); err != nil {
			return nil, err
		} else if added == 1 {
			claimed[id] = true
		}
	}
	return claimed, tx.Commit()
}

// Delivered records how sending a claimed message ended.
func (s *Store) Delivered(ctx context.Context, channelID string, runID int64, d Delivery) (err error) {
	defer s.explain("record a delivery in", &err)
	result, err := s.db.ExecContext(ctx, `
		UPDATE deliveries SET outcome = ?, tries = ?, reason = ? WHERE channel_id = ? AND run_id = ?`,
		d.Outcome, d.Tries, d.Reason, channelID, runID)
	if err != nil {
		return err
	}
	if updated, err := result.RowsAffected(); err != nil || updated == 1 {
		return err
	}
	return fmt.Errorf("the message about run %d was not claimed", runID)
}

// NotifyState returns the text that [Store.KeepDecision] stored last, "" if it
// never did.
func (s *Store) NotifyState(ctx context.Context) (state string, err error) {
	defer s.explain("read", &err)
	err = s.queryRow(ctx, `SELECT state FROM notify_state`, nil, &state)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return state, err
}
