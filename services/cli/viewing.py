"""As whom a command reads: the options that all such commands share, and the viewer they come to."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
import typer

if TYPE_CHECKING:
    from events.keyring import Keyring
    from services.servers import Servers
    from services.viewers import Proven
    from services.viewers.looking import Looking

Ground = Literal["service-necessity", "access-to-information", "audit", "court"]

_OPTIONS: Final[dict[str, Any]] = {
    "viewer": Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="VIEWER",
            envvar="BAGALAU_AS",
            help="As whom to read: LEDGER/CODE, such as zhanakorgan/e-17; by default this home's central HR.",
        ),
    ],
    "key": Annotated[
        Path | None,
        typer.Option(
            "--key",
            metavar="FILE",
            envvar="BAGALAU_AS_KEY",
            exists=True,
            dir_okay=False,
            help="The viewer's key.",
        ),
    ],
    "ground": Annotated[
        Ground | None,
        typer.Option(
            help="On what ground results of others are read; recorded. By default service necessity, and an"
            " audit where no viewer is named."
        ),
    ],
    "basis": Annotated[
        str | None, typer.Option(help="On what paper it rests, such as the number of a request; recorded.")
    ],
}


class As(msgspec.Struct, frozen=True):
    """As whom a command reads and why, as its options say."""

    viewer: str | None = None
    key: Path | None = None
    ground: Ground | None = None
    basis: str | None = None


def reading(command: Callable[..., None]) -> Callable[..., None]:
    """The command with --as, --key, --ground and --basis in place of its parameter `reader: As`."""
    own = inspect.signature(command)

    @wraps(command)
    def with_options(**arguments: Any) -> None:
        asked = As(**{name: arguments.pop(name) for name in _OPTIONS})
        command(**arguments, reader=asked)

    parameters = [one for one in own.parameters.values() if one.name != "reader"]
    parameters += [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        for name, kind in _OPTIONS.items()
    ]
    with_options.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    hints = {name: kind for name, kind in command.__annotations__.items() if name != "reader"}
    with_options.__annotations__ = hints | _OPTIONS
    return with_options


@contextmanager
def looking(reader: As, what: str) -> "Iterator[Looking]":
    """The servers of the home as the viewer is shown them; `what` is recorded of what is read of others.

    Raises ViewerError for one who is not proven, and what `attached` does.
    """
    from services.cli.attached import attached
    from services.viewers.looking import Asked, Looking

    with attached() as (servers, keyring, home):
        proven = proven_in(servers, keyring, home, reader)
        with Looking(servers, keyring, proven, Asked(what, ground_of(reader), reader.basis)) as found:
            yield found


def proven_in(servers: "Servers", keyring: "Keyring", home: Path, reader: As) -> "Proven":
    """The viewer that the options name, else the home's first, once he is proven. Raises ViewerError."""
    from services.servers import connect
    from services.viewers import is_demonstration, prove
    from services.viewers.first import FIRST, key_path
    from services.viewers.looking import SYSTEM_LOGIN
    from services.viewers.proving import missing_key

    name, key = reader.viewer or str(FIRST), reader.key
    if key is None and name == str(FIRST) and key_path(home).exists():
        key = key_path(home)
    in_demonstration = is_demonstration(home, servers, keyring)
    if reader.viewer is None and key is None and not in_demonstration:
        raise missing_key(FIRST)
    with connect(servers, SYSTEM_LOGIN, autocommit=True, application_name="bagalau-proving") as conn:
        return prove(conn, keyring, name, key, demonstration=in_demonstration)


def ground_of(reader: As) -> str:
    """The ground that is recorded."""
    return reader.ground or ("audit" if reader.viewer is None else "service-necessity")
