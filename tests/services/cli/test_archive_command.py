"""`bagalau archive` as its users meet it: exported, proven elsewhere, replayed, and a dossier for a court."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.servers import EmbeddedNats, EmbeddedPostgres
from tests.services.cli.commands import bagalau

pytestmark = pytest.mark.servers

YEAR = "2026"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with the demo's country in it."""
    home = tmp_path_factory.mktemp("demo")
    done = bagalau(home, "demo", "--keep", "--facts", "600")
    assert done.returncode == 0, done.stderr
    yield home
    EmbeddedNats(home).stop()
    EmbeddedPostgres(home).stop()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("archives")


@pytest.fixture(scope="module")
def archive(demo: Path, folder: Path) -> Path:
    path = folder / "zhanakorgan.archive"
    told(demo, "export", "zhanakorgan", YEAR, "-o", str(path))
    return path


def told(home: Path, *arguments: str, code: int = 0) -> Any:
    done = bagalau(home, "archive", *arguments, "--json")
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout or done.stderr)


def refused(home: Path, *arguments: str) -> str:
    return told(home, *arguments, code=1)["error"]["code"]


def test_a_year_is_exported_and_replayed_where_it_was_made(demo: Path, archive: Path) -> None:
    found = told(demo, "replay", str(archive))

    assert found["ok"]
    assert found["grades"] == found["alike"] > 0
    assert found["announcements"] == found["announced_alike"] > 0
    assert refused(demo, "export", "zhanakorgan", YEAR, "-o", str(archive)) == "file-exists"
    assert bagalau(demo, "archive", "export", "nowhere", YEAR, "-o", f"{archive}.2").returncode == 2
    assert refused(demo, "export", "zhanakorgan", "2019", "-o", f"{archive}.2") == "nothing-assessed"


def test_it_is_verified_by_others_with_the_logs_key_alone(demo: Path, archive: Path, tmp_path: Path) -> None:
    given = tmp_path / "log.vkey"
    assert bagalau(demo, "archive", "key", "-o", str(given)).returncode == 0
    nowhere = tmp_path / "no-home"

    assert told(nowhere, "verify", str(archive), "--key", str(given))["ok"]
    assert told(nowhere, "verify", str(archive), "--key", given.read_text().strip())["ok"]
    assert refused(nowhere, "verify", str(archive)) == "log-key-missing"
    assert bagalau(nowhere, "archive", "verify", str(archive), "--key", "no-such").returncode == 2
    flipped = tmp_path / "flipped"
    data = bytearray(archive.read_bytes())
    data[len(data) // 2] ^= 1
    flipped.write_bytes(data)
    found = told(nowhere, "verify", str(flipped), "--key", str(given), code=1)
    assert "wrong-file-digest" in {one["code"] for one in found["faults"]}


def test_a_dossier_for_a_court_is_proven_by_itself(demo: Path, archive: Path, tmp_path: Path) -> None:
    given = tmp_path / "log.vkey"
    given.write_text(bagalau(demo, "archive", "key").stdout)
    dossier = tmp_path / "dossier.json"
    made = told(demo, "extract", str(archive), "--employee", "ZH-00001", "-o", str(dossier))

    assert made["signed"]
    assert "ZH-00001" in (tmp_path / "dossier.json.txt").read_text()
    nowhere = tmp_path / "no-home"
    assert told(nowhere, "verify", str(dossier), "--key", str(given))["employee"] == "ZH-00001"
    shown = bagalau(nowhere, "archive", "verify", str(dossier), "--key", str(given), "--lang", "kk")
    assert shown.returncode == 0
    assert "Қалай есептелді" in shown.stdout
    assert refused(demo, "extract", str(archive), "--employee", "nobody") == "unknown-employee"
    disclosed = bagalau(demo, "disclosures", "ZH-00001", "--json")
    assert "archive extract" in disclosed.stdout


def test_an_escrow_opens_without_the_system(demo: Path, folder: Path, tmp_path: Path) -> None:
    key, path = tmp_path / "escrow", folder / "escrowed.archive"
    assert bagalau(demo, "archive", "escrow", "-o", str(key)).returncode == 0
    told(demo, "export", "zhanakorgan", YEAR, "-o", str(path), "--escrow", f"{key}.pub")
    nowhere = tmp_path / "no-home"

    assert told(nowhere, "replay", str(path), "--escrow-key", str(key))["ok"]
    made = told(
        nowhere, "extract", str(path), "--employee", "ZH-00001", "-o", str(tmp_path / "d"),
        "--escrow-key", str(key),
    )  # fmt: skip
    assert not made["signed"]
    assert told(demo, "verify", str(tmp_path / "d"))["signed"] is False
    assert refused(nowhere, "replay", str(path), "--escrow-key", f"{key}.pub") == "key-unreadable"
