"""What `bagalau destroy` prints: what is due, and how an act stands."""

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from methodologies.model.clause import Language
from services.cli.output import console, print_table

if TYPE_CHECKING:
    from services.destroying.acts import Act
    from services.destroying.due import Verdict


def counted(ledger: str, verdicts: "Sequence[Verdict]") -> dict[str, Any]:
    """How many papers of a body are due, by year and kind, and how many are kept, by year and reason."""
    by_year: dict[str, dict[str, Any]] = {}
    for one in verdicts:
        year = by_year.setdefault((one.period or "")[:4], {"due": Counter(), "kept": Counter()})
        if one.is_due:
            year["due"][one.paper.name.kind] += 1
        else:
            year["kept"][one.reason] += 1
    years = [{"year": year or None, **counts} for year, counts in sorted(by_year.items())]
    return {"body": ledger, "due": sum(one.is_due for one in verdicts), "years": years}


def show_due(ledger: str, verdicts: "Sequence[Verdict]", day: date, lang: Language) -> None:
    """The same as a table, with the last day until which papers are kept."""
    from services.destroying.words import word

    counts: Counter[tuple[str, str, str]] = Counter()
    until: dict[tuple[str, str, str], list[date | None]] = {}
    for one in verdicts:
        key = (one.period or "", one.paper.name.kind, one.reason or "due")
        counts[key] += 1
        until.setdefault(key, []).append(one.until)
    rows = [
        [period or "–", word(kind, lang), word(reason, lang), count, _last(until[period, kind, reason])]
        for (period, kind, reason), count in sorted(counts.items())
    ]
    heading = [word(one, lang) for one in ("period", "kind")]
    title = f"{ledger}: {word('due', lang)}, {day}: {sum(one.is_due for one in verdicts)}"
    print_table(title, [*heading, "", word("count", lang), word("until", lang)], rows)


def _last(days: "Sequence[date | None]") -> date | None:
    known = [one for one in days if one is not None]
    return max(known, default=None)


def print_act(lines: Iterable[str]) -> None:
    """An act in Markdown, its points broken between words at the width of the terminal; rows stay whole."""
    for line in lines:
        parts = [line]
        if not line.startswith("|"):
            parts = textwrap.wrap(
                line,
                console.width,
                subsequent_indent="  ",
                break_long_words=False,
                break_on_hyphens=False,
            )
        for part in parts or [""]:
            console.print(part, highlight=False, markup=False, soft_wrap=True)


def show_act(of: "Act") -> None:
    """What an act lists, in numbers, and who authorised it so far."""
    from services.destroying.words import word

    counts = Counter((one.period or "", one.kind) for one in of.documents)
    print_table(
        f"Act {of.number} of {of.ledger}: {len(of.documents)} documents due by {of.as_of}, {of.state}",
        ["period", "document", "count"],
        [[period or "–", word(kind, "en"), count] for (period, kind), count in sorted(counts.items())],
    )
    console.print(f"The list's digest is {of.digest}.", highlight=False)
    for one, said in zip(of.authorised, of.authorisations, strict=True):
        console.print(f"Authorised by {said.by_of}/{said.by} on {one.occurred_on}.", highlight=False)
