-- Run before every migration, by whoever administers the server: roles belong to the whole cluster, so a
-- database restored on another server arrives without them.

DO $$
DECLARE
    wanted text;
    made regprocedure;
BEGIN
    -- Nobody logs in as the owner: what the grants below leave out cannot be done by any process.
    FOREACH wanted IN ARRAY ARRAY[
        'bagalau_owner', 'bagalau_writer', 'bagalau_projector',
        'bagalau_reader', 'bagalau_auditor', 'bagalau_destroyer'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format(
                    'CREATE ROLE %I %s', wanted,
                    CASE wanted WHEN 'bagalau_owner' THEN 'NOLOGIN' ELSE 'LOGIN' END
                );
            -- The migration's lock is one database's: that of another may have made the role meanwhile.
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;
            END;
        END IF;
    END LOOP;

    -- Nobody makes tables or functions of his own, however short-lived. Where another owns the database this
    -- changes nothing but a warning, and the check of the grants says who must do it.
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());

    -- Nor large objects, which are no table and have no policy. Only a superuser may take this from PUBLIC.
    IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
        FOR made IN
            SELECT p.oid::regprocedure
            FROM pg_catalog.pg_proc AS p
            WHERE
                p.pronamespace = 'pg_catalog'::regnamespace
                AND p.proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lowrite')
                AND has_function_privilege('public', p.oid, 'EXECUTE')
        LOOP
            EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', made);
        END LOOP;
    END IF;

    -- An administrator who is no superuser made the role, but may not yet act as it.
    IF NOT pg_has_role(current_user, 'bagalau_owner', 'SET') THEN
        EXECUTE format('GRANT bagalau_owner TO %I WITH INHERIT FALSE, SET TRUE', current_user);
    END IF;
END
$$;

CREATE SCHEMA IF NOT EXISTS ledger AUTHORIZATION bagalau_owner;
