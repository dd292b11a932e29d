"""Indexes of the few that questions are about: disabled, from outside, near roles."""

import sqlalchemy as sa
from alembic import op

revision = "0016_explore"
down_revision = "0015_connector_changes"

FEW = {
    "disabled": "status = 'disabled'",
    "guests": "profile ->> 'userType' = 'Guest' OR login LIKE '%#EXT#%'",
    "assignable": "profile ->> 'is_assignable_to_role' = 'true'",
}


def upgrade() -> None:
    for name, condition in FEW.items():
        op.create_index(
            f"ix_resource_versions_{name}",
            "resource_versions",
            ["resource_id"],
            postgresql_where=sa.text(condition),
        )
