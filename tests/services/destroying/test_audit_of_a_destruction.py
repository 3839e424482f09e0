"""The audit finds nothing missing where documents were destroyed, however far their destruction got."""

from pathlib import Path

import pytest

from events.log import Connection
from services.keys import open_keyring
from services.replaying import Replayed, replay_ledgers
from tests.facts import BODY
from tests.services.destroying.years_ago import Archive

pytestmark = pytest.mark.servers


def audit(archive: Archive, home: Path) -> Replayed:
    keys = open_keyring(archive.file)
    found = {one.ledger: one for one in replay_ledgers(archive.projector, keys, home)}
    return found[BODY]


@pytest.mark.parametrize("step", ["batch", "destroyed", "settled", "swept", "completed"])
def test_rows_of_what_was_destroyed_may_stand_and_may_be_gone(
    archive: Archive, owner: Connection, tmp_path: Path, step: str
) -> None:
    before = audit(archive, tmp_path)
    act = archive.authorised()

    def reached(now: str) -> None:
        if now == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.run(reached=reached)
    after = audit(archive, tmp_path)
    left = owner.execute(
        "SELECT count(*) FROM projection.dossiers WHERE stream = ANY(%s)",
        [[one.stream for one in act.documents]],
    ).fetchone()

    assert left == (0 if step in {"swept", "completed"} else len(act.documents),)
    assert [one for one in after.unexplained if "dossier" in one.code] == []
    assert 0 < after.documents < before.documents
