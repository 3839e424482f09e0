"""Where the commands on archives get at ledgers and keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from services.cli.viewing import As, looking

if TYPE_CHECKING:
    from events.keyring import Keyring
    from projections.archives.parts import KeysOf
    from services.archivist.found import Reading


@contextmanager
def ledgers(reader: As, body: str, year: int) -> "Iterator[tuple[Reading, Path]]":
    """What an export reads, once it is recorded as whom; and the home.

    Raises ViewerError for one who may not see the whole body.
    """
    from services.archivist.found import Reading
    from services.cli.known_ledgers import check_ledgers
    from services.servers import connect, home_directory

    with looking(reader, "archive export") as here:
        check_ledgers(here.system, [body])
        here.disclose_everybody([body], str(year))
        # The login that proves holds no right to a key, and the one that opens none to a proof.
        with connect(here.servers, "bagalau_auditor", autocommit=True) as proving:
            yield Reading(proving, here.system, here.keyring), home_directory()


@contextmanager
def keys_of_everybody(data: memoryview, reader: As, escrow_key: Path | None) -> "Iterator[KeysOf]":
    """The documents' keys: the escrow's, or the system's, once it is recorded who reads."""
    from projections.archives.parts import Archive
    from services.archivist.opening import system_keys

    if escrow_key is not None:
        yield _escrow(data, escrow_key)
        return
    found = Archive(data, lambda _, __: {}).manifest
    with looking(reader, "archive replay") as here:
        here.disclose_everybody([found.body], str(found.year))
        yield system_keys(here.system, here.keyring)


@contextmanager
def keys_of_person(
    data: memoryview, reader: As, escrow_key: Path | None, employee: str
) -> "Iterator[tuple[KeysOf, Keyring | None]]":
    """One person's keys, as far as the reader is shown them; with the system's the keyring."""
    from projections.archives.failures import ArchiveError
    from projections.archives.parts import Archive
    from services.archivist.opening import system_keys

    if escrow_key is not None:
        yield _escrow(data, escrow_key), None
        return
    found = Archive(data, lambda _, __: {}).manifest
    with (
        looking(reader, "archive extract") as here,
        here.of_person(found.body, employee, str(found.year), papers=True, rows=False) as shown,
    ):
        if shown is None:
            raise ArchiveError("unknown-employee", f"no employee {employee} is known in {found.body}")
        yield system_keys(shown.conn, here.keyring), here.keyring


def _escrow(data: memoryview, key: Path) -> "KeysOf":
    from projections.archives.parts import escrow_keys
    from services.archivist.key_files import escrow_private

    return escrow_keys(data, escrow_private(key))


def log_keys(given: str | None) -> list[bytes]:
    """The log's public keys in a file, the one that is given itself, or that of the home's keyring.

    Raises KeyFileError, ArchiveError `log-key-missing` where nothing tells the key, and typer.BadParameter
    for what is neither a file nor a key.
    """
    from events.keyring import KeyringError
    from projections.archives.failures import ArchiveError
    from services.archivist import key_files

    if given is not None:
        if Path(given).is_file():
            return key_files.log_keys(Path(given))
        return [_log_key(given)]
    try:
        return [keyring().log_key.public_key().public_bytes_raw()]
    except KeyringError as error:
        if error.code != "keyring-missing":
            raise
        raise ArchiveError(
            "log-key-missing",
            "No keyring here tells the log's public key",
            "Name it with --key FILE; the installation prints it with `bagalau archive key`.",
        ) from None


def _log_key(text: str) -> bytes:
    from events.checkpoint import CheckpointError, parse_vkey

    try:
        return parse_vkey(text.strip()).public_key
    except CheckpointError:
        raise typer.BadParameter(
            f"{text} is neither a file nor a key; name the file or line that `bagalau archive key` printed",
            param_hint="--key",
        ) from None


def keyring() -> "Keyring":
    """The home's keyring, whether or not its servers run."""
    from services.keys import keyring_path, open_keyring
    from services.servers import home_directory

    return open_keyring(keyring_path(home_directory()))
