"""Whatever bodies report: rebuilt rows are the live ones, and those of the grades that the facts come to."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from typing import NamedTuple
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.conninfo import make_conninfo

from events import keyring
from projections import store
from projections.live import Live
from services.servers import Servers, connect
from tests.facts import fact
from tests.projections.rebuild.building import Builder, rows
from tests.projections.recorded import Recorder, catch_up, folded, in_order
from tests.services.deciding.plain_acts import ACTS, Act, Post
from tests.services.deciding.plain_next import Pick, papers_of, sensible
from tests.services.deciding.plain_stray import stray
from tests.services.deciding.side_by_side import SideBySide, opening

pytestmark = pytest.mark.servers

OPENED = date(2026, 4, 13)
POSTS = (
    Post("E-4"),
    Post("E-3"),
    Post("E-1", managerial=True),
    Post("E-3", managerial=True, heads_unit=True),
)
BODIES = ("first", "second", "third", "fourth", "fifth", "sixth")


class History(NamedTuple):
    """What a body tells: before a rebuild, while it folds, and once it has folded."""

    opening: list[bytes]
    parts: tuple[list[bytes], list[bytes], list[bytes]]


@st.composite
def histories(draw: st.DrawFn, body: str) -> History:
    """A servant's year under some act, as a plain model of the procedure takes it on, mistakes included."""
    act, post = draw(st.sampled_from(ACTS)), draw(st.sampled_from(POSTS))
    both, today = SideBySide(act, post), OPENED
    pick: Pick = lambda options: draw(st.sampled_from(options))  # noqa: E731 - as the model wants it
    for _ in range(draw(st.integers(2, 5))):
        key = pick(papers_of(both.body))
        for _ in range(draw(st.integers(2, 14))):
            both.report(*sensible(both.body, key, pick, today), today)
        if draw(st.booleans()):
            both.report(*stray(both.body, pick, today), today)
        today += timedelta(days=draw(st.sampled_from((0, 1, 3, 7))))
        today += timedelta(days=max(0, 7 - today.weekday()) % 7 if today.weekday() >= 5 else 0)
    lines = [fact(type_, dict(data), body=body, on=on) for on, type_, data in both.said]
    first, second = sorted(draw(st.tuples(*[st.integers(0, len(lines))] * 2)))
    return History(begun(body, act, post), (lines[:first], lines[first:second], lines[second:]))


def begun(body: str, act: Act, post: Post) -> list[bytes]:
    """The body under its act, with its servant; the acts themselves are the agency's."""
    return [line.replace(b'"zhanakorgan"', f'"{body}"'.encode()) for line in opening(act, post)]


@pytest.fixture
def databases(servers: Servers, template_database: str) -> Iterator[Callable[[], Servers]]:
    """A database of its own for each of several histories told together."""
    with psycopg.connect(servers.postgres_url, autocommit=True) as conn:
        made: list[sql.Identifier] = []

        def make() -> Servers:
            for one in made[-1:]:
                conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(one))
            name = f"test_{uuid4().hex[:16]}"
            made.append(sql.Identifier(name))
            conn.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(made[-1], sql.Identifier(template_database))
            )
            return Servers(
                make_conninfo(servers.postgres_url, dbname=name), servers.nats_url, embedded=servers.embedded
            )

        yield make
        for one in made[-1:]:
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(one))


def held_against_each_other(servers: Servers, told: list[History]) -> Counter[str]:
    """How many rows were compared, and what was recorded when."""
    keys = keyring.create(os.urandom)
    with ExitStack() as stack:

        def session(role: str | None = None) -> psycopg.Connection:
            return stack.enter_context(connect(servers, role, autocommit=True))

        owner, projector = session(), session("bagalau_projector")
        administrator = session()
        administrator.execute("SET ROLE bagalau_owner")
        recorder = Recorder(session("bagalau_writer"), keys)
        live = Live(keys)
        before = recorder.record(line for one in told for line in (*one.opening, *one.parts[0]))
        catch_up(projector, live)

        builder = Builder(administrator, session("bagalau_projector"), session("bagalau_projector"), keys)
        waiting = [one.parts[1] for one in told]
        meanwhile = 0

        def go_on() -> None:
            nonlocal meanwhile
            meanwhile += recorder.record(waiting.pop() if waiting else [])
            catch_up(projector, live)

        number = builder.build(between=go_on)
        after = recorder.record(line for one in told for line in one.parts[2])
        catch_up(projector, live)
        builder.catch_up(number)

        shown, rebuilt = rows(owner, 1), rows(owner, number)
        assert rebuilt == shown
        assert builder.go_live(number) == 1
        found = in_order(store.grades(session("bagalau_projector"), keys))
        assert found == folded(recorder.conn, recorder.log)
        # As `bagalau grade` decides and grades them, without any server.
        assert found == in_order(recorder.grades(explained=False))
        assert len(found) == len(rebuilt)
    graded = Counter(f"{one.methodology} {one.status}" for one in found)
    return Counter(
        histories=len(told), rows=len(rebuilt), before=before, during=meanwhile, after=after
    ) + Counter(graded)


def over(
    databases: Callable[[], Servers], examples: int, bodies: Sequence[str], *, derandomize: bool
) -> Counter[str]:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=examples,
        derandomize=derandomize,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.tuples(*map(histories, bodies)))
    def check(told: tuple[History, ...]) -> None:
        seen.update(held_against_each_other(databases(), list(told)))

    check()
    print(*(f"{count:8} {what}" for what, count in sorted(seen.items())), sep="\n")  # noqa: T201 - figures
    return seen


def test_rebuilt_rows_are_the_live_ones_and_those_of_the_facts(databases: Callable[[], Servers]) -> None:
    # The same ones each time, many bodies to a database; the long run looks for others.
    seen = over(databases, 2, BODIES, derandomize=True)
    assert seen["rows"] > seen["histories"] >= 12
    assert min(seen["before"], seen["during"], seen["after"]) > 0
    assert len([what for what in seen if what.endswith(" graded")]) >= 3


@pytest.mark.long
def test_many_more_histories_rebuilt(databases: Callable[[], Servers]) -> None:
    seen = over(databases, 150, BODIES[:3], derandomize=False)
    assert seen["rows"] > seen["histories"] >= 450
    assert {what.split()[0] for what in seen if what.endswith(" graded")} == {act.id for act in ACTS}
