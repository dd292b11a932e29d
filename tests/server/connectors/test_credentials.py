from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from ostiary.server.connectors.actions.credentials import (
    Rotated,
    revoke_credential,
    rotate_credential,
)
from ostiary.server.connectors.actions.registry import (
    NewConnector,
    create_connector,
    delete_connector,
)
from ostiary.server.connectors.directory import ConnectorClients
from ostiary.server.connectors.model import connector_credentials
from ostiary.server.connectors.rules import ROTATION_GRACE
from ostiary.server.connectors.store import credentials
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.auth import tokens
from ostiary.server.kernel.auth.client_ids import parse_client_id, public_key_of
from ostiary.server.kernel.auth.clients import ClientRegistry
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.errors import AppError
from ostiary.server.kernel.model import audit_entries
from ostiary.server.kernel.work import Kernel
from tests.server.connectors.world import ADA

AUTHORITY = "ostiary.example:8443"
CLIENTS = ClientRegistry([ConnectorClients()])


def rotate(kernel: Kernel, connector: Connector) -> Rotated:
    with kernel.work(ADA) as work:
        return rotate_credential(work, connector.id, AUTHORITY)


def works(kernel: Kernel, rotated: Rotated) -> bool:
    with kernel.read() as connection:
        client = CLIENTS.find_by_id(connection, rotated.credential.client_id)
    return client is not None and bool(client.live_keys(kernel.clock.now()))


def token_for(kernel: Kernel, rotated: Rotated) -> str:
    with kernel.work(ADA) as work:
        client = CLIENTS.find_by_id(work.connection, rotated.credential.client_id)
        assert client is not None
        return tokens.issue(work, client, client.keys[0])


def holds(kernel: Kernel, token: str) -> bool:
    with kernel.read() as connection:
        return tokens.holder_of(connection, CLIENTS, token, kernel.clock.now()) is not None


def test_a_credential_names_the_server_and_only_its_public_half_is_kept(
    kernel: Kernel, connector: Connector
) -> None:
    rotated = rotate(kernel, connector)
    parsed = parse_client_id(rotated.credential.client_id)
    assert parsed is not None
    assert (parsed.authority, parsed.kind) == (AUTHORITY, "cnc")
    assert rotated.secret.startswith("secret-token:conductorone.com:v1:")
    assert public_key_of(rotated.secret) == rotated.credential.public_key
    with kernel.read() as connection:
        kept = repr(connection.execute(sa.select(connector_credentials)).all())
        kept += repr(connection.execute(sa.select(audit_entries)).all())
    assert rotated.secret.rpartition(":")[2] not in kept + repr(rotated)


def test_rotating_leaves_the_old_secret_its_grace(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    old = rotate(kernel, connector)
    new = rotate(kernel, connector)
    assert old.old_until is None
    assert new.old_until == clock.now() + ROTATION_GRACE
    clock.advance(ROTATION_GRACE - timedelta(seconds=1))
    assert works(kernel, old)
    clock.advance(1)
    assert not works(kernel, old)
    assert works(kernel, new)


def test_rotating_twice_does_not_lengthen_the_grace(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    first = rotate(kernel, connector)
    rotate(kernel, connector)
    clock.advance(ROTATION_GRACE / 2)
    rotate(kernel, connector)
    clock.advance(ROTATION_GRACE / 2)
    assert not works(kernel, first)


def test_revoking_voids_the_credential_and_its_tokens(kernel: Kernel, connector: Connector) -> None:
    rotated = rotate(kernel, connector)
    token = token_for(kernel, rotated)
    assert holds(kernel, token)
    with kernel.work(ADA) as work:
        revoke_credential(work, connector.id, rotated.credential.id)
    assert not works(kernel, rotated)
    assert not holds(kernel, token)


def test_a_credential_expires_after_a_year(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    rotated = rotate(kernel, connector)
    clock.advance(timedelta(days=365))
    assert not works(kernel, rotated)


def test_deleting_the_connector_locks_its_agents_out(kernel: Kernel, connector: Connector) -> None:
    rotated = rotate(kernel, connector)
    token = token_for(kernel, rotated)
    with kernel.work(ADA) as work:
        delete_connector(work, connector.id)
    assert not holds(kernel, token)


def test_a_credential_of_another_connector_cannot_be_revoked(
    kernel: Kernel, connector: Connector
) -> None:
    rotated = rotate(kernel, connector)
    with kernel.work(ADA) as work:
        other = create_connector(work, NewConnector(connector.app_id, "baton", "Other"))
    with pytest.raises(AppError, match="does not exist"), kernel.work(ADA) as work:
        revoke_credential(work, other.id, rotated.credential.id)
    assert works(kernel, rotated)


def test_the_last_use_of_a_credential_is_kept(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    rotated = rotate(kernel, connector)
    clock.advance(60)
    with kernel.work(ADA) as work:
        client = CLIENTS.find_by_id(work.connection, rotated.credential.client_id)
        assert client is not None
        CLIENTS.of(client).used(work, client, client.keys[0], "10.0.0.1")
    with kernel.read() as connection:
        used = credentials.find(connection, rotated.credential.id)
    assert used is not None
    assert used.last_used_at == clock.now()
