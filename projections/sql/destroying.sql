-- destroy_rows: Of every generation that lies beside the others; those being filled catch up with the ledger.
DELETE FROM projection.grades AS g
USING
    unnest(%s::bytea[], %s::uuid[]) AS w (person, id),
    projection.generations AS n
WHERE g.generation = n.generation AND g.ledger = %s AND g.person = w.person AND g.id = w.id;

-- destroy_record_keys: With them every row of these years.
DELETE FROM projection.record_keys AS k
USING unnest(%s::bytea[], %s::uuid[]) AS w (person, record)
WHERE k.ledger = %s AND k.person = w.person AND k.record = w.record;

-- destroy_parked: What failed of a document that is gone concerns nobody.
DELETE FROM projection.parked
WHERE ledger = %s AND stream = ANY(%s);

-- destroy_dossiers: Last, as they tell whose results are to be derived anew.
DELETE FROM projection.dossiers
WHERE ledger = %s AND stream = ANY(%s);

-- marks_of: How far each generation goes in a ledger.
SELECT generation, seq
FROM projection.checkpoints
WHERE projection = 'grades' AND ledger = %s;

-- claim_of: Who folds the ledger for a generation that is being filled.
SELECT state, taken_at
FROM projection.rebuild_claims
WHERE generation = %s AND ledger = %s;

-- take_back: Whoever began to fold before the keys went holds some of them: he starts over, as nothing of his is
-- committed under the old number.
UPDATE projection.rebuild_claims
SET state = 'open', fence = fence + 1, folded = 0
WHERE generation = %s AND ledger = %s AND state = 'taken' AND taken_at < %s;

-- old_record_keys: A page of those that are not wrapped anew yet.
SELECT ledger, person, record, kek, key
FROM projection.record_keys
WHERE kek < %s AND (ledger, person, record) > (%s, %s, %s)
ORDER BY ledger, person, record
LIMIT %s;

-- wrap_record_keys: One that was destroyed meanwhile has no row.
UPDATE projection.record_keys AS k
SET kek = %s, key = w.key
FROM unnest(%s::text[], %s::bytea[], %s::uuid[], %s::bytea[]) AS w (ledger, person, record, key)
WHERE k.ledger = w.ledger AND k.person = w.person AND k.record = w.record;
