"""The broker as its operator meets it: TLS, keys that come and go, limits, and the commands."""

import asyncio
import os
import subprocess
from pathlib import Path

import nats
import nats.errors
import pytest
from nats.js.errors import APIError

from services import streams
from services.broker import BODY_MAX_PAYLOAD, body_durable, limit_bodies, new_key
from tests.brokers import HOST, ONLOOKER, Broker, User
from tests.services.cli.commands import command, environment

pytestmark = pytest.mark.servers


async def quiet(_: Exception) -> None:
    """Refusals are what is expected here."""


async def refused(broker: Broker, **options: object) -> None:
    with pytest.raises((nats.errors.Error, OSError, TimeoutError, asyncio.IncompleteReadError)):
        await nats.connect(
            **{
                "servers": broker.url,
                "allow_reconnect": False,
                "connect_timeout": 2,
                "error_cb": quiet,
                **options,
            }  # type: ignore[arg-type]
        )


# Who gets in


async def test_without_a_key_or_with_a_strangers_nobody_gets_in(broker: Broker) -> None:
    encrypted = {"tls": broker.trusting, "tls_handshake_first": True}
    await refused(broker, **encrypted)
    await refused(broker, **encrypted, user="alpha", password="alpha")
    await refused(broker, **encrypted, nkeys_seed_str=new_key(os.urandom(32)).seed)
    assert broker.logged().count("authentication error") >= 3


async def test_nothing_is_said_in_the_clear(broker: Broker) -> None:
    await refused(broker, servers=f"nats://{HOST}:{broker.port}", nkeys_seed_str=broker.keys["alpha"].seed)
    reader, writer = await asyncio.open_connection(HOST, broker.port)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await reader.readline()
    writer.close()


async def test_a_server_whose_certificate_nobody_vouches_for_is_not_talked_to(broker: Broker) -> None:
    await refused(broker, tls_handshake_first=True, nkeys_seed_str=broker.keys["alpha"].seed)


# Keys that come and go


async def test_a_key_is_replaced_and_a_body_removed_without_a_restart(own_broker: Broker) -> None:
    broker = own_broker
    old = broker.keys["alpha"]
    async with broker.user("alpha") as under_old, broker.user("beta") as other:
        new = new_key(os.urandom(32))
        broker.register = broker.register.with_body("alpha", new.public)
        broker.configure()
        broker.reload()
        async with broker.user("alpha", new.seed) as under_new:
            for one in (under_old, under_new):
                await one.client.jetstream().publish("facts.alpha.ScoreSubmitted", b"{}")
            broker.register = broker.register.without_body("alpha", old.public)
            broker.configure()
            broker.reload()
            await until_closed(under_old)
            await refused(broker, tls=broker.trusting, tls_handshake_first=True, nkeys_seed_str=old.seed)
            await under_new.client.jetstream().publish("facts.alpha.ScoreSubmitted", b"{}")
            broker.register = broker.register.without_body("alpha")
            broker.configure()
            broker.reload()
            await until_closed(under_new)
        await other.client.jetstream().publish("facts.beta.ScoreSubmitted", b"{}")
        assert other.errors == []
        assert not other.client.is_closed


async def until_closed(user: User) -> None:
    async with asyncio.timeout(5):
        await user.closed.wait()


async def test_a_body_that_joins_later_is_served_after_a_reload(own_broker: Broker) -> None:
    broker = own_broker
    broker.register = broker.register.with_body("gamma", broker.key("gamma").public)
    broker.configure()
    broker.reload()
    await broker.provision()
    async with broker.user("relay") as relay, broker.user("gamma") as gamma:
        await relay.client.jetstream().publish("events.gamma.ResultAnnounced", b"its own")
        pull = await gamma.client.jetstream().pull_subscribe_bind(body_durable("gamma"), streams.EVENTS)
        (message,) = await pull.fetch(1, timeout=5)
        await message.ack_sync()
        assert message.data == b"its own"


# Limits: whoever meets his own stops himself


async def test_a_body_at_its_limit_of_stored_facts_stops_itself_alone(own_broker: Broker) -> None:
    async with own_broker.user("provisioner") as provisioner:
        await limit_bodies(provisioner.client.jetstream(), 5)
    async with own_broker.user("alpha") as greedy, own_broker.user("beta") as modest:
        for number in range(5):
            await greedy.client.jetstream().publish(f"facts.alpha.Type{number}", b"{}")
        with pytest.raises(APIError, match="maximum messages per subject exceeded"):
            await greedy.client.jetstream().publish("facts.alpha.YetAnotherType", b"{}")
        await modest.client.jetstream().publish("facts.beta.ScoreSubmitted", b"{}")


async def test_a_message_beyond_the_limit_is_refused_and_ends_its_own_connection(broker: Broker) -> None:
    async with broker.user("alpha") as greedy, broker.user("beta") as modest:
        assert greedy.client.max_payload == BODY_MAX_PAYLOAD
        await greedy.client.jetstream().publish("facts.alpha.T", b"x" * (BODY_MAX_PAYLOAD - 1024))
        await greedy.send("facts.alpha.T", b"x" * (BODY_MAX_PAYLOAD + 1))
        await until_closed(greedy)
        await modest.client.jetstream().publish("facts.beta.ScoreSubmitted", b"{}")
    assert "maximum payload exceeded" in broker.logged()


