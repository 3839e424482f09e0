"""A rebuild is right whatever the table of dossiers said, and what comes after it is right too."""

from collections.abc import Callable
from pathlib import Path

import pytest

from events.keyring import Keyring
from events.log import Connection
from projections.live import Live
from services.replaying import replay_ledgers
from tests.facts import assessed, ref, sanctioned
from tests.projections.rebuild.building import Builder, rows
from tests.projections.rebuild.misfiling import (
    TAMPERINGS,
    TWO,
    Dossiers,
    invented_of_nobodys,
    shown_to_another,
)
from tests.projections.recorded import Recorder, catch_up

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda one: one.__name__)
def test_a_rebuild_sets_the_table_right_and_the_next_facts_are_folded_into_their_own_dossiers(
    recorder: Recorder,
    projector: Connection,
    owner: Connection,
    keys: Keyring,
    builder: Builder,
    tampering: Callable[[Dossiers], None],
    tmp_path: Path,
) -> None:
    recorder.record(TWO)
    catch_up(projector, Live(keys))
    table = Dossiers(owner, keys)
    before, results = table.rows(), rows(owner, 1)
    tampering(table)
    number = builder.build()

    assert rows(owner, number) == results != {}
    assert table.rows() == before
    builder.go_live(number)
    recorder.record([sanctioned("reprimand", "2026-03-03", "e-2"), *assessed(of=ref(period="2026-Q2"))])
    catch_up(projector, Live(keys))
    after = builder.build()
    assert rows(owner, number) == rows(owner, after)
    assert len(rows(owner, after)) > len(results)
    found = [each for one in replay_ledgers(projector, keys, tmp_path) for each in one.unexplained]
    assert found == []


@pytest.mark.parametrize("tampering", [shown_to_another, invented_of_nobodys], ids=lambda one: one.__name__)
def test_what_stands_in_a_dossier_too_much_is_not_folded_into_it(
    recorder: Recorder,
    projector: Connection,
    owner: Connection,
    keys: Keyring,
    builder: Builder,
    tampering: Callable[[Dossiers], None],
) -> None:
    recorder.record(TWO)
    catch_up(projector, Live(keys))
    tampering(Dossiers(owner, keys))
    recorder.record([*assessed(of=ref("e-2", "p-2", "2026-Q2")), *assessed(of=ref(period="2026-Q2"))])
    catch_up(projector, Live(keys))

    assert rows(owner, 1) == rows(owner, builder.build())
