"""People and services that sign in, their sessions, links, API clients and tokens."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0002_auth"
down_revision = "0001_kernel"


def upgrade() -> None:
    _create_users()
    _create_ways_in()
    _create_sessions()
    _create_clients()
    _create_device_authorizations()


def _create_users() -> None:
    op.create_table(
        "platform_users",
        *_ids(),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        _instant("created_at"),
        _instant("updated_at"),
        _instant("deleted_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_platform_users"),
        sa.UniqueConstraint("public_id", name="uq_platform_users_public_id"),
        _check("platform_users", "kind", "kind IN ('human', 'service')"),
        _check("platform_users", "status", "status IN ('enabled', 'disabled', 'deleted')"),
        _check("platform_users", "origin", "origin IN ('local', 'directory', 'oidc', 'system')"),
        _check("platform_users", "people_have_email", "kind = 'service' OR email IS NOT NULL"),
    )
    op.create_index(
        "uq_platform_users_email",
        "platform_users",
        [sa.text("lower(email)")],
        unique=True,
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.create_table(
        "user_roles",
        _user("user_roles"),
        sa.Column("role_id", sa.String(27), nullable=False),
        _instant("assigned_at"),
        sa.PrimaryKeyConstraint("user_id", "role_id", name="pk_user_roles"),
    )
    op.create_index("ix_user_roles_role_id", "user_roles", ["role_id"])


def _create_ways_in() -> None:
    op.create_table(
        "user_identities",
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        _user("user_identities"),
        _instant("linked_at"),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_user_identities"),
    )
    op.create_index("ix_user_identities_user_id", "user_identities", ["user_id"])
    op.create_table(
        "user_passwords",
        _user("user_passwords"),
        sa.Column("hash", sa.Text, nullable=False),
        _instant("changed_at"),
        sa.PrimaryKeyConstraint("user_id", name="pk_user_passwords"),
    )
    op.create_table(
        "one_time_links",
        _id(),
        _digest("digest"),
        sa.Column("purpose", sa.Text, nullable=False),
        _user("one_time_links", nullable=True),
        _instant("expires_at"),
        sa.PrimaryKeyConstraint("id", name="pk_one_time_links"),
        sa.UniqueConstraint("digest", name="uq_one_time_links_digest"),
        _check("one_time_links", "purpose", "purpose IN ('bootstrap', 'password')"),
        _check("one_time_links", "whose", "(purpose = 'bootstrap') = (user_id IS NULL)"),
    )
    op.create_index("ix_one_time_links_user_id", "one_time_links", ["user_id"])


def _create_sessions() -> None:
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        _instant("window_ends_at"),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_attempts"),
    )
    op.create_table(
        "web_sessions",
        _id(),
        _digest("digest"),
        _user("web_sessions"),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("user_agent", sa.Text, nullable=False),
        _instant("created_at"),
        _instant("seen_at"),
        _instant("expires_at"),
        sa.PrimaryKeyConstraint("id", name="pk_web_sessions"),
        sa.UniqueConstraint("digest", name="uq_web_sessions_digest"),
    )
    op.create_index("ix_web_sessions_user_id", "web_sessions", ["user_id"])
    op.create_index("ix_web_sessions_expires_at", "web_sessions", ["expires_at"])


def _create_clients() -> None:
    op.create_table(
        "api_clients",
        *_ids(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        _user("api_clients"),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("scoped_roles", ARRAY(sa.Text), nullable=False),
        sa.Column("networks", ARRAY(sa.Text), nullable=False),
        _instant("created_at"),
        _instant("updated_at"),
        _instant("expires_at", nullable=True),
        _instant("last_used_at", nullable=True),
        _instant("deleted_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_clients"),
        sa.UniqueConstraint("public_id", name="uq_api_clients_public_id"),
        sa.UniqueConstraint("name", name="uq_api_clients_name"),
        _check("api_clients", "kind", "kind IN ('pcc', 'spc')"),
    )
    op.create_index("ix_api_clients_user_id", "api_clients", ["user_id", "id"])
    op.create_table(
        "access_tokens",
        _digest("digest"),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("client_name", sa.Text, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        _instant("issued_at"),
        _instant("expires_at"),
        sa.PrimaryKeyConstraint("digest", name="pk_access_tokens"),
    )
    op.create_index("ix_access_tokens_expires_at", "access_tokens", ["expires_at"])
    op.create_table(
        "used_assertions",
        _digest("digest"),
        _instant("expires_at"),
        sa.PrimaryKeyConstraint("digest", name="pk_used_assertions"),
    )
    op.create_index("ix_used_assertions_expires_at", "used_assertions", ["expires_at"])


def _create_device_authorizations() -> None:
    op.create_table(
        "device_authorizations",
        *_ids(),
        _digest("device_digest"),
        sa.Column("user_code", sa.Text, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        _user("device_authorizations", nullable=True),
        _instant("expires_at"),
        sa.PrimaryKeyConstraint("id", name="pk_device_authorizations"),
        sa.UniqueConstraint("public_id", name="uq_device_authorizations_public_id"),
        sa.UniqueConstraint("device_digest", name="uq_device_authorizations_device_digest"),
        sa.UniqueConstraint("user_code", name="uq_device_authorizations_user_code"),
        _check(
            "device_authorizations",
            "state",
            "state IN ('pending', 'approved', 'denied', 'redeemed')",
        ),
        _check(
            "device_authorizations",
            "approved_by",
            "state NOT IN ('approved', 'redeemed') OR user_id IS NOT NULL",
        ),
    )
    op.create_index("ix_device_authorizations_expires_at", "device_authorizations", ["expires_at"])


def _ids() -> tuple[sa.Column[int], sa.Column[str]]:
    return _id(), sa.Column("public_id", sa.String(27), nullable=False)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False)


def _digest(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(32), nullable=False)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _user(table: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(
        "user_id",
        sa.BigInteger,
        sa.ForeignKey(
            "platform_users.id", ondelete="CASCADE", name=f"fk_{table}_user_id_platform_users"
        ),
        nullable=nullable,
    )


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=f"ck_{table}_{name}")


def downgrade() -> None:
    raise NotImplementedError("restore a backup to go back")
