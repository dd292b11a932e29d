"""Who issues tokens to workloads, and which of them stand for which service."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0010_workload_federation"
down_revision = "0009_web"


def _instant(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "workload_providers",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("public_id", sa.String(27), nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("bundle_url", sa.Text, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        _instant("created_at"),
        _instant("updated_at"),
        _instant("deleted_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workload_providers")),
        sa.UniqueConstraint("public_id", name=op.f("uq_workload_providers_public_id")),
    )
    op.create_index(
        "ix_workload_providers_issuer",
        "workload_providers",
        ["issuer"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "workload_trusts",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("public_id", sa.String(27), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("provider_id", sa.BigInteger, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("condition", sa.Text, nullable=False),
        sa.Column("scoped_roles", pg.ARRAY(sa.Text), nullable=False),
        sa.Column("networks", pg.ARRAY(sa.Text), nullable=False),
        sa.Column("passthrough_claims", pg.ARRAY(sa.Text), nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        _instant("created_at"),
        _instant("updated_at"),
        _instant("last_used_at", nullable=True),
        _instant("deleted_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workload_trusts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_workload_trusts_public_id")),
        sa.UniqueConstraint("name", name=op.f("uq_workload_trusts_name")),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["workload_providers.id"],
            name=op.f("fk_workload_trusts_provider_id_workload_providers"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["platform_users.id"],
            name=op.f("fk_workload_trusts_user_id_platform_users"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_workload_trusts_user_id", "workload_trusts", ["user_id", "id"])
    op.create_index("ix_workload_trusts_provider_id", "workload_trusts", ["provider_id", "id"])
