from pathlib import Path

import pytest

from tests.services.correcting.small_world import OVERALL


@pytest.fixture(scope="session")
def overall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The correction by which a sanction caps the whole score."""
    file = tmp_path_factory.mktemp("acts") / "overall.toml"
    file.write_text(OVERALL)
    return file
