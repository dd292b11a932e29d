"""Tables of workload federation: who issues tokens, and which of them stand for which service."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ostiary.server.kernel.tables import instant, metadata, primary_key, public_id

workload_providers = sa.Table(
    "workload_providers",
    metadata,
    primary_key(),
    public_id(),
    sa.Column("issuer", sa.Text, nullable=False),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("bundle_url", sa.Text, nullable=False),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False),
    instant("created_at"),
    instant("updated_at"),
    instant("deleted_at", nullable=True),
    sa.Index(
        "ix_workload_providers_issuer",
        "issuer",
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    ),
)

workload_trusts = sa.Table(
    "workload_trusts",
    metadata,
    primary_key(),
    public_id(),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("provider_id", sa.BigInteger, sa.ForeignKey("workload_providers.id"), nullable=False),
    sa.Column(
        "user_id",
        sa.BigInteger,
        sa.ForeignKey("platform_users.id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("condition", sa.Text, nullable=False),
    sa.Column("scoped_roles", ARRAY(sa.Text), nullable=False),
    sa.Column("networks", ARRAY(sa.Text), nullable=False),
    sa.Column("passthrough_claims", ARRAY(sa.Text), nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False),
    instant("created_at"),
    instant("updated_at"),
    instant("last_used_at", nullable=True),
    instant("deleted_at", nullable=True),
    sa.Index("ix_workload_trusts_user_id", "user_id", "id"),
    sa.Index("ix_workload_trusts_provider_id", "provider_id", "id"),
)
