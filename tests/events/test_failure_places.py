"""How a failure that nobody foresaw is told."""

import importlib.util
from datetime import date
from pathlib import Path

import pytest
from psycopg import errors

from events.failures import told
from events.period import parse_period


def test_the_innermost_of_our_own_frames_is_named_and_nothing_quoted() -> None:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever it is
        parse_period("Есенова")
    assert " at events.period:" in told(raised.value)
    assert "Есенова" not in told(raised.value)


def test_what_is_raised_elsewhere_has_a_type_and_a_code_alone() -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        date.fromisoformat("Есенова")
    assert told(raised.value) == "ValueError"
    assert told(errors.UniqueViolation("Есенова")) == "UniqueViolation 23505"


def test_our_modules_are_known_wherever_they_are_installed(tmp_path: Path) -> None:
    path = tmp_path / ".venv" / "lib" / "made.py"
    path.parent.mkdir(parents=True)
    path.write_text("def fail():\n    raise KeyError('Есенова')\n", "utf-8")
    spec = importlib.util.spec_from_file_location("services.made", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with pytest.raises(KeyError) as raised:
        module.fail()
    assert told(raised.value) == "KeyError at services.made:fail:2"
