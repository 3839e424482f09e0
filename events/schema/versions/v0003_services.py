"""Where the services stand: heartbeats, and how far the relay has told of each ledger."""

from events.schema.script import run_beside

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_beside(__file__)
