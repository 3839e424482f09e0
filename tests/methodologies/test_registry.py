"""Which act, revision and readings govern: adoption, fallback, correction, repeal, an ended law."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.documents.adoptions import Adoption, Adoptions
from events.envelope import AGENCY, Event, Refusal
from events.period import parse_period
from events.vocabulary.body import BodyRegistered, MethodologyAdopted, WorkCalendarDeclared
from events.vocabulary.methodology import (
    MethodologyActivated,
    MethodologyCorrected,
    MethodologyPublished,
    MethodologyRepealed,
)
from events.vocabulary.types import Data, Names
from methodologies.admission import admit
from methodologies.loading import act_to_data, digest, shipped
from methodologies.registry import (
    Governing,
    Law,
    as_if_activated,
    evolve,
    first_law,
    fold,
    governing,
    may_govern,
)

FIRST = first_law()


def event(data: Data, seq: int, on: date = date(2026, 1, 10)) -> Event:
    return Event(
        ledger=AGENCY,
        seq=seq,
        type=type(data).__name__,
        recorded_at=datetime(2026, 1, 10, tzinfo=UTC),
        agency_seq=seq - 1,
        id=UUID(int=seq),
        occurred_on=on,
        actor="central-hr",
        data=data,
    )


def adopted(methodology: str, from_period: str, until_period: str | None = None) -> MethodologyAdopted:
    return MethodologyAdopted(methodology=methodology, from_period=from_period, until_period=until_period)


def own(*adoptions: MethodologyAdopted) -> Adoptions:
    return Adoptions(
        tuple(
            Adoption(one.methodology, one.from_period, one.until_period, seq)
            for seq, one in enumerate(adoptions, 1)
        )
    )


def with_scope(identity: str, scope: str) -> dict[str, Any]:
    data = act_to_data(shipped()[identity])
    data["readings"]["discipline-cap-scope"]["value"] = scope
    return data


def ask(law: Law, period: str, adoptions: Adoptions | None = None) -> Governing:
    return governing(law, adoptions, parse_period(period))


ADOPTED = own(adopted("zhanakorgan-2026", "2026-Q1"))


@pytest.mark.parametrize(
    ("adoptions", "period", "act", "basis"),
    [
        (None, "2026-Q1", "typical-2025", "typical"),
        (own(), "2026-Q1", "typical-2025", "typical"),
        (ADOPTED, "2025-Q4", "typical-2025", "typical"),
        (ADOPTED, "2026-Q1", "zhanakorgan-2026", "body"),
        (ADOPTED, "2027-Q3", "zhanakorgan-2026", "body"),
        # a year is judged by its last quarter
        (own(adopted("pavlodar-2026", "2026-Q4")), "2026", "pavlodar-2026", "body"),
        (own(adopted("pavlodar-2026", "2027-Q1")), "2026", "typical-2025", "typical"),
        (own(adopted("pavlodar-2026", "2026-Q1", "2026-Q3")), "2026", "typical-2025", "typical"),
        # an adoption for a year is one from its first quarter to its last
        (own(adopted("arys-2022", "2023", "2023")), "2023", "arys-2022", "body"),
        (own(adopted("arys-2022", "2023", "2023")), "2023-Q1", "arys-2022", "body"),
        (own(adopted("arys-2022", "2023", "2023")), "2023-Q4", "arys-2022", "body"),
        (own(adopted("arys-2022", "2023", "2023")), "2024-Q1", "typical-2025", "typical"),
        # the latest start wins whatever the order recorded, then the later recorded
        (
            own(adopted("pavlodar-2026", "2026-Q2"), adopted("zhanakorgan-2026", "2026-Q1")),
            "2026-Q2",
            "pavlodar-2026",
            "body",
        ),
        (
            own(adopted("pavlodar-2026", "2026-Q1"), adopted("zhanakorgan-2026", "2026-Q1")),
            "2026-Q1",
            "zhanakorgan-2026",
            "body",
        ),
        # what an adoption with an end leaves free, the earlier one governs again
        (
            own(adopted("zhanakorgan-2026", "2026-Q1"), adopted("pavlodar-2026", "2026-Q2", "2026-Q2")),
            "2026-Q3",
            "zhanakorgan-2026",
            "body",
        ),
        # an act governs from the adopted period, whatever day it took effect
        (own(adopted("pavlodar-2026", "2026-Q1")), "2026-Q1", "pavlodar-2026", "body"),
        (own(adopted("never-published", "2026-Q1")), "2026-Q1", "typical-2025", "typical"),
    ],
)
def test_which_act_governs(adoptions: Adoptions | None, period: str, act: str, basis: str) -> None:
    found = ask(FIRST, period, adoptions)

    assert (found.act.id, found.basis, found.revision) == (act, basis, 1)
    assert found.digest == digest(shipped()[act])


def test_an_adoption_for_every_body_yields_to_the_bodys_own() -> None:
    law = evolve(FIRST, event(adopted("pavlodar-2026", "2026-Q2"), 1))

    assert (ask(law, "2026-Q2").act.id, ask(law, "2026-Q2").basis) == ("pavlodar-2026", "agency")
    assert ask(law, "2026-Q1").basis == "typical"
    assert ask(law, "2026-Q2", ADOPTED).act.id == "zhanakorgan-2026"


def test_a_correction_is_inert_until_it_is_activated() -> None:
    corrected = MethodologyCorrected(
        id="zhanakorgan-2026", revision=2, act=with_scope("zhanakorgan-2026", "overall"), reason="Row 5"
    )
    laid = evolve(FIRST, event(corrected, 1))
    live = evolve(laid, event(MethodologyActivated(id="zhanakorgan-2026", revision=2), 2))

    assert ask(laid, "2026-Q1", ADOPTED).revision == 1
    assert laid.methodologies["zhanakorgan-2026"].latest == 2
    assert laid.methodologies["zhanakorgan-2026"].revisions[2].reason == "Row 5"
    assert ask(live, "2026-Q1", ADOPTED).revision == 2
    assert ask(live, "2026-Q1", ADOPTED).readings["discipline-cap-scope"] == "overall"
    assert ask(live, "2026-Q1", ADOPTED).readings["cap-binds-panel"] == "yes"
    assert ask(laid, "2026-Q1", ADOPTED).digest != ask(live, "2026-Q1", ADOPTED).digest
    assert (laid.seq, live.seq) == (1, 2)


def corrected_law() -> Law:
    """The first law with a second revision of Zhanakorgan's act laid down."""
    corrected = MethodologyCorrected(
        id="zhanakorgan-2026", revision=2, act=with_scope("zhanakorgan-2026", "overall"), reason="Row 5"
    )
    return evolve(FIRST, event(corrected, 1))


