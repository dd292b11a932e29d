"""Tables of the kernel."""

from __future__ import annotations

import sqlalchemy as sa

from ostiary.server.kernel.tables import instant, metadata

audit_entries = sa.Table(
    "audit_entries",
    metadata,
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    instant("at"),
    sa.Column("actor_kind", sa.Text, nullable=False),
    sa.Column("actor_id", sa.Text, nullable=False),
    sa.Column("actor_name", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("object_type", sa.Text, nullable=False),
    sa.Column("object_id", sa.Text, nullable=False),
    # json and not jsonb: the text that was hashed has to come back as it went in
    sa.Column("before", sa.JSON),
    sa.Column("after", sa.JSON),
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Index("ix_audit_entries_object", "object_type", "object_id", "sequence"),
    sa.Index("ix_audit_entries_actor", "actor_id", "sequence"),
    sa.Index("ix_audit_entries_action", "action", "sequence"),
    sa.Index("ix_audit_entries_at", "at"),
)

audit_head = sa.Table(
    "audit_head",
    metadata,
    sa.Column("single", sa.Boolean, primary_key=True),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.CheckConstraint("single", name="single_row"),
)

encryption_keys = sa.Table(
    "encryption_keys",
    metadata,
    sa.Column("key_id", sa.Text, primary_key=True),
    instant("first_used_at"),
)

queue_migrations = sa.Table(
    "queue_migrations",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
)
