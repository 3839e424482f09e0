"""Two corrections of one act at once: the one that comes second is told so, and to ask again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from events.keyring import Keyring
from events.log import Connection
from projections.rebuild import generations
from services.correcting import correction
from services.correcting.correction import Applied, Correcting
from services.correcting.proposal import CorrectionError, Proposal, Scope
from services.rebuild_steps import Rebuilding
from tests.projections.recorded import Recorder
from tests.services.correcting.small_world import ACT

pytestmark = pytest.mark.servers

OTHERWISE = f"""corrects = "{ACT}"
[readings.cap-binds-panel]
value = "yes"
"""


@pytest.fixture
def otherwise(tmp_path: Path) -> Path:
    """Another correction of the same act."""
    file = tmp_path / "otherwise.toml"
    file.write_text(OTHERWISE)
    return file


def asked(correcting: Correcting, file: Path) -> Callable[[], Applied]:
    """A correction up to the question; then what is left of it."""
    proposal: Proposal = correcting.read(file, Scope())
    foretold = correcting.what_if(proposal)
    return lambda: correcting.apply(proposal, foretold, "read anew", workers=0, idle=True)


def comes_between(monkeypatch: pytest.MonkeyPatch, of: Any, name: str, other: Callable[[], Applied]) -> None:
    """The other correction is carried out right before the first call of it."""
    whole: Callable[..., Any] = getattr(of, name)

    def call(*arguments: Any, **more: Any) -> Any:
        monkeypatch.setattr(of, name, whole)
        assert other().generation is not None
        return whole(*arguments, **more)

    monkeypatch.setattr(of, name, call)


@pytest.mark.parametrize(
    ("of", "name"),
    [
        (Correcting, "_check_not_overtaken"),
        (Rebuilding, "prepare"),
        (Rebuilding, "run"),
        (Rebuilding, "catch_up"),
        (correction, "lay_down"),
        (Rebuilding, "go_live"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
@pytest.mark.usefixtures("bodies")
def test_another_run_of_the_same_that_is_shown_meanwhile_is_told_of(
    correcting: Correcting, overall: Path, monkeypatch: pytest.MonkeyPatch, of: Any, name: str
) -> None:
    late, first = asked(correcting, overall), asked(correcting, overall)
    comes_between(monkeypatch, of, name, first)
    with pytest.raises(CorrectionError) as refused:
        late()
    told = refused.value
    assert told.code == "correction-overtaken"
    assert f"Another correction of {ACT} was made meanwhile" in told.detail
    assert "un the same command again: it asks who changes now." in (told.remedy or "")
    # Nothing is left of what both derived together.
    assert ("rebuild abort" in (told.remedy or "")) == (name == "prepare")
    # As it says: run again it is done.
    again = correcting.read(overall, Scope())
    assert again.standing == "in-force"
    assert correcting.apply(again, None, "read anew", workers=0).restated == {}


@pytest.mark.parametrize(
    ("of", "name", "is_left"),
    [(Correcting, "_check_not_overtaken", False), (Rebuilding, "prepare", True)],
    ids=["before anything is derived", "after it was looked"],
)
def test_one_that_reads_otherwise_is_told_of_and_what_is_left_can_be_given_up(
    bodies: Recorder,
    correcting: Correcting,
    overall: Path,
    otherwise: Path,
    owner: Connection,
    own_servers: Any,
    keyring_file: Path,
    keys: Keyring,
    monkeypatch: pytest.MonkeyPatch,
    of: Any,
    name: str,
    is_left: bool,
) -> None:
    assert bodies
    assert keys
    late, first = asked(correcting, overall), asked(correcting, otherwise)
    comes_between(monkeypatch, of, name, first)
    with pytest.raises(CorrectionError) as refused:
        late()
    assert refused.value.code == "correction-overtaken"
    assert "it is at revision 2 now" in refused.value.detail
    left = [one.number for one in generations.unfinished(owner)]
    assert bool(left) == is_left
    for number in left:
        assert f"rebuild abort --generation {number}" in (refused.value.remedy or "")
        Rebuilding(own_servers, keyring_file).abort(number)
    assert asked(correcting, overall)().revision == 3
