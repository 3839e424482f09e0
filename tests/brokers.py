"""A nats-server as `deploy/nats` has it, over TLS, with bodies and services of its own."""

import asyncio
import json
import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import nats
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from nats.aio.client import Client
from nats.js.api import StreamInfo

from services import streams
from services.broker import (
    SERVICES,
    Register,
    UserKey,
    accounts_file,
    new_key,
    provision_bodies,
    reload_server,
    write_register,
    write_seed,
)
from services.servers import inbox
from services.servers.wheels import nats_program

PAGE = Path(__file__).parents[1] / "deploy" / "nats" / "nats.conf"
HOST = "127.0.0.1"
SECONDS = 20.0

ONLOOKER = "onlooker"
"""The tests' own user in the services' account, who may do everything and hears everything."""


class Broker:
    """A server in a folder, started, reloaded and ended; keys of everybody, and what the log says."""

    def __init__(self, folder: Path, bodies: Iterable[str]) -> None:
        self.folder = folder
        self.log = folder / "nats.log"
        self.pid_file = folder / "nats.pid"
        self.authority = folder / "ca.crt"
        self.accounts = folder / "accounts.conf"
        self.register_file = folder / "broker.json"
        self.port = _free_port()
        self.url = f"tls://{HOST}:{self.port}"
        self.register = Register()
        self.keys: dict[str, UserKey] = {}
        self._process: subprocess.Popen[bytes] | None = None
        _certify(folder)
        for code in bodies:
            self.register = self.register.with_body(code, self.key(code).public)
        for name in SERVICES:
            self.register = self.register.with_service(name, self.key(name).public)
        self.key(ONLOOKER)
        self.configure()

    def key(self, name: str) -> UserKey:
        """The key of a user, made at first and kept in `<name>.nk`."""
        if name not in self.keys:
            self.keys[name] = new_key(os.urandom(32))
            write_seed(self.folder / f"{name}.nk", self.keys[name])
        return self.keys[name]

    def configure(self, *, one_account: bool = False) -> None:
        """Writes the files that the server reads: those of `deploy/nats` with this machine's paths.

        With `one_account` bodies keep their rights, and are users of the services' account.
        """
        write_register(self.register_file, self.register)
        self.accounts.write_text(self._with_onlooker(accounts_file(self.register), one_account=one_account))
        text = PAGE.read_text("utf-8")
        for there, here in (
            ("0.0.0.0:4222", f"{HOST}:{self.port}"),
            ("/run/nats/nats.pid", str(self.pid_file)),
            ("/etc/nats/server.crt", str(self.folder / "server.crt")),
            ("/etc/nats/server.key", str(self.folder / "server.key")),
            ("/var/lib/nats", str(self.folder / "store")),
            ("200GB", "1GB"),
        ):
            assert text.count(f'"{there}"' if there != "200GB" else there) == 1
            text = text.replace(there, here)
        (self.folder / "nats.conf").write_text(text)

    def _with_onlooker(self, text: str, *, one_account: bool) -> str:
        head, _, accounts = text.partition("accounts: ")
        made = json.loads(accounts)
        made["BAGALAU"]["users"].append({"nkey": self.keys[ONLOOKER].public})
        if one_account:
            bodies = [made.pop(name) for name in list(made) if name.startswith("BODY-")]
            made["BAGALAU"]["users"] += [user for body in bodies for user in body["users"]]
            made["BAGALAU"]["exports"] = []
        return f"{head}accounts: {json.dumps(made)}\n"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [nats_program(), "-c", self.folder / "nats.conf"], stdout=log, stderr=log
            )
        self.until("Server is ready")

    def reload(self) -> None:
        """As an operator does: the configuration is read anew, and nobody else's connection ends."""
        before = self.logged().count("Reloaded server configuration")
        reload_server(self.pid_file, pause=0.3)
        self.until("Reloaded server configuration", before + 2)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(SECONDS)

    def logged(self) -> str:
        return self.log.read_text(errors="replace")

    def until(self, text: str, times: int = 1) -> None:
        """Returns once the log says so."""
        end = time.monotonic() + SECONDS
        while self.logged().count(text) < times:
            assert time.monotonic() < end, f"{text!r} is not in the log:\n{self.logged()}"
            time.sleep(0.01)

    @property
    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))

    def environment(self, name: str) -> dict[str, str]:
        """What a process of this user is told."""
        return {
            "BAGALAU_NATS_URL": self.url,
            "BAGALAU_NATS_CA": str(self.authority),
            "BAGALAU_NATS_NKEY": str(self.folder / f"{name}.nk"),
        }

    @asynccontextmanager
    async def user(self, name: str, seed: str | None = None) -> AsyncIterator["User"]:
        errors: list[str] = []

        closed = asyncio.Event()

        async def note(error: Exception) -> None:
            errors.append(str(error))

        async def gone() -> None:
            closed.set()

        client = await nats.connect(
            self.url,
            tls=self.trusting,
            tls_handshake_first=True,
            nkeys_seed_str=seed or self.keys[name].seed,
            inbox_prefix=inbox(name),
            error_cb=note,
            closed_cb=gone,
            allow_reconnect=False,
        )
        try:
            yield User(client, errors, inbox(name), closed)
        finally:
            await client.close()

    async def provision(self) -> None:
        async with self.user("provisioner") as one:
            await streams.provision(one.client.jetstream())
            await provision_bodies(one.client.jetstream(), self.register.bodies)


