-- shut_prepare: One operator at a time; who reads the list meanwhile is not kept waiting.
LOCK TABLE projection.generations IN SHARE ROW EXCLUSIVE MODE;

-- list_generations: Newest first.
SELECT generation, state, purpose, law, prepared_at, run_at, run_from, filled_at, live_at
FROM projection.generations
WHERE projection = %s
ORDER BY generation DESC;

-- running_seconds: By the server's clock, since the folding last began.
SELECT extract(epoch FROM clock_timestamp() - run_at)::float8
FROM projection.generations
WHERE generation = %s;

-- lock_generation: Steps of the life cycle follow each other.
SELECT state
FROM projection.generations
WHERE generation = %s
FOR UPDATE;

-- share_generation: Whoever writes into a generation holds this until COMMIT, so that nobody takes the table
-- away meanwhile. The state is asked for by the next statement, once the lock is held.
SELECT pg_advisory_xact_lock_shared(%s, %s);

-- hold_generation: Waits for those who write into it.
SELECT pg_advisory_xact_lock(%s, %s);

-- state_of_generation: No row when it was given up.
SELECT state, law
FROM projection.generations
WHERE generation = %s;

-- add_generation: The number is the sequence's, which gives none twice.
INSERT INTO projection.generations (generation, projection, state, purpose, law, prepared_at)
VALUES (nextval('projection.generation_numbers'), %s, 'prepared', %s, %s, clock_timestamp())
RETURNING generation;

-- make_generation: Its table, alone.
SELECT projection.make_generation(%s);

-- attach_generation: Its key, and its place beside the one that is shown.
SELECT projection.attach_generation(%s, %s);

-- place_of_generation: Whether its table lies alone or beside the others.
SELECT projection.place_of_generation(%s);

-- set_running: A rate is counted from here.
UPDATE projection.generations AS g
SET
    state = 'running', run_at = clock_timestamp(),
    run_from = (SELECT coalesce(sum(c.folded), 0) FROM projection.rebuild_claims AS c WHERE c.generation = g.generation)
WHERE g.generation = %s;

-- set_filled: Full, and beside the others.
UPDATE projection.generations
SET state = 'catching-up', filled_at = clock_timestamp()
WHERE generation = %s;

-- set_leaving: From here on it only goes.
UPDATE projection.generations
SET state = 'leaving'
WHERE generation = %s;

-- set_retired: The one that was shown until now.
UPDATE projection.generations
SET state = 'retired'
WHERE projection = %s AND state = 'live';

-- set_live: After the other was retired, as only one of a projection is live.
UPDATE projection.generations
SET state = 'live', live_at = clock_timestamp()
WHERE generation = %s;

-- show_generation: All readers see it from this row; they neither wait nor see half of it.
UPDATE projection.live
SET generation = %s
WHERE projection = %s AND generation = %s;

-- forget_generation: Its claims go with it.
DELETE FROM projection.generations
WHERE generation = %s;

-- forget_marks: Of a generation that has no table any more.
DELETE FROM projection.checkpoints
WHERE projection = %s AND generation = %s;

-- forget_parked: The same.
DELETE FROM projection.parked
WHERE projection = %s AND generation = %s;

-- enrol_marks: At 0 from the first day, so that whoever destroys a document sees that not all are past it.
INSERT INTO projection.checkpoints (projection, generation, ledger, seq, agency_seq, moved_at)
SELECT %(projection)s, %(generation)s, l.ledger, 0, 0, clock_timestamp()
FROM ledger.ledgers AS l
ON CONFLICT DO NOTHING;

-- enrol_claims: Bodies that joined since the last time too.
INSERT INTO projection.rebuild_claims (generation, ledger, state, size)
SELECT %(generation)s, l.ledger, 'open', l.size
FROM ledger.ledgers AS l
ON CONFLICT DO NOTHING;

-- reopen_claims: What failed is tried again when the rebuild is run again.
UPDATE projection.rebuild_claims
SET state = 'open', error = NULL, folded = 0
WHERE generation = %s AND state = 'failed';

-- be_present: Under its own backend's number; the server itself forgets a session that is gone.
SELECT pg_advisory_lock(%s, pg_backend_pid());

-- take_claim: The largest first, so that no core is left with it at the end. Taken over is what was not heard of
-- for so many seconds, and what was taken in a session that is gone.
UPDATE projection.rebuild_claims AS c
SET
    state = 'taken', fence = c.fence + 1, worker = %(worker)s, backend = pg_backend_pid(),
    taken_at = clock_timestamp(), heard_at = clock_timestamp(), folded = 0, error = NULL
