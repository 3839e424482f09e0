-- What the processes say of themselves: whether they are alive and what holds them up.

CREATE TABLE ledger.heartbeats (
    service text NOT NULL,
    instance text NOT NULL,
    beat_at timestamptz NOT NULL,
    detail jsonb NOT NULL,
    PRIMARY KEY (service, instance)
) WITH (fillfactor = 50);

-- How far a ledger's events were told to others; moved only once the broker has them.
CREATE TABLE ledger.relayed (
    ledger text PRIMARY KEY,
    seq bigint NOT NULL CHECK (seq >= 0)
) WITH (fillfactor = 50);

GRANT SELECT, INSERT, UPDATE, DELETE ON ledger.heartbeats TO bagalau_writer, bagalau_projector;
GRANT SELECT ON ledger.heartbeats, ledger.relayed TO bagalau_reader, bagalau_auditor;
GRANT SELECT, INSERT, UPDATE ON ledger.relayed TO bagalau_projector;
