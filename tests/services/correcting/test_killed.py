"""A correction killed at each of its steps, and whoever finishes it: the same command, or the clock."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from events.envelope import AGENCY
from events.keyring import Keyring
from events.log import Connection
from projections import marks
from projections.rebuild import generations
from projections.rebuild.generations import RebuildError
from services.clock.passing import pass_over
from services.correcting import correction, restating
from services.correcting.correction import Applied, Correcting
from services.correcting.proposal import CorrectionError, Scope
from services.rebuild_steps import Rebuilding
from services.rebuilding import rebuild_all
from tests.facts import BODY, appointed, sanctioned
from tests.ledgers import events_of
from tests.projections.recorded import Recorder
from tests.services.correcting.small_world import OTHER, told

pytestmark = pytest.mark.servers

CHANGED = {BODY: 2, OTHER: 1}


class Killed(BaseException):
    """The process is gone."""


def run(correcting: Correcting, file: Path) -> Applied:
    """The command, from the file on."""
    proposal = correcting.read(file, Scope())
    foretold = None if proposal.standing == "in-force" else correcting.what_if(proposal)
    return correcting.apply(proposal, foretold, "read anew", workers=0)


def dying(monkeypatch: pytest.MonkeyPatch, of: Any, name: str, *, after: int = 0, done: bool = False) -> None:
    """Kills at the next call of it, or right after it is done, once it was done so many times."""
    whole: Callable[..., Any] = getattr(of, name)
    left = after

    def call(*arguments: Any, **more: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0 and not done:
            raise Killed
        found = whole(*arguments, **more)
        if left < 0:
            raise Killed
        return found

    monkeypatch.setattr(of, name, call)


def laws(recorder: Recorder) -> Counter[str]:
    types = (event.type for event in events_of(recorder.conn, recorder.log, AGENCY))
    return Counter(one for one in types if one in {"MethodologyCorrected", "MethodologyActivated"})


def restated(recorder: Recorder) -> dict[str, int]:
    return {
        body: sum(
            event.type == "ResultRestated" and event.data.cause == "MethodologyActivated" for event in its
        )
        for body in (BODY, OTHER)
        for its in [events_of(recorder.conn, recorder.log, body)]
    }


STEPS: list[tuple[Any, str, dict[str, Any]]] = [
    (Rebuilding, "run", {}),
    (Rebuilding, "run", {"done": True}),
    (Rebuilding, "catch_up", {"done": True}),
    (correction, "lay_down", {}),
    (correction, "lay_down", {"done": True}),
    (generations, "show", {"done": True}),
    (Rebuilding, "go_live", {"done": True}),
    (restating, "record", {}),
    (restating, "record", {"after": 1}),
    (restating, "record", {"after": 1, "done": True}),
]


@pytest.mark.parametrize(
    ("of", "name", "how"),
    [
        # Each takes a whole correction: in CI every fourth, with `make long` all of them.
        pytest.param(*step, id=f"{step[1]}-{step[2]}", marks=() if at % 4 == 0 else pytest.mark.long)
        for at, step in enumerate(STEPS)
    ],
)
def test_killed_at_any_step_it_is_finished_by_the_same_command(
    bodies: Recorder,
    correcting: Correcting,
    overall: Path,
    monkeypatch: pytest.MonkeyPatch,
    owner: Connection,
    of: Any,
    name: str,
    how: dict[str, Any],
) -> None:
    monkeypatch.setattr(restating, "BATCH", 1)
    with monkeypatch.context() as patched:
        dying(patched, of, name, **how)
        with pytest.raises(Killed):
            run(correcting, overall)
    run(correcting, overall)
    assert laws(bodies) == {"MethodologyCorrected": 1, "MethodologyActivated": 1}
    assert restated(bodies) == CHANGED
    assert correcting.law().methodologies["zhanakorgan-2026"].current.number == 2
    assert [one.state for one in generations.generations(owner)] == ["live", "retired"]
    assert run(correcting, overall).restated == {}


def test_the_clock_finishes_what_was_killed_before_it_told(
    bodies: Recorder, correcting: Correcting, overall: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        dying(patched, restating, "record")
        with pytest.raises(Killed):
            run(correcting, overall)
    assert restated(bodies) == {BODY: 0, OTHER: 0}
    pass_over(bodies.conn, bodies.log, date(2026, 7, 20))
    assert restated(bodies) == CHANGED
    assert run(correcting, overall).restated == {}


def test_the_clock_has_nothing_to_add_to_what_was_told(
    bodies: Recorder, correcting: Correcting, overall: Path
) -> None:
    assert run(correcting, overall).restated == CHANGED
    pass_over(bodies.conn, bodies.log, date(2026, 7, 20))
    assert restated(bodies) == CHANGED


@pytest.mark.usefixtures("bodies")
def test_what_is_declined_leaves_nothing_of_an_earlier_run(
    correcting: Correcting, overall: Path, owner: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        dying(patched, Rebuilding, "run", done=True)
        with pytest.raises(Killed):
            run(correcting, overall)
    assert len(generations.generations(owner)) == 2
    correcting.decline(correcting.read(overall, Scope()))
    assert [one.number for one in generations.generations(owner)] == [1]
    assert correcting.read(overall, Scope()).revision == 2


@pytest.mark.usefixtures("bodies")
def test_a_rebuild_does_not_take_up_what_was_killed_of_a_correction(
    correcting: Correcting,
    overall: Path,
    own_servers: Any,
    keyring_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patched:
        dying(patched, Rebuilding, "run", done=True)
        with pytest.raises(Killed):
            run(correcting, overall)
    with pytest.raises(RebuildError, match="correct") as refused:
        rebuild_all(own_servers, keyring_file, workers=0)
    assert refused.value.code == "rebuild-state"
    assert run(correcting, overall).restated == CHANGED


@pytest.mark.usefixtures("bodies")
def test_another_rebuild_under_way_is_waited_for(
    correcting: Correcting, overall: Path, own_servers: Any, keyring_file: Path, keys: Keyring
) -> None:
    assert keys
    Rebuilding(own_servers, keyring_file).prepare()
    with pytest.raises(CorrectionError) as refused:
        correcting.check_waits(correcting.read(overall, Scope()))
    assert refused.value.code == "correction-waits"
    assert "under way for a rebuild" in refused.value.detail


@pytest.mark.usefixtures("bodies")
def test_another_correction_under_way_is_named(
    correcting: Correcting, overall: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        dying(patched, Rebuilding, "run", done=True)
        with pytest.raises(Killed):
            run(correcting, overall)
    with pytest.raises(CorrectionError) as refused:
        correcting.check_waits(correcting.read(overall, Scope(bodies=(OTHER,))))
    assert "another correction: zhanakorgan-2026, revision 2, for all bodies" in refused.value.detail
    assert "own command finishes it" in (refused.value.remedy or "")


def test_facts_that_come_while_it_is_looked_at_are_told_by_the_corrected_act(
    bodies: Recorder, correcting: Correcting, overall: Path, owner: Connection
) -> None:
    proposal = correcting.read(overall, Scope())
    foretold = correcting.what_if(proposal)
    bodies.record([appointed("e-4"), sanctioned("remark", "2026-02-20", "e-4"), *told("e-4")])
    applied = correcting.apply(proposal, foretold, "read anew", workers=0)
    assert applied.restated == {BODY: 3, OTHER: 1}
    assert marks.live_generation(owner) == applied.generation
