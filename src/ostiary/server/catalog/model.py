"""Tables of the catalogue.

What exists is one row in an identity table for good; what is true of it is a version with the
time it was true, `valid_from` included and `valid_to` not. The version that is true now ends at
infinity; something that is gone has none. What people edit here lies in tables of its own, which
no sync touches.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from ostiary.server.kernel.tables import instant, metadata, primary_key, public_id

CURRENT = sa.text("valid_to = 'infinity'")


def _reference(name: str, table: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, sa.ForeignKey(f"{table}.id"), nullable=nullable)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _validity() -> tuple[sa.Column[object], sa.Column[object]]:
    return instant("valid_from"), instant("valid_to", server_default=sa.text("'infinity'"))


apps = sa.Table(
    "apps",
    metadata,
    primary_key(),
    public_id(),
    _text("display_name"),
    sa.Column("edited_name", sa.Text),
    _text("description"),
    sa.Column("managed", sa.Boolean, nullable=False),
    _reference("parent_id", "apps", nullable=True),
    # the resource of the parent's connector that this app was discovered as; no foreign key,
    # resources refer to feeds and feeds to apps
    sa.Column("discovered_resource_id", sa.BigInteger),
    instant("created_at"),
    instant("deleted_at", nullable=True),
    instant("gone_at", nullable=True),
    sa.Index("uq_apps_discovered_resource_id", "discovered_resource_id", unique=True),
    sa.Index("ix_apps_parent_id", "parent_id"),
)

"""`edited_name` wins over the name that a connector gives. `deleted_at`: somebody here deleted it;
`gone_at`: the connector that discovered it does not tell of it any more."""

connector_feeds = sa.Table(
    "connector_feeds",
    metadata,
    primary_key(),
    sa.Column("connector_id", sa.String(27), nullable=False, unique=True),
    _reference("app_id", "apps"),
    sa.Column("hold_large_drops", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Index("ix_connector_feeds_app_id", "app_id"),
)
"""A connector as the catalogue sees it: where a part of an app's inventory comes from."""

resource_types = sa.Table(
    "resource_types",
    metadata,
    primary_key(),
    public_id(),
    _reference("feed_id", "connector_feeds"),
    sa.Column("external_id", sa.Text, nullable=False),
    instant("created_at"),
    sa.UniqueConstraint("feed_id", "external_id"),
)

