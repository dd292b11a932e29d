"""Agents of connectors as clients of the token endpoint."""

import sqlalchemy as sa

from ostiary.server.connectors.rules import CLIENT_KIND
from ostiary.server.connectors.store import credentials
from ostiary.server.kernel.auth.clients import Client, ClientKey
from ostiary.server.kernel.work import UnitOfWork


class ConnectorClients:
    """A ClientDirectory. The key's id is the credential's public id."""

    @property
    def kind(self) -> str:
        return CLIENT_KIND

    def find(self, connection: sa.Connection, name: str) -> Client | None:
        credential = credentials.find_by_name(connection, name)
        if credential is None or credential.connector_deleted or credential.revoked_at is not None:
            return None
        key = ClientKey(credential.id, credential.public_key, credential.ends)
        return Client(name, CLIENT_KIND, (key,))

    def used(self, unit: UnitOfWork, client: Client, key: ClientKey, address: str) -> None:
        credentials.mark_used(unit.connection, key.id, unit.now)
