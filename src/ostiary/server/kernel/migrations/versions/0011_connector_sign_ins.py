"""Who has signed in to which tenant for a connector."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0011_connector_sign_ins"
down_revision = "0010_workload_federation"


def _instant(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "connector_sign_ins",
        sa.Column("state_digest", sa.LargeBinary, nullable=False, comment="SHA-256"),
        sa.Column("connector_id", sa.BigInteger, nullable=False),
        sa.Column("user_id", sa.String(27), nullable=False),
        sa.Column("session_digest", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        _instant("expires_at"),
        sa.PrimaryKeyConstraint("state_digest", name=op.f("pk_connector_sign_ins")),
        sa.ForeignKeyConstraint(
            ["connector_id"],
            ["connectors.id"],
            name=op.f("fk_connector_sign_ins_connector_id_connectors"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_connector_sign_ins_expires", "connector_sign_ins", ["expires_at"])
    op.create_table(
        "connector_authorizations",
        sa.Column("connector_id", sa.BigInteger, nullable=False),
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False, comment="the operator's application then"),
        sa.Column("user_id", sa.String(27), nullable=False, comment="who was signed in here"),
        sa.Column("subject", sa.Text, nullable=False, comment="the person's object in the tenant"),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        _instant("signed_in_at"),
        _instant("consented_at", nullable=True),
        sa.Column(
            "authorized_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the tenant was first of use",
        ),
        sa.PrimaryKeyConstraint("connector_id", name=op.f("pk_connector_authorizations")),
        sa.ForeignKeyConstraint(
            ["connector_id"],
            ["connectors.id"],
            name=op.f("fk_connector_authorizations_connector_id_connectors"),
            ondelete="CASCADE",
        ),
    )
