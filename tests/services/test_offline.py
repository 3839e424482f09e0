"""Grades worked out by hand from the acts, each with its clause, against `bagalau grade`'s own path."""

import pytest

from projections.grade import Grade
from services.offline import Ledgers, rejections
from tests.facts import (
    BODY,
    adopted,
    appointed,
    assessed,
    body_and_servant,
    fact,
    id_of,
    issued,
    marked,
    ref,
    registered,
    sanctioned,
    scored,
    signed,
    worked,
)


def graded(lines: list[bytes]) -> list[Grade]:
    ledgers = Ledgers()
    assert list(rejections(ledgers, lines)) == []
    return list(ledgers.grades())


def quarter(lines: list[bytes]) -> Grade:
    (found,) = (one for one in graded(lines) if one.kind == "quarterly")
    return found


def year(lines: list[bytes]) -> Grade:
    (found,) = (one for one in graded(lines) if one.kind == "annual")
    return found


def refused(lines: list[bytes]) -> list[str]:
    return [problem.code for _, problem in rejections(Ledgers(), lines)]


FIVES = ("5", "5", "5", "5", "5")

SHEETS = [
    # clause, marks, sanctions, score, grade, flags
    ("cl. 7: five fives", FIVES, [], "5.00", "effective", ()),
    ("cl. 17: zeros are marks", ("0",) * 5, [], "0.00", "unsatisfactory", ()),
    ("cl. 7: 4 is the lowest of effective", ("4",) * 5, [], "4.00", "effective", ()),
    ("cl. 7: 3.99 is the highest of proper", ("3.99",) * 5, [], "3.99", "proper", ()),
    ("cl. 7: 3 is the lowest of proper", ("3",) * 5, [], "3.00", "proper", ()),
    ("cl. 7: 2.99 is the highest of satisfactory", ("2.99",) * 5, [], "2.99", "satisfactory", ()),
    ("cl. 7: 2 is the lowest of satisfactory", ("2",) * 5, [], "2.00", "satisfactory", ()),
    ("cl. 7: 1.99 is the highest of unsatisfactory", ("1.99",) * 5, [], "1.99", "unsatisfactory", ()),
    (
        "cl. 7: 3.994 lies between two bands and rounds down to 3.99",
        ("3.97", "4", "4", "4", "4"),
        [],
        "3.99",
        "proper",
        ("gap",),
    ),
    (
        "row 5: a remark caps the row at 2.99",
        FIVES,
        [("remark", "2026-02-10")],
        "4.60",
        "effective",
        (),
    ),
    (
        "row 5 and cl. 7: 3.998 lies between two bands and rounds up to 4.00",
        ("5", "4", "4", "4", "5"),
        [("severe-reprimand", "2026-02-10")],
        "4.00",
        "effective",
        ("gap",),
    ),
    (
        "row 5: a warning of incompetence caps the row at 1.99",
        FIVES,
        [("incompetence-warning", "2026-02-10")],
        "4.40",
        "effective",
        (),
    ),
    (
        "row 5: the lowest cap of several",
        FIVES,
        [("remark", "2026-02-10"), ("demotion", "2026-03-10")],
        "4.40",
        "effective",
        (),
    ),
    (
        "row 5: a lower mark stays below the cap",
        ("5", "5", "5", "5", "1"),
        [("remark", "2026-02-10")],
        "4.20",
        "effective",
        (),
    ),
    ("row 5: the quarter's first day counts", FIVES, [("remark", "2026-01-01")], "4.60", "effective", ()),
    ("row 5: the quarter's last day counts", FIVES, [("remark", "2026-03-31")], "4.60", "effective", ()),
    ("row 5: a day before the quarter does not", FIVES, [("remark", "2025-12-31")], "5.00", "effective", ()),
    ("row 5: a day after the quarter does not", FIVES, [("remark", "2026-04-01")], "5.00", "effective", ()),
]


