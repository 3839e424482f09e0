"""Who else has to do with a result, and which rows the server shows to which viewer."""

from events.schema.script import run_beside

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_beside(__file__)
