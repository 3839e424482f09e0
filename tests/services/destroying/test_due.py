"""What is due, of a made-up country under every family of acts: what holds on whatever day it is asked."""

import os
from collections.abc import Iterable
from copy import copy
from datetime import date, timedelta
from functools import cache
from uuid import NAMESPACE_OID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events import keyring
from events.documents import Commission, Hold
from events.documents.hold import Placed
from events.envelope import AGENCY, Event
from events.seal import new_key
from events.vocabulary import Name
from methodologies.registry import Law
from projections.dossiers import Opened, Reader
from services.destroying.due import REASONS, Retention, Verdict
from services.destroying.papers import Papers
from services.offline import Ledgers, rejections
from tests.projections.recorded import sample

FIRST, LAST = date(2020, 1, 1), date(2035, 1, 1)


def papers_of(events: Iterable[Event], body: str) -> Papers:
    papers = Papers(Reader(keyring.create(os.urandom)), body)
    key = new_key(os.urandom)
    for event in events:
        if event.ledger == body:
            papers.take(Opened(uuid5(NAMESPACE_OID, repr(event.document)), key, event))
    return papers


@cache
def country() -> tuple[Law, dict[str, Papers]]:
    ledgers = Ledgers(keeping_events=True)
    list(rejections(ledgers, sample(1500, seed=5, bodies=6)))
    events = [one for one in ledgers.events if one.ledger != AGENCY]
    return ledgers.law, {body: papers_of(events, body) for body in {one.ledger for one in events}}


def verdicts_on(day: date) -> list[Verdict]:
    law, bodies = country()
    return [one for papers in bodies.values() for one in Retention(papers, law, day).verdicts()]


days = st.integers(0, (LAST - FIRST).days).map(lambda passed: FIRST + timedelta(days=passed))


@settings(max_examples=25, deadline=None)
@given(days)
def test_nothing_goes_before_what_needs_it(day: date) -> None:
    law, bodies = country()
    for papers in bodies.values():
        retention = Retention(papers, law, day)
        for employee in papers.employees:
            said = retention.of_person(employee)
            assert len(said) == len(papers.of(employee))
            by_name = {one.paper.name: one for one in said}
            kept = {one.paper.name for one in said if not one.is_due}
            for name, one in by_name.items():
                assert one.is_due or one.reason in REASONS
                assert not one.is_due or (one.until is not None and one.until < day)
                if one.is_due and name.kind == "annual":
                    year = name.key[1]
                    assert not any(
                        other.kind == "assessment" and other.key[2].startswith(year) for other in kept
                    )
                if one.is_due and name.kind in {"employment", "discipline"}:
                    assert kept == set()
                if one.is_due and name.kind == "calibration":
                    assert by_name[name._replace(kind="assessment")].is_due
        for paper in papers.sessions:
            session = paper.document
            assert isinstance(session, Commission)
            subjects = {subject.key for subject in session.subjects}
            living = [
                one
                for employee in {key[0] for key in subjects}
                for one in retention.of_person(employee)
                if one.paper.name.kind == "assessment" and one.paper.name.key in subjects
            ]
            assert not retention.of_session(paper).is_due or all(one.is_due for one in living)


@settings(max_examples=15, deadline=None)
@given(days, days)
def test_what_is_due_stays_due(one: date, other: date) -> None:
    sooner, later = (
        {(each.paper.stream) for each in verdicts_on(day) if each.is_due} for day in sorted((one, other))
    )
    assert sooner <= later


def test_every_family_is_among_them_and_only_what_has_a_term_ever_falls_due() -> None:
    said = verdicts_on(date(2099, 1, 1))
    assert {one.paper.name.kind for one in said} >= {"assessment", "plan", "commission", "employment"}
    assert {one.reason for one in said} >= {None, "no-term", "not-completed"}
    assert any(one.is_due and one.paper.name.kind == "commission" for one in said)


@pytest.mark.parametrize(("period", "kept"), [(None, True), ("2026", True), ("2025", False)])
def test_a_hold_keeps_what_it_covers_on_any_day(period: str | None, *, kept: bool) -> None:
    law, bodies = country()
    papers, employee = next(
        (papers, one)
        for papers in bodies.values()
        for one in papers.employees
        if due_of_2026(Retention(papers, law, LAST), one)
    )
    placed = Hold(employee, (Placed(period, "case 17", FIRST, 1),))
    held = copy(papers)
    held.documents = {**papers.documents, Name("hold", (employee,)): placed}
    assert (due_of_2026(Retention(held, law, LAST), employee) == set()) is kept


def due_of_2026(retention: Retention, employee: str) -> set[Name]:
    said = retention.of_person(employee)
    return {one.paper.name for one in said if one.is_due and (one.period or "").startswith("2026")}
