from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as given_some
from hypothesis import settings
from hypothesis import strategies as st

from events.documents import Assessment, evolve_all
from events.vocabulary.assessment import (
    BreachRecorded,
    CompetencyAssessed,
    EvaluatorAdded,
    EvaluatorReplaced,
    PointsAwarded,
    ResultAcquainted,
    ResultAnnounced,
    ResultDelivered,
    ResultRestated,
    ScoreSubmitted,
    SelfAssessed,
    SheetAgreed,
    SheetCountersigned,
    SheetIssued,
    SheetReturned,
    SheetSigned,
    TargetAssessed,
    WorkdaysReported,
)
from tests.ledger import OPENED, after, document_of, event, given

QUARTER: dict[str, Any] = {"employee": "4117", "position": "specialist", "period": "2026-Q1"}
YEAR: dict[str, Any] = {"employee": "4117", "position": "specialist", "period": "2022"}
OF_YEAR: dict[str, Any] = {"employee": "4117", "position": "specialist", "year": 2022}


def issued(form: str = "annex-2", evaluator: str = "2002", **ref: Any) -> SheetIssued:
    return SheetIssued(**(ref or QUARTER), form=form, evaluator=evaluator)


def mark(parameter: int | str, score: str, scorer: str | None = None, **more: Any) -> ScoreSubmitted:
    return ScoreSubmitted(**QUARTER, parameter=parameter, score=Decimal(score), scorer=scorer, **more)


def signed(**ref: Any) -> SheetSigned:
    return SheetSigned(**(ref or QUARTER))


def marks(assessment: Assessment) -> list[tuple[str, str, str]]:
    return [(each.parameter, each.scorer, str(each.score)) for each in assessment.sheet().marks]


SAID = (
    WorkdaysReported(**QUARTER, days=15),
    issued(),
    issued("annex-3", "2004"),
    issued("competencies"),
    mark(1, "4.50"),
    mark("1", "3.00", comment="late"),
    mark(1, "5.00", scorer="2003"),
    mark(2, "4.00"),
    mark(1, "4.00", form="annex-3"),
    mark(2, "2.00", form="competencies"),
    EvaluatorReplaced(**QUARTER, evaluator="2003", ground="absence"),
    EvaluatorAdded(**QUARTER, evaluator="2005", ground="over-twenty"),
    signed(),
    SheetReturned(**QUARTER, by="2004", reason="incomplete"),
)


@settings(deadline=None)
@given_some(st.lists(st.sampled_from(SAID), min_size=1, max_size=25))
def test_events_folded_together_come_to_what_they_do_one_by_one(said):
    events = given(*said)

    assert evolve_all(None, events) == document_of(events)
    half = len(events) // 2
    if half:
        assert evolve_all(document_of(events[:half]), events[half:]) == document_of(events)


def test_work_days_reported_again_replace_the_first():
    assessment = after(WorkdaysReported(**QUARTER, days=14), WorkdaysReported(**QUARTER, days=15))

    assert assessment.workdays == 15
    assert assessment.sheets == ()


def test_a_sheet_is_issued_to_its_evaluator():
    sheet = after(issued()).sheet()

    assert (sheet.form, sheet.evaluators, sheet.is_signed) == ("annex-2", ("2002",), False)


def test_a_mark_is_the_evaluators_unless_it_names_its_scorer():
    assert marks(after(issued(), mark(1, "4.50"), mark(2, "5.00", scorer="2003"))) == [
        ("1", "2002", "4.50"),
        ("2", "2003", "5.00"),
    ]


@pytest.mark.parametrize("again", [1, "1"])
def test_a_second_mark_for_a_parameter_replaces_the_first(again):
    assessment = after(issued(), mark(1, "3.00", comment="late"), mark(2, "5.00"), mark(again, "4.00"))

    assert sorted(marks(assessment)) == [("1", "2002", "4.00"), ("2", "2002", "5.00")]
    assert {each.comment for each in assessment.sheet().marks} == {None}


def test_another_scorers_mark_for_the_parameter_stands_beside():
    assessment = after(
        issued(),
        EvaluatorAdded(**QUARTER, evaluator="2003", ground="over-twenty"),
        mark(1, "3.00"),
        mark(1, "4.00", scorer="2003"),
    )

    assert assessment.sheet().evaluators == ("2002", "2003")
    assert marks(assessment) == [("1", "2002", "3.00"), ("1", "2003", "4.00")]


def test_a_replaced_evaluators_marks_stay_his_and_later_ones_are_his_successors():
    assessment = after(
        issued(),
        mark(1, "3.00"),
        EvaluatorReplaced(**QUARTER, evaluator="2009", ground="absence"),
        mark(2, "4.00"),
    )

    assert assessment.sheet().evaluator == "2009"
    assert marks(assessment) == [("1", "2002", "3.00"), ("2", "2009", "4.00")]


def test_a_signature_closes_the_sheet_on_its_own_day():
    events = [*given(issued(), mark(1, "4.00")), event(signed(), 3, occurred_on=date(2026, 4, 15))]

    sheet = document_of(events).sheet()

    assert sheet.is_signed
    assert (sheet.signed_on, sheet.signed_at) == (date(2026, 4, 15), OPENED + timedelta(minutes=3))


