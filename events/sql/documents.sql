-- load_documents: Asked ledger by ledger with the code as a constant, so that one partition is planned for and
-- locked, not all. OFFSET 0 keeps the planner to a walk of the unique index per document: a join of its own
-- choice would scan the ledger when the statistics lag behind.
SELECT d.name, d.stream, d.kek, d.key, e.seq, e.version, e.type, e.recorded_at, e.agency_seq, e.payload
FROM
    ledger.documents AS d,
    LATERAL (
        SELECT seq, version, type, recorded_at, agency_seq, payload
        FROM ledger.events
        WHERE ledger = %(ledger)s AND stream = d.stream
        ORDER BY version
        OFFSET 0
    ) AS e
WHERE d.ledger = %(ledger)s AND d.name = ANY(%(names)s);

-- load_keys: The wrapped keys of a stretch of events; a document that was destroyed has none.
SELECT stream, kek, key
FROM ledger.documents
WHERE ledger = %s AND stream = ANY(%s);
