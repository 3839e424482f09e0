-- The keys of annual records are destroyed and wrapped anew with those of the documents.

CREATE TRIGGER newest_kek AFTER INSERT ON projection.record_keys
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_old_kek();
ALTER TABLE projection.record_keys ENABLE ALWAYS TRIGGER newest_kek;

-- Whose rows are not past a destruction yet is seen by the marks.
GRANT SELECT ON projection.checkpoints TO bagalau_destroyer;
