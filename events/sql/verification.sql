-- snapshot: Head, rows, tiles and receipts are judged as they were at one moment, while facts go on arriving.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;

-- read_rows: By what is there and not by what should be: a gap must show, and so must a row beyond the head. Read
-- through one cursor: pages of a plan that sorts would each sort the rest of the ledger.
SELECT seq, stream, version, type, recorded_at, agency_seq, payload, leaf
FROM ledger.events
WHERE ledger = %s
ORDER BY seq;

-- version_gaps: In the database, where a sort may spill to disk: memory here would grow with the documents.
SELECT seq
FROM (
    SELECT seq, version, row_number() OVER (PARTITION BY stream ORDER BY seq) AS place
    FROM ledger.events
    WHERE ledger = %s
) AS placed
WHERE version <> place
ORDER BY seq
LIMIT %s;

-- stored_tiles: Those that some leaves should have filled.
SELECT t.level, t.index, t.root, t.hashes
FROM unnest(%b::smallint[], %b::bigint[]) AS w (level, index)
INNER JOIN ledger.tiles AS t ON t.level = w.level AND t.index = w.index
WHERE t.ledger = %b;

-- extra_tiles: Those that no leaves fill. A shift by 64 or more would wrap.
SELECT level, index
FROM ledger.tiles
WHERE ledger = %(ledger)s AND (level > 6 OR index >= %(size)s::bigint >> (8 * (level + 1)))
ORDER BY level, index
LIMIT %(limit)s;

-- stored_receipts: Each event has a receipt that names its leaf, and each receipt an event.
SELECT coalesce(e.seq, r.seq) AS seq, e.seq IS NULL AS no_row, r.seq IS NULL AS no_receipt
FROM (SELECT seq, leaf FROM ledger.events WHERE ledger = %(ledger)s) AS e
FULL JOIN (SELECT seq, leaf FROM ledger.receipts WHERE ledger = %(ledger)s) AS r ON r.seq = e.seq
WHERE e.leaf IS DISTINCT FROM r.leaf
ORDER BY 1
LIMIT %(limit)s;
