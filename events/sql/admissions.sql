-- admit: Beside the ResultDisclosed that it rests on, in one transaction; COMMIT refuses it without. Its term is
-- the column's own default, by the server's clock.
INSERT INTO ledger.admissions (ledger, seq, viewer_ledger, viewer, person, stream)
SELECT %s, %s, %s, %s, w.person, w.stream
FROM unnest(%s::bytea[], %s::uuid[]) AS w (person, stream);

-- forget_expired: Of the one ledger whose head the transaction holds, so that two never wait for each other.
DELETE FROM ledger.admissions
WHERE ledger = %s AND until <= statement_timestamp();

-- purge_admissions: Of every ledger, by the keeper.
DELETE FROM ledger.admissions
WHERE until <= statement_timestamp();
