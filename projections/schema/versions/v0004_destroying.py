"""What the destroyer may see of projections, and the guard of the keys of annual records."""

from events.schema.script import run_beside

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_beside(__file__)
