"""Who left the body too early to take part in his assessment (cl. 6, 9)."""

from collections.abc import Mapping
from datetime import date

from events.documents import Employment
from events.period import Period
from methodologies.act import Act
from methodologies.model.sheets import Kind
from methodologies.moments import Subject, printed_day
from methodologies.workdays import WorkCalendar


def left_early(
    act: Act,
    readings: Mapping[str, str],
    calendar: WorkCalendar,
    period: Period,
    employment: Employment,
    *,
    position: str | None = None,
    form: str | None = None,
) -> bool:
    """Whether the servant is assessed without taking part and told by a channel that records delivery.

    He is when he was in the body's service within the period (in the position, where one is named) and no
    longer on the day that `stays_until` gives. One who was appointed again by that day is there to be asked;
    one who came by secondment goes home and is not dismissed. False where the act does not speak of it.
    """
    kind: Kind = "quarterly" if period.is_quarter else "annual"
    subject = Subject(act, readings, calendar, employment.employee, position or "", period, kind, form)
    until = stays_until(subject)
    own = [one for one in employment.tenures if one.received is None]
    return (
        until is not None
        and any(
            one.since <= period.end
            and (one.until is None or one.until >= period.start)
            and position in {None, one.position}
            for one in own
        )
        and not any(one.since <= until and (one.until is None or one.until >= until) for one in own)
    )


def stays_until(subject: Subject) -> date | None:
    """The day before which one who left takes no part: the period's last, or the term's (`pavlodar-2026`).

    None where the act does not speak of the dismissed.
    """
    rule = subject.act.eligibility.dismissed
    if rule is None:
        return None
    end = subject.period.end
    return (printed_day(subject, "SheetSigned") or end) if rule.before == "term-end" else end
