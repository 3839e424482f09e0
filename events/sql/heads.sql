-- lock_heads: Sorted, so that two transactions never wait for each other. FOR UPDATE returns the newest
-- committed row even if it was waited for, so what is read after it belongs to the same head.
SELECT ledger, size, root, recorded_at
FROM ledger.ledgers
WHERE ledger = ANY(%s)
ORDER BY ledger
FOR UPDATE;

-- clock: A statement of its own after the lock. now() is the transaction's start, when another may still
-- have been appending; a clock in the locking statement is read before the rows are locked.
SELECT clock_timestamp();

-- heads: One row per ledger, however long the ledgers are: what consumers poll.
SELECT ledger, size, root, recorded_at
FROM ledger.ledgers
ORDER BY ledger;

-- head: Of one ledger, without a lock.
SELECT ledger, size, root, recorded_at
FROM ledger.ledgers
WHERE ledger = %s;

-- open_ledger: A function, as the writer may not create tables.
SELECT ledger.open_ledger(%s);
