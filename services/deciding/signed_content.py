"""What is signed: the sheet or the protocol as it stands at that moment, in one canonical form."""

from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any

import msgspec

from events.documents import Calibration, Commission
from events.documents.assessment import ALWAYS_NAMED, Sheet
from events.documents.commission import Subject
from events.envelope import Fact
from events.vocabulary import Name
from events.vocabulary.assessment import CommissionDecided, SheetCountersigned, SheetSigned
from events.vocabulary.commission import ProtocolFiled
from services.deciding.situation import Situation

Content = dict[str, Any]

_encoder = msgspec.json.Encoder(order="sorted")


def canonical(content: Content) -> bytes:
    """The content as JSON in UTF-8, keys sorted by their bytes, no spaces (RFC 8785, keys up to U+FFFF)."""
    return _encoder.encode(content)


def digest_of(content: Content) -> bytes:
    """SHA-256 of the canonical form: the 32 bytes that are signed."""
    return sha256(canonical(content)).digest()


def signed_content(fact: Fact, decided: Sequence[Fact], situation: Situation) -> Content:
    """What the fact's signature is made over; `decided` are the facts that its decider answered with.

    The situation is the one before it. Scores are texts as the ledger keeps them, days `2026-04-10`; every
    key is always there, null when unknown. `signs` tells the kind of content and its version.
    """
    data = fact.data
    match data:
        case SheetSigned() | SheetCountersigned():
            return _of_sheet(fact, data, situation)
        case ProtocolFiled() if data.session is not None:
            return _of_session(fact, data, decided, situation)
        case ProtocolFiled():
            return _of_panel(fact, data, situation)
    raise TypeError(f"{fact.type} carries no signature")


def _signs(fact: Fact) -> Content:
    return {"signs": f"bagalau/{fact.type}/1", "body": fact.body}


def _of_sheet(fact: Fact, data: SheetSigned | SheetCountersigned, situation: Situation) -> Content:
    assessment = situation.assessment(fact.document)
    sheet = assessment.sheet(data.form)
    assert sheet is not None, "its decider has found the sheet"
    of_competencies = sheet.form == ALWAYS_NAMED
    return {
        **_signs(fact),
        "employee": assessment.employee,
        "position": assessment.position,
        "period": assessment.period,
        "form": sheet.form,
        "signed_on": fact.occurred_on.isoformat(),
        "evaluator": sheet.evaluator,
        "added": sorted(sheet.added),
        "workdays": assessment.workdays,
        "marks": _marks(sheet),
        # An act with two sheets for one period has the competencies on a sheet of their own.
        "points": []
        if of_competencies
        else sorted(
            ({"indicator": one.indicator, "points": one.points} for one in assessment.awards),
            key=lambda one: str(one["indicator"]),
        ),
        "breaches": []
        if of_competencies
        else [{"fact": str(one.event), "kind": one.kind} for one in assessment.breaches],
        "targets": []
        if of_competencies
        else sorted(
            ({"target": one.target, "mark": one.mark, "met": one.met} for one in assessment.targets),
            key=lambda one: str(one["target"]),
        ),
        "competencies": sorted(
            (
                {"competency": one.competency, "shown": one.shown, "missing": sorted(one.missing)}
                for one in assessment.competencies
            ),
            key=lambda one: str(one["competency"]),
        )
        if of_competencies
        else [],
    }


def _marks(sheet: Sheet) -> list[Content]:
    ordered = sorted(sheet.marks, key=lambda mark: (mark.parameter, mark.scorer))
    return [
        {
            "parameter": mark.parameter,
            "scorer": mark.scorer,
            "score": _score(mark.score),
            "comment": mark.comment,
        }
        for mark in ordered
    ]


def _of_panel(fact: Fact, data: ProtocolFiled, situation: Situation) -> Content:
    employee, position, period = fact.document.key
    calibration = situation.calibration(fact.document) or Calibration(employee, position, period)
    sheet = situation.assessment(Name("assessment", fact.document.key)).sheet(data.form)
    return {
        **_signs(fact),
        "session": None,
        "employee": employee,
        "position": position,
        "period": period,
        "form": sheet.form if sheet else data.form,
        "number": data.number,
        "signed_on": data.signed_on.isoformat(),
        "members": [{"member": seat.member, "role": seat.role} for seat in calibration.members],
        "sits_on": None if calibration.sits_on is None else calibration.sits_on.isoformat(),
        "votes": [
            {
                "round": vote.round,
                "member": vote.member,
                "score": _score(vote.score),
                "counts": vote.counts,
            }
            for vote in calibration.votes
        ],
        "score": _score(calibration.concluded),
    }


def _of_session(fact: Fact, data: ProtocolFiled, decided: Sequence[Fact], situation: Situation) -> Content:
    session = situation.find(fact.document, Commission)
    assert session is not None, "its decider has found the session"
    now = {_subject_of(one.data): one.data for one in decided if isinstance(one.data, CommissionDecided)}
    return {
        **_signs(fact),
        "session": session.session,
        "number": data.number,
        "signed_on": data.signed_on.isoformat(),
        "members": [{"member": seat.member, "role": seat.role} for seat in session.members],
        "present": list(session.present),
        "sat_on": None if session.sat_on is None else session.sat_on.isoformat(),
        "votes": [
            {
                **_named(vote.subject),
                "member": vote.member,
                "choice": vote.choice,
                **_corrected(vote),
                "explanation": vote.explanation,
            }
            for vote in session.votes
        ],
        "decisions": [
            {**_named(subject), **_decision(subject, session, now, situation)} for subject in session.subjects
        ],
    }


def _subject_of(data: CommissionDecided) -> Subject:
    form = ALWAYS_NAMED if data.form == ALWAYS_NAMED else None
    return Subject(data.employee, data.position, data.period, form)


def _decision(
    subject: Subject, session: Commission, now: dict[Subject, CommissionDecided], situation: Situation
) -> Content:
    """What the session decided on a result, before its protocol or with it; `choice` null for nothing."""
    with_it = now.get(subject)
    if with_it is not None:
        return {"choice": with_it.choice, **_corrected(with_it)}
    before = situation.assessment(Name("assessment", subject.key)).result(subject.form).decision
    if before is None or before.session != session.session:
        return {"choice": None, "score": None, "points": None, "competencies": {}}
    return {"choice": before.choice, **_corrected(before)}


def _named(subject: Subject) -> Content:
    return {
        "employee": subject.employee,
        "position": subject.position,
        "period": subject.period,
        "form": subject.form,
    }


def _corrected(said: Any) -> Content:
    return {
        "score": _score(said.score),
        "points": said.points,
        "competencies": dict(said.competencies or {}),
    }


def _score(score: Decimal | None) -> str | None:
    return None if score is None else format(score, "f")
