"""Who may ask: everybody who sees all connectors, and owners about the connectors they own."""

from collections.abc import Mapping
from typing import Annotated

from ostiary.server.connectors.store import registry
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.auth.caller import Caller
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import not_found


def owns(connection: Connection, caller: Caller, connector: Connector) -> bool:
    return caller.user.public_id in registry.owners_of(connection, connector.key)


def _owns_named(connection: Connection, caller: Caller, path: Mapping[str, str]) -> bool:
    connector = registry.find(connection, path["connector_id"])
    if connector is None or connector.app_id != path["app_id"]:
        return False
    return owns(connection, caller, connector)


Viewer = Annotated[Access, requires(Permission.CONNECTORS_VIEW, own=_owns_named)]
"""Of one connector, by `app_id` and `connector_id` in the path."""

Lister = Annotated[Access, requires(Permission.CONNECTORS_VIEW, filtered=True)]
Manager = Annotated[Access, requires(Permission.CONNECTORS_MANAGE, own=_owns_named)]
Creator = Annotated[Access, requires(Permission.CONNECTORS_CREATE)]

ManagerByBody = Annotated[Access, requires(Permission.CONNECTORS_MANAGE, filtered=True)]
"""Where the body names the connector, so that the handler must look whose it is."""


def find(connection: Connection, app_id: str, connector_id: str) -> Connector:
    """Also one that was deleted. `AppError` NotFound, also for one of another app."""
    connector = registry.find(connection, connector_id)
    if connector is None or connector.app_id != app_id:
        raise not_found(f"The app {app_id} has no connector {connector_id}.")
    return connector
