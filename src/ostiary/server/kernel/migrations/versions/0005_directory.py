"""People over time, directories, owners of accounts, trusted domains."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0005_directory"
down_revision = "0004_connectors"

CURRENT = sa.text("valid_to = 'infinity'")


def upgrade() -> None:
    _create_people()
    _create_person_versions()
    _create_directories()
    _create_app_matchings()
    _create_account_owners()
    _create_trusted_domains()


def _create_people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("public_id", sa.String(length=27), nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=True),
        _instant("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("public_id", name=op.f("uq_people_public_id")),
        sa.UniqueConstraint("user_id", name=op.f("uq_people_user_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["platform_users.id"], name=op.f("fk_people_user_id_platform_users")
        ),
    )


def _create_person_versions() -> None:
    op.create_table(
        "person_versions",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("person_id", sa.BigInteger, nullable=False),
        *_validity(),
        sa.Column("digest", pg.UUID, nullable=False),
        *(_text(name) for name in ("display_name", "given_name", "family_name", "email")),
        _texts("emails"),
        _text("username"),
        _texts("usernames"),
        _texts("employee_ids"),
        *(_text(name) for name in ("department", "job_title")),
        *(_text(name) for name in ("employment_status", "employment_type")),
        sa.Column("status", sa.Text, nullable=False),
        _texts("manager_ids"),
        sa.Column("profile", pg.JSONB, server_default="{}", nullable=False),
        sa.Column("sources", pg.JSONB, server_default="{}", nullable=False),
        sa.CheckConstraint(
            "status IN ('enabled', 'disabled', 'deleted', 'unknown')",
            name=op.f("ck_person_versions_status"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_versions")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_versions_person_id_people")
        ),
    )
    op.create_index(
        "uq_person_versions_current",
        "person_versions",
        ["person_id"],
        unique=True,
        postgresql_where=CURRENT,
    )
    op.create_index("ix_person_versions_time", "person_versions", ["person_id", "valid_from"])
    op.create_index(
        "ix_person_versions_managers",
        "person_versions",
        ["manager_ids"],
        postgresql_using="gin",
        postgresql_where=CURRENT,
    )
    op.create_index(
        "ix_person_versions_name",
        "person_versions",
        [sa.text("lower(display_name)"), "person_id"],
        postgresql_where=CURRENT,
    )


def _create_directories() -> None:
    op.create_table(
        "directories",
        sa.Column("app_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        _text("condition"),
        sa.Column("merge_cases", pg.JSONB, server_default="[]", nullable=False),
        sa.Column("mappings", pg.JSONB, server_default="{}", nullable=False),
        sa.Column("remerge", sa.Boolean, server_default=sa.false(), nullable=False),
        _instant("created_at"),
        _instant("updated_at"),
        sa.PrimaryKeyConstraint("app_id", name=op.f("pk_directories")),
        sa.ForeignKeyConstraint(["app_id"], ["apps.id"], name=op.f("fk_directories_app_id_apps")),
    )


def _create_app_matchings() -> None:
    op.create_table(
        "app_matchings",
        sa.Column("app_id", sa.BigInteger, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("cases", pg.JSONB, server_default="[]", nullable=False),
        sa.CheckConstraint(
            "mode IN ('narrow', 'broad', 'custom')", name=op.f("ck_app_matchings_mode")
        ),
        sa.PrimaryKeyConstraint("app_id", name=op.f("pk_app_matchings")),
        sa.ForeignKeyConstraint(["app_id"], ["apps.id"], name=op.f("fk_app_matchings_app_id_apps")),
    )


def _create_account_owners() -> None:
    op.create_table(
        "account_owners",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("resource_id", sa.BigInteger, nullable=False),
        sa.Column("person_id", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        *_validity(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_owners")),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name=op.f("fk_account_owners_resource_id_resources")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_account_owners_person_id_people")
        ),
    )
    op.create_index(
        "uq_account_owners_current",
        "account_owners",
        ["resource_id"],
        unique=True,
        postgresql_where=CURRENT,
    )
    op.create_index("ix_account_owners_person", "account_owners", ["person_id", "resource_id"])
    op.create_index("ix_account_owners_time", "account_owners", ["resource_id", "valid_from"])


def _create_trusted_domains() -> None:
    op.create_table(
        "trusted_domains",
        sa.Column("domain", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_trusted_domains")),
    )


def _instant(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, **options)


def _validity() -> tuple[sa.Column[Any], sa.Column[Any]]:
    return _instant("valid_from"), _instant("valid_to", server_default=sa.text("'infinity'"))


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, server_default="", nullable=False)


def _texts(name: str) -> sa.Column[Any]:
    return sa.Column(name, pg.ARRAY(sa.Text), server_default="{}", nullable=False)
