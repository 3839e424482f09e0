-- One ledger per state body, with its heads, its tree, its documents' keys and its receipts.

GRANT USAGE ON SCHEMA ledger
TO bagalau_writer, bagalau_projector, bagalau_reader, bagalau_auditor, bagalau_destroyer;
-- Every process compares the revision with its own when it starts.
GRANT SELECT ON ledger.alembic_version
TO bagalau_writer, bagalau_projector, bagalau_reader, bagalau_auditor, bagalau_destroyer;

-- One row per ledger, locked while it is appended to; the room left on each page keeps the updates HOT. Codes
-- are compared by their bytes, as the processes do that sort them.
CREATE TABLE ledger.ledgers (
    ledger text COLLATE "C" PRIMARY KEY CHECK (ledger ~ '^[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?$'),
    number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    size bigint NOT NULL CHECK (size >= 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    recorded_at timestamptz NOT NULL
) WITH (fillfactor = 50);

-- A partition per ledger, so that a ledger's rows lie on disk in the order of seq and are read without a sort
-- or random I/O (docs/adr/0001). Sealed payloads do not compress: EXTERNAL saves the attempt.
-- No foreign keys here or below: rows are written under the ledger's locked head alone.
CREATE TABLE ledger.events (
    ledger text COLLATE "C" NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    stream uuid NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    type text NOT NULL,
    recorded_at timestamptz NOT NULL,
    agency_seq bigint NOT NULL CHECK (agency_seq >= 0),
    payload bytea STORAGE EXTERNAL NOT NULL,
    leaf bytea NOT NULL CHECK (octet_length(leaf) = 32),
    PRIMARY KEY (ledger, seq),
    UNIQUE (ledger, stream, version)
) PARTITION BY LIST (ledger);

-- A document's name (a keyed hash) and its wrapped key stand in one row: destroying the document deletes it.
CREATE TABLE ledger.documents (
    ledger text COLLATE "C" NOT NULL,
    stream uuid NOT NULL,
    name bytea NOT NULL CHECK (octet_length(name) = 16),
    kek integer NOT NULL,
    key bytea STORAGE EXTERNAL NOT NULL,
    PRIMARY KEY (ledger, stream),
    UNIQUE (ledger, name)
);

-- Full tiles of 256 hashes, written with the events that fill them: a proof never scans the ledger.
CREATE TABLE ledger.tiles (
    ledger text COLLATE "C" NOT NULL,
    level smallint NOT NULL CHECK (level >= 0),
    index bigint NOT NULL CHECK (index >= 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    hashes bytea STORAGE EXTERNAL NOT NULL CHECK (octet_length(hashes) = 8192),
    PRIMARY KEY (ledger, level, index)
);

-- The key is what makes a repeated fact a repeat, and a fact's id unique in its ledger.
CREATE TABLE ledger.receipts (
    ledger text COLLATE "C" NOT NULL,
    fact_id uuid NOT NULL,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    seq bigint NOT NULL,
    leaf bytea NOT NULL CHECK (octet_length(leaf) = 32),
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (ledger, fact_id)
);

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%.% is append-only: % is refused', tg_table_schema, tg_table_name, tg_op
        USING ERRCODE = 'restrict_violation',
              HINT = 'A wrong fact is put right by a further fact.';
END
$$;

-- ALWAYS, or session_replication_role = replica would switch the guards off. The row triggers of events are
-- copied to every partition when it is attached; a TRUNCATE trigger is not, so open_ledger makes that one.
DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['events', 'tiles', 'receipts'] LOOP
        EXECUTE format(
            'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger.%1$I
                 FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
             ALTER TABLE ledger.%1$I ENABLE ALWAYS TRIGGER append_only',
            guarded
        );
    END LOOP;
    FOREACH guarded IN ARRAY ARRAY['events', 'tiles', 'receipts', 'ledgers'] LOOP
        EXECUTE format(
            'CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger.%1$I
                 FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
             ALTER TABLE ledger.%1$I ENABLE ALWAYS TRIGGER no_truncate',
            guarded
        );
    END LOOP;
END
$$;

-- A head only grows: an older one would let rows be written over.
CREATE TRIGGER only_grows BEFORE UPDATE ON ledger.ledgers
FOR EACH ROW
WHEN (
    new.size <= old.size OR new.recorded_at < old.recorded_at
    OR new.ledger <> old.ledger OR new.number <> old.number
)
EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.ledgers ENABLE ALWAYS TRIGGER only_grows;

CREATE TRIGGER stays BEFORE DELETE ON ledger.ledgers
FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.ledgers ENABLE ALWAYS TRIGGER stays;

-- Opens a body's ledger; false when it is open already. The definer's rights let the writer make a partition
-- and nothing else.
CREATE FUNCTION ledger.open_ledger(code text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    opened integer;
    partition text;
BEGIN
    INSERT INTO ledger.ledgers (ledger, size, root, recorded_at)
    VALUES (code, 0, sha256(''), clock_timestamp())
    ON CONFLICT DO NOTHING
    RETURNING number INTO opened;
    IF opened IS NULL THEN
        RETURN false;
    END IF;
    partition := format('events_%s', opened);
    -- PARTITION OF would lock the parent against every reader and writer; ATTACH lets them pass, and the
    -- constraint spares it the scan.
    EXECUTE format(
        'CREATE TABLE ledger.%I (LIKE ledger.events INCLUDING ALL, CONSTRAINT of_ledger CHECK (ledger = %L))',
        partition, code
    );
    EXECUTE format(
        'CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger.%1$I
             FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
         ALTER TABLE ledger.%1$I ENABLE ALWAYS TRIGGER no_truncate',
        partition
    );
    EXECUTE format('ALTER TABLE ledger.events ATTACH PARTITION ledger.%I FOR VALUES IN (%L)', partition, code);
    -- The partition's own bound says the same from now on, and costs less for each row.
    EXECUTE format('ALTER TABLE ledger.%I DROP CONSTRAINT of_ledger', partition);
    RETURN true;
END
$$;
REVOKE ALL ON FUNCTION ledger.open_ledger(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.open_ledger(text) TO bagalau_writer;

GRANT SELECT, INSERT ON ledger.events, ledger.documents, ledger.tiles, ledger.receipts TO bagalau_writer;
GRANT SELECT, UPDATE (size, root, recorded_at) ON ledger.ledgers TO bagalau_writer;
GRANT SELECT ON ledger.ledgers, ledger.events, ledger.documents TO bagalau_projector;
GRANT SELECT ON ledger.ledgers, ledger.events, ledger.documents, ledger.tiles, ledger.receipts
TO bagalau_reader;
-- What proves a ledger, and no key: an auditor verifies without reading.
GRANT SELECT ON ledger.ledgers, ledger.events, ledger.tiles, ledger.receipts TO bagalau_auditor;
GRANT SELECT, DELETE, UPDATE (kek, key) ON ledger.documents TO bagalau_destroyer;
GRANT SELECT ON ledger.ledgers TO bagalau_destroyer;
