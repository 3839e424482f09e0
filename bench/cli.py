"""`bagalau bench`: how fast the parts are on this machine, one subcommand per measure."""

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Seed = Annotated[int, typer.Option(help="The sample country's seed.")]


def register(app: typer.Typer) -> None:
    """Adds the commands; what they measure with is imported when they run."""
    bench = typer.Typer(
        help="Measures how fast parts of the product are on this machine.", no_args_is_help=True
    )
    bench.command("intake")(intake)
    bench.command("rules")(rules)
    app.add_typer(bench, name="bench")


def intake(
    *,
    facts: Annotated[int, typer.Option(min=1000, help="About how many facts to feed.")] = 100_000,
    intakes: Annotated[int, typer.Option(min=1, max=16, help="Processes that share the partitions.")] = 2,
    window: Annotated[int, typer.Option(min=1, help="Facts of one body on their way at once.")] = 250,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Feeds facts from 8 feeders to the intake over NATS until each has its receipt, all on this machine.

    A fact counts once it is sealed, in its ledger's tree and committed with fsync. In the same run and on the
    same server the facts are saved with the `eventsourcing` package, one by one and in bulk, and by bare
    single inserts. Latency is from publish to receipt, under full load.
    """
    from bench.intake import run, show  # noqa: PLC0415
    from services.cli.output import print_json  # noqa: PLC0415

    result = run(facts, intakes, window, seed)
    if as_json:
        print_json(result)
    else:
        show(result)


def rules(
    *,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long to grade each family, in all.")] = 10.0,
    employees: Annotated[int, typer.Option(min=20, help="Servants of each family's bodies.")] = 600,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Grades documents in memory in one process, family by family, without steps and with them.

    The documents are a sample country's after every fact was decided; what is timed is what a rebuild does
    with them: which act governs, eligibility, the rule and the grade, quarters and years, no servers.
    """
    from bench.rules import run, show  # noqa: PLC0415
    from services.cli.output import print_json  # noqa: PLC0415

    result = run(seconds, employees, seed)
    if as_json:
        print_json(result)
    else:
        show(result)
