"""From the ids that clients use to those that tables are joined by."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ostiary.server.catalog.model import entitlements, resources
from ostiary.server.kernel.errors import invalid, not_found


def entitlement_key(connection: sa.Connection, public_id: str) -> int:
    """`AppError` NotFound; also for `resource_keys`."""
    query = sa.select(entitlements.c.id).where(entitlements.c.public_id == public_id)
    key = connection.scalar(query)
    if key is None:
        raise not_found(f"There is no entitlement {public_id}.")
    return int(key)


def resource_keys(connection: sa.Connection, public_ids: Sequence[str]) -> list[int]:
    query = sa.select(resources.c.public_id, resources.c.id).where(
        resources.c.public_id.in_(public_ids)
    )
    found = {row.public_id: row.id for row in connection.execute(query)}
    for public_id in public_ids:
        if public_id not in found:
            raise not_found(f"There is no account or resource {public_id}.")
    return sorted(found.values())


def entitlement_keys_of(connection: sa.Connection, resource_id: str) -> list[int]:
    """Of all entitlements that the resource ever had."""
    query = sa.text(
        "SELECT DISTINCT v.entitlement_id FROM entitlement_versions v "
        "JOIN resources r ON r.id = v.resource_id WHERE r.public_id = :id ORDER BY 1"
    )
    return list(connection.scalars(query, {"id": resource_id}))


def cursor(text: str, parts: int) -> list[int]:
    """The place that a page's `next` names; before everything when it is empty."""
    if not text:
        return [0] * parts
    numbers = text.split("-")
    if len(numbers) != parts or not all(n.isdecimal() and len(n) < 19 for n in numbers):
        raise invalid("The page token is not one of ours.")
    return [int(number) for number in numbers]
