import logging

import pytest

from services.trouble import Trouble


def test_what_lasts_is_told_once_and_again_when_it_comes_back(caplog: pytest.LogCaptureFixture) -> None:
    trouble = Trouble(logging.getLogger("bagalau.test"))
    trouble.tell(logging.WARNING, "PostgreSQL is away", "OperationalError")
    trouble.tell(logging.WARNING, "PostgreSQL is away", "AdminShutdown")
    trouble.tell(logging.ERROR, "a stream differs")
    trouble.end()
    trouble.tell(logging.ERROR, "a stream differs")
    assert [(one.levelname, one.getMessage()) for one in caplog.records] == [
        ("WARNING", "PostgreSQL is away: OperationalError"),
        ("ERROR", "a stream differs"),
        ("ERROR", "a stream differs"),
    ]
