"""A viewer is registered in his own ledger, in a role that belongs there, by a key that is one (cl. 13)."""

from base64 import b64encode

import pytest

from tests.facts import BODY, appointed, fact, registered
from tests.outcomes import outcome

KEY = b64encode(bytes(range(32))).decode()
GIVEN = [registered(), appointed()]


def viewer(code: str = "e-1", role: str = "servant", key: str = KEY, *, body: str = BODY) -> bytes:
    return fact("ViewerRegistered", {"viewer": code, "role": role, "key": key}, body=body)


def revoked(code: str = "e-1", *, body: str = BODY) -> bytes:
    return fact("ViewerRevoked", {"viewer": code, "reason": "he left"}, body=body)


@pytest.mark.parametrize("role", ["servant", "hr", "appointing"])
def test_a_body_registers_its_own(role: str) -> None:
    assert outcome(GIVEN, viewer(role=role)) == "recorded"
    assert outcome(GIVEN, viewer(role=role, body="agency")) == "viewer-role-elsewhere"


@pytest.mark.parametrize("role", ["central", "auditor"])
def test_the_agency_registers_central_hr_and_auditors(role: str) -> None:
    assert outcome(GIVEN, viewer("central-2", role, body="agency")) == "recorded"
    assert outcome(GIVEN, viewer("central-2", role)) == "viewer-role-elsewhere"


def test_another_role_is_refused() -> None:
    assert outcome(GIVEN, viewer(role="king")) == "unknown-viewer-role"


def test_a_servant_is_one_whom_the_body_employs_and_hr_need_not_be() -> None:
    assert outcome(GIVEN, viewer("nobody")) == "unknown-employee"
    assert outcome(GIVEN, viewer("nobody", "hr")) == "recorded"


@pytest.mark.parametrize(
    "key",
    [
        KEY[:-1],
        KEY + "=",
        "!" + KEY[1:],
        b64encode(bytes(31)).decode(),
        KEY.replace("=", ""),
        KEY[:-2] + "9=",
    ],
)
def test_a_key_is_32_bytes_in_the_one_way_to_write_them(key: str) -> None:
    assert outcome(GIVEN, viewer(key=key)) == "key-malformed"


def test_another_key_replaces_the_first_and_one_who_was_revoked_may_come_again() -> None:
    other = b64encode(bytes(32)).decode()
    assert outcome([*GIVEN, viewer()], viewer(key=other)) == "recorded"
    assert outcome([*GIVEN, viewer(), revoked()], viewer()) == "recorded"


def test_only_a_viewer_is_revoked_and_only_once() -> None:
    assert outcome(GIVEN, revoked()) == "unknown-viewer"
    assert outcome([*GIVEN, viewer()], revoked()) == "recorded"
    assert outcome([*GIVEN, viewer(), revoked()], revoked()) == "viewer-revoked"
