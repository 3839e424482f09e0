-- Documents are destroyed by a process that says so in their ledger in the same transaction, and the keys that
-- are left are wrapped anew.

-- Under which key-encryption key a new key may be wrapped at the earliest. It is raised before the living keys
-- are wrapped anew: a process that has not heard of the newer one would else add a key that is lost with the old.
CREATE TABLE ledger.wrapping (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    kek integer NOT NULL CHECK (kek > 0)
);
INSERT INTO ledger.wrapping (kek) VALUES (1);

CREATE TRIGGER only_grows BEFORE UPDATE ON ledger.wrapping
FOR EACH ROW WHEN (new.kek < old.kek) EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.wrapping ENABLE ALWAYS TRIGGER only_grows;

CREATE TRIGGER stays BEFORE DELETE ON ledger.wrapping
FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.wrapping ENABLE ALWAYS TRIGGER stays;

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger.wrapping
FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.wrapping ENABLE ALWAYS TRIGGER no_truncate;

-- The lock is shared by those who add keys until they commit. Whoever raises the mark takes it alone: what was
-- added before is then seen, and what is added after sees the mark.
CREATE FUNCTION ledger.refuse_old_kek() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1650550628, 0);
    IF EXISTS (SELECT FROM fresh AS f CROSS JOIN ledger.wrapping AS w WHERE f.kek < w.kek) THEN
        RAISE EXCEPTION 'a key came wrapped under a key-encryption key that is being erased'
            USING ERRCODE = 'BG001', HINT = 'Wrap it under the newest key of the keyring.';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER newest_kek AFTER INSERT ON ledger.documents
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_old_kek();
ALTER TABLE ledger.documents ENABLE ALWAYS TRIGGER newest_kek;

CREATE TRIGGER newest_kek AFTER INSERT ON ledger.rejection_keys
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_old_kek();
ALTER TABLE ledger.rejection_keys ENABLE ALWAYS TRIGGER newest_kek;

GRANT SELECT ON ledger.wrapping
TO bagalau_writer, bagalau_projector, bagalau_reader, bagalau_auditor, bagalau_destroyer;
GRANT UPDATE (kek) ON ledger.wrapping TO bagalau_destroyer;

-- DocumentDestroyed is appended in the transaction that deletes the key. Of events it is only those of an act of
-- destruction that this login adds.
GRANT SELECT, INSERT ON ledger.events, ledger.documents, ledger.tiles, ledger.receipts TO bagalau_destroyer;
GRANT UPDATE (size, root, recorded_at) ON ledger.ledgers TO bagalau_destroyer;

-- Under row security a grant alone admits nothing.
CREATE POLICY destroyer_insert ON ledger.documents FOR INSERT TO bagalau_destroyer WITH CHECK (true);
CREATE POLICY destroyer_insert ON ledger.events FOR INSERT TO bagalau_destroyer
WITH CHECK (
    split_part(type, '/', 1)
    = ANY(ARRAY['DestructionListed', 'DestructionAuthorised', 'DocumentDestroyed', 'DestructionCompleted'])
);
CREATE POLICY destroyer_select ON ledger.events FOR SELECT TO bagalau_destroyer USING (true);
