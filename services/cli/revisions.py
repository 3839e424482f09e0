"""`bagalau methodologies revisions`: how the acts came to read as they do, from the agency's ledger."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from services.cli.output import AsJsonLines, console, moment, print_line, print_table

if TYPE_CHECKING:
    from methodologies.registry import Methodology, Revision
    from services.correcting.revisions import Ledgered, Revised

_Row: TypeAlias = tuple[int | None, str | None, str, str]
"""A revision's number and standing in its first row; when something was recorded, and what."""

IN_FORCE = "in-force"

_STANDINGS = {"in-force": "in force", "replaced": "replaced", "laid-down": "laid down, not active"}


def revisions(
    identity: Annotated[
        str | None, typer.Argument(metavar="ID", help="An act's id; without it all that are published.")
    ] = None,
    *,
    as_json: AsJsonLines = False,
) -> None:
    """Lists every revision of every act as the ledger `agency` has it: when, by whom, why, and for whom.

    A revision is in force when it decides something now, replaced when later ones took its whole place,
    and laid down when it was recorded and never made the law. `show ID --revision N` tells how one reads,
    `diff ID@1 ID@2` what differs between two. What a body adopted for itself is in its own ledger.
    """
    from msgspec.json import encode
    from rich.markup import escape

    held = ledgered()
    if identity is not None:
        known(held, identity)
    found = held.revisions(identity)
    if as_json:
        for one in found:
            print_line(encode(one))
        return
    for act in dict.fromkeys(one.methodology for one in found):
        own = [one for one in found if one.methodology == act]
        rows = [(*row, escape(what)) for *row, what in _rows(own)]
        print_table(act, ["revision", "standing", "recorded (Almaty)", "what"], rows)
    corrected = [one for one in found if one.revision > 1]
    if corrected:
        act, last = corrected[-1].methodology, corrected[-1].revision
        say(f"What differs: `bagalau methodologies diff {act}@{last - 1} {act}@{last}`.")


def ledgered() -> "Ledgered":
    """The law as the home's database has it, for whoever holds its keyring; it is of no servant.

    Raises what `attached` does.
    """
    from services.cli.attached import attached
    from services.correcting.revisions import read
    from services.servers import connect
    from services.viewers.looking import SYSTEM_LOGIN

    with (
        attached() as (servers, keyring, _),
        connect(servers, SYSTEM_LOGIN, autocommit=True, application_name="bagalau-reading") as conn,
    ):
        return read(conn, keyring)


def known(held: "Ledgered", identity: str) -> "Methodology":
    """The act as the ledger has it; a mistake of the caller's where it has none."""
    acts = held.law.methodologies
    if identity not in acts:
        raise typer.BadParameter(
            f"no act {identity} is published; there are {', '.join(sorted(acts)) or 'none'}", param_hint="ID"
        )
    return acts[identity]


def chosen(held: "Ledgered", identity: str, which: str, hint: str = "--revision") -> "Revision":
    """The revision by its number, or the one in force that was activated last; else a mistake of usage."""
    found = known(held, identity)
    if which == IN_FORCE:
        return found.current
    if not (which.isascii() and which.isdecimal()) or int(which) not in found.revisions:
        there = ", ".join(map(str, sorted(found.revisions)))
        raise typer.BadParameter(f"{identity} has the revisions {there}; or {IN_FORCE}", param_hint=hint)
    return found.revisions[int(which)]


def tell_revision(held: "Ledgered", revision: "Revision") -> None:
    """How a revision came to be, and which others decide beside it."""
    own = held.revisions(revision.act.id)
    (told,) = [one for one in own if one.revision == revision.number]
    say(f"  Revision {told.revision}, {_standing(told)}:")
    for _, _, at, what in _of_revision(told):
        say(f"  {at}: {what}")
    beside = [one.revision for one in own if one.standing == "in-force" and one is not told]
    if beside:
        numbers = ", ".join(map(str, beside))
        say(f"  In force too, for others: {numbers} (`bagalau methodologies revisions {revision.act.id}`).")


def say(text: str) -> None:
    console.print(text, highlight=False, markup=False)


def _rows(own: "list[Revised]") -> Iterator[_Row]:
    for one in own:
        yield from _of_revision(one)
    last = own[-1]
    for adopted in last.adopted:
        until = "" if adopted.until_period is None else f" until {adopted.until_period}"
        what = f"adopted for every body by {adopted.actor}, from {adopted.from_period} on{until}"
        yield None, None, moment(adopted.recorded_at), what
    if last.repealed is not None:
        what = f"repealed on {last.repealed.on} by {last.repealed.actor}: {last.repealed.reason}"
        yield None, None, moment(last.repealed.recorded_at), what


def _of_revision(one: "Revised") -> Iterator[_Row]:
    """A row for what laid it down, and one for each time that it became the law."""
    from services.correcting.in_words import scope_in_words

    word = "published" if one.event == "MethodologyPublished" else "laid down"
    why = "" if one.reason is None else f": {one.reason}"
    first = f"{word} by {one.actor}{why}"
    at_once = [activated for activated in one.activated if activated.seq == one.seq]
    if at_once:
        first = f"{first}; the law for all bodies from then on"
    yield one.revision, _standing(one), moment(one.recorded_at), first
    for activated in one.activated[len(at_once) :]:
        whom = scope_in_words(activated.from_period, activated.bodies, decided_too=activated.decided_too)
        yield None, None, moment(activated.recorded_at), f"the law for {whom}"


def _standing(one: "Revised") -> str:
    return _STANDINGS[one.standing]
