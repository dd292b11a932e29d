"""Whose sign-ins a directory's account ids are the subjects of."""

import sqlalchemy as sa
from alembic import op

revision = "0008_sign_in_issuer"
down_revision = "0007_linked_groups"


def upgrade() -> None:
    op.add_column(
        "directories", sa.Column("sign_in_issuer", sa.Text, server_default="", nullable=False)
    )
