"""Who may ask: everybody who sees all connectors, and owners about the connectors they own."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from ostiary.server.catalog.owning import owns_app
from ostiary.server.connectors.store import listed, registry
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.auth.caller import Caller
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import not_found


def owns(connection: Connection, caller: Caller, connector: Connector) -> bool:
    """By being one of its owners, whatever their roles; of one that has none, by owning the app,
    for roles that may manage connectors of their own."""
    return _owns(connection, caller, connector, registry.owners_of(connection, connector.key))


def owned_among(
    connection: Connection, caller: Caller, connectors: Sequence[Connector]
) -> list[Connector]:
    """Those that the caller owns; the owners of all of them are asked for at once."""
    beside = listed.beside(connection, [each.key for each in connectors])
    return [
        each for each in connectors if _owns(connection, caller, each, beside[each.key].owner_ids)
    ]


def _owns(
    connection: Connection, caller: Caller, connector: Connector, owners: Sequence[str]
) -> bool:
    if owners or not caller.reach(Permission.CONNECTORS_MANAGE):
        return caller.user.public_id in owners
    return owns_app(connection, caller, {"app_id": connector.app_id})


def _owns_named(connection: Connection, caller: Caller, path: Mapping[str, str]) -> bool:
    connector = registry.find(connection, path["connector_id"])
    if connector is None or connector.app_id != path["app_id"]:
        return False
    return owns(connection, caller, connector)


def _owns_some(connection: Connection, caller: Caller, path: Mapping[str, str]) -> bool:
    connectors = registry.find_all(connection, path["app_id"])
    return any(owns(connection, caller, connector) for connector in connectors)


def _owns_any(connection: Connection, caller: Caller, _path: Mapping[str, str]) -> bool:
    return registry.owns_any(connection, caller.user.public_id)


Viewer = Annotated[
    Access,
    requires(Permission.CONNECTORS_VIEW, own=_owns_named, owner_with=Permission.SELF),
]
"""Of one connector, by `app_id` and `connector_id` in the path. Owners need no role for it."""

Lister = Annotated[
    Access,
    requires(Permission.CONNECTORS_VIEW, own=_owns_some, owner_with=Permission.SELF, filtered=True),
]
Manager = Annotated[
    Access,
    requires(Permission.CONNECTORS_MANAGE, own=_owns_named, owner_with=Permission.WORK),
]
"""Owners with any role but that of reading only, so that keys limited to reading stay so."""

Chooser = Annotated[
    Access,
    requires(Permission.CONNECTORS_VIEW, own=_owns_any, owner_with=Permission.SELF, filtered=True),
]
"""Of what kinds there are and what they ask for, which is nobody's in particular."""

Creator = Annotated[Access, requires(Permission.CONNECTORS_CREATE)]

ManagerByBody = Annotated[
    Access,
    requires(
        Permission.CONNECTORS_MANAGE, own=_owns_any, owner_with=Permission.WORK, filtered=True
    ),
]
"""Where the body names the connector, so that the handler must look whose it is."""


def find(connection: Connection, app_id: str, connector_id: str) -> Connector:
    """Also one that was deleted. `AppError` NotFound, also for one of another app."""
    connector = registry.find(connection, connector_id)
    if connector is None or connector.app_id != app_id:
        raise not_found(f"The app {app_id} has no connector {connector_id}.")
    return connector
