"""Accounts and resources in the order of their names, now and at any instant."""

import sqlalchemy as sa
from alembic import op

revision = "0017_names"
down_revision = "0016_explore"


def upgrade() -> None:
    op.create_index(
        "ix_resource_versions_name",
        "resource_versions",
        [sa.text('lower("left"(display_name, 200))'), "resource_id"],
    )
