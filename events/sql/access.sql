-- held: What everybody may do in the two schemas, a line for each right, policy and attribute. The owner's own
-- rights are left out. Partitions and generations go by one name, as new ones are made all the time; one that is
-- guarded otherwise than the table it is of says so. Expressions of policies are told by their digests.
WITH relations AS (
    SELECT
        c.oid, c.relacl, c.relowner, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.reloptions,
        n.nspname || '.' || regexp_replace(c.relname, '^(events|grades)_[0-9]+$', '\1_N')
        || CASE WHEN c.relname ~ '^grades_[0-9]+$' AND i.inhparent IS NULL THEN ' alone' ELSE '' END AS name,
        i.inhparent
    FROM pg_catalog.pg_class AS c
    INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = c.oid
    WHERE n.nspname IN ('ledger', 'projection') AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
),
processes AS (
    SELECT r.*
    FROM pg_catalog.pg_roles AS r
    WHERE
        r.rolname IN (
            'bagalau_owner', 'bagalau_writer', 'bagalau_projector', 'bagalau_reader', 'bagalau_auditor',
            'bagalau_destroyer'
        )
),
policies AS (
    SELECT
        p.polrelid,
        format(
            'policy %s%s for %s to %s using %s check %s', p.polname,
            CASE WHEN p.polpermissive THEN '' ELSE ' (restrictive)' END,
            CASE p.polcmd
                WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
                ELSE 'ALL'
            END,
            (
                SELECT string_agg(CASE u WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(u) END, ', ' ORDER BY 1)
                FROM unnest(p.polroles) AS u
            ),
            CASE
                WHEN p.polqual IS NULL THEN '-'
                WHEN pg_get_expr(p.polqual, p.polrelid) = 'true' THEN 'true'
                ELSE left(encode(sha256(convert_to(pg_get_expr(p.polqual, p.polrelid), 'UTF8')), 'hex'), 12)
            END,
            CASE
                WHEN p.polwithcheck IS NULL THEN '-'
                WHEN pg_get_expr(p.polwithcheck, p.polrelid) = 'true' THEN 'true'
                ELSE left(encode(sha256(convert_to(pg_get_expr(p.polwithcheck, p.polrelid), 'UTF8')), 'hex'), 12)
            END
        ) AS told
    FROM pg_catalog.pg_policy AS p
)
SELECT format('%s: %s to %s', r.name, a.privilege_type, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
    || CASE WHEN a.is_grantable THEN ' with grant option' ELSE '' END AS line
FROM relations AS r, pg_catalog.aclexplode(r.relacl) AS a
WHERE a.grantee <> r.relowner
UNION
SELECT format('%s(%s): %s to %s', r.name, t.attname, a.privilege_type, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
    || CASE WHEN a.is_grantable THEN ' with grant option' ELSE '' END
FROM relations AS r
INNER JOIN pg_catalog.pg_attribute AS t ON t.attrelid = r.oid AND NOT t.attisdropped,
pg_catalog.aclexplode(t.attacl) AS a
WHERE a.grantee <> r.relowner
UNION
SELECT r.name || ': owned by ' || pg_get_userbyid(r.relowner)
FROM relations AS r
WHERE pg_get_userbyid(r.relowner) <> 'bagalau_owner'
UNION
SELECT r.name || ': ' || p.told
FROM relations AS r
INNER JOIN policies AS p ON p.polrelid = r.oid
UNION
SELECT
    r.name || CASE WHEN r.relforcerowsecurity THEN ': row security forced' ELSE ': row security enabled' END
FROM relations AS r
WHERE r.relrowsecurity
UNION
SELECT format('%s: trigger %s %s', r.name, t.tgname, CASE t.tgenabled WHEN 'A' THEN 'always' ELSE 'off at times' END)
FROM relations AS r
INNER JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = r.oid AND NOT t.tgisinternal
WHERE r.inhparent IS NULL OR t.tgenabled <> 'A'
UNION
SELECT r.name || ': a partition guarded otherwise than its table'
FROM relations AS r
INNER JOIN relations AS w ON w.oid = r.inhparent
WHERE
    (SELECT array_agg(t.tgname ORDER BY t.tgname) FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid = r.oid)
    IS DISTINCT FROM
    (SELECT array_agg(t.tgname ORDER BY t.tgname) FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid = w.oid)
UNION
SELECT format(
    '%s: shows %s', r.name, left(encode(sha256(convert_to(pg_get_viewdef(r.oid), 'UTF8')), 'hex'), 12)
)
FROM relations AS r
WHERE r.relkind = 'v'
UNION
SELECT r.name || ': sees as its invoker'
FROM relations AS r
WHERE r.relkind = 'v' AND 'security_invoker=true' = ANY(r.reloptions)
UNION
SELECT r.name || ': a partition guarded otherwise than its table'
FROM relations AS r
INNER JOIN relations AS w ON w.oid = r.inhparent AND w.name = 'projection.grades'
WHERE
    (r.relrowsecurity, r.relforcerowsecurity) IS DISTINCT FROM (w.relrowsecurity, w.relforcerowsecurity)
    OR (SELECT array_agg(p.told ORDER BY p.told) FROM policies AS p WHERE p.polrelid = r.oid)
    IS DISTINCT FROM (SELECT array_agg(p.told ORDER BY p.told) FROM policies AS p WHERE p.polrelid = w.oid)
UNION
SELECT format(
    'function %s.%s(%s): EXECUTE to %s', n.nspname, f.proname, pg_get_function_identity_arguments(f.oid),
    CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
)
FROM pg_catalog.pg_proc AS f
INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = f.pronamespace AND n.nspname IN ('ledger', 'projection'),
pg_catalog.aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) AS a
WHERE a.grantee <> f.proowner
UNION
SELECT format(
    'function %s.%s: is %s', n.nspname, f.proname,
    left(encode(sha256(convert_to(pg_get_functiondef(f.oid), 'UTF8')), 'hex'), 12)
)
FROM pg_catalog.pg_proc AS f
INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = f.pronamespace AND n.nspname IN ('ledger', 'projection')
WHERE f.provolatile = 's'
UNION
SELECT format('function %s.%s: runs as its owner', n.nspname, f.proname)
FROM pg_catalog.pg_proc AS f
INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = f.pronamespace AND n.nspname IN ('ledger', 'projection')
WHERE f.prosecdef
UNION
SELECT format('schema %s: %s to %s', n.nspname, a.privilege_type, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
FROM pg_catalog.pg_namespace AS n, pg_catalog.aclexplode(n.nspacl) AS a
WHERE
    (n.nspname IN ('ledger', 'projection') AND a.grantee <> n.nspowner)
    OR (n.nspname = 'public' AND a.grantee = 0 AND a.privilege_type = 'CREATE')
UNION
SELECT format('database: %s to PUBLIC', a.privilege_type)
FROM pg_catalog.pg_database AS d, pg_catalog.aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS a
WHERE d.datname = current_database() AND a.grantee = 0 AND a.privilege_type <> 'CONNECT'
UNION
SELECT format('database: %s to %s', a.privilege_type, p.rolname)
FROM pg_catalog.pg_database AS d, pg_catalog.aclexplode(d.datacl) AS a, processes AS p
WHERE d.datname = current_database() AND a.grantee = p.oid AND a.privilege_type <> 'CONNECT'
UNION
SELECT format('role %s: %s', p.rolname, attribute)
FROM processes AS p,
    unnest(ARRAY[
        CASE WHEN p.rolsuper THEN 'SUPERUSER' END, CASE WHEN p.rolbypassrls THEN 'BYPASSRLS' END,
        CASE WHEN p.rolcreaterole THEN 'CREATEROLE' END, CASE WHEN p.rolcreatedb THEN 'CREATEDB' END,
        CASE WHEN p.rolreplication THEN 'REPLICATION' END, CASE WHEN p.rolcanlogin THEN 'LOGIN' END
    ]) AS attribute
WHERE attribute IS NOT NULL
UNION
SELECT format('role %s: member of %s', p.rolname, pg_get_userbyid(m.roleid))
FROM processes AS p
INNER JOIN pg_catalog.pg_auth_members AS m ON m.member = p.oid
ORDER BY 1;
