import pytest
from psycopg import errors

from events.keyring import Keyring
from events.log import Connection
from projections import marks, store
from projections.live import Live
from projections.marks import MarkError
from projections.rebuild import claims, generations
from projections.rebuild.generations import RebuildError
from projections.rebuild.progress import progress
from services.servers import Servers, connect
from tests.facts import assessed, ref
from tests.projections.rebuild.building import Builder, is_gone, rows
from tests.projections.recorded import Recorder

pytestmark = pytest.mark.servers


@pytest.mark.usefixtures("country")
def test_prepare_again_tells_what_is_there(administrator: Connection) -> None:
    first = generations.prepare(administrator)
    assert (first.number, first.state) == (2, "prepared")
    assert generations.prepare(administrator) == first
    assert generations.find(administrator) == first
    generations.start(administrator, first.number)
    assert generations.prepare(administrator).state == "running"
    now = progress(administrator)
    assert (now.ledgers_done, now.folded, now.rate) == (0, 0, None)
    assert now.events == sum(one.head for one in marks.lag(administrator)) > 400


@pytest.mark.usefixtures("country")
def test_a_new_generation_is_nobodys(builder: Builder, owner: Connection) -> None:
    number = builder.begin()
    builder.fill(number)
    for role in ("reader", "auditor", "writer", "destroyer", "projector"):
        owner.execute(f"SET ROLE bagalau_{role}".encode())
        with pytest.raises(errors.InsufficientPrivilege):
            owner.execute(f"SELECT FROM projection.grades_{number}".encode())


@pytest.mark.parametrize("upto", ["prepared", "running", "filled", "attached", "caught up"])
def test_an_abort_leaves_nothing_behind(
    country: Recorder, builder: Builder, administrator: Connection, owner: Connection, upto: str
) -> None:
    before = rows(owner, 1)
    if upto == "prepared":
        number = generations.prepare(administrator).number
    else:
        number = builder.begin()
        if upto == "running":
            claim = builder.take(number)
            assert claim is not None
            builder.filler.fill(claim, lambda *_: None)
        else:
            builder.fill(number)
        if upto in {"attached", "caught up"}:
            builder.attach(number)
        if upto == "caught up":
            country.record(assessed(of=ref("nobody")))
            builder.catch_up(number)
    assert not is_gone(owner, number)
    generations.remove(administrator, number, generations.UNFINISHED)
    assert is_gone(owner, number)
    assert rows(owner, 1) == before
    with pytest.raises(RebuildError) as none:
        generations.find(administrator)
    assert none.value.code == "no-rebuild"
    assert builder.take(number) is None
    assert generations.prepare(administrator).number > number, "a number is never given twice"


@pytest.mark.usefixtures("country")
def test_an_abort_that_was_broken_off_goes_on(
    builder: Builder, administrator: Connection, own_servers: Servers, owner: Connection
) -> None:
    number = builder.build()
    with connect(own_servers, "bagalau_projector") as slow:
        slow.execute("SELECT count(*) FROM projection.grades")
        administrator.execute("SET statement_timeout = '1s'")
        with pytest.raises(errors.QueryCanceled):
            generations.remove(administrator, number, generations.UNFINISHED)
        administrator.execute("RESET statement_timeout")
        assert generations.find(administrator, number).state == "leaving"
        # Whoever reads in the meantime neither waits nor sees it.
        with connect(own_servers, "bagalau_projector", autocommit=True) as reader:
            reader.execute("SET statement_timeout = '5s'")
            assert sum(one.count for one in store.counts(reader)) > 0
    generations.remove(administrator, number, generations.UNFINISHED)
    assert is_gone(owner, number)


@pytest.mark.usefixtures("country")
def test_steps_follow_each_other(builder: Builder, administrator: Connection) -> None:
    number = builder.begin()
    with pytest.raises(RebuildError) as early:
        builder.go_live(number)
    assert early.value.code in {"rebuild-state", "rebuild-given-up"}
    with pytest.raises(RebuildError):
        generations.remove(administrator, number, {"retired"})
    with pytest.raises(RebuildError):
        generations.remove(administrator, 1, generations.UNFINISHED)
    with pytest.raises(RebuildError) as none:
        generations.start(administrator, 77)
    assert none.value.code == "no-rebuild"


@pytest.mark.usefixtures("country")
def test_a_generation_has_the_policies_and_grants_of_the_one_that_is_shown(
    builder: Builder, administrator: Connection
) -> None:
    administrator.execute("ALTER TABLE projection.grades_1 ENABLE ROW LEVEL SECURITY")
    administrator.execute("ALTER TABLE projection.grades_1 FORCE ROW LEVEL SECURITY")
    administrator.execute(
        "CREATE POLICY of_some ON projection.grades_1 AS RESTRICTIVE FOR SELECT"
        " TO bagalau_reader, bagalau_auditor USING (ledger <> 'secret') "
    )
    administrator.execute(
        "CREATE POLICY of_all ON projection.grades_1 USING (true) WITH CHECK (revision > 0)"
    )
    administrator.execute("GRANT SELECT ON projection.grades_1 TO bagalau_auditor")
    number = builder.build()

    def policies(table: str) -> list[tuple[object, ...]]:
        return administrator.execute(
            "SELECT policyname, permissive, roles, cmd, qual, with_check FROM pg_policies"
            " WHERE tablename = %s ORDER BY policyname",
            [table],
        ).fetchall()

    def kept(table: str) -> object:
        return administrator.execute(
            "SELECT relacl, relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s", [table]
        ).fetchone()

    assert policies(f"grades_{number}") == policies("grades_1")
    assert {"of_some", "of_all", "shown"} <= {str(name) for name, *_ in policies("grades_1")}
    assert kept(f"grades_{number}") == kept("grades_1")


@pytest.mark.usefixtures("country")
def test_the_projector_itself_may_change_nothing_of_what_is_shown(
    builder: Builder, projector: Connection
) -> None:
    number = builder.build()
    for statement in (
        f"UPDATE projection.live SET generation = {number}",
        f"UPDATE projection.generations SET state = 'live' WHERE generation = {number}",
        f"SELECT projection.make_generation({number + 1})",
        f"SELECT projection.attach_generation({number}, 1)",
        "DELETE FROM projection.rebuild_claims",
        f"DROP TABLE projection.grades_{number}",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            projector.execute(statement.encode())


@pytest.mark.usefixtures("country")
def test_a_claim_is_reported_while_it_is_worked_on(builder: Builder) -> None:
    number = builder.begin()
    claims.be_present(builder.reading)
    claim = builder.take(number)
    assert claim is not None
    told: list[tuple[int, int]] = []
    filled = builder.filler.fill(claim, lambda folded, size: told.append((folded, size)))
    assert told[0] == (0, filled.upto)
    assert told == sorted(told)
    now = progress(builder.administrator)
    assert (now.ledgers_done, now.folded) == (1, filled.upto)
    assert now.rate
    assert now.seconds_left


@pytest.mark.usefixtures("country")
def test_an_unfinished_generation_is_not_advanced_by_hand(builder: Builder, keys: Keyring) -> None:
    number = builder.begin()
    with pytest.raises(RebuildError) as refused:
        Live(keys, built=number).advance(builder.reading, "zhanakorgan")
    assert refused.value.code == "rebuild-given-up"
    with pytest.raises((RebuildError, MarkError)):
        Live(keys, built=99).advance(builder.reading, "zhanakorgan")
