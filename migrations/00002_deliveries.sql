-- +goose Up

-- What channels were told of runs. These two tables are no part of the history:
-- no digest covers them, and rows in them are updated.

CREATE TABLE deliveries (
    -- One row for a channel and a run, added before the message is sent: what is
    -- here is not sent again, so a message is delivered at most once. channel_id
    -- is a hash that reveals nothing of the channel. outcome is "delivered",
    -- "undelivered" or "unknown", and '' until sending has ended, which it never
    -- did if the program was cut off. reason is why it was not delivered.
    channel_id TEXT NOT NULL,
    run_id     INTEGER NOT NULL REFERENCES runs (id),
    claimed_at TEXT NOT NULL CHECK (claimed_at GLOB '????-??-??T??:??:??.???Z'),
    outcome    TEXT NOT NULL DEFAULT '',
    tries      INTEGER NOT NULL DEFAULT 0,
    reason     TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (channel_id, run_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE notify_state (
    -- At most one row: what must be remembered from one run to the next to know
    -- what is worth telling, as a JSON object.
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    state TEXT NOT NULL CHECK (json_valid(state))
) STRICT;
