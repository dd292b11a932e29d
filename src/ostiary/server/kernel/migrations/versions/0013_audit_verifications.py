"""When the chain of the audit log was walked, how far, and what was wrong."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0013_audit_verifications"
down_revision = "0012_users_elsewhere"


def upgrade() -> None:
    op.create_table(
        "audit_verifications",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entries", sa.BigInteger, nullable=True, comment="how many were read"),
        sa.Column("sequence", sa.BigInteger, nullable=True, comment="of the last one"),
        sa.Column("hash", sa.LargeBinary, nullable=True, comment="of the last one"),
        sa.Column("problems", pg.JSONB, server_default="[]", nullable=False),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (entries IS NULL) AND (entries IS NULL) = (sequence IS NULL) "
            "AND (sequence IS NULL) = (hash IS NULL)",
            name=op.f("ck_audit_verifications_finished_whole"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_verifications")),
    )
