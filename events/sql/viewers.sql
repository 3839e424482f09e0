-- streams_of_viewers: The documents of a ledger's viewers; which they are the types tell, nothing is opened. Asked
-- for by people alone, so it may read the ledger from end to end.
SELECT DISTINCT stream
FROM ledger.events
WHERE ledger = %s AND type = ANY(%s);
