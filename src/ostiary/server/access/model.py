"""Tables of grants over time."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from ostiary.server.kernel.tables import instant, metadata, primary_key

_NOW = sa.text("valid_to = 'infinity'")
_PAST = sa.text("valid_to <> 'infinity'")

grant_details = sa.Table(
    "grant_details",
    metadata,
    primary_key(),
    sa.Column("digest", pg.UUID, nullable=False, unique=True),
    sa.Column("direct", sa.Boolean, nullable=False),
    sa.Column("sources", pg.JSONB),
    sa.Column("immutable_reason", sa.Text),
    sa.Column("metadata", pg.JSONB),
    sa.Column("expands", pg.JSONB),
)
"""What is true of a grant beyond who holds what; millions of grants share a handful of these.

`sources`: {external id of the entitlement it comes from: whether that one is held directly}.
`immutable_reason`: NULL where it can be revoked, '' where the connector tells no reason.
`expands`: {"entitlements": [external ids], "shallow": bool, "types": [resource types]} of a grant
whose principal passes it on to those who hold these entitlements.
"""

grants = sa.Table(
    "grants",
    metadata,
    primary_key(),
    sa.Column("feed_id", sa.BigInteger, nullable=False),
    sa.Column("entitlement_id", sa.BigInteger, nullable=False),
    sa.Column("principal_id", sa.BigInteger, nullable=False),
    sa.Column("detail_id", sa.BigInteger, nullable=False),
    sa.Column("passed_on", sa.Boolean, nullable=False),
    instant("granted_at"),
    instant("valid_from"),
    instant("valid_to", server_default=sa.text("'infinity'")),
    sa.Column("external_id", sa.Text),
    sa.Index(
        "uq_grants_now",
        "entitlement_id",
        "principal_id",
        unique=True,
        postgresql_where=_NOW,
    ),
    sa.Index("ix_grants_now_principal", "principal_id", "entitlement_id", postgresql_where=_NOW),
    sa.Index("ix_grants_past", "entitlement_id", "principal_id", postgresql_where=_PAST),
    sa.Index("ix_grants_past_principal", "principal_id", "entitlement_id", postgresql_where=_PAST),
    sa.Index("ix_grants_passed_on", "entitlement_id", postgresql_where=sa.text("passed_on")),
    sa.Index("ix_grants_valid_from", "valid_from", postgresql_using="brin"),
    sa.Index("ix_grants_valid_to", "valid_to", postgresql_where=_PAST),
    sa.Index(
        "ix_grants_granted",
        "feed_id",
        "valid_from",
        "id",
        postgresql_where=sa.text("granted_at = valid_from"),
    ),
    sa.Index("ix_grants_ended", "feed_id", "valid_to", "id", postgresql_where=_PAST),
)
"""A row is one stretch of time in which a grant was as its detail says.

`granted_at` begins the unbroken time of holding, `valid_from` that of this detail. `external_id`
is NULL where it is the conventional `<entitlement>:<principal type>:<principal>`. No foreign keys:
millions of rows at a time are joined from the tables they would be checked against.
"""
