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

// Claim takes the right to send the message about a run to a channel, and
// reports whether nobody took it before. It is durable when it returns: after a
// crash it is still taken. The run must be in the history.
func (s *Store) Claim(ctx context.Context, channelID string, runID int64, at time.Time) (bool, error) {
	result, err := s.db.ExecContext(ctx, `
		INSERT INTO deliveries (channel_id, run_id, claimed_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
		channelID, runID, timeText(at))
	if err != nil {
		return false, explained("claim a message in", s.path, err)
	}
	added, err := result.RowsAffected()
	return added == 1, explained("claim a message in", s.path, err)
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

// NotifyState is what [Store.KeepNotifyState] kept last, "" if it never did.
func (s *Store) NotifyState(ctx context.Context) (string, error) {
	var state string
	err := s.queryRow(ctx, `SELECT state FROM notify_state`, nil, &state)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return state, explained("read", s.path, err)
}

// KeepNotifyState keeps a JSON text, in place of the one before, of what decides
// about the next message.
func (s *Store) KeepNotifyState(ctx context.Context, state string) error {
	_, err := s.db.ExecContext(ctx, `
		INSERT INTO notify_state (id, state) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state`, state)
	return explained("record in", s.path, err)
}
