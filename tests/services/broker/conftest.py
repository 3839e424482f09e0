"""One server for the tests of a module, as `deploy/nats` has it, with two bodies and central HR."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.brokers import Broker

BODIES = ("alpha", "beta", "agency")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Started, without streams."""
    yield from _started(tmp_path_factory.mktemp("broker"))


@pytest.fixture
async def broker(served: Broker) -> Broker:
    """With streams and durables; what a test sends stays for the next one."""
    await served.provision()
    return served


@pytest.fixture
async def own_broker(tmp_path: Path) -> AsyncIterator[Broker]:
    """For a test that changes who is who."""
    for started in _started(tmp_path):
        await started.provision()
        yield started


def _started(folder: Path) -> Iterator[Broker]:
    made = Broker(folder, BODIES)
    made.start()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def own_broker_files(tmp_path: Path) -> Broker:
    """The files of a server that does not run."""
    folder = tmp_path / "broker"
    folder.mkdir()
    return Broker(folder, BODIES)
