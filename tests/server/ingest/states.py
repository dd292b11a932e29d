"""What the database says was there at an instant, in the words of the connector."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ostiary.server.kernel.work import Kernel
from tests.server.ingest.tenants import CONNECTOR, Tenant

_THEN = "{0}.valid_from <= :at AND {0}.valid_to > :at"

_OURS = "feed_id = (SELECT id FROM connector_feeds WHERE connector_id = :connector)"

_RESOURCES = f"""
SELECT t.external_id, r.external_id, v.display_name, pt.external_id, p.external_id
FROM resource_versions v JOIN resources r ON r.id = v.resource_id
JOIN resource_types t ON t.id = r.resource_type_id
LEFT JOIN resources p ON p.id = v.parent_id
LEFT JOIN resource_types pt ON pt.id = p.resource_type_id
WHERE {_THEN.format("v")} AND r.{_OURS}
"""

_ENTITLEMENTS = f"""
SELECT e.external_id, t.external_id, r.external_id, v.display_name
FROM entitlement_versions v JOIN entitlements e ON e.id = v.entitlement_id
JOIN resources r ON r.id = v.resource_id JOIN resource_types t ON t.id = r.resource_type_id
WHERE {_THEN.format("v")} AND e.{_OURS}
"""

_GRANTS = f"""
SELECT e.external_id, t.external_id, p.external_id, d.direct, d.sources, d.expands, d.metadata
FROM grants g JOIN grant_details d ON d.id = g.detail_id
JOIN entitlements e ON e.id = g.entitlement_id
JOIN resources p ON p.id = g.principal_id JOIN resource_types t ON t.id = p.resource_type_id
WHERE {_THEN.format("g")} AND g.{_OURS}
"""


def state(kernel: Kernel, at: datetime, connector_id: str = CONNECTOR) -> dict[str, Any]:
    values = {"at": at, "connector": connector_id}
    with kernel.read() as connection:

        def rows(query: str) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in connection.execute(sa.text(query), values)]

        resources = rows(_RESOURCES)
        entitlements = rows(_ENTITLEMENTS)
        grants = rows(_GRANTS)
    return {
        "resources": {(kind, name): told for kind, name, *told in resources},
        "entitlements": {name: told for name, *told in entitlements},
        "grants": {(name, (kind, who)): told for name, kind, who, *told in grants},
        "numbers": (len(resources), len(entitlements), len(grants)),
    }


def expected(tenant: Tenant) -> dict[str, Any]:
    """The state that a sync of the tenant leaves."""
    resources = {
        key: [name, *tenant.parents.get(key, (None, None))]
        for key, name in tenant.resources.items()
    }
    entitlements = {
        name: [*owner, display_name] for name, (owner, display_name) in tenant.entitlements.items()
    }
    grants = {}
    for (name, who), held in tenant.grants.items():
        others = {source: told for source, told in held.sources.items() if source != name}
        direct = not held.sources or name in held.sources
        expands = {"entitlements": sorted(held.through), "shallow": False, "types": []}
        grants[name, who] = [
            direct,
            others or None,
            expands if held.through else None,
            {"note": held.metadata} if held.metadata else None,
        ]
    return {
        "resources": resources,
        "entitlements": entitlements,
        "grants": grants,
        "numbers": (len(resources), len(entitlements), len(grants)),
    }
