-- +goose Up

-- The history is an append-only change log. Nothing is ever updated or deleted,
-- so what held as of a run can be read while later runs are being written, and
-- a run that changed nothing adds one row to runs and nothing else.
--
-- Order is the run id's, never the clock's. Times are UTC, of fixed width, so
-- that they sort as text: 2026-09-22T21:03:00.000Z.

CREATE TABLE runs (
    -- One row an execution. ordinal is the place among the runs that recorded
    -- something, from 1; a failed run has none and counts for nothing, so that
    -- "three runs in a row" and "the run before" are a matter of ordinals.
    -- digest is the SHA-256 of the whole state after the run, '' if it failed.
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    ordinal           INTEGER UNIQUE,
    started_at        TEXT NOT NULL CHECK (started_at GLOB '????-??-??T??:??:??.???Z'),
    finished_at       TEXT NOT NULL CHECK (finished_at GLOB '????-??-??T??:??:??.???Z'),
    status            TEXT NOT NULL CHECK (status IN ('complete', 'partial', 'failed')),
    trigger           TEXT NOT NULL,
    collector_version TEXT NOT NULL,
    partition         TEXT NOT NULL,
    digest            TEXT NOT NULL,
    message           TEXT NOT NULL,
    CHECK ((status = 'failed') = (ordinal IS NULL))
) STRICT;

CREATE TABLE scopes (
    -- What is listed, confirmed and compared as one: a kind in a region.
    id     INTEGER PRIMARY KEY,
    region TEXT NOT NULL,
    kind   TEXT NOT NULL,
    UNIQUE (region, kind)
) STRICT;

