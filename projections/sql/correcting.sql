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
