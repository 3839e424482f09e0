-- read_events: A stretch of a ledger in its own order; read by the primary key of the one partition, since the
-- ledger's code is planned for as a constant.
SELECT seq, stream, version, type, recorded_at, agency_seq, payload
FROM ledger.events
WHERE ledger = %s AND seq > %s AND seq <= %s
ORDER BY seq;

-- document_keys: A document that was destroyed has none.
SELECT stream, kek, key
FROM ledger.documents
WHERE ledger = %s AND stream = ANY(%s);

-- stream_named: By its hashed name.
SELECT stream
FROM ledger.documents
WHERE ledger = %s AND name = %s;

-- streams_of: The documents of some persons.
SELECT person, stream
FROM projection.dossiers
WHERE ledger = %s AND person = ANY(%s);

-- persons_of: Whose documents these are; seldom asked, so it has no index of its own.
SELECT person, stream
FROM projection.dossiers
WHERE ledger = %s AND stream = ANY(%s);

-- page_of_persons: By key, so that a page costs the same wherever it lies.
SELECT DISTINCT person
FROM projection.dossiers
WHERE ledger = %s AND person > %s
ORDER BY person
LIMIT %s;

-- load_streams: OFFSET 0 keeps the planner to a walk of the unique indexes for each document: a join of its own
-- choice would scan the ledger when the statistics lag behind. Nothing later than `upto`, so that a row is
-- the fold of a known stretch, whatever was appended meanwhile.
SELECT w.stream, d.kek, d.key, e.seq, e.version, e.type, e.recorded_at, e.agency_seq, e.payload
FROM
    unnest(%(streams)s::uuid[]) AS w (stream),
    LATERAL (
        SELECT kek, key
        FROM ledger.documents
        WHERE ledger = %(ledger)s AND stream = w.stream
        OFFSET 0
    ) AS d,
    LATERAL (
        SELECT seq, version, type, recorded_at, agency_seq, payload
        FROM ledger.events
        WHERE ledger = %(ledger)s AND stream = w.stream AND seq <= %(upto)s
        ORDER BY version
        OFFSET 0
    ) AS e;

-- add_to_dossiers: What another generation added already stays.
INSERT INTO projection.dossiers (ledger, person, stream)
SELECT %s, *
FROM unnest(%s::bytea[], %s::uuid[])
ON CONFLICT DO NOTHING;
