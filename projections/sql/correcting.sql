-- untouched_rows: What an act decides by another revision than the corrected one, from plain columns alone.
SELECT person, period
FROM projection.grades
WHERE
    generation = %s AND ledger = %s AND person >= %s AND person < %s
    AND methodology = %s AND revision <> %s
ORDER BY person;

-- every_so_many: The persons at which a ledger's rows divide into parts of a size; a person is in one part.
SELECT DISTINCT person
FROM (
    SELECT person, row_number() OVER (ORDER BY person) AS place
    FROM projection.grades
    WHERE generation = %s AND ledger = %s
) AS numbered
WHERE place %% %s = 0
ORDER BY person;

-- documents_named: Some documents by their hashed names, with their keys.
SELECT name, stream, kek, key
FROM ledger.documents
WHERE ledger = %s AND name = ANY(%s);

-- told_of: Events of some types alone: an assessment has dozens of marks for each time it was told.
SELECT seq, stream, version, type, recorded_at, agency_seq, payload
FROM ledger.events
WHERE ledger = %s AND stream = ANY(%s) AND split_part(type, '/', 1) = ANY(%s) AND seq <= %s
ORDER BY stream, version;

-- persons_under: Whose results the revision decides in the generation that is shown.
SELECT DISTINCT person
FROM projection.live_grades
WHERE ledger = %s AND methodology = %s AND revision = %s
ORDER BY person;

-- streams_since: The documents of which something was recorded after a place of the ledger.
SELECT DISTINCT stream
FROM ledger.events
WHERE ledger = %s AND seq > %s;

-- count_rows: Of the generation that is shown.
SELECT count(*)
FROM projection.live_grades
WHERE ledger = ANY(%s);
