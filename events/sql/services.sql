-- beat: One row per process, written over.
INSERT INTO ledger.heartbeats (service, instance, beat_at, detail)
VALUES (%s, %s, clock_timestamp(), %s::jsonb)
ON CONFLICT (service, instance) DO UPDATE SET beat_at = excluded.beat_at, detail = excluded.detail;

-- forget_beats: Of processes that have been gone for a day nobody needs to hear.
DELETE FROM ledger.heartbeats
WHERE service = %s AND beat_at < clock_timestamp() - interval '1 day';

-- leave: What ended well is not missed.
DELETE FROM ledger.heartbeats
WHERE service = %s AND instance = %s;

-- beats: The age is the server's own reckoning: a process's clock may be wrong.
SELECT service, instance, beat_at, extract(EPOCH FROM clock_timestamp() - beat_at)::float8, detail
FROM ledger.heartbeats
ORDER BY service, instance;

-- relayed: A ledger that was never relayed has no row.
SELECT ledger, seq
FROM ledger.relayed;

-- move_relayed: Never back, whoever else relays.
INSERT INTO ledger.relayed AS r (ledger, seq)
VALUES (%s, %s)
ON CONFLICT (ledger) DO UPDATE SET seq = excluded.seq
WHERE r.seq < excluded.seq;
