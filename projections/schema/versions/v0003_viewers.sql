-- Who else has to do with a result, and the reader's row security on everything that tells of persons.

-- Added empty; the marks below have the running projector derive every row anew, and a rebuild does the same.
ALTER TABLE projection.grades
ADD COLUMN evaluators bytea[] NOT NULL DEFAULT '{}',
ADD COLUMN members bytea[] NOT NULL DEFAULT '{}',
ADD COLUMN requested boolean NOT NULL DEFAULT false;

-- Generations that are being filled stand alone, and follow.
DO $$
DECLARE
    alone regclass;
BEGIN
    FOR alone IN
        SELECT c.oid
        FROM pg_catalog.pg_class AS c
        WHERE
            c.relnamespace = 'projection'::regnamespace AND c.relkind = 'r' AND c.relname ~ '^grades_[0-9]+$'
            AND NOT c.relispartition
    LOOP
        EXECUTE format(
            'ALTER TABLE %s
             ADD COLUMN evaluators bytea[] NOT NULL DEFAULT ''{}'',
             ADD COLUMN members bytea[] NOT NULL DEFAULT ''{}'',
             ADD COLUMN requested boolean NOT NULL DEFAULT false',
            alone
        );
    END LOOP;
END
$$;

CREATE OR REPLACE VIEW projection.live_grades WITH (security_invoker = true) AS
SELECT g.*
FROM projection.live AS l
INNER JOIN projection.grades AS g ON g.generation = l.generation
WHERE l.projection = 'grades';

-- What reads everything, as corrections and replays do, reads as the projector; the reader shows to a viewer.
GRANT SELECT ON projection.live_grades TO bagalau_projector;

-- Behind any law there was: the next step of a projector takes everybody of the ledger.
UPDATE projection.checkpoints SET agency_seq = 0;

-- Asked for every document that a policy judges.
CREATE INDEX dossiers_stream ON projection.dossiers (ledger, stream);

-- Whose document failed is nobody's business but the projector's.
REVOKE SELECT ON projection.parked FROM bagalau_reader, bagalau_auditor;
GRANT SELECT (projection, generation, ledger, stream, seq, error, parked_at) ON projection.parked
TO bagalau_reader, bagalau_auditor;

-- A result is shown to its servant, and to whomever a recorded disclosure admits, for as long as he has to do
-- with it. Only of the generation that is shown: another may be older, or not the law.
-- The row's columns stand outside the sub-selects: attach_generation copies the policy to tables of other names.
-- What is asked of the viewer stands inside one: it is then worked out once and not for every row.
DO $$
DECLARE
    guarded regclass;
BEGIN
    FOR guarded IN
        SELECT 'projection.grades'::regclass
        UNION ALL
        SELECT i.inhrelid FROM pg_catalog.pg_inherits AS i WHERE i.inhparent = 'projection.grades'::regclass
    LOOP
        EXECUTE format($policy$
            CREATE POLICY shown ON %s FOR SELECT TO bagalau_reader
            USING (
                generation = (SELECT l.generation FROM projection.live AS l WHERE l.projection = 'grades')
                AND (
                    (
                        (SELECT ledger.viewers_role()) = 'servant'
                        AND ledger = (SELECT ledger.viewers_ledger())
                        AND person = (SELECT ledger.viewer())
                    )
                    OR (
                        ledger = (SELECT ledger.disclosed_in())
                        AND CASE (SELECT ledger.viewers_role())
                            WHEN 'servant' THEN
                                ledger = (SELECT ledger.viewers_ledger())
                                AND (
                                    (SELECT ledger.viewer()) = ANY(evaluators)
                                    OR (SELECT ledger.viewer()) = ANY(members)
                                )
                            WHEN 'hr' THEN ledger = (SELECT ledger.viewers_ledger())
                            WHEN 'appointing' THEN ledger = (SELECT ledger.viewers_ledger()) AND requested
                            WHEN 'central' THEN true
                            WHEN 'auditor' THEN true
                            ELSE false
                        END
                        AND (
                            EXISTS (SELECT FROM ledger.admitted AS a WHERE a.person IS NULL)
                            OR person IN (
                                SELECT a.person FROM ledger.admitted AS a
                                WHERE a.person IS NOT NULL AND a.stream IS NULL
                            )
                            OR (person, id) IN (
                                SELECT a.person, a.stream FROM ledger.admitted AS a WHERE a.stream IS NOT NULL
                            )
                        )
                    )
                )
            )$policy$, guarded);
        EXECUTE format(
            'CREATE POLICY projector ON %1$s TO bagalau_projector USING (true) WITH CHECK (true);
             CREATE POLICY destroyer_select ON %1$s FOR SELECT TO bagalau_destroyer USING (true);
             CREATE POLICY destroyer_delete ON %1$s FOR DELETE TO bagalau_destroyer USING (true);
             ALTER TABLE %1$s ENABLE ROW LEVEL SECURITY;
             ALTER TABLE %1$s FORCE ROW LEVEL SECURITY',
            guarded
        );
    END LOOP;
END
$$;

