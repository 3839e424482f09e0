-- leaves: A stretch of at most 256 leaves, to take the tree further from where it stands.
SELECT leaf
FROM ledger.events
WHERE ledger = %s AND seq > %s AND seq <= %s
ORDER BY seq;

-- tile_roots: The roots of full tiles are the entries of the tile above them.
SELECT root
FROM ledger.tiles
WHERE ledger = %s AND level = %s AND index >= %s AND index < %s
ORDER BY index;

-- tile: One full tile with its hashes.
SELECT hashes
FROM ledger.tiles
WHERE ledger = %s AND level = %s AND index = %s;
