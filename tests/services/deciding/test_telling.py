"""A result is told as it stands, and again whenever it changes (cl. 6, 9, 10; `arys-2022` cl. 41)."""

import pytest

from tests.facts import assessed, body_and_servant, fact, id_of, ref, sanctioned, signed, worked
from tests.services.deciding.telling import delivered, grade_of, held, refused, told

LOW = ("2", "2", "2", "2", "2")
GOOD = ("4", "4", "4", "4", "4")
YEAR = ref(period="2026")


def dismissed(on: str) -> bytes:
    return fact("EmployeeDismissed", {"employee": "e-1", "on": on}, on=on)


@pytest.mark.clause("score-sheet/cl-9/received")
def test_cl_9_a_delivery_announces_the_result_as_it_stands():
    ledgers = held(*body_and_servant(), *assessed(GOOD), delivered())

    assert told(ledgers) == [("ResultAnnounced", "4.00", "effective", "ResultDelivered")]


@pytest.mark.clause("score-sheet/cl-9/received")
@pytest.mark.parametrize(
    "given",
    [[], assessed()[:-1], [worked(10), *assessed(days=10)[1:]]],
    ids=["no sheet", "unsigned", "not assessed"],
)
def test_cl_9_nothing_is_delivered_while_there_is_no_grade(given):
    assert refused(held(*body_and_servant(), *given), delivered()) == "no-result"


def test_cl_9_told_by_a_second_channel_it_is_not_announced_twice():
    ledgers = held(
        *body_and_servant(),
        *assessed(),
        delivered(),
        delivered(channel="mobile-application", on="2026-04-20"),
    )

    assert len(told(ledgers)) == 1


@pytest.mark.clause("score-sheet/cl-9/received")
@pytest.mark.parametrize(
    ("late", "score", "grade", "cause"),
    [
        (sanctioned("remark", "2026-03-02"), "3.80", "proper", "DisciplineRecorded"),
        (worked(12), None, None, "WorkdaysReported"),
        (dismissed("2026-01-09"), None, None, "EmployeeDismissed"),
    ],
    ids=["a sanction", "work days", "a dismissal"],
)
def test_what_comes_late_restates_the_announced_result_in_the_transaction_of_its_cause(
    late, score, grade, cause
):
    ledgers = held(*body_and_servant(on="2026-01-05"), *assessed(("4", "4", "4", "4", "5")), delivered())
    size = ledgers.sizes["zhanakorgan"]

    assert refused(ledgers, late) is None
    assert told(ledgers)[1:] == [("ResultRestated", score, grade, cause)]
    assert ledgers.sizes["zhanakorgan"] == size + 2


@pytest.mark.clause("score-sheet/row-5/imposed-in-the-quarter")
def test_a_sanction_of_another_quarter_restates_nothing():
    ledgers = held(*body_and_servant(), *assessed(), delivered(), sanctioned("remark", "2026-04-02"))

    assert len(told(ledgers)) == 1


def test_a_sanction_that_changes_no_score_restates_nothing():
    ledgers = held(*body_and_servant(), *assessed(LOW), delivered(), sanctioned("remark", "2026-03-02"))

    assert len(told(ledgers)) == 1


@pytest.mark.clause("score-sheet/row-5/annulled")
def test_an_annulled_sanction_gives_the_result_back():
    recorded = sanctioned("remark", "2026-03-02")
    annulled = fact(
        "DisciplineAnnulled", {"employee": "e-1", "discipline": str(id_of(recorded)), "basis": "court"}
    )
    ledgers = held(*body_and_servant(), recorded, *assessed(("4", "4", "4", "4", "5")), delivered(), annulled)

    assert [one[1] for one in told(ledgers)] == ["3.80", "4.20"]


def test_a_sheet_that_is_opened_again_takes_the_announced_result_back_until_it_is_signed():
    returned = fact("SheetReturned", {**ref(), "by": "head-1", "reason": "a wrong mark"})
    lower = fact("ScoreSubmitted", {**ref(), "parameter": "1", "score": "0"})
    ledgers = held(*body_and_servant(), *assessed(), delivered(), returned, lower, signed())

    assert [(one[1], one[3]) for one in told(ledgers)] == [
        ("5.00", "ResultDelivered"),
        (None, "SheetReturned"),
        ("4.00", "SheetSigned"),
    ]


def test_told_again_after_it_was_restated_it_is_announced_anew():
    ledgers = held(
        *body_and_servant(),
        *assessed(),
        delivered(),
        sanctioned("remark", "2026-03-02"),
        delivered(on="2026-05-04"),
    )

    assert [one[0] for one in told(ledgers)] == ["ResultAnnounced", "ResultRestated", "ResultAnnounced"]


@pytest.mark.clause("score-sheet/cl-4/mean-of-the-quarters")
def test_cl_4_a_year_that_was_told_is_restated_when_another_quarter_is_graded():
    second = ref(period="2026-Q2")
    ledgers = held(
        *body_and_servant(), *assessed(GOOD), delivered(YEAR, on="2026-07-01"), *assessed(LOW, second)
    )

    assert told(ledgers, YEAR) == [
        ("ResultAnnounced", "4.00", "effective", "ResultDelivered"),
        ("ResultRestated", "3.00", "proper", "SheetSigned"),
    ]
    assert grade_of(ledgers, "2026", "annual").score == "3.00"


@pytest.mark.clause("score-sheet/cl-9/dismissed-told-on-record", "typical-2025/cl-6/dismissed-are-assessed")
@pytest.mark.parametrize(
    ("channel", "outcome"),
    [("information-system", "channel-not-recorded"), ("sms", None), ("registered-letter", None)],
)
def test_cl_9_one_dismissed_before_the_period_ended_is_told_by_a_channel_that_records_it(channel, outcome):
    ledgers = held(*body_and_servant(), dismissed("2026-03-20"), *assessed())

    assert refused(ledgers, delivered(channel=channel)) == outcome


@pytest.mark.clause("typical-2025/cl-6/dismissed-are-assessed")
def test_cl_6_one_dismissed_after_the_period_is_told_as_everybody():
    assert refused(held(*body_and_servant(), *assessed(), dismissed("2026-04-12")), delivered()) is None


@pytest.mark.clause("pavlodar-2026/cl-6/dismissed-are-assessed", "score-sheet/cl-9/dismissed-told-on-record")
def test_pavlodar_cl_6_one_dismissed_before_the_term_of_assessment_is_told_by_a_recorded_channel():
    given = [*body_and_servant("pavlodar-2026"), *assessed(), dismissed("2026-04-12")]

    assert refused(held(*given), delivered()) == "channel-not-recorded"


@pytest.mark.clause("pavlodar-2026/cl-10/five-working-days")
def test_cl_10_acquaintance_follows_the_delivery():
    acquainted = fact("ResultAcquainted", {**ref(), "on": "2026-04-17"})
    given = [*body_and_servant(), *assessed()]

    assert refused(held(*given), acquainted) == "not-announced"
    assert refused(held(*given, delivered()), acquainted) is None
    assert refused(held(*given, delivered(on="2026-04-18")), acquainted) == "dates-out-of-order"


def test_a_refusal_to_be_told_stops_nothing():
    given = [*body_and_servant(), *assessed()]
    refusal = fact("AcquaintanceRefused", {**ref(), "on": "2026-04-15", "witnesses": []})

    assert refused(held(*given, refusal), delivered()) is None
