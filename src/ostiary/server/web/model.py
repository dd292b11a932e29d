"""What people chose for themselves."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from ostiary.server.kernel.tables import metadata

web_columns = sa.Table(
    "web_columns",
    metadata,
    sa.Column(
        "user_id",
        sa.BigInteger,
        sa.ForeignKey("platform_users.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("columns", pg.ARRAY(sa.Text), nullable=False),
)
"""The columns that somebody wants to see of a table. No row: those that the table shows first."""
