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
    bench.command("rebuild")(rebuild)
    bench.command("live")(live)
    bench.command("archive")(archive)
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


def rebuild(
    *,
    events: Annotated[
        int, typer.Option(min=500, help="About how many events to fill ledgers with.")
    ] = 200_000,
    workers: Annotated[int, typer.Option(min=1, max=16, help="Processes that fold.")] = 2,
    growth: Annotated[bool, typer.Option("--growth", help="0.1, 1 and 5 million events in turn.")] = False,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Rebuilds a country's results from its ledgers, beside a bare scan of the same bytes and a peer.

    The ledgers are filled by COPY with sealed events, a key for each document, bodies of the country's sizes.
    In the same run and on the same server they are read by binary COPY on as many connections as there are
    workers, and a prefix is projected with the `eventsourcing` package, a transaction for each event.
    """
    from bench.rebuild import grow, run, show, show_growth  # noqa: PLC0415
    from services.cli.output import print_json  # noqa: PLC0415

    found = grow(workers, seed) if growth else [run(events, workers, seed)]
    if as_json:
        print_json(found if growth else found[0])
    elif growth:
        show_growth(found)
    else:
        show(found[0])


def live(
    *,
    facts: Annotated[int, typer.Option(min=1000, help="About how many facts to feed.")] = 30_000,
    intakes: Annotated[int, typer.Option(min=1, max=16, help="Processes that share the partitions.")] = 2,
    window: Annotated[int, typer.Option(min=1, help="Facts of one body on their way at once.")] = 250,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Tells how far grades lag behind receipts while facts are fed as `bench intake` feeds them.

    From when a fact's receipt is out to when its body's results are committed with it, the projector, the
    intakes and the feeders all on this machine.
    """
    from bench.live import run, show  # noqa: PLC0415
    from services.cli.output import print_json  # noqa: PLC0415

    result = run(facts, intakes, window, seed)
    if as_json:
        print_json(result)
    else:
        show(result)


def archive(
    *,
    events: Annotated[int, typer.Option(min=500, help="About how many events the body has.")] = 100_000,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Exports, verifies and replays a body's year, beside zstd alone over the same bytes.

    The ledger is filled by COPY with sealed events, a key for each document. Every grade is sealed and
    explained at export, and derived anew at replay; nothing runs beside it.
    """
    from bench.archive import run, show  # noqa: PLC0415
    from services.cli.output import print_json  # noqa: PLC0415

    result = run(events, seed)
    if as_json:
        print_json(result)
    else:
        show(result)
