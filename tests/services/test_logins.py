"""Services with a login each, and nobody among them who may change the schema."""

from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from events import schema
from events.keyring import KeyringError
from services.migrating import migrate
from services.servers import Servers, ServersError, addresses, conninfo, looking_role
from services.system import prepare

pytestmark = pytest.mark.servers


def login(monkeypatch: pytest.MonkeyPatch, database: str, *roles: str) -> None:
    """Gives these logins' URLs, and no migrator's."""
    monkeypatch.delenv("BAGALAU_POSTGRES_URL", raising=False)
    for role in roles:
        url = make_conninfo(database, user=f"bagalau_{role}")
        monkeypatch.setenv(f"BAGALAU_POSTGRES_URL_{role.upper()}", url)


def test_a_login_alone_gives_the_server_and_nothing_more(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    login(monkeypatch, "dbname=results host=db.example", "auditor")
    found = addresses(home)
    assert (found.embedded, found.migrates) == (False, False)
    assert conninfo_to_dict(conninfo(found, "bagalau_auditor"))["user"] == "bagalau_auditor"
    with pytest.raises(ServersError, match="BAGALAU_POSTGRES_URL_WRITER") as other:
        conninfo(found, "bagalau_writer")
    assert other.value.code == "role-url-missing"
    assert looking_role(found) == "bagalau_auditor"
    with pytest.raises(ServersError, match="BAGALAU_POSTGRES_URL is not set") as migrator:
        migrate(found)
    assert migrator.value.code == "migrator-url-missing"


def test_with_the_migrators_url_the_login_is_a_sessions_own(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    login(monkeypatch, "dbname=results", "auditor")
    monkeypatch.setenv("BAGALAU_POSTGRES_URL", "dbname=results user=migrator")
    found = addresses(home)
    assert found.migrates
    assert conninfo_to_dict(conninfo(found))["user"] == "migrator"
    assert conninfo_to_dict(conninfo(found, "bagalau_auditor"))["user"] == "bagalau_auditor"
    assert conninfo_to_dict(conninfo(found, "bagalau_writer"))["options"] == "-c role=bagalau_writer"


def test_a_service_looks_and_does_not_migrate(
    monkeypatch: pytest.MonkeyPatch, home: Path, empty_database: str, servers: Servers
) -> None:
    if not servers.embedded:
        pytest.skip("the logins of given servers ask for passwords")
    schema.migrate(empty_database, "0005")
    login(monkeypatch, empty_database, "writer", "auditor")
    given = Servers(empty_database, servers.nats_url, migrates=False)
    with pytest.raises(schema.SchemaError, match="bagalau migrate") as behind:
        prepare(home, given, ["intake"])
    assert behind.value.code == "schema-behind"
    assert schema.current(empty_database) == "0005"
    done = migrate(Servers(empty_database, ""))
    assert [(one.schema, one.before) for one in done] == [("ledger", "0005"), ("projection", None)]
    assert [one.before for one in migrate(Servers(empty_database, ""))] == [one.after for one in done]
    with pytest.raises(KeyringError) as none:
        prepare(home, given, ["witness"])
    assert none.value.code == "keyring-missing"
    # Whoever writes makes the first keyring; the others find it.
    made = prepare(home, given, ["witness", "intake"])
    assert prepare(home, given, ["witness"]).signing.raw == made.signing.raw
    with pytest.raises(ServersError) as lacking:
        prepare(home, given, ["projector"])
    assert lacking.value.code == "role-url-missing"