-- The documents of a person: his own; with a disclosure those of whom it admits to, or, for an evaluator and a
-- member of a panel, what the rows are of that he is shown.
CREATE POLICY shown ON projection.dossiers FOR SELECT TO bagalau_reader
USING (
    (
        (SELECT ledger.viewers_role()) = 'servant'
        AND ledger = (SELECT ledger.viewers_ledger()) AND person = (SELECT ledger.viewer())
    )
    OR (
        ledger = (SELECT ledger.disclosed_in())
        AND CASE (SELECT ledger.viewers_role())
            WHEN 'servant' THEN EXISTS (
                SELECT FROM projection.grades AS g
                WHERE g.ledger = dossiers.ledger AND g.person = dossiers.person AND g.id = dossiers.stream
            )
            WHEN 'appointing' THEN EXISTS (
                SELECT FROM projection.grades AS g
                WHERE g.ledger = dossiers.ledger AND g.person = dossiers.person
            )
            WHEN 'hr' THEN ledger = (SELECT ledger.viewers_ledger())
            WHEN 'central' THEN true
            WHEN 'auditor' THEN true
            ELSE false
        END
        AND (
            EXISTS (SELECT FROM ledger.admitted AS a WHERE a.person IS NULL)
            OR person IN (
                SELECT a.person FROM ledger.admitted AS a WHERE a.person IS NOT NULL AND a.stream IS NULL
            )
            OR (person, stream) IN (
                SELECT a.person, a.stream FROM ledger.admitted AS a WHERE a.stream IS NOT NULL
            )
        )
    )
);

CREATE POLICY shown ON projection.record_keys FOR SELECT TO bagalau_reader
USING (
    EXISTS (
        SELECT FROM projection.grades AS g
        WHERE
            g.ledger = record_keys.ledger AND g.person = record_keys.person
            AND g.kind = 'annual' AND g.id = record_keys.record
    )
);

-- Wrapped keys: what is shared, what is somebody's who is shown; and what is nobody's, as sessions of a commission
-- are, or was read by no projector yet, where the whole body was disclosed or that very document.
CREATE POLICY shown ON ledger.documents FOR SELECT TO bagalau_reader
USING (
    CASE shared
        WHEN 'everybody' THEN (SELECT ledger.viewers_role()) IS NOT NULL
        WHEN 'ledger' THEN
            (SELECT ledger.viewers_role()) IS NOT NULL AND ledger = (SELECT ledger.viewers_ledger())
        ELSE false
    END
    OR EXISTS (
        SELECT FROM projection.dossiers AS d WHERE d.ledger = documents.ledger AND d.stream = documents.stream
    )
    OR (
        ledger = (SELECT ledger.disclosed_in())
        AND CASE (SELECT ledger.viewers_role())
            WHEN 'hr' THEN ledger = (SELECT ledger.viewers_ledger())
            WHEN 'central' THEN true
            WHEN 'auditor' THEN true
            ELSE false
        END
        AND (
            EXISTS (SELECT FROM ledger.admitted AS a WHERE a.person IS NULL)
            -- Named by the disclosure itself: a session that decided on him, what no projector has read yet.
            OR stream IN (SELECT a.stream FROM ledger.admitted AS a WHERE a.stream IS NOT NULL)
        )
    )
);

-- The events of what may be opened. Those of the agency's are the law, read from its first to its last; who reads
-- it counts the others there too, and opens none.
CREATE POLICY shown ON ledger.events FOR SELECT TO bagalau_reader
USING (
    (ledger = 'agency' AND (SELECT ledger.viewers_role()) IS NOT NULL)
    OR EXISTS (
        SELECT FROM ledger.documents AS d WHERE d.ledger = events.ledger AND d.stream = events.stream
    )
);

DO $$
DECLARE
    guarded record;
BEGIN
    FOR guarded IN
        SELECT * FROM (VALUES
            ('dossiers', 'bagalau_projector', 'SELECT'), ('dossiers', 'bagalau_projector', 'INSERT'),
            ('dossiers', 'bagalau_destroyer', 'SELECT'), ('dossiers', 'bagalau_destroyer', 'DELETE'),
            ('record_keys', 'bagalau_projector', 'SELECT'), ('record_keys', 'bagalau_projector', 'INSERT'),
            ('record_keys', 'bagalau_destroyer', 'SELECT'), ('record_keys', 'bagalau_destroyer', 'UPDATE'),
            ('record_keys', 'bagalau_destroyer', 'DELETE')
        ) AS g (name, role, command)
    LOOP
        EXECUTE format(
            'CREATE POLICY %I ON projection.%I FOR %s TO %I %s',
            substr(guarded.role, 9) || '_' || lower(guarded.command), guarded.name, guarded.command,
            guarded.role,
            CASE guarded.command WHEN 'INSERT' THEN 'WITH CHECK (true)' ELSE 'USING (true)' END
        );
        EXECUTE format('ALTER TABLE projection.%I ENABLE ROW LEVEL SECURITY', guarded.name);
        EXECUTE format('ALTER TABLE projection.%I FORCE ROW LEVEL SECURITY', guarded.name);
    END LOOP;
END
$$;
