"""Who may read results: registered with a key, and revoked (cl. 13)."""

from collections.abc import Callable, Mapping

from events.documents import Employment, Viewer
from events.documents.viewer import key_bytes
from events.envelope import AGENCY, Fact, Refusal
from events.vocabulary import Name
from events.vocabulary import viewer as facts
from events.vocabulary.words import SERVANT, VIEWER_ROLES_OF_AGENCY, VIEWER_ROLES_OF_BODIES
from services.deciding.situation import Situation


def _registered(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.ViewerRegistered)
    if data.role not in (*VIEWER_ROLES_OF_BODIES, *VIEWER_ROLES_OF_AGENCY):
        raise Refusal("unknown-viewer-role", field="data.role")
    here = VIEWER_ROLES_OF_AGENCY if fact.body == AGENCY else VIEWER_ROLES_OF_BODIES
    if data.role not in here:
        raise Refusal.because(
            "viewer-role-elsewhere", f"In this ledger a viewer is one of {', '.join(here)}.", "data.role"
        )
    if key_bytes(data.key) is None:
        raise Refusal("key-malformed", field="data.key")
    if data.role == SERVANT:
        file = situation.find(Name("employment", (data.viewer,)), Employment)
        if file is None or not file.tenures:
            raise Refusal("unknown-employee", field="data.viewer")
    return (fact,)


def _revoked(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    found = situation.find(fact.document, Viewer)
    if found is None:
        raise Refusal("unknown-viewer", field="data.viewer")
    if found.key is None:
        raise Refusal("viewer-revoked", field="data.viewer")
    return (fact,)


DECIDERS: Mapping[type, Callable[[Fact, Situation], tuple[Fact, ...]]] = {
    facts.ViewerRegistered: _registered,
    facts.ViewerRevoked: _revoked,
}
