"""An act of destruction on paper: what was destroyed and who authorised it; it names no servant."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from events.keyring import Keyring
from events.log import Connection
from events.log.documents import hashed_name
from events.sql import statements
from events.vocabulary.retention import DestructionCompleted
from methodologies.model.clause import Language
from services.destroying.acts import NEEDED, Act, act_name
from services.destroying.words import word

_SQL = statements("destroying")


def told(conn: Connection, keyring: Keyring, act: Act) -> dict[str, Any]:
    """The act as one JSON object."""
    leaves = _leaves(conn, keyring, act)
    end = act.completed
    return {
        "body": act.ledger,
        "act": act.number,
        "state": act.state,
        "drawn_on": act.events[0].occurred_on,
        "as_of": act.as_of,
        "digest": act.digest,
        "statement": act.statement.decode(),
        "authorised": [
            {
                "by": f"{said.by_of}/{said.by}",
                "role": said.role,
                "on": one.occurred_on,
                "key": said.key,
                "public_key": said.public_key,
                "signature": said.signature,
                "seq": one.seq,
                "leaf": leaves[one.seq],
            }
            for one, said in zip(act.authorised, act.authorisations, strict=True)
        ],
        "documents": [
            {
                "stream": one.stream,
                "kind": one.kind,
                "period": one.period,
                "events": one.events,
                "destroyed_seq": gone.seq if (gone := act.destroyed.get(one.stream)) else None,
                "destroyed_on": gone.occurred_on if gone else None,
                "leaf": leaves[gone.seq] if gone else None,
            }
            for one in act.documents
        ],
        "left": end.data.left if end is not None and isinstance(end.data, DestructionCompleted) else None,
        "completed_on": end.occurred_on if end else None,
        "completed_seq": end.seq if end else None,
        "completed_leaf": leaves[end.seq] if end else None,
    }


def printed(conn: Connection, keyring: Keyring, act: Act, language: Language) -> Iterator[str]:
    """The act's lines, in Markdown."""
    of = told(conn, keyring, act)
    yield f"# {word('title', language).format(number=act.number)}"
    yield ""
    yield f"- {word('body', language)}: {act.ledger}"
    yield f"- {word('drawn', language)}: {of['drawn_on']}"
    yield f"- {word('as-of', language)}: {of['as_of']}"
    yield f"- {word('documents', language)}: {len(act.documents)}"
    yield f"- {word('events', language)}: {sum(one.events for one in act.documents)}"
    yield f"- {word('digest', language)}: `{act.digest}`"
    yield from _authorised(of, language)
    yield from _ended(of, language)
    yield from ("", f"## {word('sum', language)}", "")
    yield from _summed(act, language)
    yield from ("", f"## {word('list', language)}", "")
    yield from _listed(of, language)


def _authorised(of: Mapping[str, Any], language: Language) -> Iterator[str]:
    for one in of["authorised"]:
        yield (
            f"- {word('authorised', language)}: {one['by']} ({one['role']}), {word('on', language)}"
            f" {one['on']}, {word('key', language)} `{one['key']}`,"
            f" {word('public-key', language)} `{one['public_key']}`,"
            f" {word('signature', language)} `{one['signature']}`"
        )
    awaited = NEEDED - len(of["authorised"])
    if awaited > 0:
        yield f"- {word('awaited', language).format(count=awaited)}"


def _ended(of: Mapping[str, Any], language: Language) -> Iterator[str]:
    if of["completed_on"] is None:
        yield f"- {word('open', language)}"
        return
    place = f"{of['completed_seq']}, `{of['completed_leaf']}`"
    yield f"- {word('completed', language)}: {of['completed_on']} ({place})"
    yield f"- {word('erased', language)}"
    if of["left"]:
        yield f"- {word('left', language)}: {', '.join(str(one) for one in of['left'])}"


def _summed(act: Act, language: Language) -> Iterator[str]:
    yield from _header(("kind", "period", "count"), language)
    counts = Counter((one.period or "", one.kind) for one in act.documents)
    for (period, kind), count in sorted(counts.items()):
        yield f"| {word(kind, language)} | {period or '–'} | {count} |"


def _listed(of: Mapping[str, Any], language: Language) -> Iterator[str]:
    yield from _header(("stream", "kind", "period", "events", "seq", "leaf"), language)
    for one in of["documents"]:
        leaf = f"`{one['leaf']}`" if one["leaf"] else "–"
        yield (
            f"| {one['stream']} | {word(one['kind'], language)} | {one['period'] or '–'} | {one['events']}"
            f" | {one['destroyed_seq'] or '–'} | {leaf} |"
        )


def _header(words: tuple[str, ...], language: Language) -> Iterator[str]:
    yield "".join(f"| {word(one, language)} " for one in words) + "|"
    yield "|---" * len(words) + "|"


def _leaves(conn: Connection, keyring: Keyring, act: Act) -> dict[int, str]:
    name = hashed_name(keyring, act.ledger, act_name(act.number))
    rows = conn.execute(_SQL["places_of_act"], [act.ledger, act.ledger, name])
    return {seq: bytes(leaf).hex() for seq, leaf in rows}
