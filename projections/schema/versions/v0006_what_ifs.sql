-- A what-if is worked out beside what is shown and written nowhere. What earlier releases left of one that was
-- killed goes, as it would be taken for a rebuild under way. Its table is dropped with the lock that waits for
-- readers of the results: a migration runs before the services of its release. So does a correction's that is not
-- shown yet, as its act was kept in another order: the same command derives it anew.
DO $$
DECLARE
    asked integer;
BEGIN
    FOR asked IN
        SELECT g.generation
        FROM projection.generations AS g
        WHERE
            g.purpose = 'what-if'
            OR (g.purpose = 'correction' AND g.state IN ('prepared', 'running', 'catching-up', 'leaving'))
    LOOP
        EXECUTE format('DROP TABLE IF EXISTS projection.grades_%s', asked);
        DELETE FROM projection.checkpoints AS c WHERE c.generation = asked;
        DELETE FROM projection.parked AS p WHERE p.generation = asked;
        DELETE FROM projection.generations AS g WHERE g.generation = asked;
    END LOOP;
END
$$;
ALTER TABLE projection.generations
DROP CONSTRAINT generations_purpose_check,
ADD CONSTRAINT generations_purpose_check CHECK (purpose IN ('rebuild', 'correction'));

-- As it was written: an act is folded in the order in which it names things, which jsonb does not keep.
ALTER TABLE projection.generations ALTER COLUMN law TYPE json USING law::json;

-- Rows get another digest: behind any law there was, the next step of a projector writes everybody's anew.
UPDATE projection.checkpoints SET agency_seq = 0;
