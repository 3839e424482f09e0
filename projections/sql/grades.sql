-- write_grades: A row is written only when its digest changed, so most facts of a quarter cost no write.
INSERT INTO projection.grades AS g (
    generation, ledger, person, kind, id, period, status, grade, methodology, revision, seq, digest, sealed,
    evaluators, members, requested
)
SELECT
    %s, %s, person, kind, id, period, status, grade, methodology, revision, seq, digest, sealed,
    evaluators::bytea[], members::bytea[], requested
FROM unnest(
    %s::bytea[], %s::text[], %s::uuid[], %s::text[], %s::text[], %s::text[],
    %s::text[], %s::integer[], %s::bigint[], %s::bytea[], %s::bytea[], %s::text[], %s::text[], %s::boolean[]
) AS w (
    person, kind, id, period, status, grade, methodology, revision, seq, digest, sealed,
    evaluators, members, requested
)
ON CONFLICT (generation, ledger, person, kind, id) DO UPDATE
SET
    period = excluded.period,
    status = excluded.status,
    grade = excluded.grade,
    methodology = excluded.methodology,
    revision = excluded.revision,
    seq = excluded.seq,
    digest = excluded.digest,
    sealed = excluded.sealed,
    evaluators = excluded.evaluators,
    members = excluded.members,
    requested = excluded.requested;

-- remove_grades: Of persons parked, and of documents destroyed.
DELETE FROM projection.grades AS g
USING unnest(%s::bytea[], %s::text[], %s::uuid[]) AS w (person, kind, id)
WHERE
    g.generation = %s AND g.ledger = %s
    AND g.person = w.person AND g.kind = w.kind AND g.id = w.id;

-- written: What some persons' rows are now, to write only what changes.
SELECT person, kind, id, period, digest
FROM projection.grades
WHERE generation = %s AND ledger = %s AND person = ANY(%s);

-- record_keys: Of some persons.
SELECT person, record, kek, key
FROM projection.record_keys
WHERE ledger = %s AND person = ANY(%s);

-- offer_record_keys: Another generation's worker may offer one for the same record; the first is everybody's.
-- A row comes back for each that was taken.
INSERT INTO projection.record_keys (ledger, person, record, kek, key)
SELECT %s, *
FROM unnest(%s::bytea[], %s::uuid[], %s::integer[], %s::bytea[])
ON CONFLICT DO NOTHING
RETURNING record;

-- read_grades: Each with the key it is sealed under; a row whose key is gone was destroyed, and is left out.
SELECT
    g.generation, g.ledger, g.person, g.kind, g.id, g.period, g.status, g.grade, g.methodology, g.revision,
    g.seq, g.digest, g.sealed, g.evaluators, g.members, g.requested,
    coalesce(d.kek, r.kek), coalesce(d.key, r.key)
FROM projection.live_grades AS g
LEFT JOIN ledger.documents AS d ON g.kind <> 'annual' AND d.ledger = g.ledger AND d.stream = g.id
LEFT JOIN projection.record_keys AS r
    ON g.kind = 'annual' AND r.ledger = g.ledger AND r.person = g.person AND r.record = g.id
WHERE
    (%(ledgers)s::text[] IS NULL OR g.ledger = ANY(%(ledgers)s))
    AND (
        %(persons)s::bytea[] IS NULL
        OR (g.ledger, g.person) IN (SELECT * FROM unnest(%(ledgers)s::text[], %(persons)s::bytea[]))
    )
    AND (%(kind)s::text IS NULL OR g.kind = %(kind)s)
    AND (%(period)s::text IS NULL OR g.period = %(period)s)
    AND coalesce(d.key, r.key) IS NOT NULL
ORDER BY g.ledger, g.person;

-- count_grades: From plain columns alone; nothing is opened.
SELECT ledger, kind, period, methodology, status, grade, count(*)
FROM projection.live_grades
WHERE
    (%(ledger)s::text IS NULL OR ledger = %(ledger)s)
    AND (%(kind)s::text IS NULL OR kind = %(kind)s)
    AND (%(period)s::text IS NULL OR period = %(period)s)
GROUP BY ledger, kind, period, methodology, status, grade
ORDER BY ledger, kind, period, methodology, status, grade;

-- fetch_record_keys: Of every annual record of a ledger.
SELECT record, kek, key
FROM projection.record_keys
WHERE ledger = %s;
