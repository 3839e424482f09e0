-- insert_events: One statement for every ledger of the batch; the parent routes each row to its partition and
-- opens those partitions alone. Arrays go in a pipeline with what follows, which COPY cannot.
INSERT INTO ledger.events (ledger, seq, stream, version, type, recorded_at, agency_seq, payload, leaf)
SELECT *
FROM unnest(
    %b::text[], %b::bigint[], %b::uuid[], %b::integer[], %b::text[],
    %b::timestamptz[], %b::bigint[], %b::bytea[], %b::bytea[]
);

-- insert_documents: With the document's first event, so that no name or key stands without one.
INSERT INTO ledger.documents (ledger, stream, name, kek, key, shared)
SELECT *
FROM unnest(%b::text[], %b::uuid[], %b::bytea[], %b::integer[], %b::bytea[], %b::text[]);

-- insert_tiles: In the transaction that fills them, so that they are never behind the head.
INSERT INTO ledger.tiles (ledger, level, index, root, hashes)
SELECT *
FROM unnest(%b::text[], %b::smallint[], %b::bigint[], %b::bytea[], %b::bytea[]);

-- insert_receipts: A unique violation here is a fact accepted twice; it fails the transaction on purpose.
INSERT INTO ledger.receipts (ledger, fact_id, digest, seq, leaf, recorded_at)
SELECT *
FROM unnest(%b::text[], %b::uuid[], %b::bytea[], %b::bigint[], %b::bytea[], %b::timestamptz[]);

-- move_heads: Where a head is not where the batch began, its row is left out and the count tells.
UPDATE ledger.ledgers AS l
SET size = n.size, root = n.root, recorded_at = n.recorded_at
FROM
    unnest(%b::text[], %b::bigint[], %b::bigint[], %b::bytea[], %b::timestamptz[])
        AS n (ledger, before, size, root, recorded_at)
WHERE l.ledger = n.ledger AND l.size = n.before;
