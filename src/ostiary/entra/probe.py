"""What may be read, where the token does not tell.

A token names no roles for an app that nobody consented to, nor for one that reads by a directory
role (such as Global Reader) instead of permissions. Only Graph's answers tell these apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec

from ostiary.connector.connector import Finding
from ostiary.entra.permissions import (
    ACCOUNTS,
    APPLICATIONS,
    CREDENTIALS,
    GROUPS,
    LICENSES,
    ROLES,
    Feature,
    needed,
    no_consent,
    readable,
    shortfall,
)
from ostiary.graph import BatchPart, GraphClient, GraphError, Page, PermissionMissing

STREAM = "permissions"
_PROBES = {
    ACCOUNTS: "/users?$select=id&$top=1",
    GROUPS: "/groups?$select=id&$top=1",
    APPLICATIONS: "/servicePrincipals?$select=id&$top=1",
    CREDENTIALS: "/applications?$select=id&$top=1",
    ROLES: "/roleManagement/directory/roleDefinitions?$select=id",
    LICENSES: "/subscribedSkus?$select=skuId",
}


async def probe(graph: GraphClient, types: Collection[str]) -> list[Finding]:
    """What these resource types need and Graph refuses; costs one request.

    Raises:
        GraphError: Graph failed for another reason than permission.
    """
    features = needed(types)
    parts = [BatchPart(f.name, _PROBES[f], Page[msgspec.Raw]) for f in features]
    replies = await graph.batch(parts, stream=STREAM)
    return list(_findings(features, [f for f in features if _refused(replies[f.name])]))


def _refused(reply: object) -> bool:
    if isinstance(reply, PermissionMissing):
        return True
    if isinstance(reply, GraphError):
        raise reply
    return False


def _findings(asked: list[Feature], refused: list[Feature]) -> Iterator[Finding]:
    if len(refused) == len(asked) > 1:
        yield no_consent(refused)
    else:
        yield from shortfall(refused)
        yield from (readable(feature) for feature in asked if feature not in refused)
