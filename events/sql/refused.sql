-- find_refused: Every message that was refused under one of the ids, in order; the digest tells what was
-- refused then from what comes now.
SELECT r.body, r.message_id, r.digest, r.problem, r.recorded_at, k.stream, k.kek, k.key
FROM unnest(%b::text[], %b::text[]) AS w (body, message_id)
INNER JOIN ledger.rejections AS r ON r.body = w.body AND r.message_id = w.message_id
LEFT JOIN ledger.rejection_keys AS k ON k.day = r.day
ORDER BY r.id;