def activated(revision: int, **scope: Any) -> MethodologyActivated:
    return MethodologyActivated(id="zhanakorgan-2026", revision=revision, **scope)


@pytest.mark.parametrize(
    ("scope", "body", "period", "revision"),
    [
        ({}, "zhanakorgan", "2026-Q1", 2),
        ({"from_period": "2026-Q2"}, "zhanakorgan", "2026-Q1", 1),
        ({"from_period": "2026-Q2"}, "zhanakorgan", "2026-Q2", 2),
        ({"from_period": "2026-Q2"}, "zhanakorgan", "2026", 2),
        ({"from_period": "2026"}, "zhanakorgan", "2026-Q1", 2),
        ({"bodies": ["zhanakorgan"]}, "zhanakorgan", "2026-Q1", 2),
        ({"bodies": ["zhanakorgan"]}, "aral", "2026-Q1", 1),
    ],
)
def test_a_correction_decides_within_its_scope(
    scope: dict[str, Any], body: str, period: str, revision: int
) -> None:
    law = as_if_activated(corrected_law(), activated(2, **scope))

    assert governing(law, ADOPTED, parse_period(period), body).revision == revision


def test_what_was_decided_otherwise_stays_under_the_law_of_its_day() -> None:
    before = corrected_law()
    after = as_if_activated(before, activated(2))
    moved = as_if_activated(before, activated(2, decided_too=True))
    quarter = parse_period("2026-Q1")

    assert governing(after, ADOPTED, quarter, "zhanakorgan", before.seq).revision == 1
    assert governing(after, ADOPTED, quarter, "zhanakorgan", before.seq + 1).revision == 2
    assert governing(moved, ADOPTED, quarter, "zhanakorgan", before.seq).revision == 2


def test_corrected_back_it_decides_as_at_first() -> None:
    law = as_if_activated(as_if_activated(corrected_law(), activated(2)), activated(1))

    assert ask(law, "2026-Q1", ADOPTED).revision == 1


def test_a_what_if_asks_the_law_as_if_a_revision_were_active() -> None:
    laid = corrected_law()

    assert ask(as_if_activated(laid, activated(2)), "2026-Q1", ADOPTED).revision == 2
    assert ask(laid, "2026-Q1", ADOPTED).revision == 1
    with pytest.raises(KeyError):
        as_if_activated(laid, activated(3))


