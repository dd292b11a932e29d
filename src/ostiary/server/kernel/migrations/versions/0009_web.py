"""Which columns of a table somebody wants to see."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0009_web"
down_revision = "0008_sign_in_issuer"


def upgrade() -> None:
    op.create_table(
        "web_columns",
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("table_name", sa.Text, nullable=False),
        sa.Column("columns", pg.ARRAY(sa.Text), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "table_name", name=op.f("pk_web_columns")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["platform_users.id"],
            name=op.f("fk_web_columns_user_id_platform_users"),
            ondelete="CASCADE",
        ),
    )