@pytest.mark.clause(
    "score-sheet/cl-7/bands",
    "score-sheet/annex/mean",
    "score-sheet/row-5/mild-kinds",
    "score-sheet/row-5/other-kinds",
    "score-sheet/row-5/imposed-in-the-quarter",
    "score-sheet/row-5/lowest-of-several",
)
@pytest.mark.parametrize("methodology", ["zhanakorgan-2026", "health-2025", "pavlodar-2026", "typical-2025"])
@pytest.mark.parametrize("sanctions_first", [True, False], ids=["before-the-sheet", "after-it"])
@pytest.mark.parametrize(
    ("marks", "sanctions", "score", "grade", "flags"),
    [row[1:] for row in SHEETS],
    ids=[row[0] for row in SHEETS],
)
def test_a_sheet_comes_to_its_score_and_grade(
    methodology, sanctions_first, marks, sanctions, score, grade, flags
):
    recorded = [sanctioned(kind, on) for kind, on in sanctions]
    sheet = assessed(marks)
    work = [*recorded, *sheet] if sanctions_first else [*sheet, *recorded]
    found = quarter([*body_and_servant(methodology), *work])
    assert (found.status, found.score, found.grade, found.flags) == ("graded", score, grade, flags)
    assert (found.methodology, found.revision) == (methodology, 1)


@pytest.mark.clause("score-sheet/row-5/annulled")
def test_an_annulled_sanction_never_was_row_5():
    sanction = sanctioned("remark", "2026-02-10")
    annulled = fact(
        "DisciplineAnnulled", {"employee": "e-1", "discipline": str(id_of(sanction)), "basis": "court"}
    )
    found = quarter([*body_and_servant(), sanction, *assessed(), annulled])
    assert found.score == "5.00"


@pytest.mark.clause("score-sheet/cl-5/a-month-in-the-position")
@pytest.mark.parametrize(
    ("appointed_on", "status"),
    [("2026-03-01", "graded"), ("2026-03-02", "not-assessed")],
    ids=["a month", "a day less"],
)
def test_tenure_of_a_month_clause_5(appointed_on, status):
    found = quarter([*body_and_servant(on=appointed_on), *assessed(days=21)])
    assert found.status == status
    assert found.reason == (None if status == "graded" else "tenure-too-short")


@pytest.mark.clause("score-sheet/cl-5/fifteen-working-days")
@pytest.mark.parametrize(("days", "status"), [(15, "graded"), (14, "not-assessed")])
def test_fifteen_workdays_clause_5(days, status):
    found = quarter([*body_and_servant(), *assessed(days=days)])
    assert found.status == status
    assert found.reason == (None if status == "graded" else "too-few-workdays")


def test_workdays_never_reported_are_flagged_and_assessed_clause_5():
    found = quarter([*body_and_servant(), issued(), *marked(), signed()])
    assert (found.status, found.flags) == ("graded", ("workdays-unreported",))


@pytest.mark.clause("score-sheet/annex/signed")
def test_an_unsigned_sheet_is_open_annex_2():
    found = quarter([*body_and_servant(), worked(), issued(), *marked()])
    assert (found.status, found.reason, found.score, found.grade) == ("open", "unsigned", None, None)


@pytest.mark.clause("score-sheet/annex/five-parameters", "score-sheet/cl-15/complete-papers")
def test_an_incomplete_sheet_is_open_and_cannot_be_signed():
    lines = [*body_and_servant(), worked(), issued(), *marked(("5", "5", "5", "5"))]
    assert quarter(lines).reason == "incomplete"
    assert refused([*lines, signed()]) == ["sheet-incomplete"]


def test_a_second_mark_before_the_signature_replaces_the_first():
    lines = [*body_and_servant(), worked(), issued(), *marked(("0",) * 5), *marked(("4",) * 5), signed()]
    assert quarter(lines).score == "4.00"


@pytest.mark.clause("typical-2025/cl-6/dismissed-are-assessed")
def test_a_servant_dismissed_before_the_quarter_ended_is_assessed_clause_6():
    dismissed = fact("EmployeeDismissed", {"employee": "e-1", "on": "2026-03-20"}, on="2026-03-20")
    assert quarter([*body_and_servant(), dismissed, *assessed(days=40)]).status == "graded"


