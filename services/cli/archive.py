"""`bagalau archive`: a body's year as one file that proves itself, and one person's part of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from methodologies.model.clause import Language
from services.cli import archive_keys, archive_told
from services.cli.output import REFUSED, AsJson, console, print_json, progress_console
from services.cli.viewing import As, reading

_ArchiveFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The archive.")]
_Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]
_EscrowKey = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="The escrow's private key, for an archive made for it."),
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    archive = typer.Typer(
        help="A body's assessed year as one file: exported, verified, replayed, extracted from.",
        no_args_is_help=True,
    )
    archive.command("export")(export)
    archive.command("verify")(verify)
    archive.command("replay")(replay)
    archive.command("extract")(extract)
    archive.command("escrow")(escrow)
    archive.command("key")(key)
    app.add_typer(archive, name="archive")


@reading
def export(
    body: Annotated[str, typer.Argument(help="The body's code.")],
    year: Annotated[int, typer.Argument(min=1991, max=2999, help="The assessed year.")],
    *,
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write.")],
    escrow: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="An escrow's public key: the archive carries the documents' keys, sealed to it.",
        ),
    ] = None,
    force: _Force = False,
    as_json: AsJson = False,
    reader: As,
) -> None:
    """Writes a body's year to one file: its sealed documents, the law, the grades, and what proves them.

    The file holds ciphertext. Without --escrow it carries no keys: it opens where the system's database and
    keyring are, and what is destroyed there is lost in it too. With --escrow whoever holds the escrow's
    private key opens it for ever, also what was destroyed since. Documents destroyed before are left out and
    counted. The file is verified before it takes its name.
    """
    from datetime import UTC, datetime

    from services.archivist.exporting import Order
    from services.archivist.exporting import export as exported
    from services.archivist.files import check_free
    from services.archivist.key_files import escrow_public

    # Before anything is read, which is recorded.
    check_free(output, force=force)
    public_key = None if escrow is None else escrow_public(escrow)
    with (
        archive_keys.ledgers(reader, body, year) as (ledgers, home),
        _counting("exporting persons") as passed,
    ):
        order = Order(body, year, datetime.now(UTC), _release(), public_key)
        done = exported(ledgers, home, order, output, force=force, passed=passed)
    counts = done.manifest.counts
    if as_json:
        print_json({"file": str(output), "bytes": done.length, **archive_told.manifest(done.manifest)})
        return
    console.print(
        f"{output}: {counts.persons} persons, {counts.grades} grades, {counts.documents} documents,"
        f" {counts.events} events of {body} in {year}; {done.length:,} bytes.",
        highlight=False,
    )
    if counts.destroyed:
        console.print(f"{counts.destroyed} documents of the ledger were destroyed.", highlight=False)
    if public_key is None:
        console.print(
            "It carries no keys: it opens with this system's database and keyring.", highlight=False
        )


def verify(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="An archive or an extract.")],
    *,
    key: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="The log's public key, from `bagalau archive key`: a file, or the key itself"
            " (`bagalau/agency+…`); else that of the home's keyring.",
        ),
    ] = None,
    lang: Annotated[Language, typer.Option(help="The language to show an extract in.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Proves that an archive, or an extract, is what was written and what the log holds.

    Needs no database and no network, and no key but the log's public one. Every byte is covered: a flipped
    bit, a missing, added or moved event, a cut or longer file are found and named. Of an extract the proofs,
    the signature and the seals are checked, the grades derived anew, and what it tells is shown. Exit code 1
    when anything is not as it should be.
    """
    from projections.archives import checking
    from projections.archives.extract import is_extract
    from services.archivist.extracting import check
    from services.archivist.files import mapped

    keys = archive_keys.log_keys(key)
    with file.open("rb") as opened, mapped(opened) as data:
        if is_extract(bytes(data[:64])):
            found = check(bytes(data), keys)
            archive_told.tell_extract(found, lang, as_json=as_json)
            ok = found.ok
        else:
            with _counting("verifying events") as passed:
                events = [0]

                def counted(count: int) -> None:
                    events[0] += count
                    passed(events[0], 0)

                checked = checking.check(data, keys, counted)
            archive_told.tell_archive(checked, as_json=as_json)
            ok = checked.ok
    if not ok:
        raise typer.Exit(REFUSED)


