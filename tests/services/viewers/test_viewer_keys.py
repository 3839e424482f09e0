"""A viewer's name and key: how he is named, and what a file must be to prove anything."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from events.documents.viewer import key_bytes
from services.viewers import Proven, ViewerError, parse
from services.viewers.keys import load, make, public_text
from services.viewers.rights import check_correcting, check_extract, check_whole, right_to_person


def test_a_viewer_is_named_by_his_ledger_and_his_code() -> None:
    assert parse("zhanakorgan/e-17") == ("zhanakorgan", "e-17")
    assert parse("zhanakorgan/unit/7").code == "unit/7"
    assert str(parse("agency/central-hr")) == "agency/central-hr"


@pytest.mark.parametrize(
    "text", ["", "/", "e-17", "zhanakorgan/", "/e-17", "Zhana Korgan/e-17", "a/" + "x" * 129]
)
def test_anything_else_is_malformed(text: str) -> None:
    with pytest.raises(ViewerError) as error:
        parse(text)
    assert error.value.code == "viewer-malformed"


def test_a_key_that_was_made_is_its_owners_alone_and_is_read_back(tmp_path: Path) -> None:
    key = make(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert public_text(load(tmp_path / "key")) == public_text(key)
    assert key_bytes(public_text(key)) == key.public_key().public_bytes_raw()
    assert [one.name for one in tmp_path.iterdir()] == ["key"]


def code_of(path: Path) -> str:
    with pytest.raises(ViewerError) as error:
        load(path)
    return error.value.code


def test_no_key_takes_the_place_of_another(tmp_path: Path) -> None:
    first = make(tmp_path / "key")
    with pytest.raises(ViewerError) as error:
        make(tmp_path / "key")
    assert error.value.code == "viewer-key-exists"
    assert public_text(load(tmp_path / "key")) == public_text(first)


def test_a_key_that_is_not_there_is_open_to_others_or_is_none(tmp_path: Path) -> None:
    assert code_of(tmp_path / "none") == "viewer-key-missing"
    make(tmp_path / "open")
    (tmp_path / "open").chmod(0o640)
    assert code_of(tmp_path / "open") == "viewer-key-exposed"
    (tmp_path / "text").write_text("no key")
    (tmp_path / "text").chmod(0o600)
    assert code_of(tmp_path / "text") == "viewer-key-wrong"
    rsa = generate_private_key(65537, 2048)
    (tmp_path / "rsa").write_bytes(rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "rsa").chmod(0o600)
    assert code_of(tmp_path / "rsa") == "viewer-key-wrong"


BODY, OTHER = "zhanakorgan", "sjc"
SERVANT, HR, APPOINTING = (Proven(BODY, role, role) for role in ("servant", "hr", "appointing"))
CENTRAL, AUDITOR = (Proven("agency", role, role) for role in ("central", "auditor"))


@pytest.mark.parametrize(
    ("who", "ledger", "employee", "right"),
    [
        (SERVANT, BODY, "servant", "own"),
        (SERVANT, OTHER, "servant", "refused"),
        (SERVANT, BODY, "e-2", "rows"),
        (APPOINTING, BODY, "e-2", "rows"),
        (APPOINTING, OTHER, "e-2", "refused"),
        (HR, BODY, "e-2", "whole"),
        (HR, BODY, "hr", "whole"),
        (HR, OTHER, "e-2", "refused"),
        (CENTRAL, OTHER, "e-2", "whole"),
        (AUDITOR, BODY, "e-2", "whole"),
    ],
)
def test_what_a_role_lets_ask_for(who: Proven, ledger: str, employee: str, right: str) -> None:
    try:
        found: str = right_to_person(who, ledger, employee)
    except ViewerError as error:
        found = error.code.removeprefix("viewer-")
    assert found == right


def may(check: object, *arguments: object, **more: object) -> bool:
    try:
        check(*arguments, **more)  # type: ignore[operator]
    except ViewerError:
        return False
    return True


def test_a_whole_body_is_read_by_its_hr_and_from_the_agency() -> None:
    assert [may(check_whole, who, BODY) for who in (SERVANT, APPOINTING, HR, CENTRAL, AUDITOR)] == [
        False, False, True, True, True,
    ]  # fmt: skip
    assert not may(check_whole, HR, OTHER)


def test_extracts_are_made_by_hr_and_acts_corrected_by_central_hr() -> None:
    everyone = (SERVANT, APPOINTING, HR, CENTRAL, AUDITOR)
    assert [may(check_extract, who, BODY) for who in everyone] == [False, False, True, True, False]
    assert [may(check_correcting, who, None, applying=True) for who in everyone] == [
        False, False, False, True, False,
    ]  # fmt: skip
    assert [may(check_correcting, who, [BODY], applying=False) for who in everyone] == [
        False, False, True, True, True,
    ]  # fmt: skip
    assert not may(check_correcting, HR, None, applying=False)
    assert not may(check_correcting, HR, [BODY, OTHER], applying=False)
