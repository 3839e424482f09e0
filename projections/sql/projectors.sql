-- beat: A sign of life, by the server's clock.
INSERT INTO projection.projectors AS p (projector, held, started_at, seen_at)
VALUES (%(projector)s, %(held)s, clock_timestamp(), clock_timestamp())
ON CONFLICT (projector) DO UPDATE
SET held = excluded.held, seen_at = excluded.seen_at;

-- sweep: The silent are no longer counted; those of another day are forgotten.
DELETE FROM projection.projectors
WHERE seen_at < clock_timestamp() - interval '1 day';

-- leave: A projector that ends in order leaves its share to the others at once.
DELETE FROM projection.projectors
WHERE projector = %s;

-- alive: How many share the ledgers out.
SELECT count(*)
FROM projection.projectors
WHERE seen_at > clock_timestamp() - make_interval(secs => %s);

-- list_projectors: For health.
SELECT projector, held, started_at, seen_at, clock_timestamp() - seen_at
FROM projection.projectors
ORDER BY started_at;

-- ledgers: Every ledger with its number, which stands for it in the lock, and its head.
SELECT ledger, number, size
FROM ledger.ledgers
ORDER BY ledger;

-- hold: A session's lock, on the connection that commits: whoever loses the one has lost the other.
SELECT pg_try_advisory_lock(%s, %s);

-- let_go: Back to the others.
SELECT pg_advisory_unlock(%s, %s);
