"""An index by name of those who sign in and came from no directory: few among many."""

import sqlalchemy as sa
from alembic import op

revision = "0012_users_elsewhere"
down_revision = "0011_connector_sign_ins"


def upgrade() -> None:
    op.create_index(
        "ix_platform_users_elsewhere",
        "platform_users",
        [sa.literal_column("lower(display_name)"), "public_id"],
        postgresql_where=sa.text("origin <> 'directory'"),
    )
