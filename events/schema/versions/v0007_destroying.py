"""What the destroyer may write, and under which key-encryption key new keys may be wrapped."""

from events.schema.script import run_beside

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_beside(__file__)
