-- +goose Up

-- What keeps a run from being recorded on the wrong history, and a listing from
-- being believed too soon. No digest covers these tables.

CREATE TABLE binding (
    -- At most one row: what the history belongs to. account_hash is derived from
    -- the account ID and salt, and NULL as long as the account is not known.
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    partition    TEXT NOT NULL,
    salt         BLOB NOT NULL,
    account_hash BLOB
) STRICT;

CREATE TABLE suspicions (
    -- A row for each run that found a scope suspect. missing identifies the set of
    -- known items that the listing lacked: a loss is only believed if several runs
    -- find the same one.
    scope_id INTEGER NOT NULL REFERENCES scopes (id),
    run_id   INTEGER NOT NULL REFERENCES runs (id),
    missing  TEXT NOT NULL,
    PRIMARY KEY (scope_id, run_id)
) STRICT, WITHOUT ROWID;
