-- How many results there are of each grade, for those who may see none of them.

-- What the counts below are taken from; the owner cannot log in.
DO $$
DECLARE
    guarded regclass;
BEGIN
    FOR guarded IN
        SELECT 'projection.grades'::regclass
        UNION ALL
        SELECT i.inhrelid FROM pg_catalog.pg_inherits AS i WHERE i.inhparent = 'projection.grades'::regclass
    LOOP
        EXECUTE format('CREATE POLICY counted ON %s FOR SELECT TO bagalau_owner USING (true)', guarded);
    END LOOP;
END
$$;

-- Whether counts by grade, of one body or of some together, tell nobody's own: each grade was given to nobody or
-- to at least `fewest`, and not all have the same.
CREATE FUNCTION projection.is_told(counts jsonb[], fewest integer) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(*) > 1 AND min(together.results) >= fewest
    FROM (
        SELECT c.key, sum(c.value::bigint) AS results
        FROM unnest(counts) AS one, jsonb_each_text(one) AS c
        GROUP BY c.key
    ) AS together
$$;

-- Whether a quarter (`2026-Q1`) or a year (`2026`) has ended by a day; what is neither has not.
CREATE FUNCTION projection.is_over(period text, on_day date) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN period !~ '^[0-9]{4}(-Q[1-4])?$' OR period ~ '^0000' THEN false
        ELSE on_day >= make_date(left(period, 4)::integer, 1, 1)
            + make_interval(months => 3 * coalesce(nullif(substr(period, 7, 1), ''), '4')::integer)
    END
$$;

-- The counts of every body that tell nobody's own, and of all bodies (`ledger` null). A body whose counts would
-- tell is withheld whole, and further bodies with it, the smallest first, until what is withheld could be told
-- together: it follows from the sums. Where that is never reached, nothing is told, and nothing of a period that
-- is not over: results come one by one then, and what is told before and after one is told of that one.
CREATE FUNCTION projection.result_counts(asked_kind text, asked_period text, fewest integer DEFAULT 5)
RETURNS TABLE (ledger text, grade text, results bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    threshold CONSTANT integer := greatest(fewest, 5);
    bodies CONSTANT jsonb := coalesce((
        SELECT jsonb_object_agg(of_body.ledger, of_body.counts)
        FROM (
            SELECT each.ledger, jsonb_object_agg(each.grade, each.results) AS counts
            FROM (
                SELECT g.ledger, g.grade, count(*) AS results
                FROM projection.live AS l
                INNER JOIN projection.grades AS g ON g.generation = l.generation
                WHERE
                    l.projection = 'grades' AND g.kind = asked_kind AND g.period = asked_period
                    AND g.status = 'graded' AND g.grade IS NOT NULL
                GROUP BY g.ledger, g.grade
            ) AS each
            GROUP BY each.ledger
        ) AS of_body
    ), '{}');
    withheld text[] := ARRAY(
        SELECT b.key FROM jsonb_each(bodies) AS b WHERE NOT projection.is_told(ARRAY[b.value], threshold)
    );
    further text;
BEGIN
    IF NOT projection.is_over(asked_period, (statement_timestamp() AT TIME ZONE 'Asia/Almaty')::date) THEN
        RETURN;
    END IF;
    WHILE cardinality(withheld) = 1 OR (
        cardinality(withheld) > 0 AND NOT projection.is_told(
            ARRAY(SELECT b.value FROM jsonb_each(bodies) AS b WHERE b.key = ANY(withheld)), threshold
        )
    ) LOOP
        further := (
            SELECT b.key
            FROM jsonb_each(bodies) AS b
            WHERE b.key <> ALL(withheld)
            ORDER BY (SELECT sum(c.value::bigint) FROM jsonb_each_text(b.value) AS c), b.key
            LIMIT 1
        );
        IF further IS NULL THEN
            RETURN;
        END IF;
        withheld := withheld || further;
    END LOOP;
    RETURN QUERY
        SELECT b.key, c.key, c.value::bigint
        FROM jsonb_each(bodies) AS b, jsonb_each_text(b.value) AS c
        WHERE b.key <> ALL(withheld)
        UNION ALL
        SELECT NULL, c.key, sum(c.value::bigint)::bigint
        FROM jsonb_each(bodies) AS b, jsonb_each_text(b.value) AS c
        GROUP BY c.key
        ORDER BY 1 NULLS LAST, 2;
END
$$;
REVOKE ALL ON FUNCTION projection.result_counts(text, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION projection.result_counts(text, text, integer) TO bagalau_reader;
REVOKE ALL ON FUNCTION projection.is_told(jsonb[], integer), projection.is_over(text, date) FROM PUBLIC;
