"""Facts as a body reports them, in few words, for tests that read as the domain."""

import json
from typing import Any
from uuid import UUID, uuid4

BODY = "zhanakorgan"
EVALUATOR = "head-1"
SUPERVISOR = "boss-1"
PERIOD = "2026-Q1"
FULL_MARKS = ("5", "5", "5", "5", "5")


def fact(type_: str, data: dict[str, Any], *, body: str = BODY, on: str = "2026-04-10", **more: Any) -> bytes:
    """One line of a file of facts."""
    envelope = {
        "id": str(uuid4()),
        "body": body,
        "type": type_,
        "occurred_on": on,
        "actor": "hr-1",
        "data": data,
    }
    return json.dumps({**envelope, **more}, ensure_ascii=False).encode()


def id_of(line: bytes) -> UUID:
    return UUID(json.loads(line)["id"])


def under(id_: UUID, line: bytes) -> bytes:
    """The same line under another id."""
    return json.dumps({**json.loads(line), "id": str(id_)}, ensure_ascii=False).encode()


def registered(body: str = BODY) -> bytes:
    names = {"kk": body, "ru": body, "en": body}
    return fact("BodyRegistered", {"code": body, "name": names}, body="agency", on="2025-12-01")


def adopted(methodology: str, from_period: str = PERIOD, *, body: str = BODY, **more: Any) -> bytes:
    data = {"methodology": methodology, "from_period": from_period, **more}
    return fact("MethodologyAdopted", data, body=body, on="2025-12-02")


def appointed(
    employee: str = "e-1", position: str = "p-1", *, on: str = "2025-06-01", body: str = BODY, **more: Any
) -> bytes:
    data = {
        "employee": employee,
        "position": position,
        "category": "E-4",
        "managerial": False,
        "unit": "u-1",
        "supervisor": SUPERVISOR,
        "unit_head": EVALUATOR,
        "on": on,
        **more,
    }
    return fact("EmployeeAppointed", data, body=body, on=on)


def ref(employee: str = "e-1", position: str = "p-1", period: str = PERIOD) -> dict[str, Any]:
    return {"employee": employee, "position": position, "period": period}


def issued(
    of: dict[str, Any] | None = None, form: str = "annex-2", *, evaluator: str | None = None, body: str = BODY
) -> bytes:
    """A sheet sent to the head of the unit where annex 2 is the form, else to the supervisor."""
    assessing = evaluator or (EVALUATOR if form == "annex-2" else SUPERVISOR)
    return fact("SheetIssued", {**(of or ref()), "form": form, "evaluator": assessing}, body=body)


def scored(
    parameter: str, score: Any, of: dict[str, Any] | None = None, *, body: str = BODY, **more: Any
) -> bytes:
    return fact(
        "ScoreSubmitted", {**(of or ref()), "parameter": parameter, "score": score, **more}, body=body
    )


def marked(
    marks: tuple[Any, ...] = FULL_MARKS, of: dict[str, Any] | None = None, *, body: str = BODY
) -> list[bytes]:
    return [scored(str(row), mark, of, body=body) for row, mark in enumerate(marks, start=1)]


def worked(days: int = 57, of: dict[str, Any] | None = None, *, body: str = BODY) -> bytes:
    return fact("WorkdaysReported", {**(of or ref()), "days": days}, body=body)


def signed(of: dict[str, Any] | None = None, *, body: str = BODY, **more: Any) -> bytes:
    return fact("SheetSigned", {**(of or ref()), **more}, body=body)


def sanctioned(
    sanction: str, imposed_on: str, employee: str = "e-1", *, discrediting: bool = False, **more: Any
) -> bytes:
    data = {
        "employee": employee,
        "sanction": sanction,
        "imposed_on": imposed_on,
        "discrediting": discrediting,
        "basis": "order",
        **more,
    }
    return fact("DisciplineRecorded", data, on=imposed_on)


def body_and_servant(methodology: str = "zhanakorgan-2026", **appointment: Any) -> list[bytes]:
    """A registered body under an act, and one servant who was appointed long ago."""
    return [registered(), adopted(methodology), appointed(**appointment)]


def assessed(
    marks: tuple[Any, ...] = FULL_MARKS, of: dict[str, Any] | None = None, *, days: int = 57
) -> list[bytes]:
    """A quarter from work days to signature."""
    return [worked(days, of), issued(of), *marked(marks, of), signed(of)]