SOME_ADOPTION = st.builds(
    adopted,
    st.sampled_from([*sorted(shipped()), "not-published"]),
    st.sampled_from(["2024-Q3", "2025", "2025-Q2", "2026-Q1", "2026"]),
    st.sampled_from([None, "2026-Q2", "2027"]),
)


@given(
    mine=st.lists(SOME_ADOPTION, max_size=3),
    for_all=st.lists(SOME_ADOPTION, max_size=2),
    year=st.integers(2024, 2028),
    quarter=st.sampled_from(["", "-Q1", "-Q4"]),
)
def test_no_act_governs_that_cannot(
    mine: list[MethodologyAdopted], for_all: list[MethodologyAdopted], year: int, quarter: str
) -> None:
    law = fold([event(one, seq) for seq, one in enumerate(for_all, 20)], FIRST)
    found = governing(law, own(*mine), parse_period(f"{year}{quarter}"))
    assert may_govern(law, own(*mine), found.act.id)
    named = {one.methodology for one in (*mine, *for_all)}
    assert not any(may_govern(law, own(*mine), one) for one in shipped().keys() - named - {"typical-2025"})


def test_a_repealed_act_keeps_the_periods_it_governed() -> None:
    repealed = MethodologyRepealed(id="zhanakorgan-2026", revision=1, reason="Another act")
    law = evolve(FIRST, event(repealed, 1, on=date(2026, 5, 4)))

    assert ask(law, "2026-Q1", ADOPTED).act.id == "zhanakorgan-2026"
    assert ask(law, "2026-Q2", ADOPTED).act.id == "zhanakorgan-2026"
    after = ask(law, "2026-Q3", ADOPTED)
    assert (after.act.id, after.basis) == ("typical-2025", "typical")
    assert after.warnings[0].code == "methodology-repealed"
    assert (after.warnings[0].methodology, after.warnings[0].on) == ("zhanakorgan-2026", date(2026, 5, 4))


def test_a_period_that_begins_on_the_day_of_repeal_is_not_governed() -> None:
    repealed = MethodologyRepealed(id="zhanakorgan-2026", revision=1, reason="Another act")

    on_first = evolve(FIRST, event(repealed, 1, on=date(2026, 7, 1)))
    day_later = evolve(FIRST, event(repealed, 1, on=date(2026, 7, 2)))

    assert ask(on_first, "2026-Q3", ADOPTED).act.id == "typical-2025"
    assert ask(day_later, "2026-Q3", ADOPTED).act.id == "zhanakorgan-2026"


@pytest.mark.parametrize(
    ("period", "codes"),
    [("2026-Q1", []), ("2026-Q2", []), ("2026-Q3", ["law-ended"]), ("2026", ["law-ended"]), ("2025", [])],
)
def test_law_290_viii_ended_the_law_behind_on_1_july_2026(period: str, codes: list[str]) -> None:
    assert [warned.code for warned in ask(FIRST, period, ADOPTED).warnings] == codes


@pytest.mark.parametrize(("period", "codes"), [("2018-Q1", []), ("2018-Q2", ["act-ended"])])
def test_an_act_ended_by_another_is_warned_of(period: str, codes: list[str]) -> None:
    found = ask(FIRST, period, own(adopted("sjc-2017", "2017-Q1")))

    assert found.act.id == "sjc-2017"
    assert [warned.code for warned in found.warnings] == codes


def test_the_law_of_an_earlier_moment_answers_as_it_did() -> None:
    events = [
        event(adopted("pavlodar-2026", "2026-Q1"), 1),
        event(adopted("zhanakorgan-2026", "2026-Q1"), 2),
    ]

    assert ask(fold(events[:1], FIRST), "2026-Q1").act.id == "pavlodar-2026"
    assert ask(fold(events, FIRST), "2026-Q1").act.id == "zhanakorgan-2026"


def test_from_an_empty_ledger_the_published_acts_are_those_shipped() -> None:
    published = [
        event(MethodologyPublished(id=act.id, revision=1, act=act_to_data(act)), seq)
        for seq, act in enumerate(shipped().values(), 1)
    ]

    law = fold(published)

    assert {name: found.current.digest for name, found in law.methodologies.items()} == {
        name: found.current.digest for name, found in FIRST.methodologies.items()
    }
    with pytest.raises(LookupError, match="typical-2025 has not been published"):
        ask(Law(), "2026-Q1")


def test_a_declared_day_overrides_the_calendar_from_its_event_on() -> None:
    day = date(2026, 4, 10)

    law = evolve(FIRST, event(WorkCalendarDeclared(day=day, working=False, basis="Resolution"), 1))

    assert FIRST.calendar.is_working(day)
    assert not law.calendar.is_working(day)