resource_type_versions = sa.Table(
    "resource_type_versions",
    metadata,
    primary_key(),
    _reference("resource_type_id", "resource_types"),
    *_validity(),
    sa.Column("digest", pg.UUID, nullable=False),
    _text("display_name"),
    _text("description"),
    sa.Column("traits", pg.ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Index(
        "uq_resource_type_versions_current",
        "resource_type_id",
        unique=True,
        postgresql_where=CURRENT,
    ),
    sa.Index("ix_resource_type_versions_time", "resource_type_id", "valid_from"),
)

resources = sa.Table(
    "resources",
    metadata,
    primary_key(),
    public_id(),
    _reference("feed_id", "connector_feeds"),
    _reference("resource_type_id", "resource_types"),
    sa.Column("external_id", sa.Text, nullable=False),
    instant("created_at"),
    sa.UniqueConstraint("resource_type_id", "external_id"),
    sa.Index("ix_resources_feed_id", "feed_id"),
)

resource_versions = sa.Table(
    "resource_versions",
    metadata,
    primary_key(),
    _reference("resource_id", "resources"),
    *_validity(),
    sa.Column("digest", pg.UUID, nullable=False),
    _reference("parent_id", "resources", nullable=True),
    _text("display_name"),
    _text("description"),
    sa.Column("status", sa.Text, nullable=False, server_default="unspecified"),
    _text("status_details"),
    instant("source_created_at", nullable=True),
    _text("login"),
    sa.Column("login_aliases", pg.ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("emails", pg.ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("profile", pg.JSONB, nullable=False, server_default="{}"),
    sa.Column("traits", pg.JSONB, nullable=False, server_default="{}"),
    sa.Index("uq_resource_versions_current", "resource_id", unique=True, postgresql_where=CURRENT),
    sa.Index("ix_resource_versions_time", "resource_id", "valid_from"),
    sa.Index("ix_resource_versions_parent", "parent_id", postgresql_where=CURRENT),
    sa.Index(
        "ix_resource_versions_disabled",
        "resource_id",
        postgresql_where=sa.text("status = 'disabled'"),
    ),
    sa.Index(
        "ix_resource_versions_guests",
        "resource_id",
        postgresql_where=sa.text("profile ->> 'userType' = 'Guest' OR login LIKE '%#EXT#%'"),
    ),
    sa.Index(
        "ix_resource_versions_assignable",
        "resource_id",
        postgresql_where=sa.text("profile ->> 'is_assignable_to_role' = 'true'"),
    ),
)
"""`emails` with the primary one first. `traits` by name, without what has a column."""

sa.Index(
    "ix_resource_versions_name",
    sa.func.lower(sa.func.left(resource_versions.c.display_name, 200)),
    resource_versions.c.resource_id,
)
"""The beginning of the name: an index takes no text of any length."""

resource_usage = sa.Table(
    "resource_usage",
    metadata,
    primary_key(),
    _reference("resource_id", "resources"),
    *_validity(),
    instant("last_used_at"),
    sa.Index("uq_resource_usage_current", "resource_id", unique=True, postgresql_where=CURRENT),
    sa.Index("ix_resource_usage_time", "resource_id", "valid_from"),
)
"""Last login of accounts and last use of secrets: apart, for it changes with every sync."""

entitlements = sa.Table(
    "entitlements",
    metadata,
    primary_key(),
    public_id(),
    _reference("feed_id", "connector_feeds"),
    sa.Column("external_id", sa.Text, nullable=False),
    instant("created_at"),
    sa.UniqueConstraint("feed_id", "external_id"),
)

entitlement_versions = sa.Table(
    "entitlement_versions",
    metadata,
    primary_key(),
    _reference("entitlement_id", "entitlements"),
    *_validity(),
    sa.Column("digest", pg.UUID, nullable=False),
    _reference("resource_id", "resources"),
    _text("display_name"),
    _text("description"),
    _text("slug"),
    sa.Column("purpose", sa.Text, nullable=False, server_default="unspecified"),
    sa.Column("grantable_to", pg.ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("immutable_reason", sa.Text),
    sa.Column("immutable_code", sa.Text),
    sa.Column("annotations", pg.JSONB, nullable=False, server_default="[]"),
    sa.Index(
        "uq_entitlement_versions_current", "entitlement_id", unique=True, postgresql_where=CURRENT
    ),
    sa.Index("ix_entitlement_versions_time", "entitlement_id", "valid_from"),
    sa.Index("ix_entitlement_versions_resource", "resource_id", "entitlement_id"),
)
"""`immutable_reason` is NULL where grants can be made and taken, '' where no reason is told;
`immutable_code` is the same for programs, NULL where the connector tells none."""

resource_edits = sa.Table(
    "resource_edits",
    metadata,
    sa.Column("resource_id", sa.BigInteger, sa.ForeignKey("resources.id"), primary_key=True),
    sa.Column("display_name", sa.Text),
    sa.Column("description", sa.Text),
)
"""NULL: not edited, what the connector says counts."""

entitlement_edits = sa.Table(
    "entitlement_edits",
    metadata,
    sa.Column("entitlement_id", sa.BigInteger, sa.ForeignKey("entitlements.id"), primary_key=True),
    sa.Column("display_name", sa.Text),
    sa.Column("description", sa.Text),
    sa.Column("slug", sa.Text),
    sa.Column("alias", sa.Text, unique=True),
)

account_edits = sa.Table(
    "account_edits",
    metadata,
    sa.Column("resource_id", sa.BigInteger, sa.ForeignKey("resources.id"), primary_key=True),
    sa.Column("account_type", sa.Text, nullable=False, server_default="user"),
    sa.Column("owner_decided", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("owner_user_id", sa.String(27)),
    sa.CheckConstraint("account_type in ('user', 'service', 'system')", name="account_type"),
    sa.CheckConstraint("owner_decided or owner_user_id is null", name="owner_decided"),
)
"""Decided with no owner: somebody cleared it, and correlation leaves it so."""

linked_groups = sa.Table(
    "linked_groups",
    metadata,
    primary_key(),
    _reference("app_id", "apps"),
    _reference("group_id", "resources"),
    sa.Column("choice", sa.Text, nullable=False),
    _reference("entitlement_id", "entitlements", nullable=True),
    _reference("members_id", "entitlements", nullable=True),
    sa.Column("trigger_scim", sa.Boolean, nullable=False, server_default=sa.false()),
    instant("decided_at"),
    sa.CheckConstraint("choice in ('create_role', 'provision', 'skip')", name="choice"),
    sa.CheckConstraint(
        "choice = 'skip' or (entitlement_id is not null and members_id is not null)",
        name="backed",
    ),
    sa.UniqueConstraint("app_id", "group_id"),
    sa.Index("ix_linked_groups_entitlement_id", "entitlement_id"),
    sa.Index("ix_linked_groups_members_id", "members_id"),
)
"""What was decided about a group of the identity provider that an app is assigned to; no row, no
decision. Granting `entitlement_id` means granting `members_id`, the membership in the group, and
with `trigger_scim`, where the connector offers it, starting the app's SCIM job afterwards. Of
'create_role' the entitlement was made here, and who is in the group holds it."""

owners = sa.Table(
    "owners",
    metadata,
    primary_key(),
    sa.Column("object_type", sa.Text, nullable=False),
    sa.Column("object_id", sa.BigInteger, nullable=False),
    sa.Column("user_id", sa.String(27)),
    _reference("entitlement_id", "entitlements", nullable=True),
    sa.CheckConstraint("object_type in ('app', 'resource', 'entitlement')", name="object_type"),
    sa.CheckConstraint("(user_id is null) <> (entitlement_id is null)", name="one_owner"),
    sa.UniqueConstraint(
        "object_type",
        "object_id",
        "user_id",
        "entitlement_id",
        postgresql_nulls_not_distinct=True,
        name="uq_owners_once",
    ),
    sa.Index("ix_owners_user_id", "user_id"),
)
"""Of an app, a resource or an entitlement: people, and everybody who holds an entitlement."""
