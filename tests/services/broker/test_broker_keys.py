"""Keys of bodies and services: made, shown once, replaced, taken away, and never in the configuration."""

import json
import os
import stat
from pathlib import Path

import msgspec
import nkeys
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.broker import (
    SERVICES,
    BrokerError,
    Register,
    accounts_file,
    body_rights,
    check_public,
    new_key,
    read_register,
    service_rights,
    write_register,
    write_seed,
)

seeds = st.binary(min_size=32, max_size=32)
codes = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)


@given(seeds)
def test_a_key_is_its_seeds_and_its_seed_is_not_printed(raw: bytes):
    key = new_key(raw)
    assert nkeys.from_seed(bytearray(key.seed.encode())).public_key.decode() == key.public
    assert check_public(key.public) == key.public
    assert key.seed not in f"{key} {key!r}"


@given(seeds, st.integers(0, 55), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_a_public_key_with_a_wrong_letter_is_refused(raw: bytes, at: int, letter: str):
    public = new_key(raw).public
    wrong = public[:at] + letter + public[at + 1 :]
    if wrong != public:
        with pytest.raises(BrokerError, match="nkey-malformed"):
            check_public(wrong)


@given(seeds)
def test_a_seed_given_in_the_place_of_a_public_key_is_refused_and_not_repeated(raw: bytes):
    seed = new_key(raw).seed
    with pytest.raises(BrokerError) as error:
        Register().with_body("alpha", seed)
    assert error.value.code == "nkey-malformed"
    assert seed not in str(error.value)


def test_a_seed_is_written_once_for_its_owner_alone(tmp_path: Path):
    file, key = tmp_path / "alpha.nk", new_key(os.urandom(32))
    before = os.umask(0)
    try:
        write_seed(file, key)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == f"{key.seed}\n"
    with pytest.raises(BrokerError, match="seed-exists"):
        write_seed(file, new_key(os.urandom(32)))
    assert file.read_text() == f"{key.seed}\n"


def test_a_body_has_two_keys_while_one_replaces_the_other():
    old, new = (new_key(os.urandom(32)).public for _ in range(2))
    both = Register().with_body("alpha", old).with_body("alpha", new)
    assert both.bodies == {"alpha": (old, new)}
    assert both.without_body("alpha", old).bodies == {"alpha": (new,)}
    assert both.without_body("alpha").bodies == {}
    assert both.without_body("alpha", old).without_body("alpha", new).bodies == {}
    with pytest.raises(BrokerError, match="nkey-unknown"):
        both.without_body("beta")
    with pytest.raises(BrokerError, match="nkey-unknown"):
        Register().with_body("alpha", new).without_body("alpha", old)


def test_a_key_has_one_holder():
    public = new_key(os.urandom(32)).public
    known = Register().with_body("alpha", public)
    for again in (
        lambda: known.with_body("beta", public),
        lambda: known.with_body("alpha", public),
        lambda: known.with_service("intake", public),
    ):
        with pytest.raises(BrokerError, match="nkey-taken"):
            again()


@pytest.mark.parametrize("code", ["", "*", ">", "a.b", "Alpha", "a b", "a\n", "-a", "альфа", "a" * 49])
def test_a_code_that_is_none_gets_no_rights(code: str):
    with pytest.raises(BrokerError, match="body-malformed"):
        Register().with_body(code, new_key(os.urandom(32)).public)


def test_a_service_that_is_none_gets_no_rights():
    with pytest.raises(BrokerError, match="service-unknown"):
        Register().with_service("root", new_key(os.urandom(32)).public)


def test_the_register_is_read_as_it_was_written(tmp_path: Path):
    file = tmp_path / "made" / "broker.json"
    assert read_register(file) == Register()
    known = Register().with_body("alpha", new_key(os.urandom(32)).public)
    known = known.with_service("intake", new_key(os.urandom(32)).public)
    write_register(file, known)
    assert read_register(file) == known


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "register-unreadable"),
        (b'{"format": 2}', "register-unreadable"),
        (b'{"format": 1, "others": {}}', "register-unreadable"),
        (b'{"format": 1, "bodies": {"*": ["U"]}}', "nkey-malformed|body-malformed"),
    ],
)
def test_a_register_that_was_tampered_with_gives_no_rights(tmp_path: Path, content: bytes, code: str):
    file = tmp_path / "broker.json"
    file.write_bytes(content)
    with pytest.raises(BrokerError, match=code):
        read_register(file)


@given(st.dictionaries(codes, seeds, max_size=5, min_size=1), seeds)
def test_the_configuration_holds_public_keys_and_no_seed(bodies: dict[str, bytes], raw: bytes):
    keys = {code: new_key(seed) for code, seed in bodies.items()}
    known = Register()
    for code, key in keys.items():
        if any(key.public in held for held in known.bodies.values()):
            continue
        known = known.with_body(code, key.public)
    text = accounts_file(known)
    for key in (*keys.values(), new_key(raw)):
        assert key.seed not in text
        assert key.seed.encode() not in msgspec.json.encode(known)
    accounts = json.loads(text.partition("accounts: ")[2])
    assert set(accounts) == {"BAGALAU", *(f"BODY-{code}" for code in known.bodies)}


@given(codes, codes)
def test_no_right_of_one_body_names_another(one: str, other: str):
    if one == other:
        return
    rights = body_rights(one)
    for subject in (*rights.publish, *rights.subscribe):
        tokens = subject.split(".")
        named = {one, f"body-{one}", f"_INBOX_{one}"}
        assert named & set(tokens)
        # Nothing but the very end is left open.
        assert not {"*", ">"} & set(tokens[:-1])


def test_every_service_has_rights_of_its_own_and_none_has_all():
    for name in SERVICES:
        rights = service_rights(name)
        assert not {"*", ">", "$JS.>", "$JS.API.>", "facts.>"} & {*rights.publish, *rights.subscribe}