class User:
    """A connection, and what the server forbade on it."""

    def __init__(self, client: Client, errors: list[str], inbox: str, closed: asyncio.Event) -> None:
        self.inbox = inbox
        self.closed = closed
        self.client = client
        self.errors = errors
        self.heard: list[tuple[str, bytes]] = []

    async def hear(self, *subjects: str) -> None:
        async def note(message: Any) -> None:
            self.heard.append((message.subject, message.data))

        for subject in subjects:
            await self.client.subscribe(subject, cb=note)
        await self.settled()

    async def send(self, subject: str, payload: bytes, reply: str = "") -> None:
        """Publishes what the client library would refuse by itself."""
        await self.client._send_publish(subject, reply, payload, len(payload), None)

    async def settled(self) -> None:
        """Returns once the server has taken all that was sent, and told what it forbade."""
        await self.client.flush(5)
        await asyncio.sleep(0.05)
        await self.client.flush(5)

    @property
    def forbidden(self) -> list[str]:
        """What was forbidden, in small letters: `publish <subject>` or `subscription <subject>`."""
        found = [
            re.search(r"for (publish|subscription) to \"([^\"]*)\"", error, re.IGNORECASE)
            for error in self.errors
        ]
        return [f"{one[1].lower()} {one[2]}" for one in found if one]


async def state_of(onlooker: User) -> Mapping[str, Any]:
    """Everything that JetStream keeps, without times."""
    js = onlooker.client.jetstream()
    made: dict[str, Any] = {}
    for stream in await js.streams_info():
        made[str(stream.config.name)] = _kept(
            await js.stream_info(str(stream.config.name), subjects_filter=">")
        )
        for name, config in (await streams.consumers(js, str(stream.config.name))).items():
            told = await js.consumer_info(str(stream.config.name), name)
            assert told.delivered is not None
            assert told.ack_floor is not None
            made[f"{stream.config.name} {name}"] = (
                config,
                told.delivered.consumer_seq,
                told.ack_floor.stream_seq,
                told.num_ack_pending,
                told.num_waiting,
            )
    return made


def _kept(stream: StreamInfo) -> Any:
    return stream.config, stream.state.last_seq, dict(stream.state.subjects or {})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _certify(folder: Path) -> None:
    """An authority of the test's own, and the server's certificate for the loopback address."""
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _signed("Test authority", authority_key, "Test authority", authority_key, [])
    server = _signed("nats", server_key, "Test authority", authority_key, [x509.IPAddress(ip_address(HOST))])
    (folder / "ca.crt").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    (folder / "server.crt").write_bytes(server.public_bytes(serialization.Encoding.PEM))
    (folder / "server.key").write_bytes(
        server_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    by: str,
    by_key: ec.EllipticCurvePrivateKey,
    addresses: list[x509.GeneralName],
) -> x509.Certificate:
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, by)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=not addresses, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by_key.public_key()), critical=False
        )
    )
    if addresses:
        made = made.add_extension(x509.SubjectAlternativeName(addresses), critical=False)
    return made.sign(by_key, hashes.SHA256())
