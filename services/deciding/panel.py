"""Panels: approved, their members replaced, the two sides heard (cl. 19, 22)."""

from collections.abc import Callable, Iterable, Mapping

from events.documents.calibration import Seat
from events.envelope import Fact, Refusal
from events.vocabulary import calibration as facts
from events.vocabulary.commission import MemberReplaced
from methodologies.rules import panel as rules
from services.deciding.contested import Matter, convened, not_a_member, pending, under
from services.deciding.situation import Situation


def _approved(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.CalibrationConvened)
    matter = pending(fact, situation)
    if matter.calibration.is_convened:
        raise Refusal.because(
            "panel-convened-already",
            f"{under(matter.panel.clause)} one panel is approved for a request.",
            "data",
        )
    members = tuple(Seat(one.member, one.role) for one in data.members)
    _check_composition(matter, fact, members, "data.members")
    requested_on = matter.calibration.requested_on
    if requested_on is not None and data.sits_on < requested_on:
        raise Refusal.because(
            "dates-out-of-order",
            f"{under(matter.panel.clause)} the panel sits after the servant asked for it.",
            "data.sits_on",
        )
    return (fact,)


def _check_composition(matter: Matter, fact: Fact, members: tuple[Seat, ...], field: str) -> None:
    rule = matter.panel
    match rules.flaw(rule, members, _people(fact, matter, rule.excluded)):
        case None:
            return
        case "role":
            raise Refusal.because(
                "wrong-role",
                f"{under(rule.evaluators.clause)} a member of a panel is one of {', '.join(rules.ROLES)}.",
                field,
            )
        case "twice":
            raise Refusal.because(
                "member-twice", f"{under(rule.odd.clause)} each member of a panel counts once.", field
            )
        case "excluded":
            raise Refusal.because(
                "member-excluded",
                f"{under(rule.excluded_clause)} neither the servant nor whoever scored him sits on it.",
                field,
            )
        case "too-few" | "even":
            raise Refusal.because(
                "wrong-number-of-members",
                f"{under(rule.odd.clause)} a panel has an odd number of members, at least"
                f" {rule.least_members.value}.",
                field,
            )
        case "no-hr" | "no-evaluator":
            raise Refusal.because(
                "panel-incomplete",
                f"{under(rule.hr_members.clause)} other evaluators and at least {rule.hr_members.value} of"
                " the HR service make up the panel.",
                field,
            )


def _people(fact: Fact, matter: Matter, words: Iterable[str]) -> frozenset[str]:
    """Whom the act means by `employee` and `evaluator`."""
    meant = {"employee": frozenset({fact.document.key[0]}), "evaluator": matter.assessors}
    return frozenset().union(*(meant.get(word, frozenset()) for word in words))


def member_replaced(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    """The replacement of a panel's member (cl. 19): in the seat of one who sits comes one who may."""
    data = fact.data
    assert isinstance(data, MemberReplaced)
    matter = convened(fact, situation)
    if matter.calibration.is_concluded:
        raise Refusal("panel-decided", field="data")
    if matter.calibration.seat(data.out) is None:
        raise not_a_member(matter, "data.out")
    if matter.calibration.seat(data.in_.member) is not None:
        raise Refusal.because(
            "member-twice",
            f"{under(matter.panel.odd.clause)} each member of a panel counts once.",
            "data.in",
        )
    into = Seat(data.in_.member, data.in_.role)
    after = tuple(into if seat.member == data.out else seat for seat in matter.calibration.members)
    _check_composition(matter, fact, after, "data.in")
    return (fact,)


def _argued(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.ArgumentHeard)
    matter = convened(fact, situation)
    if data.by not in _people(fact, matter, matter.panel.argued_by):
        raise Refusal.because(
            "not-a-party",
            f"{under(matter.panel.argued_clause)} the servant and whoever scored him argue before the panel.",
            "data.by",
        )
    return (fact,)


DECIDERS: Mapping[type, Callable[[Fact, Situation], tuple[Fact, ...]]] = {
    facts.CalibrationConvened: _approved,
    facts.ArgumentHeard: _argued,
}
