"""What may not be done with a result: telling it, appealing, sanctions that bear on it, disputes."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from tests.services.deciding.plain_acts import due
from tests.services.deciding.plain_commissions import misfits
from tests.services.deciding.plain_model import Body, Data


def _delivered(body: Body, data: Data, _: date) -> Iterator[str]:
    if body.outcome(body.paper_of(data)) is None:
        yield "no-result"


def _acquainted(body: Body, data: Data, _: date) -> Iterator[str]:
    paper = body.paper_of(data)
    if not paper.told or paper.delivered_on is None:
        yield "not-announced"
    elif date.fromisoformat(data["on"]) < paper.delivered_on:
        yield "dates-out-of-order"


def _not_acquainted(body: Body, data: Data, _: date) -> Iterator[str]:
    paper = body.paper_of(data)
    if not paper.told and body.outcome(paper) is None:
        yield "no-result"
    wanted = {"sheet": 0, "points": 1, "targets": 2}[body.act.family]
    if len(set(data["witnesses"]) - {data["employee"]}) < wanted:
        yield "too-few-witnesses"


def _appealed(body: Body, data: Data, today: date) -> Iterator[str]:
    paper, on = body.paper_of(data), date.fromisoformat(data["on"])
    of_sheets = body.act.family == "sheet"
    ways = {"authorised-body", "court"} | ({"administrative-procedure"} if of_sheets else set())
    if data["to"] not in ways:
        yield "not-in-act"
    if paper.pending_appeal():
        yield "appeal-pending"
    decided_on = body.panel(paper.period).decided_on if of_sheets else paper.sat_on
    if decided_on is None and data["to"] == "court" and not of_sheets:
        decided_on = paper.delivered_on
    if decided_on is None:
        yield "no-decision"
    elif on < decided_on:
        yield "dates-out-of-order"
    elif not of_sheets and data["to"] == "authorised-body" and today > due(decided_on, 10):
        yield "term-missed"


def _resolved(body: Body, data: Data, _: date) -> Iterator[str]:
    pending = body.paper_of(data).pending_appeal()
    if pending is None:
        yield "no-appeal"
    elif date.fromisoformat(data["on"]) < pending.on:
        yield "dates-out-of-order"
    # Under `arys-2022` cl. 42 the authorised body recommends to revise, or leaves the result as it is.
    bound = body.act.family == "targets" and pending is not None and pending.to == "authorised-body"
    if data["outcome"] not in {"left", "revise", *(() if bound else ("annul",))}:
        yield "unknown-outcome"
    corrects = {"score", "points", "competencies"} & set(data)
    if corrects and data["outcome"] != "revise":
        yield "correction-without-revision"
    elif corrects:
        yield from misfits(body, data)


def _imposed(_: Body, data: Data, __: date) -> Iterator[str]:
    if data["sanction"] == "other" and not data.get("title"):
        yield "sanction-unnamed"


def _annulled(body: Body, data: Data, _: date) -> Iterator[str]:
    if data["discipline"] not in body.sanctions:
        yield "unknown-sanction"
    elif body.sanctions[data["discipline"]][2]:
        yield "already-annulled"


def _raised(_: Body, __: Data, ___: date) -> Iterator[str]:
    yield from ()


def _settled(body: Body, data: Data, _: date) -> Iterator[str]:
    if not body.disputes.get(data["period"]):
        yield "no-dispute"


GUARDS: Mapping[str, Callable[[Body, Data, date], Iterator[str]]] = {
    "AcquaintanceRefused": _not_acquainted,
    "AppealResolved": _resolved,
    "DecisionAppealed": _appealed,
    "DisciplineAnnulled": _annulled,
    "DisciplineRecorded": _imposed,
    "DisputeRaised": _raised,
    "DisputeSettled": _settled,
    "ResultAcquainted": _acquainted,
    "ResultDelivered": _delivered,
}
