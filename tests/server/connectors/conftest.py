from __future__ import annotations

import pytest

from ostiary.server.catalog.actions import create_app
from ostiary.server.connectors.actions.registry import NewConnector, create_connector
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.work import Kernel
from tests.server.connectors.world import ADA


@pytest.fixture
def connector(kernel: Kernel) -> Connector:
    with kernel.work(ADA) as work:
        app_id = create_app(work, "Demo")
        return create_connector(work, NewConnector(app_id, "baton", "Demo"))
