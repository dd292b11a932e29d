"""Tables of sign-in: people and services, what they prove who they are with, and for how long."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ostiary.server.kernel.tables import instant, metadata, primary_key, public_id

DIGEST = sa.LargeBinary(32)
"""SHA-256 of a secret that we gave away and did not keep."""


def _user(*, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(
        "user_id",
        sa.BigInteger,
        sa.ForeignKey("platform_users.id", ondelete="CASCADE"),
        nullable=False,
        primary_key=primary_key,
    )


platform_users = sa.Table(
    "platform_users",
    metadata,
    primary_key(),
    public_id(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("email", sa.Text),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    instant("created_at"),
    instant("updated_at"),
    instant("deleted_at", nullable=True),
    sa.CheckConstraint("kind IN ('human', 'service')", name="kind"),
    sa.CheckConstraint("status IN ('enabled', 'disabled', 'deleted')", name="status"),
    sa.CheckConstraint("origin IN ('local', 'directory', 'oidc', 'system')", name="origin"),
    sa.CheckConstraint("kind = 'service' OR email IS NOT NULL", name="people_have_email"),
)
sa.Index(
    "uq_platform_users_email",
    sa.func.lower(platform_users.c.email),
    unique=True,
    postgresql_where=platform_users.c.status != "deleted",
)
sa.Index(
    "ix_platform_users_elsewhere",
    sa.func.lower(sa.func.left(platform_users.c.display_name, 200)),
    platform_users.c.public_id,
    postgresql_where=platform_users.c.origin != "directory",
)

sa.Index(
    "ix_platform_users_deleted",
    platform_users.c.id,
    postgresql_where=platform_users.c.status == "deleted",
)

user_roles = sa.Table(
    "user_roles",
    metadata,
    _user(primary_key=True),
    sa.Column("role_id", sa.String(27), primary_key=True),
    instant("assigned_at"),
    sa.Index("ix_user_roles_role_id", "role_id"),
)

user_identities = sa.Table(
    "user_identities",
    metadata,
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    _user(),
    instant("linked_at"),
    sa.Index("ix_user_identities_user_id", "user_id"),
)

user_passwords = sa.Table(
    "user_passwords",
    metadata,
    _user(primary_key=True),
    sa.Column("hash", sa.Text, nullable=False),
    instant("changed_at"),
)

web_sessions = sa.Table(
    "web_sessions",
    metadata,
    primary_key(),
    sa.Column("digest", DIGEST, nullable=False, unique=True),
    _user(),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("user_agent", sa.Text, nullable=False),
    instant("created_at"),
    instant("seen_at"),
    instant("expires_at"),
    sa.Index("ix_web_sessions_user_id", "user_id"),
    sa.Index("ix_web_sessions_expires_at", "expires_at"),
)

one_time_links = sa.Table(
    "one_time_links",
    metadata,
    primary_key(),
    sa.Column("digest", DIGEST, nullable=False, unique=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("platform_users.id", ondelete="CASCADE")),
    instant("expires_at"),
    sa.CheckConstraint("purpose IN ('bootstrap', 'password')", name="purpose"),
    sa.CheckConstraint("(purpose = 'bootstrap') = (user_id IS NULL)", name="whose"),
    sa.Index("ix_one_time_links_user_id", "user_id"),
)

sign_in_attempts = sa.Table(
    "sign_in_attempts",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    instant("window_ends_at"),
)

api_clients = sa.Table(
    "api_clients",
    metadata,
    primary_key(),
    public_id(),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    _user(),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    sa.Column("scoped_roles", ARRAY(sa.Text), nullable=False),
    sa.Column("networks", ARRAY(sa.Text), nullable=False),
    instant("created_at"),
    instant("updated_at"),
    instant("expires_at", nullable=True),
    instant("last_used_at", nullable=True),
    instant("deleted_at", nullable=True),
    sa.CheckConstraint("kind IN ('pcc', 'spc')", name="kind"),
    sa.Index("ix_api_clients_user_id", "user_id", "id"),
)

access_tokens = sa.Table(
    "access_tokens",
    metadata,
    sa.Column("digest", DIGEST, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("client_name", sa.Text, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False),
    instant("issued_at"),
    instant("expires_at"),
    sa.Index("ix_access_tokens_expires_at", "expires_at"),
)

used_assertions = sa.Table(
    "used_assertions",
    metadata,
    sa.Column("digest", DIGEST, primary_key=True),
    instant("expires_at"),
    sa.Index("ix_used_assertions_expires_at", "expires_at"),
)

device_authorizations = sa.Table(
    "device_authorizations",
    metadata,
    primary_key(),
    public_id(),
    sa.Column("device_digest", DIGEST, nullable=False, unique=True),
    sa.Column("user_code", sa.Text, nullable=False, unique=True),
    sa.Column("client_id", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("platform_users.id", ondelete="CASCADE")),
    instant("expires_at"),
    sa.CheckConstraint("state IN ('pending', 'approved', 'denied', 'redeemed')", name="state"),
    sa.CheckConstraint(
        "state NOT IN ('approved', 'redeemed') OR user_id IS NOT NULL", name="approved_by"
    ),
    sa.Index("ix_device_authorizations_expires_at", "expires_at"),
)
