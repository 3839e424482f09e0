-- Rebuilds: generations of results beside the one that is shown, and who folds which ledger of them.

-- A number is never given twice: a worker of a generation that was given up must not write into a later one.
CREATE SEQUENCE projection.generation_numbers AS integer START 2;

-- What became of each generation. `law` is what it is folded under beyond the law as it stands (null: nothing);
-- `run_at` and `run_from` are when the folding last began, and how many events were folded by then.
CREATE TABLE projection.generations (
    generation integer PRIMARY KEY,
    projection text NOT NULL,
    state text NOT NULL CHECK (
        state IN ('prepared', 'running', 'catching-up', 'live', 'retired', 'leaving')
    ),
    purpose text NOT NULL CHECK (purpose IN ('rebuild', 'correction', 'what-if')),
    law jsonb,
    prepared_at timestamptz NOT NULL,
    run_at timestamptz,
    run_from bigint,
    filled_at timestamptz,
    live_at timestamptz
);
CREATE UNIQUE INDEX generations_live ON projection.generations (projection) WHERE state = 'live';
INSERT INTO projection.generations (generation, projection, state, purpose, prepared_at)
SELECT l.generation, l.projection, 'live', 'rebuild', now() FROM projection.live AS l;

-- A ledger of a generation that is being built. Whoever takes it raises `fence`; what he folds is committed
-- together with the claim and only under the same fence, so a worker thought dead writes nothing. `backend` is
-- the session under whose advisory lock he works.
CREATE TABLE projection.rebuild_claims (
    generation integer NOT NULL REFERENCES projection.generations ON DELETE CASCADE,
    ledger text COLLATE "C" NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'taken', 'done', 'failed')),
    fence integer NOT NULL DEFAULT 0,
    worker text,
    backend integer,
    taken_at timestamptz,
    heard_at timestamptz,
    size bigint NOT NULL,
    folded bigint NOT NULL DEFAULT 0,
    upto bigint,
    agency_seq bigint,
    written bigint NOT NULL DEFAULT 0,
    parked bigint NOT NULL DEFAULT 0,
    destroyed bigint NOT NULL DEFAULT 0,
    peak_kib bigint,
    error text,
    PRIMARY KEY (generation, ledger)
) WITH (fillfactor = 50);

-- A generation's table stands alone while it is filled, since COPY does not work on tables with row security:
-- granted to nobody, but that the projector may add rows. It gets its key when it is full, which is quicker.
CREATE FUNCTION projection.make_generation(number integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made text := format('grades_%s', number);
BEGIN
    EXECUTE format(
        'CREATE TABLE projection.%1$I (
             LIKE projection.grades INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE,
             CONSTRAINT of_generation CHECK (generation = %2$s)
         ) WITH (fillfactor = 80)',
        made, number
    );
    EXECUTE format('GRANT INSERT ON projection.%I TO bagalau_projector', made);
END
$$;
REVOKE ALL ON FUNCTION projection.make_generation(integer) FROM PUBLIC;

-- Gives a filled generation its key, the policies and grants of the one that is shown, and its place beside it.
-- ATTACH lets readers and writers of the others pass, and the constraint spares it the scan.
CREATE FUNCTION projection.attach_generation(number integer, alike integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made text := format('grades_%s', number);
    pattern regclass := to_regclass(format('projection.grades_%s', alike));
    each record;
BEGIN
    EXECUTE format('ALTER TABLE projection.%I ADD PRIMARY KEY (generation, ledger, person, kind, id)', made);
    EXECUTE format('ANALYZE projection.%I', made);
    EXECUTE format('REVOKE ALL ON projection.%I FROM bagalau_projector', made);
    FOR each IN
        SELECT
            a.privilege_type, a.is_grantable,
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
        FROM pg_class AS c, aclexplode(c.relacl) AS a
        WHERE c.oid = pattern AND a.grantee <> c.relowner
    LOOP
        EXECUTE format(
            'GRANT %s ON projection.%I TO %s %s', each.privilege_type, made, each.grantee,
            CASE WHEN each.is_grantable THEN 'WITH GRANT OPTION' END
        );
    END LOOP;
    FOR each IN
        SELECT
            p.polname,
            CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END AS kind,
            CASE p.polcmd
                WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
                ELSE 'ALL'
            END AS command,
            (
                SELECT string_agg(
                    CASE role WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(role)) END, ', '
                )
                FROM unnest(p.polroles) AS role
            ) AS roles,
            pg_get_expr(p.polqual, p.polrelid) AS readable,
            pg_get_expr(p.polwithcheck, p.polrelid) AS writable
        FROM pg_policy AS p
        WHERE p.polrelid = pattern
    LOOP
        EXECUTE format(
            'CREATE POLICY %I ON projection.%I AS %s FOR %s TO %s %s %s',
            each.polname, made, each.kind, each.command, each.roles,
            'USING (' || each.readable || ')', 'WITH CHECK (' || each.writable || ')'
        );
    END LOOP;
    FOR each IN SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = pattern LOOP
        IF each.relrowsecurity THEN
            EXECUTE format('ALTER TABLE projection.%I ENABLE ROW LEVEL SECURITY', made);
        END IF;
        IF each.relforcerowsecurity THEN
            EXECUTE format('ALTER TABLE projection.%I FORCE ROW LEVEL SECURITY', made);
        END IF;
    END LOOP;
    EXECUTE format(
        'ALTER TABLE projection.grades ATTACH PARTITION projection.%I FOR VALUES IN (%s)', made, number
    );
    EXECUTE format('ALTER TABLE projection.%I DROP CONSTRAINT of_generation', made);
END
$$;
REVOKE ALL ON FUNCTION projection.attach_generation(integer, integer) FROM PUBLIC;

-- How a generation's table lies: `alone`, `attached`, `detaching` (that was broken off), or null where none is.
CREATE FUNCTION projection.place_of_generation(number integer) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN i.inhrelid IS NULL THEN 'alone' WHEN i.inhdetachpending THEN 'detaching' ELSE 'attached'
    END
    FROM pg_class AS c
    LEFT JOIN pg_inherits AS i ON i.inhrelid = c.oid
    WHERE c.oid = to_regclass(format('projection.grades_%s', number))
$$;

GRANT SELECT ON projection.generations, projection.rebuild_claims
TO bagalau_projector, bagalau_reader, bagalau_auditor, bagalau_destroyer;
GRANT UPDATE ON projection.rebuild_claims TO bagalau_projector;
