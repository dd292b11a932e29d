"""The pages of connectors: what they show to whom, and what can be done there."""

from __future__ import annotations

import pytest

from ostiary.server.catalog.actions import create_app
from ostiary.server.connectors.actions.registry import NewConnector, create_connector
from ostiary.server.connectors.catalogue.kinds import SELF_HOSTED
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.roles import (
    BASIC_USER,
    CONNECTOR_ADMINISTRATOR,
    READ_ONLY_ADMINISTRATOR,
)
from ostiary.server.kernel.work import Kernel
from tests.server.auth.people import People
from tests.server.connectors.world import ADA, complete_sync, fail_sync
from tests.web.conftest import Reader
from tests.web.test_access_pages import said
from tests.web.test_pages import HOSTILE, SCRIPT


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


def place(connector: Connector, tab: str = "") -> str:
    return f"/apps/{connector.app_id}/connectors/{connector.id}{tab}"


def test_the_list_tells_of_every_connector_how_it_is(
    kernel: Kernel, connector: Connector, admin: Reader
) -> None:
    page = said(admin, "/connectors")
    assert "1 connector<" in page
    assert "Not connected" in page
    assert f'href="{place(connector)}"' in page
    assert "Olga" in page
    assert "Baton (self-hosted)" in page
    complete_sync(kernel, connector)
    assert ">Connected<" in said(admin, "/connectors")
    fail_sync(kernel, connector, "the secret is wrong")
    page = said(admin, f"/apps/{connector.app_id}/connectors")
    assert ">Error<" in page
    assert "1 failure" in page
    assert "the secret is wrong" in page


def test_connectors_are_filtered_and_sorted_by_what_the_list_shows(
    kernel: Kernel, connector: Connector, admin: Reader
) -> None:
    with kernel.work(ADA) as work:
        create_connector(work, NewConnector(connector.app_id, "ours", "Another"))
    fail_sync(kernel, connector)
    assert "1 of 2 connectors" in said(admin, "/connectors?status=error")
    assert "1 of 2 connectors" in said(admin, "/connectors?kind=ours")
    assert "1 of 2 connectors" in said(admin, "/connectors?q=olga")
    assert "0 of 2 connectors" in said(admin, "/connectors?status=held")
    assert "no owner" in said(admin, "/connectors?q=another")
    for column in ("name", "status", "app", "last", "next", "kind", "updated"):
        page = said(admin, f"/connectors?sort={column}&format=csv")
        assert page.count("\n") == 3
    names = said(admin, "/connectors?sort=-name&format=csv").splitlines()[1:]
    assert [line.partition(",")[0] for line in names] == ["Our tenant", "Another"]


def test_people_see_the_connectors_that_they_may_see(
    kernel: Kernel, connector: Connector, people: People, owner: User
) -> None:
    with kernel.work(ADA) as work:
        create_connector(work, NewConnector(connector.app_id, "ours", "Another"))
    stranger = Reader(people, people.add("bob@corp.test", BASIC_USER))
    assert stranger.get("/connectors").status_code == 403
    mine = said(Reader(people, owner), "/connectors")
    assert "1 connector<" in mine
    assert "Another" not in mine
    assert "Add connector" not in mine
    reader = Reader(people, people.add("reader@corp.test", READ_ONLY_ADMINISTRATOR))
    assert "2 connectors" in said(reader, "/connectors")
    assert "Add connector" not in said(reader, "/connectors")
    manager = Reader(people, people.add("conny@corp.test", CONNECTOR_ADMINISTRATOR))
    assert "Add connector" in said(manager, "/connectors")


def test_hostile_names_of_connectors_are_text(kernel: Kernel, admin: Reader) -> None:
    with kernel.work(ADA) as work:
        app_id = create_app(work, SCRIPT)
        for name in HOSTILE:
            create_connector(work, NewConnector(app_id, "ours", name[:256]))
    assert SCRIPT not in said(admin, "/connectors")
    assert SCRIPT not in said(admin, f"/apps/{app_id}/connectors")
