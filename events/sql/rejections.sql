-- find_day_key: Read first, as the day's key is there for all but the day's first rejection.
SELECT stream, kek, key
FROM ledger.rejection_keys
WHERE day = %s;

-- offer_day_key: Several may be first at once; the one that commits is everybody's.
INSERT INTO ledger.rejection_keys (day, stream, kek, key)
VALUES (%s, %s, %s, %s)
ON CONFLICT (day) DO NOTHING;

-- insert_rejections: In the order decided, which the identity keeps.
INSERT INTO ledger.rejections (body, message_id, digest, problem, day, sealed, recorded_at, expires_on)
SELECT body, message_id, digest, problem::jsonb, day, sealed, recorded_at, expires_on
FROM
    unnest(
        %b::text[], %b::text[], %b::bytea[], %b::text[], %b::date[], %b::bytea[], %b::timestamptz[], %b::date[]
    ) WITH ORDINALITY AS w (body, message_id, digest, problem, day, sealed, recorded_at, expires_on, place)
ORDER BY place;

-- list_rejections: A page by key, not by OFFSET, so that a long list costs the same at its end. What was not
-- known yet, and was accepted when it came again, is no longer refused; what was refused again stands once, as
-- decided last.
SELECT r.id, r.body, r.message_id, r.problem, r.recorded_at, r.expires_on, r.sealed, k.stream, k.kek, k.key
FROM ledger.rejections AS r
LEFT JOIN ledger.rejection_keys AS k ON k.day = r.day
WHERE
    (%(before)s::bigint IS NULL OR r.id < %(before)s::bigint)
    AND r.expires_on > %(today)s::date
    AND (%(body)s::text IS NULL OR r.body = %(body)s::text)
    AND NOT (
        r.problem ->> 'code' = ANY(%(anew)s)
        AND r.message_id ~ '^[0-9a-f]{8}-'
        AND EXISTS (
            SELECT FROM ledger.receipts AS a
            WHERE a.ledger = r.body AND a.fact_id = nullif(r.message_id, '')::uuid
        )
    )
    AND NOT EXISTS (
        SELECT FROM ledger.rejections AS n
        WHERE n.body = r.body AND n.message_id = r.message_id AND n.digest = r.digest AND n.id > r.id
    )
ORDER BY r.id DESC
LIMIT %(limit)s;

-- count_rejections: Of what is listed.
SELECT count(*)
FROM ledger.rejections AS r
WHERE
    r.expires_on > %(today)s::date
    AND (%(body)s::text IS NULL OR r.body = %(body)s::text)
    AND NOT (
        r.problem ->> 'code' = ANY(%(anew)s)
        AND r.message_id ~ '^[0-9a-f]{8}-'
        AND EXISTS (
            SELECT FROM ledger.receipts AS a
            WHERE a.ledger = r.body AND a.fact_id = nullif(r.message_id, '')::uuid
        )
    )
    AND NOT EXISTS (
        SELECT FROM ledger.rejections AS n
        WHERE n.body = r.body AND n.message_id = r.message_id AND n.digest = r.digest AND n.id > r.id
    );

-- today: Terms are counted in the days of Almaty, by the server's clock.
SELECT (clock_timestamp() AT TIME ZONE 'Asia/Almaty')::date;

-- purge_rejections: Their term is over.
DELETE FROM ledger.rejections
WHERE expires_on <= %s;

-- purge_day_keys: A key goes with the last body that it sealed; from then on a back-up holds nothing of the day.
DELETE FROM ledger.rejection_keys AS k
WHERE k.day < %s::date - 1 AND NOT EXISTS (SELECT FROM ledger.rejections AS r WHERE r.day = k.day);
