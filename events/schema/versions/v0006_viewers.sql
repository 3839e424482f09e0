-- Row security. Whoever reads says in his transaction who he is; the tables show what that person may see.

-- What a transaction says of its viewer. Nothing, something empty and something malformed are all null, and with
-- a null no policy below admits anything.
CREATE FUNCTION ledger.viewers_ledger() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('bagalau.ledger', true), '');

CREATE FUNCTION ledger.viewer() RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN current_setting('bagalau.viewer', true) ~ '^[0-9a-f]{32}$'
        THEN decode(current_setting('bagalau.viewer', true), 'hex')
END;

-- The two roles of the agency are nobody's in another ledger.
CREATE FUNCTION ledger.viewers_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN
        current_setting('bagalau.ledger', true) <> ''
        AND current_setting('bagalau.viewer', true) ~ '^[0-9a-f]{32}$'
        AND (
            current_setting('bagalau.role', true) IN ('servant', 'hr', 'appointing')
            OR (
                current_setting('bagalau.role', true) IN ('central', 'auditor')
                AND current_setting('bagalau.ledger', true) = 'agency'
            )
        )
        THEN current_setting('bagalau.role', true)
END;

CREATE FUNCTION ledger.disclosed_in() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN current_setting('bagalau.disclosure', true) ~ '^[a-z0-9-]{1,48}/[0-9]{1,18}$'
        THEN split_part(current_setting('bagalau.disclosure', true), '/', 1)
END;

CREATE FUNCTION ledger.disclosed_at() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN current_setting('bagalau.disclosure', true) ~ '^[a-z0-9-]{1,48}/[0-9]{1,18}$'
        THEN split_part(current_setting('bagalau.disclosure', true), '/', 2)::bigint
END;

REVOKE ALL ON FUNCTION
ledger.viewers_ledger(), ledger.viewer(), ledger.viewers_role(), ledger.disclosed_in(), ledger.disclosed_at()
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
ledger.viewers_ledger(), ledger.viewer(), ledger.viewers_role(), ledger.disclosed_in(), ledger.disclosed_at()
TO bagalau_reader;

-- Whose results a recorded disclosure opens to whom: a row for each person, or one for everybody of the ledger;
-- of a person one document, or every one. Its term is the column's own default, which nobody may write.
CREATE TABLE ledger.admissions (
    ledger text COLLATE "C" NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    viewer_ledger text COLLATE "C" NOT NULL,
    viewer bytea NOT NULL CHECK (octet_length(viewer) = 16),
    person bytea CHECK (octet_length(person) = 16),
    stream uuid,
    until timestamptz NOT NULL DEFAULT clock_timestamp() + interval '5 minutes',
    CHECK (stream IS NULL OR person IS NOT NULL)
);
CREATE INDEX admissions_of_disclosure ON ledger.admissions (ledger, seq, person);
CREATE INDEX admissions_expiry ON ledger.admissions (ledger, until);

-- No admission without its record in the ledger, appended in the same transaction: an older one admits nobody
-- anew. At COMMIT, so that either may be written first.
CREATE FUNCTION ledger.require_disclosure() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger.events AS e
        WHERE
            e.ledger = NEW.ledger AND e.seq = NEW.seq AND split_part(e.type, '/', 1) = 'ResultDisclosed'
            -- Taken once the head is locked, and so after the start of the transaction that appends.
            AND e.recorded_at >= now()
    ) THEN
        RAISE EXCEPTION 'this transaction records no ResultDisclosed at % of %', NEW.seq, NEW.ledger
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER disclosed
AFTER INSERT OR UPDATE OF ledger, seq, viewer_ledger, viewer, person, stream ON ledger.admissions
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION ledger.require_disclosure();
ALTER TABLE ledger.admissions ENABLE ALWAYS TRIGGER disclosed;

-- What of it the transaction's viewer may make use of. By the statement's time: a long transaction lasts no
-- longer than its admission.
CREATE VIEW ledger.admitted WITH (security_invoker = true) AS
SELECT a.person, a.stream
FROM ledger.admissions AS a
WHERE
    a.ledger = ledger.disclosed_in() AND a.seq = ledger.disclosed_at()
    AND a.viewer_ledger = ledger.viewers_ledger() AND a.viewer = ledger.viewer()
    AND a.until > statement_timestamp();

GRANT INSERT (ledger, seq, viewer_ledger, viewer, person, stream) ON ledger.admissions TO bagalau_writer;
GRANT SELECT (ledger, until), DELETE ON ledger.admissions TO bagalau_writer, bagalau_destroyer;
GRANT SELECT ON ledger.admissions, ledger.admitted TO bagalau_reader;

-- Whoever replays a ledger verifies it first.
GRANT SELECT ON ledger.tiles, ledger.receipts TO bagalau_projector;

-- Documents that are no person's: the law, which every viewer may read, and what is a whole body's, which its
-- own people may. Known when the document is opened; told of older ones by their first event.
ALTER TABLE ledger.documents ADD COLUMN shared text CHECK (shared IN ('everybody', 'ledger'));
UPDATE ledger.documents AS d
SET shared = 'everybody'
FROM ledger.events AS e
WHERE
    e.ledger = d.ledger AND e.stream = d.stream AND e.version = 1
    AND split_part(e.type, '/', 1) = ANY(ARRAY[
        'BodyRegistered', 'MethodologyPublished', 'MethodologyCorrected', 'MethodologyRepealed',
        'MethodologyActivated', 'MethodologyAdopted', 'WorkCalendarDeclared'
    ]);

