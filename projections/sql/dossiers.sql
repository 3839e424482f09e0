-- read_events: The plan is an index scan of one partition, in order; see the ledgers' own statement.
SELECT seq, stream, version, type, recorded_at, agency_seq, payload
FROM ledger.events
WHERE ledger = %s AND seq > %s
ORDER BY seq
LIMIT %s;

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

-- persons_of: In whose dossiers these documents stand.
SELECT person, stream
FROM projection.dossiers
WHERE ledger = %s AND stream = ANY(%s);

-- page_of_persons: By key, so that a page costs the same wherever it lies.
SELECT DISTINCT person
FROM projection.dossiers
WHERE ledger = %s AND person > %s
ORDER BY person
LIMIT %s;

-- load_streams: Nothing later than the place given, so that a row is the fold of a known stretch, whatever was
-- appended meanwhile.
SELECT seq, stream, version, type, recorded_at, agency_seq, payload
FROM ledger.events
WHERE ledger = %s AND stream = ANY(%s) AND seq <= %s
ORDER BY stream, version;

-- add_to_dossiers: What another generation added already stays. In one order, as several may add the same at once.
INSERT INTO projection.dossiers (ledger, person, stream)
SELECT %s, f.*
FROM unnest(%s::bytea[], %s::uuid[]) AS f (person, stream)
ORDER BY f.person, f.stream
ON CONFLICT DO NOTHING;
