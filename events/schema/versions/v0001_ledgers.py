"""Ledgers, events, documents, tiles, receipts, and what makes them append-only."""

from events.schema.script import run_beside

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_beside(__file__)
