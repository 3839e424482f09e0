"""A result reaches the servant, once or again, by the channels that the act wants (cl. 9)."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from services.sample import law
from services.sample.office import Fact, Office
from services.sample.servant import Case, Servant

# Those whom the act names, the first of them most often.
_FIRST_SHARE = 0.75


def delivered(office: Office, case: Case, on: date) -> Fact:
    """The delivery of a result; one who left early is told by a channel that records it."""
    data = {**case.ref, "channel": _channel(office, case, on), "on": on.isoformat()}
    return office.fact("ResultDelivered", on, office.hr, data)


def tell_anew(office: Office, case: Case, after: date) -> None:
    """Plans to tell a result again, in the days after something that may have changed it."""
    on = law.working_day(after, 1 + int(office.rng.random() * 2))
    office.plan(on, partial(_told_again, office, case, on))


def tell_all_anew(office: Office, servant: Servant, period: str, after: date) -> None:
    """Plans to tell a servant his results of a period again."""
    for case in servant.told.values():
        if case.ref["period"] == period:
            tell_anew(office, case, after)


def _told_again(office: Office, case: Case, on: date) -> Iterator[Fact]:
    if not case.gone:
        yield delivered(office, case, on)


def _channel(office: Office, case: Case, on: date) -> str:
    act, left = law.act(case.methodology), case.servant.left
    channels: tuple[str, ...] = act.delivery.channels
    early = act.eligibility.dismissed
    if early is not None and left is not None and left <= on and law.left_early(case):
        channels = early.channels
    if office.rng.random() < _FIRST_SHARE:
        return channels[0]
    return channels[int(office.rng.random() * len(channels))]
