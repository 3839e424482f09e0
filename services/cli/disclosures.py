"""`bagalau disclosures`: who was shown a servant's results, and on what ground."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from methodologies.model.clause import Language
from services.cli.output import REFUSED, AsJsonLines, moment, print_json, print_table
from services.cli.viewing import As, looking, reading
from services.words import Trilingual, spoken

if TYPE_CHECKING:
    from services.disclosures import Shown

_WORDS: Mapping[str, Trilingual] = MappingProxyType(
    {
        "title": ("нәтижелері кімге көрсетілді", "кому показаны результаты", "who was shown the results"),
        "when": ("қашан", "когда", "when"),
        "who": ("кім", "кто", "who"),
        "role": ("рөлі", "роль", "role"),
        "what": ("не", "что", "what"),
        "ground": ("негізі", "основание", "ground"),
        "everybody": ("бүкіл орган", "весь орган", "the whole body"),
    }
)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("disclosures")(disclosures)


@reading
def disclosures(
    employee: Annotated[str, typer.Argument(help="The servant's code in his body.")],
    *,
    body: Annotated[
        str | None, typer.Option(help="The body's code, where several know the employee.")
    ] = None,
    lang: Annotated[Language, typer.Option(help="The language to tell it in.")] = "en",
    as_json: AsJsonLines = False,
    reader: As,
) -> None:
    """Lists who was shown a servant's results: by name, and with everybody's of his body since he has any.

    The servant asks for his own without a record; that others ask is recorded, and listed. Exit code 1 when
    nobody of this code is known.
    """
    from services.cli.known_ledgers import check_ledgers
    from services.disclosures import disclosures_of

    found: dict[str, tuple[Shown, ...]] = {}
    with looking(reader, "disclosures") as here:
        check_ledgers(here.reader, [] if body is None else [body])
        for ledger in here.ledgers(body):
            with here.of_person(ledger, employee, rows=False) as shown:
                of_him = (
                    None if shown is None else disclosures_of(here.system, here.keyring, ledger, employee)
                )
                if of_him is not None:
                    found[ledger] = of_him
    for ledger, its in found.items():
        if as_json:
            for one in its:
                print_json(_object(ledger, employee, one))
        else:
            columns = [_word(name, lang) for name in ("when", "who", "role", "what", "ground")]
            rows = [_row(one, lang) for one in its]
            print_table(f"{ledger}/{employee}: {_word('title', lang)}", columns, rows)
    if not found:
        where = "any body" if body is None else f"the body {body}"
        typer.echo(f"No employee {employee} is known in {where}.", err=True)
        raise typer.Exit(REFUSED)


def _object(body: str, employee: str, one: "Shown") -> dict[str, Any]:
    data = one.data
    return {
        "body": body,
        "employee": employee,
        "everybody": one.is_of_everybody,
        "seq": one.seq,
        "recorded_at": one.recorded_at,
        "viewer": f"{data.viewer_of}/{data.viewer}",
        "role": data.role,
        "what": data.what,
        "period": data.period,
        "ground": data.ground,
        "basis": data.basis,
        "key": data.key,
    }


def _row(one: "Shown", lang: Language) -> list[str]:
    from projections.history.sentences import EVENTS

    data = one.data
    ground = EVENTS.template(f"reading-ground.{data.ground}", lang)
    of = [_word("everybody", lang)] if one.is_of_everybody else []
    of += [data.period] if data.period and data.period not in data.what else []
    return [
        moment(one.recorded_at),
        f"{data.viewer_of}/{data.viewer}",
        EVENTS.template(f"viewer-role.{data.role}", lang),
        f"{data.what} ({', '.join(of)})" if of else data.what,
        ground if data.basis is None else f"{ground}: {data.basis}",
    ]


def _word(code: str, lang: Language) -> str:
    return spoken(_WORDS[code], lang)
