"""The catalogue, the grants over time and the record of syncs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0003_catalog"
down_revision = "0002_auth"


def upgrade() -> None:
    _create_apps()
    _create_grant_details()
    _create_grants()
    _create_connector_feeds()
    _create_entitlements()
    _create_resource_types()
    _create_sync_history()
    _create_entitlement_edits()
    _create_owners()
    _create_resource_type_versions()
    _create_resources()
    _create_account_edits()
    _create_entitlement_versions()
    _create_resource_edits()
    _create_resource_usage()
    _create_resource_versions()


def _create_apps() -> None:
    op.create_table(
        "apps",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("public_id", sa.String(length=27), nullable=False),
        sa.Column("display_name", sa.Text, server_default="", nullable=False),
        sa.Column("edited_name", sa.Text, nullable=True),
        sa.Column("description", sa.Text, server_default="", nullable=False),
        sa.Column("managed", sa.Boolean, nullable=False),
        sa.Column("parent_id", sa.BigInteger, nullable=True),
        sa.Column("discovered_resource_id", sa.BigInteger, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["apps.id"], name="fk_apps_parent_id_apps"),
        sa.PrimaryKeyConstraint("id", name="pk_apps"),
        sa.UniqueConstraint("public_id", name="uq_apps_public_id"),
    )
    op.create_index("ix_apps_parent_id", "apps", ["parent_id"], unique=False)
    op.create_index(
        "uq_apps_discovered_resource_id", "apps", ["discovered_resource_id"], unique=True
    )


def _create_grant_details() -> None:
    op.create_table(
        "grant_details",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("digest", sa.UUID, nullable=False),
        sa.Column("direct", sa.Boolean, nullable=False),
        sa.Column("sources", pg.JSONB, nullable=True),
        sa.Column("immutable_reason", sa.Text, nullable=True),
        sa.Column("metadata", pg.JSONB, nullable=True),
        sa.Column("expands", pg.JSONB, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_grant_details"),
        sa.UniqueConstraint("digest", name="uq_grant_details_digest"),
    )


def _create_grants() -> None:
    op.create_table(
        "grants",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("feed_id", sa.BigInteger, nullable=False),
        sa.Column("entitlement_id", sa.BigInteger, nullable=False),
        sa.Column("principal_id", sa.BigInteger, nullable=False),
        sa.Column("detail_id", sa.BigInteger, nullable=False),
        sa.Column("passed_on", sa.Boolean, nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        *_validity(),
        sa.Column("external_id", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
    )
    op.create_index(
        "ix_grants_now_principal",
        "grants",
        ["principal_id", "entitlement_id"],
        unique=False,
        postgresql_where=sa.text("valid_to = 'infinity'"),
    )
    op.create_index(
        "ix_grants_passed_on",
        "grants",
        ["entitlement_id"],
        unique=False,
        postgresql_where=sa.text("passed_on"),
    )
    op.create_index(
        "ix_grants_past",
        "grants",
        ["entitlement_id", "principal_id"],
        unique=False,
        postgresql_where=sa.text("valid_to <> 'infinity'"),
    )
    op.create_index(
        "ix_grants_past_principal",
        "grants",
        ["principal_id", "entitlement_id"],
        unique=False,
        postgresql_where=sa.text("valid_to <> 'infinity'"),
    )
    op.create_index(
        "ix_grants_valid_from", "grants", ["valid_from"], unique=False, postgresql_using="brin"
    )
    op.create_index(
        "ix_grants_valid_to",
        "grants",
        ["valid_to"],
        unique=False,
        postgresql_where=sa.text("valid_to <> 'infinity'"),
    )
    op.create_index(
        "uq_grants_now",
        "grants",
        ["entitlement_id", "principal_id"],
        unique=True,
        postgresql_where=sa.text("valid_to = 'infinity'"),
    )


def _create_connector_feeds() -> None:
    op.create_table(
        "connector_feeds",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("connector_id", sa.String(length=27), nullable=False),
        sa.Column("app_id", sa.BigInteger, nullable=False),
        sa.Column("hold_large_drops", sa.Boolean, server_default=sa.true(), nullable=False),
        sa.ForeignKeyConstraint(["app_id"], ["apps.id"], name="fk_connector_feeds_app_id_apps"),
        sa.PrimaryKeyConstraint("id", name="pk_connector_feeds"),
        sa.UniqueConstraint("connector_id", name="uq_connector_feeds_connector_id"),
    )
    op.create_index("ix_connector_feeds_app_id", "connector_feeds", ["app_id"], unique=False)


def _create_entitlements() -> None:
    op.create_table(
        "entitlements",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("public_id", sa.String(length=27), nullable=False),
        sa.Column("feed_id", sa.BigInteger, nullable=False),
        sa.Column("external_id", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["connector_feeds.id"], name="fk_entitlements_feed_id_connector_feeds"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_entitlements"),
        sa.UniqueConstraint("feed_id", "external_id", name="uq_entitlements_feed_id_external_id"),
        sa.UniqueConstraint("public_id", name="uq_entitlements_public_id"),
    )


def _create_resource_types() -> None:
    op.create_table(
        "resource_types",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("public_id", sa.String(length=27), nullable=False),
        sa.Column("feed_id", sa.BigInteger, nullable=False),
        sa.Column("external_id", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["connector_feeds.id"], name="fk_resource_types_feed_id_connector_feeds"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_resource_types"),
        sa.UniqueConstraint("feed_id", "external_id", name="uq_resource_types_feed_id_external_id"),
        sa.UniqueConstraint("public_id", name="uq_resource_types_public_id"),
    )


def _create_sync_history() -> None:
    op.create_table(
        "sync_history",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("public_id", sa.String(length=27), nullable=False),
        sa.Column("feed_id", sa.BigInteger, nullable=False),
        sa.Column("sync_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.BigInteger, nullable=False),
        sa.Column("counts", pg.JSONB, server_default="{}", nullable=False),
        sa.Column("deltas", pg.JSONB, server_default="{}", nullable=False),
        sa.Column("dropped", pg.JSONB, server_default="{}", nullable=False),
        sa.Column("reason", sa.Text, server_default="", nullable=False),
        sa.Column("held_file", sa.Text, nullable=True),
        sa.CheckConstraint(
            "state in ('applied', 'held', 'confirmed', 'superseded', 'refused')",
            name="ck_sync_history_state",
        ),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["connector_feeds.id"], name="fk_sync_history_feed_id_connector_feeds"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sync_history"),
        sa.UniqueConstraint("public_id", name="uq_sync_history_public_id"),
    )
    op.create_index("ix_sync_history_feed_at", "sync_history", ["feed_id", "at"], unique=False)
    op.create_index(
        "uq_sync_history_applied",
        "sync_history",
        ["feed_id", "sync_id"],
        unique=True,
        postgresql_where=sa.text("state = 'applied'"),
    )
    op.create_index(
        "uq_sync_history_held",
        "sync_history",
        ["feed_id"],
        unique=True,
        postgresql_where=sa.text("state = 'held'"),
    )


def _create_entitlement_edits() -> None:
    op.create_table(
        "entitlement_edits",
        sa.Column("entitlement_id", sa.BigInteger, nullable=False),
        sa.Column("display_name", sa.Text, nullable=True),
        sa.Column("description", sa.Text, nullable=True),
        sa.Column("slug", sa.Text, nullable=True),
        sa.Column("alias", sa.Text, nullable=True),
        sa.ForeignKeyConstraint(
            ["entitlement_id"],
            ["entitlements.id"],
            name="fk_entitlement_edits_entitlement_id_entitlements",
        ),
        sa.PrimaryKeyConstraint("entitlement_id", name="pk_entitlement_edits"),
        sa.UniqueConstraint("alias", name="uq_entitlement_edits_alias"),
    )


def _create_owners() -> None:
    op.create_table(
        "owners",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("object_type", sa.Text, nullable=False),
        sa.Column("object_id", sa.BigInteger, nullable=False),
        sa.Column("user_id", sa.String(length=27), nullable=True),
        sa.Column("entitlement_id", sa.BigInteger, nullable=True),
        sa.CheckConstraint(
            "object_type in ('app', 'resource', 'entitlement')", name="ck_owners_object_type"
        ),
        sa.CheckConstraint(
            "(user_id is null) <> (entitlement_id is null)", name="ck_owners_one_owner"
        ),
        sa.ForeignKeyConstraint(
            ["entitlement_id"], ["entitlements.id"], name="fk_owners_entitlement_id_entitlements"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_owners"),
        sa.UniqueConstraint(
            "object_type",
            "object_id",
            "user_id",
            "entitlement_id",
            name="uq_owners_once",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_owners_user_id", "owners", ["user_id"], unique=False)


def _create_resource_type_versions() -> None:
    op.create_table(
        "resource_type_versions",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("resource_type_id", sa.BigInteger, nullable=False),
        *_validity(),
        sa.Column("digest", sa.UUID, nullable=False),
        sa.Column("display_name", sa.Text, server_default="", nullable=False),
        sa.Column("description", sa.Text, server_default="", nullable=False),
        sa.Column("traits", pg.ARRAY(sa.Text), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_type_id"],
            ["resource_types.id"],
            name="fk_resource_type_versions_resource_type_id_resource_types",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_resource_type_versions"),
    )
    op.create_index(
        "ix_resource_type_versions_time",
        "resource_type_versions",
        ["resource_type_id", "valid_from"],
        unique=False,
    )
    op.create_index(
        "uq_resource_type_versions_current",
        "resource_type_versions",
        ["resource_type_id"],
        unique=True,
        postgresql_where=sa.text("valid_to = 'infinity'"),
    )


def _create_resources() -> None:
    op.create_table(
        "resources",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("public_id", sa.String(length=27), nullable=False),
        sa.Column("feed_id", sa.BigInteger, nullable=False),
        sa.Column("resource_type_id", sa.BigInteger, nullable=False),
        sa.Column("external_id", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["connector_feeds.id"], name="fk_resources_feed_id_connector_feeds"
        ),
        sa.ForeignKeyConstraint(
            ["resource_type_id"],
            ["resource_types.id"],
            name="fk_resources_resource_type_id_resource_types",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_resources"),
        sa.UniqueConstraint("public_id", name="uq_resources_public_id"),
        sa.UniqueConstraint(
            "resource_type_id", "external_id", name="uq_resources_resource_type_id_external_id"
        ),
    )
    op.create_index("ix_resources_feed_id", "resources", ["feed_id"], unique=False)


def _create_account_edits() -> None:
    op.create_table(
        "account_edits",
        sa.Column("resource_id", sa.BigInteger, nullable=False),
        sa.Column("account_type", sa.Text, server_default="user", nullable=False),
        sa.Column("owner_decided", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("owner_user_id", sa.String(length=27), nullable=True),
        sa.CheckConstraint(
            "account_type in ('user', 'service', 'system')", name="ck_account_edits_account_type"
        ),
        sa.CheckConstraint(
            "owner_decided or owner_user_id is null", name="ck_account_edits_owner_decided"
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name="fk_account_edits_resource_id_resources"
        ),
        sa.PrimaryKeyConstraint("resource_id", name="pk_account_edits"),
    )


def _create_entitlement_versions() -> None:
    op.create_table(
        "entitlement_versions",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("entitlement_id", sa.BigInteger, nullable=False),
        *_validity(),
        sa.Column("digest", sa.UUID, nullable=False),
        sa.Column("resource_id", sa.BigInteger, nullable=False),
        sa.Column("display_name", sa.Text, server_default="", nullable=False),
        sa.Column("description", sa.Text, server_default="", nullable=False),
        sa.Column("slug", sa.Text, server_default="", nullable=False),
        sa.Column("purpose", sa.Text, server_default="unspecified", nullable=False),
        sa.Column("grantable_to", pg.ARRAY(sa.Text), server_default="{}", nullable=False),
        sa.Column("immutable_reason", sa.Text, nullable=True),
        sa.Column("annotations", pg.JSONB, server_default="[]", nullable=False),
        sa.ForeignKeyConstraint(
            ["entitlement_id"],
            ["entitlements.id"],
            name="fk_entitlement_versions_entitlement_id_entitlements",
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name="fk_entitlement_versions_resource_id_resources"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_entitlement_versions"),
    )
    op.create_index(
        "ix_entitlement_versions_resource",
        "entitlement_versions",
        ["resource_id", "entitlement_id"],
        unique=False,
    )
    op.create_index(
        "ix_entitlement_versions_time",
        "entitlement_versions",
        ["entitlement_id", "valid_from"],
        unique=False,
    )
    op.create_index(
        "uq_entitlement_versions_current",
        "entitlement_versions",
        ["entitlement_id"],
        unique=True,
        postgresql_where=sa.text("valid_to = 'infinity'"),
    )


def _create_resource_edits() -> None:
    op.create_table(
        "resource_edits",
        sa.Column("resource_id", sa.BigInteger, nullable=False),
        sa.Column("display_name", sa.Text, nullable=True),
        sa.Column("description", sa.Text, nullable=True),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name="fk_resource_edits_resource_id_resources"
        ),
        sa.PrimaryKeyConstraint("resource_id", name="pk_resource_edits"),
    )


def _create_resource_usage() -> None:
    op.create_table(
        "resource_usage",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("resource_id", sa.BigInteger, nullable=False),
        *_validity(),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name="fk_resource_usage_resource_id_resources"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_resource_usage"),
    )
    op.create_index(
        "ix_resource_usage_time", "resource_usage", ["resource_id", "valid_from"], unique=False
    )
    op.create_index(
        "uq_resource_usage_current",
        "resource_usage",
        ["resource_id"],
        unique=True,
        postgresql_where=sa.text("valid_to = 'infinity'"),
    )


def _create_resource_versions() -> None:
    op.create_table(
        "resource_versions",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("resource_id", sa.BigInteger, nullable=False),
        *_validity(),
        sa.Column("digest", sa.UUID, nullable=False),
        sa.Column("parent_id", sa.BigInteger, nullable=True),
        sa.Column("display_name", sa.Text, server_default="", nullable=False),
        sa.Column("description", sa.Text, server_default="", nullable=False),
        sa.Column("status", sa.Text, server_default="unspecified", nullable=False),
        sa.Column("status_details", sa.Text, server_default="", nullable=False),
        sa.Column("source_created_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("login", sa.Text, server_default="", nullable=False),
        sa.Column("login_aliases", pg.ARRAY(sa.Text), server_default="{}", nullable=False),
        sa.Column("emails", pg.ARRAY(sa.Text), server_default="{}", nullable=False),
        sa.Column("profile", pg.JSONB, server_default="{}", nullable=False),
        sa.Column("traits", pg.JSONB, server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["resources.id"], name="fk_resource_versions_parent_id_resources"
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name="fk_resource_versions_resource_id_resources"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_resource_versions"),
    )
    op.create_index(
        "ix_resource_versions_parent",
        "resource_versions",
        ["parent_id"],
        unique=False,
        postgresql_where=sa.text("valid_to = 'infinity'"),
    )
    op.create_index(
        "ix_resource_versions_time",
        "resource_versions",
        ["resource_id", "valid_from"],
        unique=False,
    )
    op.create_index(
        "uq_resource_versions_current",
        "resource_versions",
        ["resource_id"],
        unique=True,
        postgresql_where=sa.text("valid_to = 'infinity'"),
    )


def _validity() -> tuple[sa.Column[object], sa.Column[object]]:
    return (
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "valid_to",
            sa.DateTime(timezone=True),
            server_default=sa.text("'infinity'"),
            nullable=False,
        ),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup to go back")
