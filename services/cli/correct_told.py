"""What `bagalau correct` shows: who changes, from which grade to which, and what came of it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from services.cli.output import console, print_table
from services.correcting.in_words import scope_in_words

if TYPE_CHECKING:
    from services.correcting.affected import Affected
    from services.correcting.correction import Applied
    from services.correcting.demonstration import Demonstrated
    from services.correcting.proposal import Proposal
    from services.correcting.tally import Cell, Tally

_SHOWN = 20
_KINDS = ("quarterly", "annual", "competencies")


def tell_proposal(proposal: "Proposal") -> None:
    scope = proposal.scope
    whom = scope_in_words(scope.from_period, scope.bodies, decided_too=scope.decided_too)
    standing = {
        "new": "",
        "laid-down": " It is laid down already.",
        "in-force": " It is the law already for all of that.",
    }[proposal.standing]
    _say(f"{proposal.act.id}, revision {proposal.revision}: for {whom}.{standing}")


def tell_tally(tally: "Tally") -> None:
    for kind in _KINDS:
        cells = [cell for cell in tally.changed if cell.kind == kind]
        if cells:
            print_table(kind.capitalize(), _COLUMNS, _rows(cells))
    if any(cell.before == cell.after for cell in tally.changed):
        _say(
            "Where `from` and `to` are the same the grade stays: the score, a flag or what it counts changes."
        )
    if tally.turns:
        print_table(
            "What follows for servants",
            ["body", "consequence", "gained", "lost"],
            [[one.body, one.code, one.gained, one.lost] for one in tally.turns],
        )
    if tally.fixed:
        print_table(
            "Decided by a panel, a commission or an appeal: stay, and would change otherwise",
            ["body", "kind", "from", "to", "results"],
            [[one.body, one.kind, one.before, one.after, one.count] for one in tally.fixed],
        )
    for body, why, count in tally.unread:
        _say(f"{body}: {count} cannot be told of ({why}).")
    if not tally.results:
        _say(f"It changes none of the {tally.rows} results of the bodies that it is for.")
        return
    _say(
        f"{tally.results} of {tally.rows} results change, of {tally.people} servants;"
        f" {tally.announced} of them were told already."
    )


def tell_applied(applied: "Applied", *, kept: bool = True) -> None:
    """What a correction came to; without `kept` nothing is told of what is left to drop."""
    if applied.restated:
        rows = [[body, count] for body, count in sorted(applied.restated.items())]
        print_table("Announced results restated", ["body", "results"], rows)
        _say("Each is to be delivered anew (ResultDelivered); from then the right to calibration runs again.")
        _say("`bagalau replay --verbose` lists whose they are.")
    else:
        _say("No announced result changed.")
    if applied.generation is not None:
        _say(
            f"Revision {applied.revision} is the law; generation {applied.generation} is shown instead of"
            f" {applied.before}{', which `bagalau rebuild drop` drops' if kept else ''}."
        )


def tell_demonstrated(shown: "Demonstrated", *, kept: bool = True) -> None:
    """The correction from the question to who changed; nothing but the law where it was corrected before."""
    _say(f"A correction: {shown.reason}.")
    tell_proposal(shown.proposal)
    console.print()
    _say("What if:")
    tell_tally(shown.tally)
    if shown.applied is None:
        return
    console.print()
    print_table(
        "Applied: who changed",
        ["employee", "period", "score", "grade", "new score", "new grade", "told"],
        [[row[name] for name in _OF_ONE] for row in map(_changed, shown.changed[:_SHOWN])],
    )
    if len(shown.changed) > _SHOWN:
        _say(f"and {len(shown.changed) - _SHOWN} more.")
    tell_applied(shown.applied, kept=kept)


def demonstrated_to_json(shown: "Demonstrated") -> dict[str, Any]:
    """The correction as an object: what `bagalau correct` tells of it, and who changed."""
    return {
        **to_json(shown.proposal, shown.tally, shown.applied),
        "reason": shown.reason,
        "as_foretold": shown.ok,
        "changed": [_changed(one) for one in shown.changed],
    }


_OF_ONE = ("employee", "period", "score", "grade", "new_score", "new_grade", "told")


def _changed(one: "Affected") -> dict[str, Any]:
    before, after = one.before, one.after
    return {
        "body": one.grade.body,
        "kind": one.grade.kind,
        "employee": one.grade.employee,
        "position": one.grade.position,
        "period": one.grade.period,
        "score": before and before.score,
        "grade": before and (before.grade or before.status),
        "new_score": after and after.score,
        "new_grade": after and (after.grade or after.status),
        "told": "anew" if one.announced else "not yet",
    }


def to_json(proposal: "Proposal", tally: "Tally | None", applied: "Applied | None") -> dict[str, Any]:
    return {
        "methodology": proposal.act.id,
        "revision": proposal.revision,
        "standing": proposal.standing,
        "scope": msgspec.to_builtins(proposal.scope),
        "results": None if tally is None else tally.results,
        "announced": None if tally is None else tally.announced,
        "tally": None if tally is None else msgspec.to_builtins(tally),
        "applied": applied is not None,
        "generation": None if applied is None else applied.generation,
        "restated": {} if applied is None else applied.restated,
    }


_COLUMNS = ("body", "from", "to", "results", "told already")


def _rows(cells: "Iterable[Cell]") -> list[list[object]]:
    return [[cell.body, cell.before, cell.after, cell.count, cell.announced] for cell in cells]


def _say(text: str) -> None:
    console.print(text, highlight=False, markup=False)