def test_a_sheet_returned_is_open_again_with_its_marks_and_no_signature():
    assessment = after(
        issued(),
        mark(1, "4.00"),
        signed(),
        SheetCountersigned(**QUARTER),
        SheetAgreed(**QUARTER, by="2001"),
        SheetReturned(**QUARTER, by="2001", reason="unsupported"),
    )

    sheet = assessment.sheet()
    assert not sheet.is_signed
    assert (sheet.signed_at, sheet.countersigned_on, sheet.agreed_by) == (None, None, None)
    assert marks(assessment) == [("1", "2002", "4.00")]


def test_a_returned_sheet_can_be_corrected_and_signed_again():
    assessment = after(
        issued(),
        mark(1, "4.00"),
        signed(),
        SheetReturned(**QUARTER, by="2001", reason="unsupported"),
        mark(1, "3.00"),
        signed(),
    )

    assert assessment.sheet().is_signed
    assert marks(assessment) == [("1", "2002", "3.00")]


def test_the_superiors_consent_and_the_servants_signature_are_kept():
    sheet = after(
        issued(), signed(), SheetCountersigned(**QUARTER), SheetAgreed(**QUARTER, by="2001")
    ).sheet()

    assert (sheet.countersigned_on, sheet.agreed_by) == (date(2026, 4, 10), "2001")


@pytest.mark.parametrize("order", [("targets", "competencies"), ("competencies", "targets")])
def test_of_two_sheets_for_a_year_the_form_left_out_means_the_targets(order):
    first, second = order

    assessment = after(issued(first, **YEAR), issued(second, **YEAR), signed(**YEAR))

    assert assessment.sheet().form == "targets"
    assert assessment.sheet("targets").is_signed
    assert not assessment.sheet("competencies").is_signed


def test_a_named_form_is_signed_and_the_other_stays_open():
    assessment = after(
        issued("targets", **YEAR), issued("competencies", **YEAR), signed(**YEAR, form="competencies")
    )

    assert [sheet.is_signed for sheet in assessment.sheets] == [False, True]


def test_a_competency_sheet_alone_is_never_meant_by_a_form_left_out():
    assert after(issued("competencies", **YEAR)).sheet() is None


def test_a_mark_without_a_sheet_changes_nothing():
    assert after(mark(1, "4.00")) == Assessment(**QUARTER)


def test_points_for_an_indicator_are_replaced_and_breaches_add_up():
    assessment = after(
        PointsAwarded(**QUARTER, indicator=3, points=2),
        PointsAwarded(**QUARTER, indicator="3", points=5),
        PointsAwarded(**QUARTER, indicator=4, points=1),
        BreachRecorded(**QUARTER, kind="execution", source="petition 12"),
        BreachRecorded(**QUARTER, kind="execution", source="petition 13"),
    )

    assert {award.indicator: award.points for award in assessment.awards} == {"3": 5, "4": 1}
    assert [breach.kind for breach in assessment.breaches] == ["execution", "execution"]


def test_a_target_and_a_competency_assessed_again_are_replaced():
    assessment = after(
        TargetAssessed(**OF_YEAR, target=1, met=False),
        TargetAssessed(**OF_YEAR, target="1", met=True),
        CompetencyAssessed(**OF_YEAR, competency=2, shown=2, missing=[3, 4]),
        CompetencyAssessed(**OF_YEAR, competency=2, shown=3, missing=[4]),
    )

    assert [(target.target, target.met) for target in assessment.targets] == [("1", True)]
    assert [(each.competency, each.shown, each.missing) for each in assessment.competencies] == [
        ("2", 3, (4,))
    ]


def test_targets_and_the_sheet_of_a_year_are_one_assessment():
    assert TargetAssessed(**OF_YEAR, target=1, met=True).document == issued("targets", **YEAR).document


def test_delivery_and_acquaintance_keep_their_days():
    assessment = after(
        ResultDelivered(**QUARTER, channel="e-mail", on=date(2026, 4, 16)),
        ResultAcquainted(**QUARTER, on=date(2026, 4, 17)),
    )

    result = assessment.result()
    assert (result.delivered_on, result.acquainted_on) == (date(2026, 4, 16), date(2026, 4, 17))


def test_what_was_announced_stays_beside_what_it_was_restated_to():
    told: dict[str, Any] = {
        **QUARTER,
        "kind": "quarterly",
        "methodology": "zhanakorgan-2026",
        "revision": 1,
        "digest": "00" * 32,
        "readings": {},
    }

    assessment = after(
        ResultAnnounced(**told, score="4.20", grade="effective", cause="ResultDelivered"),
        ResultRestated(**told, score="3.80", grade="proper", cause="DisciplineRecorded"),
    )

    assert [one.result.score for one in assessment.result().announced] == ["4.20", "3.80"]


def test_the_servants_own_words_change_nothing_that_is_decided():
    assert after(issued(), SelfAssessed(**QUARTER, text="done", points=104)) == after(issued())
