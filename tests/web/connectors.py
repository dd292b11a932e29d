"""A connector on whose pages something is done: whose it is, and what its agent brings."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ostiary.server.catalog.actions import create_app
from ostiary.server.connectors.actions.registry import NewConnector, create_connector
from ostiary.server.connectors.actions.syncs import request_sync
from ostiary.server.connectors.catalogue.kinds import SELF_HOSTED
from ostiary.server.connectors.files import upload_path
from ostiary.server.connectors.jobs import ingest_sync
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.roles import BASIC_USER
from ostiary.server.kernel.work import Kernel
from tests.server.auth.people import People
from tests.server.connectors.syncfiles import write_users
from tests.server.connectors.world import (
    ADA,
    finish,
    latest_sync,
    lease,
    open_sync,
    upload,
)


@dataclass(frozen=True)
class Held:
    kernel: Kernel
    connector: Connector


@pytest.fixture
def owner(people: People) -> User:
    return people.add("olga@corp.test", BASIC_USER)


@pytest.fixture
def connector(kernel: Kernel, owner: User) -> Connector:
    """Self-hosted, of the app "Demo", with one owner; its first sync waits."""
    with kernel.work(ADA) as work:
        app_id = create_app(work, "Demo")
        new = NewConnector(app_id, SELF_HOSTED, "Our tenant", owner_ids=[owner.public_id])
        return create_connector(work, new)


@pytest.fixture
def held(kernel: Kernel, connector: Connector) -> Held:
    """Of twelve people only two are left in the newest sync."""
    for number in (12, 2):
        bring_users(kernel, connector, number)
    assert latest_sync(kernel, connector).state == "held"
    return Held(kernel, connector)


def bring_users(kernel: Kernel, connector: Connector, number: int) -> None:
    """A whole sync, as an agent and a worker do it."""
    if not open_sync(kernel, connector):
        with kernel.work(ADA) as work:
            request_sync(work, connector.id)
    task = lease(kernel, connector, "host-a")
    assert task
    upload(kernel, connector, "host-a", task.id)
    finish(kernel, connector, "host-a", task.id)
    sync = latest_sync(kernel, connector)
    assert sync.upload_id
    write_users(upload_path(kernel.settings, sync.upload_id, "c1z"), number)
    ingest_sync(kernel, sync.id)


def place(connector: Connector, tab: str = "") -> str:
    return f"/apps/{connector.app_id}/connectors/{connector.id}{tab}"