@pytest.mark.clause("zhanakorgan-2026/cl-16/managers-by-category")
def test_a_manager_of_category_e3_is_assessed_on_annex_1_in_zhanakorgan_clause_16():
    lines = [
        *body_and_servant(category="Е-3", managerial=True),
        worked(),
        issued(form="annex-1"),
        *marked(),
        signed(),
    ]
    assert quarter(lines).score == "5.00"


def test_a_body_that_adopted_nothing_follows_the_typical_text():
    assert quarter([registered(), appointed(), *assessed()]).methodology == "typical-2025"


def test_an_act_governs_from_the_period_its_adoption_names():
    second = ref(period="2026-Q2")
    lines = [
        registered(),
        adopted("pavlodar-2026", "2026-Q2"),
        appointed(),
        *assessed(),
        *assessed(of=second),
    ]
    quarters = {one.period: one.methodology for one in graded(lines) if one.kind == "quarterly"}
    assert quarters == {"2026-Q1": "typical-2025", "2026-Q2": "pavlodar-2026"}


@pytest.mark.clause("score-sheet/cl-4/mean-of-the-quarters")
def test_the_year_is_the_mean_of_its_quarters_and_provisional_until_formed_clause_4():
    marks = {"2026-Q1": "4", "2026-Q2": "3", "2026-Q3": "4.5", "2026-Q4": "5"}
    lines = body_and_servant()
    for period, mark in marks.items():
        lines += assessed((mark,) * 5, ref(period=period))
    found = year(lines)
    assert (found.status, found.score, found.grade) == ("graded", "4.13", "effective")
    assert found.flags == ("provisional",)
    assert [(one.period, one.score) for one in found.quarters or ()] == [
        ("2026-Q1", "4.00"),
        ("2026-Q2", "3.00"),
        ("2026-Q3", "4.50"),
        ("2026-Q4", "5.00"),
    ]


def test_the_year_is_rounded_when_it_falls_between_two_bands_clause_7():
    lines = [*body_and_servant(), *assessed(("4",) * 5), *assessed(("3.99",) * 5, ref(period="2026-Q2"))]
    found = year(lines)
    assert (found.score, found.grade, found.flags) == ("4.00", "effective", ("gap", "provisional"))


@pytest.mark.clause("score-sheet/cl-4/mean-of-the-quarters")
def test_two_positions_in_a_quarter_count_once_in_the_year():
    moved = fact(
        "EmployeeTransferred",
        {
            "employee": "e-1",
            "from_position": "p-1",
            "position": "p-2",
            "category": "E-4",
            "managerial": False,
            "unit": "u-2",
            "supervisor": "boss-1",
            "unit_head": "head-1",
            "on": "2026-02-16",
        },
    )
    lines = [
        *body_and_servant(),
        moved,
        *assessed(("5",) * 5, days=30),
        *assessed(("3",) * 5, ref(position="p-2"), days=27),
        *assessed(("5",) * 5, ref(position="p-2", period="2026-Q2")),
    ]
    found = year(lines)
    assert found.score == "4.50"
    assert found.position == "p-2"
    assert [(one.period, one.position) for one in found.quarters or ()] == [
        ("2026-Q1", "p-1"),
        ("2026-Q1", "p-2"),
        ("2026-Q2", "p-2"),
    ]


REFUSALS = [
    ("a mark of 5.01", [scored("1", "5.01")], "mark-out-of-range"),
    ("a mark for a row that is not there", [scored("6", "5")], "unknown-parameter"),
    ("a mark by a stranger", [scored("1", "5", scorer="somebody")], "not-an-evaluator"),
    ("an unknown employee", [scored("1", "5", ref(employee="e-9"))], "unknown-employee"),
    ("an unknown position", [scored("1", "5", ref(position="p-9"))], "unknown-position"),
    ("an unknown sheet", [scored("1", "5", ref(period="2026-Q2"))], "unknown-sheet"),
    ("a ledger that is not registered", [worked(body="nobody")], "unknown-ledger"),
    ("a mark on a signed sheet", [*marked(), signed(), scored("1", "5")], "sheet-signed"),
    ("a second signature", [*marked(), signed(), signed()], "already-signed"),
    ("a form that the act does not print", [issued(ref(period="2026-Q2"), "annex-3")], "unknown-form"),
    ("a quarter's form for a year", [issued(ref(period="2026"))], "wrong-period"),
    ("the same sheet twice", [issued()], "sheet-issued-already"),
    ("a sanction of no kind", [sanctioned("scolding", "2026-02-01")], "unknown-sanction"),
    ("another kind without words", [sanctioned("other", "2026-02-01")], "sanction-unnamed"),
    ("an unknown act", [adopted("somewhere-1999")], "unknown-methodology"),
    (
        "what only central HR records",
        [fact("BodyRegistered", {"code": "x", "name": {"kk": "x", "ru": "x", "en": "x"}})],
        "agency-only",
    ),
]