CREATE TABLE coverage (
    -- What runs learned about a scope. A row holds from its run until the next
    -- row of the scope; one is added only where the outcome or the error code
    -- differs from the run before. since_run_id is the first run of the
    -- unbroken row of runs with this outcome. confirmed_run_id is the last run
    -- before run_id that read the scope whole: a complete row without one is
    -- the scope's baseline.
    scope_id         INTEGER NOT NULL REFERENCES scopes (id),
    run_id           INTEGER NOT NULL REFERENCES runs (id),
    outcome          TEXT NOT NULL,
    error_code       TEXT NOT NULL,
    message          TEXT NOT NULL,
    since_run_id     INTEGER NOT NULL REFERENCES runs (id),
    confirmed_run_id INTEGER REFERENCES runs (id),
    PRIMARY KEY (scope_id, run_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE items (
    -- A thing ever listed in a scope: key is its modelId or inferenceProfileId.
    id       INTEGER PRIMARY KEY,
    scope_id INTEGER NOT NULL REFERENCES scopes (id),
    key      TEXT NOT NULL,
    UNIQUE (scope_id, key)
) STRICT;

CREATE TABLE documents (
    -- Contents of items as canonical JSON, each stored once however many items
    -- and regions share it. The item's own region is not replaced by a
    -- placeholder: it would share less, not more (694 distinct profiles in ten
    -- real captures of 18 regions as they are, 707 with a placeholder), because
    -- regions route to the same destinations, not to "themselves and others".
    id     INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL UNIQUE,
    body   TEXT NOT NULL
) STRICT;

CREATE TABLE item_changes (
    -- What an item became in a run; NULL: a complete list no longer held it.
    -- Read it through the view "changes", which has the short name.
    item_id     INTEGER NOT NULL REFERENCES items (id),
    run_id      INTEGER NOT NULL REFERENCES runs (id),
    document_id INTEGER REFERENCES documents (id),
    PRIMARY KEY (item_id, run_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX item_changes_by_run ON item_changes (run_id);

CREATE TABLE routes (
    -- Every model that a profile has ever routed to, by region. It finds the
    -- profiles of a model without reading documents; whether one routes there
    -- as of a run, its document of then says.
    model    TEXT NOT NULL,
    scope_id INTEGER NOT NULL REFERENCES scopes (id),
    item_id  INTEGER NOT NULL REFERENCES items (id),
    PRIMARY KEY (model, scope_id, item_id)
) STRICT, WITHOUT ROWID;

CREATE VIEW current_items AS
    -- Everything listed now, or when its scope was last read whole (see
    -- coverage_now). since_run_id is the run that first saw this content.
    SELECT s.region, s.kind, i.key AS id, d.body AS document,
        (SELECT max(run_id) FROM item_changes WHERE item_id = i.id) AS since_run_id
    FROM scopes s
    JOIN items i ON i.scope_id = s.id
    CROSS JOIN documents d ON d.id = (
        SELECT document_id FROM item_changes WHERE item_id = i.id ORDER BY run_id DESC LIMIT 1);

CREATE VIEW current_models AS
    -- Foundation models by region. Lists are JSON arrays, NULL where not sent;
    -- streaming is 1, 0, or NULL where not said.
    SELECT region, id,
        document ->> '$.name' AS name,
        document ->> '$.provider' AS provider,
        document ->> '$.lifecycle.status' AS status,
        document ->> '$.lifecycle.start_of_life' AS start_of_life,
        document ->> '$.lifecycle.legacy' AS legacy,
        document ->> '$.lifecycle.extended_access' AS extended_access,
        document ->> '$.lifecycle.end_of_life' AS end_of_life,
        document ->> '$.inference_types' AS inference_types,
        document ->> '$.input_modalities' AS input_modalities,
        document ->> '$.output_modalities' AS output_modalities,
        document ->> '$.customizations' AS customizations,
        document ->> '$.streaming' AS streaming,
        since_run_id, document
    FROM current_items
    WHERE kind = 'foundation-model';

CREATE VIEW current_profiles AS
    -- System-defined inference profiles by the region that lists them.
    -- geography is the id's prefix, '' without one. destinations is a JSON array
    -- of {"region", "model"}; the region "" means any commercial region.
    SELECT region, id,
        substr(id, 1, instr(id, '.') - (instr(id, '.') > 0)) AS geography,
        document ->> '$.name' AS name,
        document ->> '$.description' AS description,
        document ->> '$.status' AS status,
        document ->> '$.type' AS type,
        document ->> '$.destinations' AS destinations,
        document ->> '$.created_at' AS created_at,
        document ->> '$.updated_at' AS updated_at,
        since_run_id, document
    FROM current_items
    WHERE kind = 'inference-profile';

CREATE VIEW access_paths AS
    -- The ways to call a model from a region; model_id is the string to pass as
    -- modelId. A provisioned path needs a purchase first: it is not callable by
    -- itself. destinations is a JSON array of the regions a profile may run the
    -- call in ("" is any commercial region), NULL where there is no profile. A
    -- profile that is not ACTIVE is no path.
    SELECT region, id AS model, 'on-demand' AS access, id AS model_id,
        NULL AS geography, NULL AS destinations, 1 AS callable
    FROM current_models
    WHERE EXISTS (SELECT 1 FROM json_each(inference_types) WHERE value = 'ON_DEMAND')
    UNION ALL
    SELECT DISTINCT p.region, m.value ->> '$.model', 'profile', p.id, p.geography,
        (SELECT json_group_array(value ->> '$.region') FROM json_each(p.destinations)
         WHERE value ->> '$.model' = m.value ->> '$.model'), 1
    FROM current_profiles p
    CROSS JOIN json_each(p.destinations) m
    WHERE p.status = 'ACTIVE'
    UNION ALL
    SELECT region, id, 'provisioned', id, NULL, NULL, 0
    FROM current_models
    WHERE EXISTS (SELECT 1 FROM json_each(inference_types) WHERE value = 'PROVISIONED');

CREATE VIEW lifecycle_dates AS
    -- Every date in the life of a listed model, one row a date and region. date
    -- is for comparing with date('now'), at is the moment as sent.
    SELECT m.region, m.id AS model, m.name, m.provider, m.status,
        e.key AS event, substr(e.value, 1, 10) AS date, e.value AS at
    FROM current_models m
    CROSS JOIN json_each(m.document, '$.lifecycle') e
    WHERE e.key IN ('start_of_life', 'legacy', 'extended_access', 'end_of_life');

CREATE VIEW coverage_now AS
    -- How each scope stands after the last recorded run. streak is how many
    -- runs in a row had this outcome, the first of them since_run_id.
    -- confirmed_run_id is the last run that read it whole, NULL if none did, and
    -- items is how many that run listed.
    SELECT s.region, s.kind, c.outcome, c.error_code, c.message,
        since.id AS since_run_id, since.started_at AS since_at,
        last.ordinal - since.ordinal + 1 AS streak,
        confirmed.id AS confirmed_run_id, confirmed.started_at AS confirmed_at,
        (SELECT count(document_id) FROM items i
         JOIN item_changes ic ON ic.item_id = i.id
             AND ic.run_id = (SELECT max(run_id) FROM item_changes WHERE item_id = i.id)
         WHERE i.scope_id = s.id) AS items
    FROM (SELECT id, ordinal FROM runs WHERE ordinal = (SELECT max(ordinal) FROM runs)) last
    CROSS JOIN scopes s
    CROSS JOIN coverage c ON c.scope_id = s.id
        AND c.run_id = (SELECT max(run_id) FROM coverage WHERE scope_id = s.id)
    CROSS JOIN runs since ON since.id = c.since_run_id
    LEFT JOIN runs confirmed
        ON confirmed.id = iif(c.outcome = 'complete', last.id, c.confirmed_run_id);

CREATE VIEW changes AS
    -- Everything that ever happened to an item, as stored. change is "baseline"
    -- (listed when its scope was first read whole: now observed, not added),
    -- "added", "removed", "reappeared" or "changed". It happened after the run
    -- after_run_id, the last before that read the scope whole, and by run_id. A
    -- change may be of content that reports never compare, such as updated_at.
    SELECT c.run_id, r.started_at AS at,
        iif(v.run_id = c.run_id, v.confirmed_run_id,
            (SELECT id FROM runs WHERE ordinal = r.ordinal - 1)) AS after_run_id,
        s.region, s.kind, i.key AS id,
        CASE
            WHEN c.document_id IS NULL THEN 'removed'
            WHEN p.document_id IS NOT NULL THEN 'changed'
            WHEN p.run_id IS NOT NULL THEN 'reappeared'
            WHEN v.run_id = c.run_id AND v.confirmed_run_id IS NULL THEN 'baseline'
            ELSE 'added'
        END AS change,
        old.body AS old_document, new.body AS new_document
    FROM item_changes c
    JOIN items i ON i.id = c.item_id
    JOIN scopes s ON s.id = i.scope_id
    JOIN runs r ON r.id = c.run_id
    JOIN coverage v ON v.scope_id = s.id
        AND v.run_id = (SELECT max(run_id) FROM coverage WHERE scope_id = s.id AND run_id <= c.run_id)
    LEFT JOIN item_changes p ON p.item_id = c.item_id
        AND p.run_id = (SELECT max(run_id) FROM item_changes WHERE item_id = c.item_id AND run_id < c.run_id)
    LEFT JOIN documents old ON old.id = p.document_id
    LEFT JOIN documents new ON new.id = c.document_id;
