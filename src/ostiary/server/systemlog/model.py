"""The table of proofs of the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ostiary.server.kernel.tables import instant, metadata, primary_key

audit_verifications = sa.Table(
    "audit_verifications",
    metadata,
    primary_key(),
    instant("asked_at"),
    sa.Column("asked_by", sa.Text, nullable=False),
    instant("finished_at", nullable=True),
    sa.Column("entries", sa.BigInteger, comment="how many were read"),
    sa.Column("sequence", sa.BigInteger, comment="of the last one"),
    sa.Column("hash", sa.LargeBinary, comment="of the last one"),
    sa.Column("problems", JSONB, nullable=False, server_default="[]"),
    sa.CheckConstraint(
        "(finished_at IS NULL) = (entries IS NULL) AND (entries IS NULL) = (sequence IS NULL) "
        "AND (sequence IS NULL) = (hash IS NULL)",
        name="finished_whole",
    ),
)
