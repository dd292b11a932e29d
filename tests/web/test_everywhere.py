"""What holds on every page there is, whoever looks and however things are called."""

from __future__ import annotations

import re
from functools import partial
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from playwright.sync_api import Dialog, Page, expect

from ostiary.baton.pb import connector_v2 as v2
from ostiary.server.catalog import ownership
from ostiary.server.catalog.actions import create_app, manage_apps
from ostiary.server.connectors.actions.registry import NewConnector, create_connector
from ostiary.server.connectors.catalogue.kinds import SELF_HOSTED
from ostiary.server.directory import actions as directory
from ostiary.server.directory.jobs import refresh
from ostiary.server.directory.rules.assembly import Directory
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.authz.enforcement import (
    OPERATIONAL_ROUTES,
    Public,
    Requirement,
    declaration_of,
)
from ostiary.server.kernel.authz.permissions import Reach
from ostiary.server.kernel.authz.roles import (
    APPLICATION_ADMINISTRATOR,
    ROLES,
    SUPER_ADMINISTRATOR,
    Role,
)
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from ostiary.server.web.navigation import SECTIONS
from tests.server.auth.people import People
from tests.server.connectors.world import bring, fail_sync
from tests.server.ingest.tenants import Held, Key
from tests.web.conftest import PageOf, Reader
from tests.web.estates import Estate, telling
from tests.web.route_table import ROUTES
from tests.web.test_pages import ATTRIBUTE, HOSTILE, LONG, SCRIPT
from tests.web.walking import Routes, walk

SHORT = " ".join(name for name in HOSTILE if name != LONG)
"""What has to be called something shorter."""
WORST = f"{SHORT} {LONG}"


PARTS = {
    "GET /static/{name}",
    "GET /search",
    "GET /explore/{key}/count",
    "GET /apps/{app_id}/connectors/{connector_id}/events",
    *(f"GET /explore/map/{of}" for of in ("people/{person_id}", "accounts/{account_id}")),
    "GET /explore/map/entitlements/{entitlement_id}",
}
"""Not pages, but what pages load."""
UNUSUAL = {
    "GET /apps/restore",
    "GET /people/accounts/reset",
    *(
        f"GET /apps/{{app_id}}/connectors/{{connector_id}}/{of}"
        for of in ("held", "settings", "sign-in")
    ),
}
"""Pages that only what was deleted, decided by hand, held or is run by the server leads to."""


class Hostile(Estate):
    """Everything in it is called the same, and described by it."""

    def _resource_message(self, key: Key) -> v2.Resource:
        resource = super()._resource_message(key)
        resource.display_name = resource.description = WORST
        resource.profile.update({"department": WORST, "jobTitle": WORST})
        return resource

    def _entitlement(self, name: str) -> v2.Entitlement:
        entitlement = super()._entitlement(name)
        entitlement.display_name = entitlement.description = WORST
        return entitlement


class World:
    """`app` is filled by a connector, `managed` was found through it; `broken` is a connector."""

    def __init__(self, kernel: Kernel, clock: FixedClock) -> None:
        tenant = telling(clock.now(), Hostile())
        members = "group:Finance:members"
        tenant.hold(tenant.app("Expenses"), ("group", "Finance"), Held(through=(members,)))
        with kernel.work(SYSTEM) as work:
            self.app = create_app(work, SHORT)
            new = NewConnector(self.app, SELF_HOSTED, SHORT[:256], description=SHORT)
            filling, broken = create_connector(work, new), create_connector(work, new)
        assert bring(kernel, filling, tenant.write).state == "done"
        fail_sync(kernel, broken, WORST)
        self.managed = self._found(kernel, "Expenses")
        with kernel.work(SYSTEM) as work:
            directory.save_directory(work, self.app, Directory(self.app), {})
            manage_apps(work, [self.managed])
        refresh(kernel)
        adding = "/connectors/add/baton"
        into = urlencode({"into": "new", "name": SHORT[:100]})
        self.places = [
            "/",
            "/apps?tab=unmanaged",
            f"/apps/{self.managed}/linked_groups",
            "/explore/map?q=refund",
            "/connectors/add/microsoft-entra/settings?" + into,
            f"{adding}/self-hosted?{into}",
        ]

    def _found(self, kernel: Kernel, name: str) -> str:
        query = sa.text(
            "SELECT a.public_id FROM apps a JOIN resources r ON r.id = a.discovered_resource_id "
            "WHERE r.external_id = :name"
        )
        with kernel.read() as connection:
            return str(connection.execute(query, {"name": name}).scalar_one())


