-- unfile: What was destroyed stays, as whoever destroys takes it out last; so does what came later, which is the
-- live driver's.
WITH own AS (
    SELECT * FROM unnest(%(persons)s::bytea[], %(streams)s::uuid[]) AS f (person, stream)
)
DELETE FROM projection.dossiers AS d
WHERE
    d.ledger = %(ledger)s
    AND d.stream <> ALL(%(unknown)s::uuid[])
    AND NOT EXISTS (SELECT FROM own AS o WHERE o.stream = d.stream AND o.person = d.person)
    AND NOT EXISTS (
        SELECT FROM ledger.events AS e
        WHERE
            e.ledger = d.ledger AND e.stream = d.stream AND e.version = 1
            AND (
                e.seq > %(upto)s
                OR NOT EXISTS (SELECT FROM ledger.documents AS k WHERE k.ledger = d.ledger AND k.stream = d.stream)
            )
    );
