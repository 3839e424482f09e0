"""`bagalau sample`: a made-up country's facts, for trying things out."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.output import print_line, progress_console


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("sample")(sample)


def sample(
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write; standard output without it.")
    ] = None,
    bodies: Annotated[int, typer.Option(min=1, help="State bodies under the score-sheet acts.")] = 5,
    employees: Annotated[
        int | None, typer.Option(min=1, help="Servants in all; natural sizes without it.")
    ] = None,
    facts: Annotated[
        int | None, typer.Option(min=1, help="At least about so many good facts, instead of --employees.")
    ] = None,
    year: Annotated[list[int] | None, typer.Option(help="A year to live through; may be repeated.")] = None,
    quarters: Annotated[int, typer.Option(min=1, max=4, help="How many quarters of each year.")] = 4,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed makes the same country.")] = 1,
    wrong: Annotated[
        float, typer.Option(min=0, max=0.9, help="The share of wrong and malformed facts.")
    ] = 0.02,
    all_families: Annotated[
        bool, typer.Option(help="Add a body under sjc-2017 and one under arys-2022.")
    ] = False,
) -> None:
    """Writes the facts of a made-up country, one envelope a line, in the order in which they may be sent.

    Bodies adopt different acts; servants are appointed, moved, sanctioned, assessed and told; some contest
    their results before panels, commissions review them, appeals are heard; some facts are wrong on purpose,
    as they would be in life. Nobody in it exists.
    """
    if output is not None and output.exists() and not force:
        raise typer.BadParameter(f"{output} exists; --force overwrites it", param_hint="--output")
    from services.sample import Country, items
    from services.sample.country import Family

    kept: tuple[Family, ...] = ("score-sheet", "points", "targets") if all_families else ("score-sheet",)
    lived = tuple(sorted(set(year or (2026,))))
    assessed = tuple(range(1, quarters + 1))
    if facts is not None and employees is not None:
        raise typer.BadParameter("give --facts or --employees, not both")
    try:
        if facts is not None:
            country = Country.of_facts(
                facts, seed=seed, bodies=bodies, years=lived, quarters=assessed, wrong=wrong, families=kept
            )
        else:
            country = Country(
                seed=seed,
                bodies=bodies,
                employees=employees,
                years=lived,
                quarters=assessed,
                wrong=wrong,
                families=kept,
            )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    lines = (item.message for item in items(country))
    if output is None:
        for line in lines:
            print_line(line)
        return
    count = 0
    with output.open("wb") as stream:
        for line in lines:
            stream.write(line + b"\n")
            count += 1
    progress_console.print(
        f"{count} facts written to {output}.", highlight=False, markup=False, soft_wrap=True
    )
