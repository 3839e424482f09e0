from pathlib import Path

import pytest

from services.correcting.demonstration import demonstrated
from services.servers import Servers
from tests.projections.recorded import Recorder

pytestmark = pytest.mark.servers


def test_it_shows_who_changed_and_that_they_heard_of_it(
    country: Recorder, own_servers: Servers, keyring_file: Path
) -> None:
    assert country
    shown = demonstrated(own_servers, keyring_file, workers=1)
    assert shown.ok
    assert len(shown.changed) == shown.tally.results > shown.tally.announced > 0
    assert {one.grade.body for one in shown.changed} == {"health"}
    assert {one.after.readings["discipline-cap-scope"] for one in shown.changed if one.after} == {"overall"}