-- Forced, so that the owner is no way round. What each process does with a whole table it goes on doing; the
-- reader's own policies on documents and events stand with the results that they follow.
DO $$
DECLARE
    guarded record;
BEGIN
    FOR guarded IN
        SELECT * FROM (VALUES
            ('documents', 'bagalau_writer', 'SELECT'), ('documents', 'bagalau_writer', 'INSERT'),
            ('documents', 'bagalau_projector', 'SELECT'),
            ('documents', 'bagalau_destroyer', 'SELECT'), ('documents', 'bagalau_destroyer', 'UPDATE'),
            ('documents', 'bagalau_destroyer', 'DELETE'),
            ('events', 'bagalau_writer', 'SELECT'), ('events', 'bagalau_writer', 'INSERT'),
            ('events', 'bagalau_projector', 'SELECT'), ('events', 'bagalau_auditor', 'SELECT'),
            ('rejections', 'bagalau_writer', 'SELECT'), ('rejections', 'bagalau_writer', 'INSERT'),
            ('rejections', 'bagalau_destroyer', 'SELECT'), ('rejections', 'bagalau_destroyer', 'DELETE'),
            ('rejection_keys', 'bagalau_writer', 'SELECT'), ('rejection_keys', 'bagalau_writer', 'INSERT'),
            ('rejection_keys', 'bagalau_destroyer', 'SELECT'),
            ('rejection_keys', 'bagalau_destroyer', 'UPDATE'),
            ('rejection_keys', 'bagalau_destroyer', 'DELETE'),
            ('admissions', 'bagalau_writer', 'SELECT'), ('admissions', 'bagalau_writer', 'INSERT'),
            ('admissions', 'bagalau_destroyer', 'SELECT')
        ) AS g (name, role, command)
    LOOP
        EXECUTE format(
            'CREATE POLICY %I ON ledger.%I FOR %s TO %I %s',
            substr(guarded.role, 9) || '_' || lower(guarded.command), guarded.name, guarded.command,
            guarded.role,
            CASE guarded.command WHEN 'INSERT' THEN 'WITH CHECK (true)' ELSE 'USING (true)' END
        );
        EXECUTE format('ALTER TABLE ledger.%I ENABLE ROW LEVEL SECURITY', guarded.name);
        EXECUTE format('ALTER TABLE ledger.%I FORCE ROW LEVEL SECURITY', guarded.name);
    END LOOP;
END
$$;

-- Whoever administers what is shown appends, with the switch, what makes it the law: of the agency's ledger, and
-- of the documents that everybody may read.
CREATE POLICY law_select ON ledger.documents FOR SELECT TO bagalau_owner USING (shared = 'everybody');
CREATE POLICY law_insert ON ledger.documents FOR INSERT TO bagalau_owner WITH CHECK (shared = 'everybody');
CREATE POLICY law_select ON ledger.events FOR SELECT TO bagalau_owner USING (ledger = 'agency');
CREATE POLICY law_insert ON ledger.events FOR INSERT TO bagalau_owner WITH CHECK (ledger = 'agency');

-- Nobody takes an admission away before its term.
CREATE POLICY expired ON ledger.admissions FOR DELETE TO bagalau_writer, bagalau_destroyer
USING (until <= statement_timestamp());

CREATE POLICY own ON ledger.admissions FOR SELECT TO bagalau_reader
USING (
    (SELECT ledger.viewers_role()) IS NOT NULL
    AND viewer_ledger = (SELECT ledger.viewers_ledger()) AND viewer = (SELECT ledger.viewer())
);

CREATE POLICY of_body ON ledger.rejections FOR SELECT TO bagalau_reader
USING (
    (SELECT ledger.viewers_role()) = 'central'
    OR ((SELECT ledger.viewers_role()) = 'hr' AND body = (SELECT ledger.viewers_ledger()))
);
-- A day's key seals the messages of every body, and opens those alone that the viewer is shown.
CREATE POLICY of_body ON ledger.rejection_keys FOR SELECT TO bagalau_reader
USING ((SELECT ledger.viewers_role()) IN ('central', 'hr'));

-- A process says of its own services alone that they are alive.
ALTER TABLE ledger.heartbeats ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.heartbeats FORCE ROW LEVEL SECURITY;
CREATE POLICY told ON ledger.heartbeats FOR SELECT
TO bagalau_writer, bagalau_projector, bagalau_reader, bagalau_auditor, bagalau_destroyer
USING (true);
CREATE POLICY of_writer ON ledger.heartbeats TO bagalau_writer
USING (service IN ('intake', 'clock')) WITH CHECK (service IN ('intake', 'clock'));
CREATE POLICY of_projector ON ledger.heartbeats TO bagalau_projector
USING (service IN ('projector', 'relay')) WITH CHECK (service IN ('projector', 'relay'));
CREATE POLICY of_auditor ON ledger.heartbeats TO bagalau_auditor
USING (service = 'witness') WITH CHECK (service = 'witness');
CREATE POLICY of_destroyer ON ledger.heartbeats TO bagalau_destroyer
USING (service = 'keeper') WITH CHECK (service = 'keeper');
