"""What panels and commissions have in common: a vote, a protocol, a replaced member name either."""

from collections.abc import Callable, Mapping

from events.envelope import Fact
from events.vocabulary import commission as facts
from services.deciding import commission, panel, panel_vote
from services.deciding.situation import Situation

Decider = Callable[[Fact, Situation], tuple[Fact, ...]]


def _of_either(of_panel: Decider, of_session: Decider) -> Decider:
    """Decides by the session where one is named, else by the panel of the assessment."""

    def decide(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
        named = getattr(fact.data, "session", None)
        return (of_panel if named is None else of_session)(fact, situation)

    return decide


DECIDERS: Mapping[type, Decider] = {
    facts.VoteCast: _of_either(panel_vote.vote_cast, commission.vote_cast),
    facts.MemberReplaced: _of_either(panel.member_replaced, commission.member_replaced),
    facts.ProtocolFiled: _of_either(panel_vote.protocol_filed, commission.protocol_filed),
}
