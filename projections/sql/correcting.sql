-- untouched_rows: What an act decides by another revision than the corrected one, from plain columns alone.
SELECT person, period
FROM projection.grades
WHERE generation = %s AND ledger = %s AND methodology = %s AND revision <> %s
ORDER BY person;

-- persons_under: Whose results the revision decides in the generation that is shown.
SELECT DISTINCT person
FROM projection.live_grades
WHERE ledger = %s AND methodology = %s AND revision = %s
ORDER BY person;

-- streams_since: The documents of which something was recorded after a place of the ledger.
SELECT DISTINCT stream
FROM ledger.events
WHERE ledger = %s AND seq > %s;
