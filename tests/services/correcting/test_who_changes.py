"""Who changes is the same whoever looks, one process or several, and is what the rows come to afterwards."""

import multiprocessing
import os
from collections import Counter
from pathlib import Path

import pytest

from events.log import Head, heads
from events.log.instants import EPOCH
from projections import marks
from projections.comparing import Change
from projections.rebuild.generations import RebuildError
from services.correcting import answering_processes
from services.correcting.affected import Person
from services.correcting.asking import QuestionProgress
from services.correcting.correction import Correcting
from services.correcting.demonstration import METHODOLOGIES
from services.correcting.demonstration import overall as read_as_overall
from services.correcting.listing import List
from services.correcting.proposal import Scope, current_acts, proposed
from services.correcting.question import Question
from services.correcting.tally import Tally, word
from services.rebuild_steps import Rebuilding
from services.servers import Servers
from tests.projections.recorded import Recorder

pytestmark = pytest.mark.servers

OVERALL = 'corrects = "typical-2025"\n[readings.discipline-cap-scope]\nvalue = "overall"\n'


def asked(correcting: Correcting, folder: Path, workers: int) -> tuple[Tally, list[Person], str, str]:
    file = folder / "overall.toml"
    file.write_text(OVERALL)
    proposal = correcting.read(file, Scope())
    into, rows, people = folder / f"{workers}.json", folder / f"{workers}.csv", list[Person]()
    tally = correcting.what_if(proposal, workers=workers, into=List(into), hearing=people.append).tally
    assert correcting.what_if(proposal, workers=workers, into=List(rows)).tally == tally
    return tally, people, into.read_text(), rows.read_text()


@pytest.mark.usefixtures("country")
def test_several_processes_see_what_one_sees(
    correcting: Correcting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = asked(correcting, tmp_path, 0)
    monkeypatch.setattr(answering_processes, "_MUCH", 0)
    together = asked(correcting, tmp_path, 2)
    assert together == alone
    assert alone[0].results > alone[0].announced > 0
    assert len(alone[1]) >= alone[0].people > 0


@pytest.mark.parametrize("act", METHODOLOGIES)
def test_what_would_change_is_what_differs_between_the_rows_before_and_after(
    country: Recorder, correcting: Correcting, own_servers: Servers, keyring_file: Path, act: str
) -> None:
    law = correcting.law()
    proposal = proposed(law, read_as_overall(current_acts(law)[act]), Scope())
    foretold = correcting.what_if(proposal)
    before = marks.live_generation(country.conn)
    rebuilding = Rebuilding(own_servers, keyring_file)
    number = rebuilding.prepare(purpose="correction", supposed=proposal.supposed(correcting._today())).number
    rebuilding.run(number, workers=0)
    compared = rebuilding.compare(number, before=before)
    found = [one for one in rebuilding.changes(compared) if one.is_of_result]
    assert Counter(map(_cell, found)) == Counter(
        {(one.body, one.kind, one.before, one.after): one.count for one in foretold.tally.changed}
    )
    assert foretold.tally.rows == compared.rows > 0
    assert foretold.tally.unread == ()
    assert foretold.tally.people == len({(one.ledger, one.person) for one in found})


def _cell(one: Change) -> tuple[str, str, str, str]:
    return one.ledger, one.kind, word(one.before), word(one.after)


def test_how_far_it_is_is_told_in_events(
    country: Recorder, correcting: Correcting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "overall.toml"
    file.write_text(OVERALL)
    monkeypatch.setattr(answering_processes, "_MUCH", 0)
    sizes = sum(one.size for one in heads(country.conn) if one.ledger != "agency")
    for workers in (0, 2):
        told: list[QuestionProgress] = []
        correcting.what_if(correcting.read(file, Scope()), workers=workers, watch=told.append)
        assert told[0].folded == 0
        assert {one.events for one in told} == {sizes}
        assert [one.folded for one in told] == sorted(one.folded for one in told)
        assert (told[-1].folded, told[-1].ledgers_done) == (sizes, told[-1].ledgers)


@pytest.mark.usefixtures("correcting")
def test_what_fails_in_a_process_is_told_with_its_code(own_servers: Servers, tmp_path: Path) -> None:
    question = Question("typical-2025", 2, Scope(), (), ())
    ledgers = [Head(f"nosuch{at}", answering_processes._MUCH, b"", EPOCH) for at in range(2)]
    with pytest.raises(RebuildError) as failed:
        list(answering_processes.answers(own_servers, tmp_path / "no-keyring.json", question, ledgers, 2))
    assert failed.value.code == "keyring-missing"


def test_what_nobody_asks_any_more_is_broken_off() -> None:
    context = multiprocessing.get_context("spawn")
    shared = answering_processes._Shared(context.Value("q", 0), context.RawValue("b", 0))
    shared.passed(3)
    assert shared.counter.value == 3
    shared.is_over.value = 1
    with pytest.raises(answering_processes._BrokenOff):
        shared.passed(1)


def test_a_process_that_nobody_waits_for_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    answering_processes._follow(os.getppid() + 1)
    assert ended == [1]
