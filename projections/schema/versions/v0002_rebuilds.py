"""Generations and their states, and who folds which ledger of one that is being built."""

from events.schema.script import run_beside

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_beside(__file__)
