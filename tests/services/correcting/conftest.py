"""A country under several acts whose results were told, and whoever corrects one of them."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from events.keyring import Keyring
from events.log import Connection
from projections.live import Live
from projections.rebuild import claims
from projections.rebuild.filling import Filler
from services.correcting.correction import Correcting
from services.servers import Servers, connect
from tests.facts import sanctioned
from tests.projections.recorded import Recorder, catch_up, folded, sample
from tests.services.correcting.small_world import OVERALL, world


@pytest.fixture
def founded(owner: Connection, keys: Keyring) -> Recorder:
    """Nothing but what the agency's ledger holds from the first day."""
    return Recorder(owner, keys)


@pytest.fixture
def bodies(founded: Recorder) -> Recorder:
    """Two bodies under one act."""
    founded.record(world())
    catch_up(founded.conn, Live(founded.log.keyring))
    return founded


@pytest.fixture
def overall(tmp_path: Path) -> Path:
    """The correction by which a sanction caps the whole score, for the act of both bodies."""
    file = tmp_path / "overall.toml"
    file.write_text(OVERALL)
    return file


@pytest.fixture
def country(founded: Recorder) -> Recorder:
    """Bodies under all families of acts; every second servant was sanctioned in two of the quarters, late."""
    assert founded.record(sample(2500, bodies=5, seed=4)) > 2000
    people = sorted({(one.body, one.employee) for one in folded(founded.conn, founded.log)})
    lines = [
        sanctioned(sanction, day, employee, body=body)
        for body, employee in people[::2]
        for sanction, day in (("severe-reprimand", "2026-02-10"), ("demotion", "2026-08-10"))
    ]
    assert founded.record(under_their_bodies(lines)) > len(people) // 2
    catch_up(founded.conn, Live(founded.log.keyring))
    return founded


def under_their_bodies(lines: list[bytes]) -> list[bytes]:
    """Sanctions name their body within the data; a line names it outside."""
    found = []
    for line in lines:
        envelope = json.loads(line)
        found.append(json.dumps({**envelope, "body": envelope["data"].pop("body")}).encode())
    return found


@pytest.fixture
def folders(own_servers: Servers, keys: Keyring) -> Iterator[None]:
    """Somebody who folds whatever is to be folded, as a projector does beside its work."""
    stop = threading.Event()

    def fold() -> None:
        with (
            connect(own_servers, "bagalau_projector", autocommit=True) as reading,
            connect(own_servers, "bagalau_projector", autocommit=True) as writing,
        ):
            claims.be_present(reading)
            filler = Filler(reading, writing, keys)
            while not stop.wait(0.02):
                while (claim := claims.take(reading, "projector")) is not None:
                    filler.fill(claim, lambda *_: None)

    thread = threading.Thread(target=fold)
    thread.start()
    yield
    stop.set()
    thread.join()


@pytest.fixture
def correcting(own_servers: Servers, keyring_file: Path, folders: None) -> Correcting:
    assert folders is None
    return Correcting(own_servers, keyring_file)
