"""The units run commands that exist, with settings that the product reads."""

import re
from configparser import ConfigParser
from pathlib import Path

from typer.testing import CliRunner

from services.cli import app
from services.system import SERVICES

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = DEPLOY / "systemd" / "bagalau@.service"


def unit() -> ConfigParser:
    parser = ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(UNIT.read_text("utf-8"))
    return parser


def test_the_unit_runs_a_command_of_the_product():
    program, *arguments = unit()["Service"]["ExecStart"].split()
    assert program.endswith("/bin/bagalau")
    assert arguments == ["serve", "%i"]
    assert CliRunner().invoke(app, ["serve", "--help"]).exit_code == 0


def test_the_unit_and_the_page_name_every_service():
    for text in (UNIT.read_text("utf-8").splitlines()[0], (DEPLOY / "README.md").read_text("utf-8")):
        assert set(re.findall(r"bagalau@([a-z]+)", text)) >= set(SERVICES)


def test_the_unit_sets_what_operating_the_product_asks_for():
    operating = (DEPLOY.parent / "docs" / "operating.md").read_text("utf-8")
    for name in re.findall(r"BAGALAU_[A-Z_]+", UNIT.read_text("utf-8")):
        assert name in operating, name