@reading
def replay(
    file: _ArchiveFile,
    *,
    escrow_key: _EscrowKey = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="List what is explained too.")] = False,
    as_json: AsJson = False,
    reader: As,
) -> None:
    """Derives every grade of an archive anew from the file alone, and each told result under its day's law.

    The keys come from the escrow, or from this system's database and keyring as far as they are still there.
    Run `bagalau archive verify` first: a replay trusts the file. Exit code 1 when anything is unexplained.
    """
    from projections.archives.parts import Archive
    from projections.archives.replaying import replay as replayed
    from services.archivist.files import mapped

    with (
        file.open("rb") as opened,
        mapped(opened) as data,
        archive_keys.keys_of_everybody(data, reader, escrow_key) as keys_of,
        _counting("replaying events") as passed,
    ):
        archive = Archive(data, keys_of)
        events = [0]

        def counted(count: int) -> None:
            events[0] += count
            passed(events[0], archive.manifest.counts.events)

        found = replayed(archive, counted)
    if as_json:
        print_json(archive_told.replayed(found))
    else:
        archive_told.tell_replay(found, verbose=verbose)
    if found.unexplained:
        raise typer.Exit(REFUSED)


@reading
def extract(
    file: _ArchiveFile,
    *,
    employee: Annotated[str, typer.Option(help="The employee's code in his body.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The file to write; its text goes beside it, with `.txt` added."),
    ] = None,
    escrow_key: _EscrowKey = None,
    force: _Force = False,
    as_json: AsJson = False,
    reader: As,
) -> None:
    """Takes one person's dossier out of an archive, opened and proven by itself: what goes to a court.

    JSON with each event, its inclusion proof (C2SP tlog-proof) and the key that opens it, the grades and
    their explanation in Kazakh, Russian and English; the same as a text for people. Without -o the JSON is
    printed. It opens what it holds to everybody: hand it over confidentially.
    """
    from datetime import UTC, datetime
    from hashlib import sha256

    from projections.archives.extract import encode
    from projections.archives.parts import Archive
    from services.archivist.extracting import Making, text_of
    from services.archivist.extracting import extract as extracted
    from services.archivist.files import check_free, mapped, written_whole
    from services.cli.output import print_line

    text = None if output is None else output.with_name(f"{output.name}.txt")
    for path in (output, text):
        if path is not None:
            check_free(path, force=force)
    with (
        file.open("rb") as opened,
        mapped(opened) as data,
        archive_keys.keys_of_person(data, reader, escrow_key, employee) as (keys_of, keyring),
    ):
        making = Making(datetime.now(UTC), _release(), keyring.log_key if keyring else None)
        found = extracted(data, Archive(data, keys_of), employee, making, keyring)
    encoded = encode(found)
    if output is None or text is None:
        print_line(encoded.removesuffix(b"\n"))
        return
    with written_whole(output, force=force) as written, written_whole(text, force=force) as beside:
        written.write(encoded)
        beside.write(text_of(found, sha256(encoded).hexdigest()).encode())
    told = {
        "file": str(output),
        "text": str(text),
        "employee": employee,
        "events": len(found.events),
        "grades": len(found.grades),
        "signed": bool(found.signature),
    }
    if as_json:
        print_json(told)
    else:
        console.print(
            f"{output} and {text}: {len(found.grades)} grades, {len(found.events)} events,"
            f" {'signed by the log' if found.signature else 'proven by the log, signed by nobody'}.",
            found.reveals,
            sep="\n",
            highlight=False,
        )


def escrow(
    *,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The private key's file; `.pub` is added for the other.")
    ],
    force: _Force = False,
) -> None:
    """Makes the pair of keys of an escrow: the public one for `export`, the private one to be locked away."""
    from services.archivist.key_files import make_escrow

    public = output.with_name(f"{output.name}.pub")
    make_escrow(output, public, force=force)
    console.print(f"{output}: the private key. {public}: the public one.", highlight=False, soft_wrap=True)


def key(
    *,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write it there.")
    ] = None,
) -> None:
    """Prints the log's public key, which `verify --key` takes: hand it to others by a way they trust."""
    from services.archivist.key_files import log_key_line
    from services.cli.output import print_line

    line = log_key_line(archive_keys.keyring().log_key)
    if output is None:
        print_line(line.encode())
    else:
        output.write_text(f"{line}\n", encoding="utf-8")
        progress_console.print(f"{output}: the log's public key.", highlight=False, soft_wrap=True)


def _release() -> str:
    from importlib.metadata import version

    return version("bagalau")


@contextmanager
def _counting(what: str) -> Iterator[Callable[[int, int], None]]:
    from services.cli.progress import bar

    with bar() as progress:
        task = progress.add_task(what, total=None)

        def passed(done: int, of: int) -> None:
            progress.update(task, completed=done, total=of or None)

        yield passed