@pytest.fixture
def world(kernel: Kernel, clock: FixedClock) -> World:
    return World(kernel, clock)


def test_hostile_names_harm_no_page(
    world: World, app: FastAPI, admin: Reader, people: People, page_of: PageOf
) -> None:
    """On each kind of page that links lead to, at the width of a phone. `page_of` hears of errors
    of scripts and of what the policy refused."""
    assert admin.post("/settings/keys", data={"display_name": SCRIPT}).status_code == 303
    page = page_of(people.add("ann@corp.test", SUPER_ADMINISTRATOR), width=390)
    ran: list[str] = []
    wide: list[str] = []

    def refuse(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    def look(path: str) -> str:
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(path)
        return page.content()

    page.on("dialog", refuse)
    seen = walk(world.places, Routes(needs_of(app)), look)
    pages = {route for route in ROUTES if route.startswith("GET")} - PARTS
    assert pages - UNUSUAL - seen.keys() == set()
    page.keyboard.press("Control+k")
    page.keyboard.type("refund")
    expect(page.get_by_role("option").first).to_contain_text(ATTRIBUTE)
    assert (ran, wide) == ([], [])


def needs_of(app: FastAPI) -> dict[str, Requirement | Public | None]:
    """What each route needs of whoever takes it."""
    return {
        f"{method} {getattr(route, 'path', '')}": declaration_of(route)
        for route in iter_route_contexts(app.routes)
        for method in getattr(route, "methods", None) or ()
        if getattr(route, "path", "") not in OPERATIONAL_ROUTES
    }


def allows(role: Role, needed: Requirement | Public | None) -> bool:
    """At least for what is one's own."""
    if not isinstance(needed, Requirement):
        return True
    if role.allowances.get(needed.owner_with or needed.permission):
        return True
    return Reach.ALL in role.allowances.get(needed.permission, frozenset())


def test_each_role_is_shown_what_it_may_and_told_who_may_the_rest(
    world: World, app: FastAPI, people: People, kernel: Kernel, page_of: PageOf
) -> None:
    """From the sidebar to every kind of page that links lead to: nothing is offered that would be
    refused, and what the sidebar hides is refused with the roles that have it."""
    needs = needs_of(app)
    for role in ROLES:
        user = people.add(f"{role.name}@corp.test", role)
        with kernel.work(SYSTEM) as work:
            if role is APPLICATION_ADMINISTRATOR:
                ownership.add_owner(work, world.managed, user.public_id)
        page = page_of(user)
        shown = [section for section in SECTIONS if role.allowances.get(section.permission)]
        hidden = [section for section in SECTIONS if section not in shown]
        page.goto("/")
        sidebar = page.get_by_role("navigation", name="Main")
        expect(sidebar.get_by_role("listitem")).to_have_text([each.title for each in shown])
        for section in hidden:
            expect(sidebar.get_by_text("Hidden from you")).to_contain_text(section.title)
        for section in shown:
            sidebar.get_by_role("link", name=section.title, exact=True).click()
            expect(page).to_have_url(re.compile(rf"{section.path}$"))
            expect(page.locator("#content h1")).to_be_visible()
        for section in hidden:
            refused = page.request.get(section.path, headers={"accept": "text/html"})
            assert refused.status == 403
            assert ">You may not see this</h1>" in refused.text()
            assert SUPER_ADMINISTRATOR.display_name in refused.text()
        seen = walk(["/"], Routes(needs), partial(_asked, page))
        assert {route for route in seen if not allows(role, needs[route])} == set(), role.name


def _asked(page: Page, path: str) -> str:
    """Without drawing it."""
    answer = page.request.get(path, headers={"accept": "text/html"})
    assert answer.ok, (answer.status, path)
    return answer.text()
