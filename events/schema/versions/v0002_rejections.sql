-- Rejected messages, kept for thirty days apart from the ledgers.

-- A day's bodies are sealed under one key, and its row goes when the last of them does.
CREATE TABLE ledger.rejection_keys (
    day date PRIMARY KEY,
    stream uuid NOT NULL,
    kek integer NOT NULL,
    key bytea STORAGE EXTERNAL NOT NULL
);

CREATE TABLE ledger.rejections (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    body text NOT NULL,
    message_id text NOT NULL,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    problem jsonb NOT NULL,
    day date NOT NULL,
    sealed bytea STORAGE EXTERNAL NOT NULL,
    recorded_at timestamptz NOT NULL,
    expires_on date NOT NULL
);
-- A message that comes again, and a fact whose predecessor may have been refused, are looked up so.
CREATE INDEX rejections_message ON ledger.rejections (body, message_id, id);
CREATE INDEX rejections_expiry ON ledger.rejections (expires_on);

GRANT SELECT, INSERT ON ledger.rejection_keys, ledger.rejections TO bagalau_writer;
GRANT SELECT ON ledger.rejection_keys, ledger.rejections TO bagalau_reader;
GRANT SELECT, DELETE ON ledger.rejection_keys, ledger.rejections TO bagalau_destroyer;
GRANT UPDATE (kek, key) ON ledger.rejection_keys TO bagalau_destroyer;
