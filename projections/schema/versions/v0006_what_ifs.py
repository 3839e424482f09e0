"""Questions leave no generation any more."""

from events.schema.script import run_beside

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_beside(__file__)
