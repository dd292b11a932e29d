from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from ostiary.server.access import store
from ostiary.server.catalog.actions import manage_apps
from ostiary.server.catalog.store import apps
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.catalog.store.inventory import entitlements
from ostiary.server.ingest.jobs import refresh_access
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.access.asking import Story, names
from tests.server.ingest.tenants import Tenant


@pytest.fixture
def story(kernel: Kernel, clock: FixedClock, tmp_path: Path) -> Story:
    return Story(kernel, clock, tmp_path)


def access_of(story: Story, app_id: str) -> str:
    with story.kernel.read() as connection:
        found = entitlements(connection, Asked().among("a.public_id", "apps", [app_id]))
    (access,) = [one.id for one in found if one.external_id == "credential:access"]
    return access


def expenses(story: Story) -> str:
    with story.kernel.read() as connection:
        wanted = apps.AppFilter(query="expenses")
        (app,) = apps.page(connection, wanted)
    return app.id


def some() -> Tenant:
    tenant = Tenant()
    group = tenant.group("g", tenant.user("ann"))
    assigned = tenant.app("Expenses", tenant.user("bob"), ("group", "g"))
    tenant.inherit(assigned, ("user", "ann"), group)
    tenant.user("cy")
    return tenant


def test_every_account_of_a_managed_app_has_access_for_as_long_as_it_is_there(story: Story) -> None:
    tenant = some()
    then = story.sync(tenant)
    tenant.remove(("user", "cy"))
    story.sync(tenant)
    access = access_of(story, story.app)
    with story.kernel.read() as connection:
        assert names(store.who_has(connection, access).items) == ["ann", "bob"]
        assert names(store.who_has(connection, access, at=then).items) == ["ann", "bob", "cy"]


def test_access_to_a_discovered_app_is_being_assigned_to_it(story: Story) -> None:
    tenant = some()
    story.sync(tenant)
    app = expenses(story)
    with story.kernel.work(SYSTEM) as work:
        manage_apps(work, [app])
    with story.kernel.read() as connection:
        queued = connection.execute(
            sa.text("SELECT task_name, args FROM procrastinate_jobs WHERE task_name LIKE 'ingest%'")
        ).one()
    assert tuple(queued) == ("ingest.refresh_access", {"app_id": app})
    refresh_access(story.kernel, app_id=app)
    refresh_access(story.kernel, app_id=app)
    access = access_of(story, app)
    with story.kernel.read() as connection:
        assert names(store.who_has(connection, access).items) == ["ann", "bob"]

    tenant.hold("app:Expenses:assigned", ("user", "cy"))
    del tenant.grants["app:Expenses:assigned", ("user", "bob")]
    story.sync(tenant)
    with story.kernel.read() as connection:
        assert names(store.who_has(connection, access).items) == ["ann", "cy"]


def test_unmanaged_apps_have_no_access_entitlement(story: Story) -> None:
    story.sync(some())
    refresh_access(story.kernel, app_id=expenses(story))
    with story.kernel.read() as connection:
        asked = Asked().among("a.public_id", "apps", [expenses(story)])
        assert entitlements(connection, asked) == []
