"""The outbox of mail, and whether mail is on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0006_notify"
down_revision = "0005_directory"


def upgrade() -> None:
    _create_mails()
    op.create_table(
        "mail_switches",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("on", sa.Boolean, nullable=False),
        _instant("since", nullable=False),
        sa.CheckConstraint("name IN ('operator', 'server')", name=op.f("ck_mail_switches_name")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mail_switches")),
    )


def _create_mails() -> None:
    op.create_table(
        "mails",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("public_id", sa.String(27), nullable=False),
        sa.Column("user_id", sa.String(27), nullable=False, comment="the recipient"),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("context", pg.JSONB, nullable=False, comment="what its template shows"),
        sa.Column(
            "once",
            sa.Text,
            nullable=True,
            comment="the recipient gets one mail with this key, ever",
        ),
        sa.Column("state", sa.Text, nullable=False),
        _instant("created_at", nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        _instant("next_attempt_at", nullable=True),
        _instant("sent_at", nullable=True),
        sa.Column("last_error", sa.Text, nullable=False, server_default=""),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'failed', 'suppressed')", name=op.f("ck_mails_state")
        ),
        sa.CheckConstraint(
            "(state = 'queued') = (next_attempt_at IS NOT NULL)", name=op.f("ck_mails_queued_whole")
        ),
        sa.CheckConstraint(
            "(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_mails_sent_whole")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mails_public_id")),
    )
    once = sa.text("once IS NOT NULL")
    op.create_index(
        "uq_mails_once", "mails", ["once", "user_id"], unique=True, postgresql_where=once
    )
    due = sa.text("next_attempt_at IS NOT NULL")
    op.create_index("ix_mails_due", "mails", ["next_attempt_at"], postgresql_where=due)
    op.create_index("ix_mails_state", "mails", ["state", "id"])


def _instant(name: str, *, nullable: bool) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
