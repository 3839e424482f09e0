-- Derived results. Everything here but the keys of annual records can be thrown away and made again.

GRANT USAGE ON SCHEMA projection
TO bagalau_projector, bagalau_reader, bagalau_auditor, bagalau_destroyer;
-- Every process compares the revision with its own when it starts.
GRANT SELECT ON projection.alembic_version
TO bagalau_projector, bagalau_reader, bagalau_auditor, bagalau_destroyer;

-- Which generation is shown. Going live updates the one row: no table is renamed, no view replaced.
CREATE TABLE projection.live (
    projection text PRIMARY KEY,
    generation integer NOT NULL CHECK (generation > 0)
);
INSERT INTO projection.live (projection, generation)
VALUES ('grades', 1);

-- One derived grade a row. `sealed` holds it whole under a key that is destroyed with the papers; the columns
-- beside it name nobody (docs/adr/0005). `id` is the stream of the assessment, or the annual record.
-- Every look-up leads with the person, so one index serves, and updates of the rest stay HOT.
CREATE TABLE projection.grades (
    generation integer NOT NULL,
    ledger text COLLATE "C" NOT NULL,
    person bytea NOT NULL CHECK (octet_length(person) = 16),
    kind text NOT NULL CHECK (kind IN ('quarterly', 'annual', 'competencies')),
    id uuid NOT NULL,
    period text NOT NULL,
    status text NOT NULL CHECK (status IN ('graded', 'open', 'not-assessed', 'destroyed')),
    grade text,
    methodology text NOT NULL,
    revision integer NOT NULL,
    seq bigint NOT NULL,
    digest bytea NOT NULL CHECK (octet_length(digest) = 16),
    sealed bytea STORAGE EXTERNAL NOT NULL,
    PRIMARY KEY (generation, ledger, person, kind, id)
) PARTITION BY LIST (generation);

-- Made as a table of its own and attached, as every later generation is.
CREATE TABLE projection.grades_1 (LIKE projection.grades INCLUDING ALL) WITH (fillfactor = 80);
ALTER TABLE projection.grades ATTACH PARTITION projection.grades_1 FOR VALUES IN (1);

CREATE VIEW projection.live_grades WITH (security_invoker = true) AS
SELECT g.*
FROM projection.live AS l
INNER JOIN projection.grades AS g ON g.generation = l.generation
WHERE l.projection = 'grades';

-- The key of an annual record, wrapped as documents' keys are: what is destroyed and wrapped anew with them.
-- It belongs to no generation, so a record compares equal in two of them.
CREATE TABLE projection.record_keys (
    ledger text COLLATE "C" NOT NULL,
    person bytea NOT NULL CHECK (octet_length(person) = 16),
    record uuid NOT NULL,
    kek integer NOT NULL,
    key bytea STORAGE EXTERNAL NOT NULL,
    PRIMARY KEY (ledger, person, record)
);

-- Which documents a person's results are made of: names are hashed one by one, so nothing else tells.
-- A fact of the ledger alone, shared by all generations; more of it than a generation has seen does no harm.
CREATE TABLE projection.dossiers (
    ledger text COLLATE "C" NOT NULL,
    person bytea NOT NULL CHECK (octet_length(person) = 16),
    stream uuid NOT NULL,
    PRIMARY KEY (ledger, person, stream)
);

-- How far a generation's rows go in a ledger, and under how much of the agency's; moved with the rows.
CREATE TABLE projection.checkpoints (
    projection text NOT NULL,
    generation integer NOT NULL,
    ledger text COLLATE "C" NOT NULL,
    seq bigint NOT NULL CHECK (seq >= 0),
    agency_seq bigint NOT NULL CHECK (agency_seq >= 0),
    moved_at timestamptz NOT NULL,
    PRIMARY KEY (projection, generation, ledger)
) WITH (fillfactor = 50);

-- A document that fails to fold: the person has no rows until it folds again. `error` is a type and a place in
-- the code, never a message, which could repeat what the document says.
CREATE TABLE projection.parked (
    projection text NOT NULL,
    generation integer NOT NULL,
    ledger text COLLATE "C" NOT NULL,
    stream uuid NOT NULL,
    person bytea CHECK (octet_length(person) = 16),
    seq bigint NOT NULL,
    error text NOT NULL,
    parked_at timestamptz NOT NULL,
    PRIMARY KEY (projection, generation, ledger, stream)
);

GRANT SELECT ON projection.live TO bagalau_projector, bagalau_reader, bagalau_auditor, bagalau_destroyer;
GRANT SELECT, INSERT, UPDATE, DELETE ON
projection.grades, projection.checkpoints, projection.parked TO bagalau_projector;
GRANT SELECT, INSERT ON projection.record_keys, projection.dossiers TO bagalau_projector;
GRANT SELECT ON
projection.grades, projection.live_grades, projection.record_keys, projection.dossiers,
projection.checkpoints, projection.parked TO bagalau_reader;
GRANT SELECT ON projection.checkpoints, projection.parked TO bagalau_auditor;
GRANT SELECT, DELETE ON projection.grades, projection.dossiers, projection.parked TO bagalau_destroyer;
GRANT SELECT, DELETE, UPDATE (kek, key) ON projection.record_keys TO bagalau_destroyer;
