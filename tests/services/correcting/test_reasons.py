"""A reading that is changed by its value alone does not keep the reason of another value."""

from collections.abc import Callable
from pathlib import Path

import pytest

from methodologies.loading import shipped
from services.correcting.correction import Correcting
from services.correcting.proposal import Proposal, Scope
from tests.services.correcting.small_world import ACT

pytestmark = [pytest.mark.servers, pytest.mark.usefixtures("bodies", "folders")]

SCOPE = "discipline-cap-scope"


@pytest.fixture
def read(correcting: Correcting, tmp_path: Path) -> Callable[..., Proposal]:
    def proposal(value: str, reason: str = "") -> Proposal:
        file = tmp_path / "correction.toml"
        file.write_text(f'corrects = "{ACT}"\n[readings.{SCOPE}]\nvalue = "{value}"\n{reason}')
        return correcting.read(file, Scope())

    return proposal


def test_it_says_that_the_correction_has_it_and_taken_back_it_has_its_own_again(
    correcting: Correcting, read: Callable[..., Proposal]
) -> None:
    published = shipped()[ACT].readings[SCOPE]
    proposal = read("overall")
    assert proposal.act.readings[SCOPE].reason.en == "Read so by a correction, which states why"
    assert proposal.act.readings[SCOPE].clause == published.clause
    correcting.apply(proposal, correcting.what_if(proposal), "read anew", workers=0, idle=True)
    assert read("overall").standing == "in-force"

    back = read("parameter")
    assert back.act.readings[SCOPE] == published
    assert back.act == shipped()[ACT]


def test_one_that_is_given_stays(read: Callable[..., Proposal]) -> None:
    reason = f'[readings.{SCOPE}.reason]\nkk = "а"\nru = "б"\nen = "c"\n'
    assert read("overall", reason).act.readings[SCOPE].reason.en == "c"
