"""From what operators call things to the ids that clients use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from ostiary.server.kernel.errors import invalid, not_found

_ENTITLEMENT: Final = (
    "SELECT e.public_id FROM entitlements e WHERE e.public_id = :name",
    "SELECT e.public_id FROM entitlements e WHERE e.external_id = :name",
    "SELECT e.public_id FROM entitlements e JOIN entitlement_edits x ON x.entitlement_id = e.id "
    "WHERE x.alias = :name",
)

_PRINCIPAL: Final = (
    "SELECT r.public_id FROM resources r WHERE r.public_id = :name",
    "SELECT r.public_id FROM resources r WHERE r.external_id = :name",
    "SELECT r.public_id FROM resources r JOIN resource_versions v ON v.resource_id = r.id "
    "WHERE v.valid_to = 'infinity' AND (lower(v.login) = lower(:name) "
    "OR lower(:name) = ANY (SELECT lower(each) FROM unnest(v.emails) each))",
    "SELECT r.public_id FROM resources r JOIN resource_versions v ON v.resource_id = r.id "
    "WHERE v.valid_to = 'infinity' AND lower(v.display_name) = lower(:name)",
)


def entitlement(connection: sa.Connection, name: str) -> str:
    """By public id, the connector's id or alias. `AppError` NotFound, or InvalidArgument when it
    could be several; also for `principal`."""
    return _only(connection, _ENTITLEMENT, name, "entitlement")


def principal(connection: sa.Connection, name: str) -> str:
    """By public id, the connector's id, login or e-mail, or name: the first that finds any."""
    return _only(connection, _PRINCIPAL, name, "account or group")


def _only(connection: sa.Connection, ways: Sequence[str], name: str, kind: str) -> str:
    for way in ways:
        found = list(connection.scalars(sa.text(f"{way} ORDER BY 1 LIMIT 10"), {"name": name}))
        if len(found) == 1:
            return str(found[0])
        if found:
            raise invalid(f"{name} could be any {kind} of {', '.join(found)}.")
    raise not_found(f"There is no {kind} {name}.")
