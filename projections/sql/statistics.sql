-- result_counts: What may be told to everybody; of all bodies together where the ledger is null.
SELECT ledger, grade, results FROM projection.result_counts(%s, %s, %s);

-- has_results: Whether anything of a period is graded at all; of whom and what stays untold.
SELECT EXISTS (
    SELECT FROM projection.live AS l
    INNER JOIN projection.grades AS g ON g.generation = l.generation
    WHERE
        l.projection = 'grades' AND g.kind = %s AND g.period = %s
        AND g.status = 'graded' AND g.grade IS NOT NULL
);
