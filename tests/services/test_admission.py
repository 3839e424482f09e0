"""How a client is admitted to a NATS of one's own, by what its environment says."""

import ssl
from pathlib import Path

import pytest

from services.broker import new_key, write_seed
from services.servers import ServersError, admission, inbox

URL = "tls://nats.example:4222"


@pytest.fixture(autouse=True)
def _given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAGALAU_NATS_URL", URL)
    for name in ("BAGALAU_NATS_NKEY", "BAGALAU_NATS_CA"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def seed_file(tmp_path: Path) -> Path:
    file = tmp_path / "alpha.nk"
    write_seed(file, new_key(b"\x01" * 32))
    return file


def test_the_homes_own_server_is_entered_by_its_url_alone(
    monkeypatch: pytest.MonkeyPatch, seed_file: Path
) -> None:
    monkeypatch.setenv("BAGALAU_NATS_NKEY", str(seed_file))
    assert admission("nats://token@127.0.0.1:4222", "alpha") == {}


def test_a_server_of_ones_own_without_accounts_needs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAGALAU_NATS_URL", "nats://nats.example:4222")
    assert admission("nats://nats.example:4222", "alpha") == {}


def test_a_key_comes_with_inboxes_of_its_own(monkeypatch: pytest.MonkeyPatch, seed_file: Path) -> None:
    monkeypatch.setenv("BAGALAU_NATS_NKEY", str(seed_file))
    options = admission(URL, "alpha")
    assert options["nkeys_seed_str"] == seed_file.read_text().strip()
    assert options["inbox_prefix"] == "_INBOX_alpha"
    monkeypatch.delenv("BAGALAU_NATS_NKEY")
    assert admission(URL, "alpha", seed_file)["nkeys_seed_str"] == options["nkeys_seed_str"]
    assert "nkeys_seed_str" not in admission(URL, "alpha")


def test_whoever_encrypts_does_so_from_the_first_byte_and_checks_the_certificate() -> None:
    options = admission(URL, "alpha")
    assert options["tls_handshake_first"] is True
    assert options["tls"].verify_mode is ssl.CERT_REQUIRED
    assert options["tls"].check_hostname


def test_a_key_that_others_can_read_is_refused(seed_file: Path) -> None:
    seed_file.chmod(0o640)
    with pytest.raises(ServersError, match="nats-key-exposed"):
        admission(URL, "alpha", seed_file)


@pytest.mark.parametrize("content", ["", "UAPUBLIC", "\x00\xff", "S"])
def test_what_is_no_seed_is_refused_and_not_repeated(tmp_path: Path, content: str) -> None:
    file = tmp_path / "odd.nk"
    file.touch(0o600)
    file.write_text(content)
    with pytest.raises(ServersError, match="nats-key-unreadable") as error:
        admission(URL, "alpha", file)
    assert not content or content not in error.value.detail.replace(str(file), "")


def test_a_missing_authority_is_told_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BAGALAU_NATS_CA", str(tmp_path / "none.crt"))
    with pytest.raises(ServersError, match="nats-ca-unreadable"):
        admission(URL, "alpha")


@pytest.mark.parametrize("name", ["a b", "a.b", "*", ">", "", "ж"])
def test_a_name_that_no_subject_can_carry_opens_no_other_inbox(name: str) -> None:
    assert inbox(name) == "_INBOX__"
