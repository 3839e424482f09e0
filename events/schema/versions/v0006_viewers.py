"""Viewers: what a transaction says of itself, whom a disclosure admits, and rows shown by that alone."""

from events.schema.script import run_beside

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_beside(__file__)
