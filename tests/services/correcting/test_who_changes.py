"""Who changes is the same whoever looks: one process or several, in one part of a ledger or in many."""

import os
import time
from pathlib import Path

import pytest

from projections.rebuild.generations import RebuildError
from services.correcting import correction, looking, question
from services.correcting.affected import Person
from services.correcting.correction import Correcting
from services.correcting.listing import List
from services.correcting.proposal import Scope
from services.correcting.tally import Tally
from services.servers import Servers
from tests.projections.recorded import Recorder

pytestmark = pytest.mark.servers

OVERALL = 'corrects = "typical-2025"\n[readings.discipline-cap-scope]\nvalue = "overall"\n'


def asked(correcting: Correcting, folder: Path, workers: int) -> tuple[Tally, list[Person], str, str]:
    file = folder / "overall.toml"
    file.write_text(OVERALL)
    proposal = correcting.read(file, Scope())
    into, rows, people = folder / f"{workers}.json", folder / f"{workers}.csv", list[Person]()
    tally = correcting.what_if(proposal, workers=workers, into=List(into), hearing=people.append)
    assert correcting.what_if(proposal, workers=workers, into=List(rows)) == tally
    return tally, people, into.read_text(), rows.read_text()


def test_several_processes_see_what_one_sees(
    country: Recorder, correcting: Correcting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert country
    alone = asked(correcting, tmp_path, 0)
    monkeypatch.setattr(correction, "_MUCH", 0)
    monkeypatch.setattr(question, "_ROWS", 7)
    began = time.monotonic()
    together = asked(correcting, tmp_path, 2)
    print(f"{alone[0].results} results of {alone[0].people}, {time.monotonic() - began:.1f} s")  # noqa: T201
    assert together == alone
    assert alone[0].results > alone[0].announced > 0
    assert len(alone[1]) >= alone[0].people > 0


def test_what_fails_in_a_process_is_told_with_its_code(
    own_servers: Servers, correcting: Correcting, tmp_path: Path
) -> None:
    assert correcting
    asked_of = question.Question(1, 1, "typical-2025", 2, Scope(), 0, (), ())
    parts = [question.Part("nosuch", 0, b"", b"\xff")] * 2
    with pytest.raises(RebuildError) as failed:
        list(looking.look(own_servers, tmp_path / "no-keyring.json", asked_of, parts, 2))
    assert failed.value.code == "keyring-missing"


def test_a_process_that_nobody_waits_for_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    looking._follow(os.getppid() + 1)
    assert ended == [1]
