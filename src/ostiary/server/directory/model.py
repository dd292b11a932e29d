"""Tables of people, of what they are by directories, and of whose accounts are whose.

A person is one row for good; what is true of them is a version with the time it was true,
`valid_from` included and `valid_to` not. Everybody has a version that is true now: who is gone has
one that says so.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from ostiary.server.kernel.tables import instant, metadata, primary_key, public_id

CURRENT = sa.text("valid_to = 'infinity'")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _texts(name: str) -> sa.Column[list[str]]:
    return sa.Column(name, pg.ARRAY(sa.Text), nullable=False, server_default="{}")


def _app() -> sa.Column[int]:
    return sa.Column("app_id", sa.BigInteger, sa.ForeignKey("apps.id"), primary_key=True)


people = sa.Table(
    "people",
    metadata,
    primary_key(),
    public_id(),
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("platform_users.id"), unique=True),
    instant("created_at"),
)
"""`user_id`: whom they are when they sign in, with the same public id."""

person_versions = sa.Table(
    "person_versions",
    metadata,
    primary_key(),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("people.id"), nullable=False),
    instant("valid_from"),
    instant("valid_to", server_default=sa.text("'infinity'")),
    sa.Column("digest", pg.UUID, nullable=False),
    _text("display_name"),
    _text("given_name"),
    _text("family_name"),
    _text("email"),
    _texts("emails"),
    _text("username"),
    _texts("usernames"),
    _texts("employee_ids"),
    _text("department"),
    _text("job_title"),
    _text("employment_status"),
    _text("employment_type"),
    sa.Column("status", sa.Text, nullable=False),
    _texts("manager_ids"),
    sa.Column("profile", pg.JSONB, nullable=False, server_default="{}"),
    sa.Column("sources", pg.JSONB, nullable=False, server_default="{}"),
    sa.CheckConstraint("status IN ('enabled', 'disabled', 'deleted', 'unknown')", name="status"),
    sa.Index("uq_person_versions_current", "person_id", unique=True, postgresql_where=CURRENT),
    sa.Index("ix_person_versions_time", "person_id", "valid_from"),
    sa.Index(
        "ix_person_versions_managers",
        "manager_ids",
        postgresql_using="gin",
        postgresql_where=CURRENT,
    ),
)
"""`status` is what directories say. `manager_ids`: public ids. `sources`: by attribute, lists of
[app, account, key, value], the one that counts first."""

sa.Index(
    "ix_person_versions_name",
    sa.func.lower(sa.func.left(person_versions.c.display_name, 200)),
    person_versions.c.person_id,
)
"""The beginning of the name: an index takes no text of any length."""

sa.Index(
    "ix_person_versions_department",
    person_versions.c.department,
    postgresql_where=sa.text("valid_to = 'infinity' AND length(department) <= 200"),
)

sa.Index(
    "ix_person_versions_deleted",
    person_versions.c.person_id,
    postgresql_where=sa.text("valid_to = 'infinity' AND status = 'deleted'"),
)

directories = sa.Table(
    "directories",
    metadata,
    _app(),
    sa.Column("position", sa.Integer, nullable=False),
    _text("condition"),
    sa.Column("merge_cases", pg.JSONB, nullable=False, server_default="[]"),
    sa.Column("mappings", pg.JSONB, nullable=False, server_default="{}"),
    sa.Column("remerge", sa.Boolean, nullable=False, server_default=sa.false()),
    instant("created_at"),
    instant("updated_at"),
    _text("sign_in_issuer"),
)
"""`position`: precedence, the lowest first. `remerge`: at the next refresh accounts are matched
anew. `sign_in_issuer`: the OpenID Connect issuer whose subjects are the ids of its accounts."""

app_matchings = sa.Table(
    "app_matchings",
    metadata,
    _app(),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("cases", pg.JSONB, nullable=False, server_default="[]"),
    sa.CheckConstraint("mode IN ('narrow', 'broad', 'custom')", name="mode"),
)
"""How accounts of an app find their owners; narrow for those that are not here."""

account_owners = sa.Table(
    "account_owners",
    metadata,
    primary_key(),
    sa.Column("resource_id", sa.BigInteger, sa.ForeignKey("resources.id"), nullable=False),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    instant("valid_from"),
    instant("valid_to", server_default=sa.text("'infinity'")),
    sa.Index("uq_account_owners_current", "resource_id", unique=True, postgresql_where=CURRENT),
    sa.Index("ix_account_owners_person", "person_id", "resource_id"),
    sa.Index("ix_account_owners_time", "resource_id", "valid_from"),
)
"""`reason`: created (the person was made from it), manual, or the name of the rule that matched."""

trusted_domains = sa.Table(
    "trusted_domains", metadata, sa.Column("domain", sa.Text, primary_key=True)
)
"""In lower case. Accounts with addresses elsewhere are external."""
