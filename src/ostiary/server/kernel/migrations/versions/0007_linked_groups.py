"""What is decided about groups that apps are assigned to, and codes of why access is fixed."""

import sqlalchemy as sa
from alembic import op

revision = "0007_linked_groups"
down_revision = "0006_notify"


def upgrade() -> None:
    op.add_column("entitlement_versions", sa.Column("immutable_code", sa.Text, nullable=True))
    op.create_table(
        "linked_groups",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("app_id", sa.BigInteger, nullable=False),
        sa.Column("group_id", sa.BigInteger, nullable=False),
        sa.Column("choice", sa.Text, nullable=False),
        sa.Column("entitlement_id", sa.BigInteger, nullable=True),
        sa.Column("members_id", sa.BigInteger, nullable=True),
        sa.Column("trigger_scim", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "choice in ('create_role', 'provision', 'skip')", name=op.f("ck_linked_groups_choice")
        ),
        sa.CheckConstraint(
            "choice = 'skip' or (entitlement_id is not null and members_id is not null)",
            name=op.f("ck_linked_groups_backed"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linked_groups")),
        sa.UniqueConstraint("app_id", "group_id", name=op.f("uq_linked_groups_app_id_group_id")),
        _reference("app_id", "apps"),
        _reference("group_id", "resources"),
        _reference("entitlement_id", "entitlements"),
        _reference("members_id", "entitlements"),
    )
    for column in ("entitlement_id", "members_id"):
        op.create_index(f"ix_linked_groups_{column}", "linked_groups", [column])


def _reference(column: str, table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_linked_groups_{column}_{table}")
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name)