def test_a_body_is_registered_by_its_event() -> None:
    name = Names(kk="Орган", ru="Ведомство", en="Body")

    law = evolve(FIRST, event(BodyRegistered(code="body-1", name=name), 1))

    assert law.is_registered("body-1")
    assert not FIRST.is_registered("body-1")


def test_other_events_move_only_the_place() -> None:
    law = evolve(FIRST, event(MethodologyActivated(id="sjc-2017", revision=1), 1))
    same = evolve(law, event(BodyRegistered(code="b", name=Names("a", "b", "c")), 2))

    assert same.seq == 2
    assert same.methodologies is law.methodologies


NAME = Names(kk="Орган", ru="Ведомство", en="Body")
SOUND = act_to_data(shipped()["zhanakorgan-2026"])
OTHER = with_scope("zhanakorgan-2026", "overall")
REGISTERED = evolve(FIRST, event(BodyRegistered(code="body-1", name=NAME), 1))
REPEALED = evolve(
    FIRST, event(MethodologyRepealed(id="zhanakorgan-2026", revision=1, reason="Another act"), 1)
)


def published(revision: int, act: dict[str, Any], identity: str = "zhanakorgan-2026") -> MethodologyPublished:
    return MethodologyPublished(id=identity, revision=revision, act=act)


def corrected(revision: int, act: dict[str, Any]) -> MethodologyCorrected:
    return MethodologyCorrected(id="zhanakorgan-2026", revision=revision, act=act, reason="Row 5")


@pytest.mark.parametrize(
    ("law", "data"),
    [
        (Law(), published(1, SOUND)),
        (FIRST, published(1, SOUND)),
        (FIRST, corrected(2, OTHER)),
        (FIRST, corrected(1, SOUND)),
        (FIRST, MethodologyActivated(id="zhanakorgan-2026", revision=1)),
        (FIRST, MethodologyRepealed(id="zhanakorgan-2026", revision=1, reason="Another act")),
        (FIRST, adopted("zhanakorgan-2026", "2026-Q1", "2026-Q1")),
        (FIRST, adopted("arys-2022", "2023", "2023")),
        (REGISTERED, BodyRegistered(code="body-1", name=NAME)),
        (REGISTERED, BodyRegistered(code="body-2", name=NAME)),
        (FIRST, WorkCalendarDeclared(day=date(2026, 4, 10), working=False, basis="Resolution")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_admitted_to_the_agencys_ledger(law: Law, data: Data) -> None:
    admit(law, data)


@pytest.mark.parametrize(
    ("law", "data", "code", "field"),
    [
        (FIRST, published(1, OTHER), "methodology-exists", "data.revision"),
        (FIRST, published(2, OTHER), "methodology-exists", "data.revision"),
        (Law(), published(1, SOUND, "another"), "methodology-invalid", "data.act.id"),
        (Law(), published(1, {**SOUND, "caps": {}}), "methodology-invalid", "data.act.caps"),
        (FIRST, corrected(1, OTHER), "methodology-exists", "data.revision"),
        (FIRST, corrected(3, OTHER), "revision-out-of-order", "data.revision"),
        (Law(), corrected(2, OTHER), "unknown-methodology", "data.id"),
        (FIRST, MethodologyActivated(id="zhanakorgan-2026", revision=2), "unknown-revision", "data.revision"),
        (FIRST, MethodologyActivated(id="nobody", revision=1), "unknown-methodology", "data.id"),
        (
            REPEALED,
            MethodologyRepealed(id="zhanakorgan-2026", revision=1, reason="Again"),
            "methodology-repealed",
            "data.id",
        ),
        (FIRST, adopted("nobody", "2026-Q1"), "unknown-methodology", "data.methodology"),
        (FIRST, adopted("sjc-2017", "2026-Q2", "2026-Q1"), "period-order", "data.until_period"),
        (REGISTERED, BodyRegistered(code="body-1", name=Names("x", "y", "z")), "body-exists", "data.code"),
    ],
)
def test_what_is_refused_from_the_agencys_ledger(law: Law, data: Data, code: str, field: str) -> None:
    with pytest.raises(Refusal) as refusal:
        admit(law, data)

    assert (refusal.value.code, refusal.value.field) == (code, field)


def test_a_correction_keeps_the_family() -> None:
    other = {**act_to_data(shipped()["sjc-2017"]), "id": "zhanakorgan-2026"}

    with pytest.raises(Refusal, match="family"):
        admit(FIRST, corrected(2, other))
