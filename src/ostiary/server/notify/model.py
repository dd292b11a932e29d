"""Tables of mail: the outbox, and whether mail is on."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ostiary.server.kernel.tables import instant, metadata, primary_key, public_id
from ostiary.server.notify.rules import MailState, SwitchName

_STATES = ", ".join(f"'{state}'" for state in MailState)
_SWITCHES = ", ".join(f"'{name}'" for name in SwitchName)

mails = sa.Table(
    "mails",
    metadata,
    primary_key(),
    public_id(),
    sa.Column("user_id", sa.String(27), nullable=False, comment="the recipient"),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("context", JSONB, nullable=False, comment="what its template shows"),
    sa.Column("once", sa.Text, comment="the recipient gets one mail with this key, ever"),
    sa.Column("state", sa.Text, nullable=False),
    instant("created_at"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    instant("next_attempt_at", nullable=True),
    instant("sent_at", nullable=True),
    sa.Column("last_error", sa.Text, nullable=False, server_default=""),
    sa.CheckConstraint(f"state IN ({_STATES})", name="state"),
    sa.CheckConstraint("(state = 'queued') = (next_attempt_at IS NOT NULL)", name="queued_whole"),
    sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_whole"),
    sa.Index(
        "uq_mails_once",
        "once",
        "user_id",
        unique=True,
        postgresql_where=sa.text("once IS NOT NULL"),
    ),
    sa.Index(
        "ix_mails_due", "next_attempt_at", postgresql_where=sa.text("next_attempt_at IS NOT NULL")
    ),
    sa.Index("ix_mails_state", "state", "id"),
)

mail_switches = sa.Table(
    "mail_switches",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("on", sa.Boolean, nullable=False),
    instant("since"),
    sa.CheckConstraint(f"name IN ({_SWITCHES})", name="name"),
)
"""A mail goes out if every switch is on and was when it was written. One without a row is on."""
