"""Which keyring a database belongs to; the witness says that it is alive."""

from events.schema.script import run_beside

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_beside(__file__)
