package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Delivery is what became of the message about a run on one channel.
type Delivery struct {
	Outcome string // never ""
	Tries   int
	Reason  string // why it was not delivered
}

// KeepDecision keeps, all or nothing, what a decision about the message of a run
// leaves behind: a JSON text that decides about the next one, in place of the one
// before, and the right to send this one to each channel. It returns the channels
// for which nobody took that right before. All is durable when it returns: after
// a crash it is still taken. The run must be in the history.
func (s *Store) KeepDecision(ctx context.Context, state string, runID int64, channelIDs []string, at time.Time) (claimed map[string]bool, err error) {
	claimed, err = s.keepDecision(ctx, state, runID, channelIDs, at)
	return claimed, explained("claim messages in", s.path, err)
}

func (s *Store) keepDecision(ctx context.Context, state string, runID int64, channelIDs []string, at time.Time) (map[string]bool, error) {
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
	claimed := map[string]bool{}
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

// Delivered keeps what became of a message that was claimed.
func (s *Store) Delivered(ctx context.Context, channelID string, runID int64, d Delivery) error {
	return explained("record a delivery in", s.path, s.delivered(ctx, channelID, runID, d))
}

func (s *Store) delivered(ctx context.Context, channelID string, runID int64, d Delivery) error {
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

// NotifyState is what [Store.KeepDecision] kept last, "" if it never did.
func (s *Store) NotifyState(ctx context.Context) (string, error) {
	var state string
	err := s.queryRow(ctx, `SELECT state FROM notify_state`, nil, &state)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return state, explained("read", s.path, err)
}
