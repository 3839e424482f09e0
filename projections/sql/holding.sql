-- hold: A session's lock, on the connection that commits: whoever loses the one has lost the other.
SELECT pg_try_advisory_lock(%s, number)
FROM ledger.ledgers
WHERE ledger = %s;

-- let_go: Back to the others.
SELECT pg_advisory_unlock(%s, number)
FROM ledger.ledgers
WHERE ledger = %s;

-- be_present: Shared by all projectors at work; the server itself forgets whoever dies.
SELECT pg_advisory_lock_shared(%s, 0);

-- count_present: Advisory locks are numbered within a database.
SELECT count(*)
FROM pg_locks
WHERE
    locktype = 'advisory' AND granted AND classid = %s AND objid = 0
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