async def test_connections_and_subscriptions_of_a_body_are_counted(own_broker: Broker) -> None:
    async with own_broker.user("beta") as modest:
        held = [await connected(own_broker, "alpha") for _ in range(16)]
        with pytest.raises((nats.errors.Error, OSError)):
            await connected(own_broker, "alpha")
        for client in held:
            await client.close()
        async with own_broker.user("alpha") as greedy:
            for _ in range(300):
                await greedy.client.subscribe("receipts.alpha.>")
            await until_closed(greedy)
        assert "maximum subscriptions exceeded" in own_broker.logged()
        await modest.client.jetstream().publish("facts.beta.ScoreSubmitted", b"{}")
        assert modest.errors == []


async def connected(broker: Broker, name: str) -> nats.NATS:
    return await nats.connect(
        broker.url,
        tls=broker.trusting,
        tls_handshake_first=True,
        nkeys_seed_str=broker.keys[name].seed,
        allow_reconnect=False,
        error_cb=quiet,
    )


async def test_a_body_that_asks_without_end_for_its_events_holds_up_nobody(own_broker: Broker) -> None:
    fetch = f"$JS.API.CONSUMER.MSG.NEXT.EVENTS.{body_durable('alpha')}"
    async with own_broker.user("alpha") as greedy, own_broker.user("beta") as modest:
        for _ in range(2000):
            await greedy.client.publish(
                fetch, b'{"batch": 1000, "expires": 60000000000}', reply="_INBOX_alpha.x"
            )
        await greedy.settled()
        await modest.client.jetstream().publish("facts.beta.ScoreSubmitted", b"{}", timeout=5)
        async with own_broker.user(ONLOOKER) as onlooker:
            told = await onlooker.client.jetstream().consumer_info(streams.EVENTS, body_durable("alpha"))
            assert (told.num_waiting or 0) <= 64


# The commands


def run(
    broker: Broker, home: Path, *arguments: str, user: str = "provisioner"
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("broker", *arguments),
        env={
            **environment(home),
            "PYTHONPATH": str(Path(__file__).parents[3]),
            "BAGALAU_BROKER": str(broker.register_file),
            **broker.environment(user),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_a_body_is_added_by_the_commands_and_told_its_seed_in_a_file_alone(
    own_broker: Broker, tmp_path: Path, home: Path
) -> None:
    seed_file = tmp_path / "given" / "gamma.nk"
    seed_file.parent.mkdir()
    added = run(own_broker, home, "add-body", "gamma", "-o", str(seed_file))
    assert added.returncode == 0, added.stderr
    seed = seed_file.read_text().strip()
    listed = run(own_broker, home, "list", "--json")
    assert added.stdout.strip() in listed.stdout
    own_broker.accounts.unlink()
    written = run(own_broker, home, "config", "-o", str(own_broker.accounts))
    assert written.returncode == 0, written.stderr
    reloaded = run(own_broker, home, "reload", str(own_broker.pid_file))
    assert reloaded.returncode == 0, reloaded.stderr
    own_broker.until("Reloaded server configuration", 2)
    made = run(own_broker, home, "provision")
    assert "1 durables made, 0 removed" in made.stdout, made.stderr
    async with own_broker.user("gamma", seed) as gamma:
        await gamma.client.jetstream().publish("facts.gamma.ScoreSubmitted", b"{}")
    said = "".join(done.stdout + done.stderr for done in (added, listed, written, made))
    for text in (
        said,
        own_broker.accounts.read_text(),
        own_broker.register_file.read_text(),
        own_broker.logged(),
    ):
        assert seed not in text
    removed = run(own_broker, home, "remove-body", "gamma")
    assert removed.returncode == 0, removed.stderr
    assert "0 durables made, 1 removed" in run(own_broker, home, "provision").stdout


def test_what_cannot_be_done_is_told_with_its_code(
    own_broker_files: Broker, home: Path, tmp_path: Path
) -> None:
    seed_file = tmp_path / "kept.nk"
    seed_file.write_text("kept")
    for arguments, code in (
        (("add-body", "Gamma", "-o", str(tmp_path / "x.nk")), "body-malformed"),
        (("add-body", "gamma", "-o", str(seed_file)), "seed-exists"),
        (("add-body", "gamma", "--public-key", "SUAKEPT"), "nkey-malformed"),
        (("add-service", "root", "-o", str(tmp_path / "y.nk")), "service-unknown"),
        (("remove-body", "gamma"), "nkey-unknown"),
        (("reload", str(seed_file)), "nats-not-running"),
    ):
        done = run(own_broker_files, home, *arguments)
        assert (done.returncode, done.stderr.partition(":")[2].partition(":")[0].strip()) == (1, code)
    assert seed_file.read_text() == "kept"
    assert not (tmp_path / "x.nk").exists()
    assert run(own_broker_files, home, "add-body", "gamma").returncode == 2
