"""What may not be done with a plan or a sheet, from its issue to its return."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from tests.services.deciding.plain_acts import FORMS, QUARTERS, ROWS, SUPERIOR, YEAR
from tests.services.deciding.plain_model import Body, Data, Paper


def _sheet(body: Body, data: Data, *, signed: bool | None = None) -> Iterator[str]:
    """Why there is no such sheet, or none that is open, or signed, as the fact wants it."""
    paper = body.paper_of(data)
    if paper.form is None or data.get("form", paper.form) != paper.form:
        yield "unknown-sheet"
    elif signed is False and paper.signed_at:
        yield "sheet-signed"
    elif signed is True and not paper.signed_at:
        yield "sheet-unsigned"


def _workdays(_: Body, data: Data, __: date) -> Iterator[str]:
    if data["days"] > (365 if data["period"] == YEAR else 92):
        yield "too-many-days"


def _issued(body: Body, data: Data, _: date) -> Iterator[str]:
    forms, form = FORMS[body.act.family], data["form"]
    if form not in forms:
        yield "unknown-form"
        return
    if (data["period"] in QUARTERS) != (forms[form] == "quarter"):
        yield "wrong-period"
        return
    if body.paper_of(data).form == form:
        yield "sheet-issued-already"
    right, evaluator = body.right_sheet(form)
    if form != right:
        yield "wrong-form"
    if data["evaluator"] != evaluator:
        yield "wrong-evaluator"


def _evaluator(body: Body, data: Data, *, known: set[str], granted: frozenset[str]) -> Iterator[str]:
    yield from _sheet(body, data, signed=False)
    if data["ground"] not in known:
        yield "unknown-ground"
    elif data["ground"] not in granted:
        yield "ground-not-in-act"
    if data["evaluator"] == data["employee"]:
        yield "wrong-evaluator"


def _replaced(body: Body, data: Data, _: date) -> Iterator[str]:
    known = {"absence", "secondment", "first-head"}
    yield from _evaluator(body, data, known=known, granted=body.act.grounds)
    if body.paper_of(data).evaluator == data["evaluator"]:
        yield "already-evaluator"


def _added(body: Body, data: Data, _: date) -> Iterator[str]:
    granted = frozenset({"over-twenty"} if body.act.family == "sheet" else ())
    yield from _evaluator(body, data, known={"over-twenty"}, granted=granted)
    paper = body.paper_of(data)
    if data["evaluator"] in {paper.evaluator, *paper.helpers}:
        yield "already-evaluator"


def _scored(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _sheet(body, data, signed=False)
    paper = body.paper_of(data)
    if body.act.family != "sheet" or data["parameter"] not in ROWS:
        yield "unknown-parameter"
    elif Decimal(data["score"]) > 5:
        yield "mark-out-of-range"
    if data.get("scorer", paper.evaluator) not in {paper.evaluator, *paper.helpers}:
        yield "not-an-evaluator"


def _awarded(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _sheet(body, data, signed=False)
    if body.act.family != "points" or data["period"] == YEAR:
        yield "not-in-act"
    elif "points" in data and not 1 <= data["points"] <= 5:
        yield "points-out-of-range"
    elif data.get("kind", "execution") not in {"execution", "discipline"}:
        yield "unknown-breach"


def _plan_rule(body: Body, *, arys_only: bool) -> Iterator[str]:
    if body.act.family == "sheet" or (arys_only and body.act.family == "points"):
        yield "not-in-act"


def _planned(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _plan_rule(body, arys_only=False)
    numbers = [one["target"] for one in data["targets"]]
    if len(numbers) not in ({5} if body.act.family == "targets" else {1, 2, 3, 4}):
        yield "wrong-number-of-targets"
    if len(set(numbers)) < len(numbers):
        yield "duplicate-target"
    if not all(one["measurable"] for one in data["targets"]):
        yield "targets-not-measurable"
    if body.paper(YEAR).signed_at:
        yield "sheet-signed"


def _plan_returned(body: Body, _: Data, __: date) -> Iterator[str]:
    yield from _plan_rule(body, arys_only=True)
    if not body.plan_agreed:
        yield "unknown-plan"
    if body.paper(YEAR).signed_at:
        yield "sheet-signed"


def _plan_approved(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _plan_rule(body, arys_only=True)
    if not body.plan_agreed:
        yield "unknown-plan"
    elif body.plan_approved:
        yield "plan-approved-already"
    if data["by"] != SUPERIOR:
        yield "wrong-approver"


def _monitored(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _plan_rule(body, arys_only=True)
    if not body.plan_agreed:
        yield "unknown-plan"
    if not data["quarter"].startswith(("Q", YEAR)):
        yield "wrong-period"


def _target(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _plan_rule(body, arys_only=False)
    yield from _sheet(body, {"period": YEAR}, signed=False)
    if data["target"] not in (body.plan or {}):
        yield "unknown-target"
    if body.act.family == "points" and data.get("mark") not in {2, 3, 4, 5}:
        yield "mark-out-of-range"
    if body.act.family == "targets" and "met" not in data:
        yield "missing-field"


def _competency(body: Body, data: Data, _: date) -> Iterator[str]:
    if body.act.family != "targets":
        yield "not-in-act"
        return
    yield from _sheet(body, {"period": YEAR, "form": "competencies"}, signed=False)
    asked = body.indicators().get(data["competency"])
    if asked is None:
        yield "unknown-competency"
    elif data["shown"] + len(data["missing"]) != asked or not set(data["missing"]) <= {*range(1, asked + 1)}:
        yield "indicators-do-not-add-up"


def _signed(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _sheet(body, data)
    paper = body.paper_of(data)
    if paper.signed_at:
        yield "already-signed"
    if not is_complete(body, paper):
        yield "sheet-incomplete"


def is_complete(body: Body, paper: Paper) -> bool:
    """Whether everything that the form asks for is filled in."""
    if paper.form in {"plan", "targets"}:
        return body.plan_agreed and set(body.plan or {}) <= set(paper.targets)
    if paper.form == "competencies":
        return set(body.indicators()) <= set(paper.shown)
    return paper.form == "points" or {row for row, _ in paper.marks} == set(ROWS)


def _agreed(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _sheet(body, data, signed=True)
    paper = body.paper_of(data)
    if paper.form != "targets":
        yield "not-in-act"
    elif paper.agreed:
        yield "already-agreed"
    if data["by"] != SUPERIOR:
        yield "not-the-superior"


def _returned(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _sheet(body, data, signed=True)
    paper = body.paper_of(data)
    if paper.form == "targets" and data["by"] != SUPERIOR:
        yield "not-the-superior"
    panel = body.panel(paper.period)
    if panel.pending and not panel.concluded:
        yield "calibration-running"
    standing = paper.standing()
    if standing is not None and not standing.annuls and not paper.sent_back_since(standing.at):
        yield "result-decided"


def _noted(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _sheet(body, data)


def _unsigned_by_servant(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _sheet(body, data)
    others = set(data["witnesses"]) - {data["employee"]}
    paper = body.paper_of(data)
    if body.act.family == "points":
        superiors = {*body.right_sheet(paper.form or "points")[1:], paper.evaluator, *paper.helpers}
        if len(others) < 2 or not others & superiors:
            yield "too-few-witnesses"


GUARDS: Mapping[str, Callable[[Body, Data, date], Iterator[str]]] = {
    "BreachRecorded": _awarded,
    "CompetencyAssessed": _competency,
    "EvaluatorAdded": _added,
    "EvaluatorReplaced": _replaced,
    "PlanAgreed": _planned,
    "PlanApproved": _plan_approved,
    "PlanMonitored": _monitored,
    "PlanReturned": _plan_returned,
    "PointsAwarded": _awarded,
    "ScoreSubmitted": _scored,
    "SelfAssessed": _noted,
    "SheetAgreed": _agreed,
    "SheetCountersigned": _noted,
    "SheetIssued": _issued,
    "SheetReturned": _returned,
    "SheetSigned": _signed,
    "SigningRefused": _unsigned_by_servant,
    "TargetAssessed": _target,
    "WorkdaysReported": _workdays,
}
