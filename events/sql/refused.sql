-- find_refused: Every message that was refused under one of the ids, in order, with the key of its day: what was
-- refused is told from what comes now by its content, which only the sealed body keeps.
SELECT r.id, r.body, r.message_id, r.problem, r.recorded_at, r.expires_on, r.sealed, k.stream, k.kek, k.key
FROM unnest(%b::text[], %b::text[]) AS w (body, message_id)
INNER JOIN ledger.rejections AS r ON r.body = w.body AND r.message_id = w.message_id
LEFT JOIN ledger.rejection_keys AS k ON k.day = r.day
ORDER BY r.id;
