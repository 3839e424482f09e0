-- streams_of_person: The documents that projections found to be a person's, in every ledger asked for at once, as
-- the same code is another hash in each; the newest may be missing yet.
SELECT d.ledger, d.stream
FROM unnest(%b::text[], %b::bytea[]) AS w (ledger, person)
INNER JOIN projection.dossiers AS d ON d.ledger = w.ledger AND d.person = w.person;
