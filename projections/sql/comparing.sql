-- marks_of: How far two generations go in a ledger; compared are their rows of the same moment.
SELECT generation, seq, agency_seq
FROM projection.checkpoints
WHERE projection = %s AND ledger = %s AND generation = ANY(%s);

-- compare_rows: From plain columns alone. The digest tells what is sealed; the words are looked at beside it, as
-- they can be altered without.
SELECT
    coalesce(a.kind, b.kind) AS kind,
    coalesce(a.grade, a.status), coalesce(b.grade, b.status),
    (a.digest, a.period, a.status, a.grade, a.methodology, a.revision, a.evaluators, a.members, a.requested)
        IS DISTINCT FROM
        (b.digest, b.period, b.status, b.grade, b.methodology, b.revision, b.evaluators, b.members, b.requested)
        AS differs,
    count(*)
FROM (SELECT * FROM projection.grades WHERE generation = %(before)s AND ledger = %(ledger)s) AS a
FULL JOIN (SELECT * FROM projection.grades WHERE generation = %(after)s AND ledger = %(ledger)s) AS b
    ON a.person = b.person AND a.kind = b.kind AND a.id = b.id
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4;

-- differing_rows: Each with its key, which both generations share; without one it was destroyed.
SELECT
    coalesce(a.person, b.person), coalesce(a.kind, b.kind), coalesce(a.id, b.id),
    a.period, a.status, a.grade, a.methodology, a.revision, a.seq, a.digest, a.sealed,
    a.evaluators, a.members, a.requested,
    b.period, b.status, b.grade, b.methodology, b.revision, b.seq, b.digest, b.sealed,
    b.evaluators, b.members, b.requested,
    coalesce(d.kek, r.kek), coalesce(d.key, r.key)
FROM (SELECT * FROM projection.grades WHERE generation = %(before)s AND ledger = %(ledger)s) AS a
FULL JOIN (SELECT * FROM projection.grades WHERE generation = %(after)s AND ledger = %(ledger)s) AS b
    ON a.person = b.person AND a.kind = b.kind AND a.id = b.id
LEFT JOIN ledger.documents AS d
    ON coalesce(a.kind, b.kind) <> 'annual' AND d.ledger = %(ledger)s AND d.stream = coalesce(a.id, b.id)
LEFT JOIN projection.record_keys AS r
    ON
        coalesce(a.kind, b.kind) = 'annual' AND r.ledger = %(ledger)s
        AND r.person = coalesce(a.person, b.person) AND r.record = coalesce(a.id, b.id)
WHERE
    (a.digest, a.period, a.status, a.grade, a.methodology, a.revision, a.evaluators, a.members, a.requested)
    IS DISTINCT FROM
    (b.digest, b.period, b.status, b.grade, b.methodology, b.revision, b.evaluators, b.members, b.requested)
ORDER BY 1, 2, 3;

-- rows_shown: A generation's of a ledger, unopened.
SELECT
    person, kind, id, period, status, grade, methodology, revision, seq, digest, sealed,
    evaluators, members, requested
FROM projection.grades
WHERE generation = %s AND ledger = %s;
