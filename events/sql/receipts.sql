-- find_receipts: One statement for a whole batch; each pair is a look-up in the primary key.
SELECT r.ledger, r.fact_id, r.digest, r.seq, r.leaf, r.recorded_at
FROM unnest(%b::text[], %b::uuid[]) AS w (ledger, fact_id)
INNER JOIN ledger.receipts AS r ON r.ledger = w.ledger AND r.fact_id = w.fact_id;

-- find_rejections: The last one counts: a fact that came before what it builds on is decided anew.
SELECT DISTINCT ON (r.body, r.message_id) r.body, r.message_id, r.problem, r.recorded_at
FROM unnest(%b::text[], %b::text[]) AS w (body, message_id)
INNER JOIN ledger.rejections AS r ON r.body = w.body AND r.message_id = w.message_id
ORDER BY r.body, r.message_id, r.id DESC;
