"""Grades by generation, the keys of annual records, checkpoints, and what is parked."""

from events.schema.script import run_beside

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_beside(__file__)
