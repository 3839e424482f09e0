-- read_events: By what is there and not by what should be: an audit goes on past a gap.
SELECT seq, stream, version, type, recorded_at, agency_seq, payload
FROM ledger.events
WHERE ledger = %s AND seq > %s AND seq <= %s
ORDER BY seq;

-- document_keys: A document that was destroyed has none.
SELECT stream, kek, key
FROM ledger.documents
WHERE ledger = %s AND stream = ANY(%s);

-- mark: Where the generation that is shown stands in a ledger, without a lock.
SELECT c.generation, c.seq, c.agency_seq
FROM projection.live AS v
INNER JOIN projection.checkpoints AS c ON c.projection = v.projection AND c.generation = v.generation
WHERE v.projection = 'grades' AND c.ledger = %s;

-- read_rows: Those without a key too: whether one was destroyed is for the audit to say.
SELECT
    g.person, g.kind, g.id, g.period, g.status, g.grade, g.methodology, g.revision, g.seq, g.digest, g.sealed,
    g.evaluators, g.members, g.requested, coalesce(d.kek, r.kek), coalesce(d.key, r.key)
FROM projection.grades AS g
LEFT JOIN ledger.documents AS d ON g.kind <> 'annual' AND d.ledger = g.ledger AND d.stream = g.id
LEFT JOIN projection.record_keys AS r
    ON g.kind = 'annual' AND r.ledger = g.ledger AND r.person = g.person AND r.record = g.id
WHERE
    g.generation = %(generation)s AND g.ledger = %(ledger)s
    AND (%(person)s::bytea IS NULL OR g.person = %(person)s)
ORDER BY g.person;

-- read_dossiers: All of a ledger's, the persons of a document together.
SELECT stream, person
FROM projection.dossiers
WHERE ledger = %s
ORDER BY stream, person;

-- streams_there: Of some streams those that have events, whether these can be read or not.
SELECT stream
FROM ledger.events
WHERE ledger = %s AND stream = ANY(%s) AND version = 1;
