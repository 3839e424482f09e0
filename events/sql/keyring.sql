-- claim: The first keyring stays.
INSERT INTO ledger.keyring (fingerprint)
VALUES (%s)
ON CONFLICT DO NOTHING;

-- fingerprint: No row before the founding.
SELECT fingerprint
FROM ledger.keyring;
