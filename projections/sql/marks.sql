-- live_generation: Asked in every transaction, as it may change between two.
SELECT generation
FROM projection.live
WHERE projection = %s;

-- ends: Both heads of one snapshot: whatever law an event was decided under is then within the agency's.
SELECT l.size, a.size
FROM ledger.ledgers AS l, ledger.ledgers AS a
WHERE l.ledger = %s AND a.ledger = 'agency';

-- lock_checkpoint: Locked until COMMIT, so that two never move one mark, held ledger or not.
SELECT seq, agency_seq
FROM projection.checkpoints
WHERE projection = %s AND generation = %s AND ledger = %s
FOR UPDATE;

-- open_checkpoint: The first of a ledger.
INSERT INTO projection.checkpoints (projection, generation, ledger, seq, agency_seq, moved_at)
VALUES (%s, %s, %s, 0, 0, now())
ON CONFLICT DO NOTHING;

-- move_checkpoint: In the transaction of the rows, and only from where that began.
UPDATE projection.checkpoints
SET seq = %s, agency_seq = %s, moved_at = clock_timestamp()
WHERE projection = %s AND generation = %s AND ledger = %s AND seq = %s AND agency_seq = %s;

-- set_checkpoint: Of a ledger that was folded as a whole.
INSERT INTO projection.checkpoints (projection, generation, ledger, seq, agency_seq, moved_at)
VALUES (%s, %s, %s, %s, %s, clock_timestamp())
ON CONFLICT (projection, generation, ledger) DO UPDATE
SET seq = excluded.seq, agency_seq = excluded.agency_seq, moved_at = excluded.moved_at;

-- follow_agency: One statement for all ledgers, since a body that joins changes nobody's grades.
UPDATE projection.checkpoints
SET agency_seq = %s, moved_at = clock_timestamp()
WHERE
    projection = %s AND generation = %s AND ledger = ANY(%s)
    AND agency_seq >= %s AND agency_seq < %s
RETURNING ledger, seq;

-- lags: The heads are the ledgers' own; a ledger that no projector ever saw counts from 0.
SELECT
    l.ledger, l.size, coalesce(c.seq, 0), a.size, coalesce(c.agency_seq, 0), c.moved_at, l.recorded_at
FROM ledger.ledgers AS l
INNER JOIN ledger.ledgers AS a ON a.ledger = 'agency'
LEFT JOIN projection.live AS v ON v.projection = %(projection)s
LEFT JOIN projection.checkpoints AS c
    ON c.projection = v.projection AND c.generation = v.generation AND c.ledger = l.ledger
ORDER BY l.ledger;

-- park: The newest failure of a document stands.
INSERT INTO projection.parked (projection, generation, ledger, stream, person, seq, error, parked_at)
SELECT %s, %s, %s, stream, person, seq, error, clock_timestamp()
FROM unnest(%s::uuid[], %s::bytea[], %s::bigint[], %s::text[]) AS w (stream, person, seq, error)
ON CONFLICT (projection, generation, ledger, stream) DO UPDATE
SET person = excluded.person, seq = excluded.seq, error = excluded.error;

-- release: Whatever is tried again; what fails again is parked again.
DELETE FROM projection.parked
WHERE
    projection = %s AND generation = %s AND ledger = %s
    AND (person = ANY(%s::bytea[]) OR stream = ANY(%s::uuid[]));

-- parked_in: What a projector tries again when it takes a ledger: a newer release may fold it.
SELECT stream, person
FROM projection.parked
WHERE projection = %s AND generation = %s AND ledger = %s;

-- list_parked: Of the generation that is shown.
SELECT p.ledger, p.stream, p.seq, p.error, p.parked_at
FROM projection.parked AS p
INNER JOIN projection.live AS v ON v.projection = p.projection AND v.generation = p.generation
WHERE p.projection = %s
ORDER BY p.ledger, p.seq;

-- lags_of: A generation's marks beside the true heads.
SELECT l.ledger, l.size, coalesce(c.seq, 0), a.size, coalesce(c.agency_seq, 0), c.moved_at, l.recorded_at
FROM ledger.ledgers AS l
INNER JOIN ledger.ledgers AS a ON a.ledger = 'agency'
LEFT JOIN projection.checkpoints AS c
    ON c.projection = %(projection)s AND c.generation = %(generation)s AND c.ledger = l.ledger
ORDER BY l.ledger;

-- parked_of: By ledger and place.
SELECT ledger, stream, seq, error, parked_at
FROM projection.parked
WHERE projection = %s AND generation = %s
ORDER BY ledger, seq;
