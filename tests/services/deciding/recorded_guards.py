"""Guards across documents, held against a ledger as it was recorded, whatever decided it."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from events.envelope import SYSTEM, Event
from events.vocabulary import assessment as sheets
from events.vocabulary import calibration as panels
from events.vocabulary import commission as sessions

_MARKS = (
    sheets.ScoreSubmitted,
    sheets.PointsAwarded,
    sheets.BreachRecorded,
    sheets.EvaluatorReplaced,
    sheets.EvaluatorAdded,
)


_ANY = frozenset({"idle", "asked", "sits", "filed"})
_COURSE: Mapping[type, tuple[Collection[str], str | None]] = {
    panels.CalibrationRequested: ({"idle", "filed"}, "asked"),
    panels.CalibrationWithdrawn: ({"asked", "sits"}, "idle"),
    panels.CalibrationConvened: ({"asked"}, "sits"),
    panels.CalibrationConcluded: ({"sits"}, None),
    panels.ArgumentHeard: ({"sits"}, None),
    sessions.MemberReplaced: ({"sits"}, None),
    sessions.VoteCast: ({"sits"}, None),
    sessions.ProtocolFiled: ({"sits"}, "filed"),
}
"""Of a calibration, at which stages each fact has its place, and the stage it leads to."""


class Recorded:
    """A ledger's events so far, of which `breaches` lists what must not have been recorded."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.breaches: list[str] = []
        self._signed: set[tuple[Any, ...]] = set()
        self._stage: dict[tuple[str, ...], str] = {}
        self._voted: set[tuple[Any, ...]] = set()
        self._concluded: set[tuple[Any, ...]] = set()
        self._closed: set[str] = set()
        self._decided: set[tuple[Any, ...]] = set()
        for event in events:
            self.take(event)

    def take(self, event: Event) -> None:
        """Holds one more event against those before it."""
        data = event.data
        if data.system is not (event.actor == SYSTEM):
            self._breach(event, "said by one who does not say such things")
        match data:
            case sheets.SheetSigned() | sheets.SheetReturned():
                self._of_signature(event)
            case _ if isinstance(data, _MARKS) and _sheet(event) in self._signed:
                self._breach(event, "after the signature")
            case sessions.VoteCast() | sessions.ProtocolFiled() if data.session is not None:
                self._of_session(event, data.session)
            case sheets.CommissionDecided():
                self._once(event, self._decided, (data.session, *_sheet(event)))
            case _ if event.document.kind == "calibration":
                self._of_calibration(event)

    def _breach(self, event: Event, what: str) -> None:
        self.breaches.append(f"{event.type} at {event.seq} {what}")

    def _once(self, event: Event, seen: set[tuple[Any, ...]], key: tuple[Any, ...]) -> None:
        if key in seen:
            self._breach(event, "twice")
        seen.add(key)

    def _of_signature(self, event: Event) -> None:
        sheet = _sheet(event)
        if isinstance(event.data, sheets.SheetSigned):
            self._once(event, self._signed, sheet)
            return
        self._signed.discard(sheet)
        # What is marked and signed anew may be decided anew.
        self._decided = {one for one in self._decided if one[1:] != sheet}

    def _of_session(self, event: Event, session: str) -> None:
        if session in self._closed:
            self._breach(event, "after the protocol")
        if isinstance(event.data, sessions.ProtocolFiled):
            self._closed.add(session)

    def _of_calibration(self, event: Event) -> None:
        key, data = event.document.key, event.data
        allowed, then = _COURSE.get(type(data), (_ANY, None))
        if self._stage.get(key, "idle") not in allowed:
            self._breach(event, "out of its place")
        if then is not None:
            self._stage[key] = then
        match data:
            case panels.CalibrationRequested():
                self._concluded.discard(key)
                self._voted = {one for one in self._voted if one[0] != key}
            case sessions.MemberReplaced():
                self._voted = {one for one in self._voted if one[:2] != (key, data.out)}
            case sessions.VoteCast() if data.round is not None:
                self._once(event, self._voted, (key, data.member, data.round))
            case sessions.ProtocolFiled() if key not in self._concluded:
                self._breach(event, "before a decision")
            case panels.CalibrationConcluded():
                self._once(event, self._concluded, key)


def _sheet(event: Event) -> tuple[str, ...]:
    apart = getattr(event.data, "form", None) == "competencies"
    return (*event.document.key, *(("competencies",) if apart else ()))