FROM (
    SELECT o.generation, o.ledger
    FROM projection.rebuild_claims AS o
    INNER JOIN projection.generations AS g ON g.generation = o.generation AND g.state = 'running'
    WHERE
        (%(generation)s::integer IS NULL OR o.generation = %(generation)s)
        AND (
            o.state = 'open'
            OR (
                o.state = 'taken'
                AND (
                    o.heard_at < clock_timestamp() - make_interval(secs => %(silent)s)
                    OR NOT EXISTS (
                        SELECT FROM pg_locks AS p
                        WHERE
                            p.locktype = 'advisory' AND p.granted AND p.classid = %(locks)s
                            AND p.objid = o.backend::bigint::oid
                            AND p.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
                    )
                )
            )
        )
    ORDER BY o.size DESC, o.generation, o.ledger
    LIMIT 1
    FOR UPDATE OF o SKIP LOCKED
) AS n
WHERE c.generation = n.generation AND c.ledger = n.ledger
RETURNING c.generation, c.ledger, c.fence;

-- is_there_work: Asked by those who fold only on the side.
SELECT EXISTS (
    SELECT
    FROM projection.rebuild_claims AS c
    INNER JOIN projection.generations AS g ON g.generation = c.generation AND g.state = 'running'
    WHERE
        c.state = 'open'
        OR (c.state = 'taken' AND c.heard_at < clock_timestamp() - make_interval(secs => %s))
);

-- beat_claim: No row: it was taken over, or the rebuild was given up.
UPDATE projection.rebuild_claims AS c
SET heard_at = clock_timestamp(), folded = %s, size = greatest(c.size, %s)
FROM projection.generations AS g
WHERE
    c.generation = %s AND c.ledger = %s AND c.fence = %s AND c.state = 'taken'
    AND g.generation = c.generation AND g.state = 'running';

-- finish_claim: In the transaction of the rows; no row, and that is rolled back.
UPDATE projection.rebuild_claims AS c
SET
    state = 'done', heard_at = clock_timestamp(), folded = %(folded)s, size = %(folded)s, upto = %(upto)s,
    agency_seq = %(agency_seq)s, written = %(written)s, parked = %(parked)s, destroyed = %(destroyed)s,
    peak_kib = %(peak_kib)s
FROM projection.generations AS g
WHERE
    c.generation = %(generation)s AND c.ledger = %(ledger)s AND c.fence = %(fence)s AND c.state = 'taken'
    AND g.generation = c.generation AND g.state = 'running';

-- fail_claim: It stands still until the rebuild is run again.
UPDATE projection.rebuild_claims
SET state = 'failed', error = %s
WHERE generation = %s AND ledger = %s AND fence = %s AND state = 'taken';

-- list_claims: Those at work first.
SELECT ledger, state, fence, worker, size, folded, written, parked, destroyed, peak_kib, error
FROM projection.rebuild_claims
WHERE generation = %s
ORDER BY state = 'taken' DESC, size DESC, ledger;

-- folding_seconds: From the first ledger taken to the last committed, where nothing broke it off.
SELECT coalesce(extract(epoch FROM max(heard_at) - min(taken_at)), 0)::float8
FROM projection.rebuild_claims
WHERE generation = %s AND state = 'done';

-- plan_for_scans: Of one session or transaction.
SELECT
    set_config('enable_sort', 'off', %(local)s),
    set_config('constraint_exclusion', 'off', %(local)s);

-- count_events: By the key alone, without a look at the rows where the visibility map has them.
SELECT count(*)
FROM ledger.events
WHERE ledger = %s AND seq <= %s;

-- count_events_of: Of destroyed documents, of which a scan meets but the events that it reads.
SELECT count(*)
FROM ledger.events
WHERE ledger = %s AND seq <= %s AND stream = ANY(%s);

-- set_agency_seq: What was folded under the law as it is to be says the same once that is the law.
UPDATE projection.checkpoints
SET agency_seq = %s
WHERE projection = %s AND generation = %s;

-- sizes_of_generations: Of the tables on disk, in bytes.
SELECT g.generation, coalesce(pg_total_relation_size(to_regclass(format('projection.grades_%%s', g.generation))), 0)
FROM projection.generations AS g
WHERE g.projection = %s;