@pytest.mark.clause(
    "score-sheet/annex/five-parameters",
    "score-sheet/cl-17/evaluator-marks",
    "score-sheet/annex/signed",
)
@pytest.mark.parametrize(("lines", "code"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
def test_is_refused(lines, code):
    assert refused([*body_and_servant(), issued(), *lines]) == [code]


def test_a_repeat_of_an_accepted_fact_adds_nothing():
    mark = scored("1", "5")
    assert refused([*body_and_servant(), issued(), mark, mark]) == []


def test_an_id_used_again_with_other_content_is_refused():
    mark = scored("1", "5")
    other = mark.replace(b'"score": "5"', b'"score": "4"')
    assert other != mark
    assert refused([*body_and_servant(), issued(), mark, other]) == ["id-reused"]


def test_every_step_of_a_grade_has_its_clause():
    found = quarter([*body_and_servant(), sanctioned("remark", "2026-02-10"), *assessed()])
    assert [step.rule for step in found.steps] == [
        "tenure",
        "workdays",
        *["mark"] * 5,
        "cap-parameter",
        "mean",
        "announced",
        "band",
    ]
    assert all(step.clause for step in found.steps)
    assert found.body == BODY


def test_a_transfer_in_the_next_year_changes_no_earlier_year():
    moved = fact(
        "EmployeeTransferred",
        {
            "employee": "e-1",
            "from_position": "p-1",
            "position": "p-2",
            "category": "E-4",
            "managerial": False,
            "unit": "u-2",
            "supervisor": "boss-1",
            "unit_head": "head-1",
            "on": "2027-02-01",
        },
    )
    assert year([*body_and_servant(), *assessed(), moved]).position == "p-1"


def test_points_and_marks_of_one_year_are_never_averaged():
    def quarter_under(period: str) -> dict:
        return ref(period=period)

    lines = [
        registered(),
        adopted("sjc-2017", "2026-Q1", until_period="2026-Q1"),
        appointed(),
        issued(quarter_under("2026-Q1"), "points"),
        signed(quarter_under("2026-Q1")),
        *assessed(("4",) * 5, quarter_under("2026-Q3")),
    ]
    found = year(lines)
    assert (found.methodology, found.score) == ("typical-2025", "4.00")
    assert [one.period for one in found.quarters or ()] == ["2026-Q3"]


def test_a_file_may_have_a_mark_windows_line_ends_and_blank_lines():
    lines = [*body_and_servant(), *assessed()]
    file = (b"\xef\xbb\xbf" + b"\r\n\r\n".join(lines)).splitlines(keepends=True)
    assert refused(file) == []


def test_a_fact_of_exactly_64_kib_is_read_with_or_without_a_line_end():
    line = scored("1", "5", comment="x")
    whole = line.replace(b'"x"', b'"' + b"x" * (64 * 1024 - len(line) + 1) + b'"')
    assert len(whole) == 64 * 1024
    for end in (b"", b"\n", b"\r\n"):
        codes = refused([*body_and_servant(), issued(), whole + end])
        assert codes == ["invalid-value"], "a comment has a bound of its own"
    assert refused([whole + b" \n"]) == ["too-large"]


def test_a_refused_line_and_its_repeat_are_refused_alike_and_the_id_is_spent():
    wrong = scored("6", "5")
    mended = wrong.replace(b'"parameter": "6"', b'"parameter": "1"')
    codes = refused([*body_and_servant(), issued(), wrong, wrong, mended])
    assert codes == ["unknown-parameter", "unknown-parameter", "id-reused"]
