-- The fingerprint of the keyring that seals this database: one row, for good. It is keyed, so it tells nothing
-- of the keys; under another keyring facts would be recorded that the right one cannot read.
CREATE TABLE ledger.keyring (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32)
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger.keyring
FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.keyring ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger.keyring
FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.keyring ENABLE ALWAYS TRIGGER no_truncate;

GRANT SELECT, INSERT ON ledger.keyring TO bagalau_writer;
GRANT SELECT ON ledger.keyring TO bagalau_projector, bagalau_reader, bagalau_auditor, bagalau_destroyer;

GRANT SELECT, INSERT, UPDATE, DELETE ON ledger.heartbeats TO bagalau_auditor;
