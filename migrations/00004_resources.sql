-- +goose Up

CREATE VIEW resources AS
    -- What the account has, where a run was told to record it (--kinds). path is
    -- the ARN without partition, region and account; bases is a JSON array of what
    -- it rests on: {"kind", "region", "id", "as"}, each left out where it is the
    -- usual one. NULL where the list did not say.
    SELECT region, kind, id,
        document ->> '$.name' AS name,
        document ->> '$.status' AS status,
        document ->> '$.type' AS type,
        document ->> '$.path' AS path,
        document ->> '$.bases' AS bases,
        document ->> '$.commitment_end' AS commitment_end,
        document ->> '$.created_at' AS created_at,
        document ->> '$.updated_at' AS updated_at,
        since_run_id, document
    FROM current_items
    WHERE kind IN ('application-inference-profile', 'provisioned-throughput', 'custom-model', 'custom-model-deployment',
        'imported-model', 'prompt-router', 'marketplace-endpoint', 'prompt', 'agent', 'knowledge-base');

CREATE VIEW impact AS
    -- Which resources rest on a model that ends or is gone, one row a resource,
    -- model, region of the model and event: 'gone' (date NULL), 'end_of_life',
    -- 'extended_access' or 'legacy'. A model is gone if no region that a call may
    -- run in lists it and all were read. Dates that have passed are here too.
    WITH RECURSIVE
    rests(region, kind, id, base_kind, base_region, base_id) AS (
        SELECT r.region, r.kind, r.id, coalesce(b.value ->> '$.kind', ''), coalesce(b.value ->> '$.region', r.region), b.value ->> '$.id'
        FROM resources r
        CROSS JOIN json_each(r.document, '$.bases') b
    ),
    chain(region, kind, id, holder_kind, holder, at_kind, at_region, at_id) AS (
        SELECT region, kind, id, kind, id, base_kind, base_region, base_id FROM rests
        UNION
        SELECT c.region, c.kind, c.id, r.kind, r.id, r.base_kind, r.base_region, r.base_id
        FROM chain c
        JOIN rests r ON r.region = c.at_region AND r.kind = c.at_kind AND r.id = c.at_id
    ),
    ends(region, kind, id, via, model, model_region) AS (
        SELECT region, kind, id, holder_kind || ' ' || holder, at_id, at_region FROM chain WHERE at_kind = 'foundation-model'
        UNION
        SELECT c.region, c.kind, c.id, 'profile ' || p.id, d.value ->> '$.model', iif(d.value ->> '$.region' = '', 'any', d.value ->> '$.region')
        FROM chain c
        JOIN current_profiles p ON p.region = c.at_region AND p.id = c.at_id
        CROSS JOIN json_each(p.destinations) d
        WHERE c.at_kind IN ('', 'inference-profile')
        UNION
        SELECT c.region, c.kind, c.id, 'id ' || holder, c.at_id, c.at_region
        FROM chain c
        WHERE c.at_kind = '' AND NOT EXISTS (SELECT 1 FROM current_profiles p WHERE p.region = c.at_region AND p.id = c.at_id)
    ),
    unread(region) AS (
        SELECT region FROM coverage_now
        WHERE kind = 'foundation-model' AND confirmed_run_id IS NULL AND outcome NOT IN ('not-enabled', 'not-offered')
    ),
    read(region) AS (SELECT region FROM coverage_now WHERE kind = 'foundation-model' AND confirmed_run_id IS NOT NULL),
    gone(region, kind, id, model) AS (
        SELECT region, kind, id, model
        FROM ends
        GROUP BY region, kind, id, via, model
        HAVING NOT max(
            iif(model_region = 'any',
                EXISTS (SELECT 1 FROM unread) OR EXISTS (SELECT 1 FROM current_models m WHERE m.id = model),
                model_region NOT IN (SELECT region FROM read)
                OR EXISTS (SELECT 1 FROM current_models m WHERE m.id = model AND m.region = model_region)))
    ),
    places(region, kind, id, model, model_region) AS (
        SELECT DISTINCT region, kind, id, model, model_region FROM ends WHERE model_region <> 'any'
        UNION
        SELECT e.region, e.kind, e.id, e.model, m.region
        FROM ends e
        JOIN current_models m ON m.id = e.model
        WHERE e.model_region = 'any'
            AND (m.region = e.region OR NOT EXISTS (SELECT 1 FROM current_models o WHERE o.id = e.model AND o.region = e.region))
    )
    SELECT DISTINCT g.region, g.kind, g.id, r.name, g.model, NULL AS model_region, 'gone' AS event, NULL AS date
    FROM gone g
    JOIN resources r ON r.region = g.region AND r.kind = g.kind AND r.id = g.id
    UNION ALL
    SELECT p.region, p.kind, p.id, r.name, p.model, p.model_region, l.event, l.date
    FROM places p
    JOIN resources r ON r.region = p.region AND r.kind = p.kind AND r.id = p.id
    JOIN lifecycle_dates l ON l.model = p.model AND l.region = p.model_region AND l.event <> 'start_of_life';
