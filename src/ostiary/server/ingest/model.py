"""The record of every sync."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from ostiary.server.kernel.tables import instant, metadata, primary_key, public_id

sync_history = sa.Table(
    "sync_history",
    metadata,
    primary_key(),
    public_id(),
    sa.Column("feed_id", sa.BigInteger, sa.ForeignKey("connector_feeds.id"), nullable=False),
    sa.Column("sync_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    instant("at"),
    instant("recorded_at"),
    sa.Column("duration_ms", sa.BigInteger, nullable=False),
    sa.Column("counts", pg.JSONB, nullable=False, server_default="{}"),
    sa.Column("deltas", pg.JSONB, nullable=False, server_default="{}"),
    sa.Column("dropped", pg.JSONB, nullable=False, server_default="{}"),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("held_file", sa.Text),
    sa.CheckConstraint(
        "state in ('applied', 'held', 'confirmed', 'superseded', 'refused')", name="state"
    ),
    sa.Index(
        "uq_sync_history_applied",
        "feed_id",
        "sync_id",
        unique=True,
        postgresql_where=sa.text("state = 'applied'"),
    ),
    sa.Index(
        "uq_sync_history_held",
        "feed_id",
        unique=True,
        postgresql_where=sa.text("state = 'held'"),
    ),
    sa.Index("ix_sync_history_feed_at", "feed_id", "at"),
)
"""`counts` and `deltas`: {kind: {resource type: number or {added, removed, changed}}}.
`dropped`: {kind: number} of what refers to things the sync does not have. A held sync ends as
confirmed, beside a record of its application, or as superseded by a newer one.
"""
