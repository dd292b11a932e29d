"""An app's pages in a real browser: by keyboard from unmanaged to the grants of a group's role, and
whether they fit, in both themes, and serve everybody."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from ostiary.server.catalog import actions, linking
from ostiary.server.directory import actions as directory
from ostiary.server.directory.jobs import refresh
from ostiary.server.directory.rules.assembly import Directory
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.roles import SUPER_ADMINISTRATOR
from tests.server.access.asking import Story
from tests.server.auth.people import People
from tests.server.catalog.test_linked_groups import some_tenant
from tests.server.ingest.tenants import Tenant
from tests.web.browser import PATIENCE
from tests.web.conftest import ColorScheme, PageOf
from tests.web.test_browser import _violations
from tests.web.test_pages import HOSTILE, UNMANAGED

expect.set_options(timeout=PATIENCE)


@pytest.fixture
def ann(people: People) -> User:
    return people.add("ann@corp.test", SUPER_ADMINISTRATOR)


def test_from_an_unmanaged_app_to_the_grants_of_a_group_by_keyboard(
    story: Story, page_of: PageOf, ann: User
) -> None:
    story.sync(some_tenant())
    page = page_of(ann)
    page.goto(UNMANAGED)
    page.get_by_label("Mark Expenses").press("Space")
    page.get_by_role("button", name="Manage").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Manage 1 app")
    page.get_by_label("Owner").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Expenses"))
    page.get_by_role("link", name="Linked groups").press("Enter")
    page.get_by_label("Mark SG-Finance").press("Space")
    page.get_by_role("button", name="Set up").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up SG-Finance")
    expect(page.get_by_text("2 accounts in the group hold it from now on")).to_be_visible()
    page.get_by_label("Name of the role").fill("Approvers")
    page.get_by_role("button", name="Set up 1 group").press("Enter")
    page.get_by_role("link", name="Approvers").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Approvers"))
    expect(page.get_by_text("2 holders")).to_be_visible()
    page.get_by_role("link", name="Expenses").first.press("Enter")
    page.get_by_role("link", name="Grant feed").press("Enter")
    expect(page.get_by_role("row", name=re.compile("bob Granted Approvers"))).to_be_visible()


class Estate:
    """A directory with hostile names, and an app in it with a role made of a group."""

    def __init__(self, story: Story) -> None:
        self._story = story
        story.sync(self._tenant())
        with story.kernel.work(SYSTEM) as unit:
            directory.save_directory(unit, story.app, Directory(story.app), {})
        refresh(story.kernel)
        self.app = f"/apps/{self._ours('apps', 'display_name', 'Expenses')}"
        self.group = story.resource(("group", "SG-Finance"))
        with story.kernel.work(SYSTEM) as unit:
            actions.manage_apps(unit, [self.app[6:]])
            linking.decide(unit, self.app[6:], self.group, "create_role")
        self.ann = story.resource(("user", "ann"))
        self.held = (
            f"/apps/{story.app}/entitlements/{story.entitlement('group:SG-Finance:members')}"
        )

    def paths(self) -> list[str]:
        of, kind = f"/apps/{self._story.app}", self._ours("resource_types", "external_id", "group")
        resource = f"{of}/resources/{kind}/{self.group}"
        account = f"{of}/accounts/{self.ann}"
        return [
            f"{of}/resources",
            *(f"{resource}{tab}" for tab in ("", "/holders", "/inside", "/changes")),
            f"{of}/feed",
            f"{self.app}/linked_groups",
            f"{self.app}/linked_groups/set_up?selected={self.group}",
            f"{self.app}/settings",
            f"{self.app}/settings/matching",
            "/apps/deleted",
            f"{self.held}/settings",
            f"{of}/entitlements",
            f"{of}/accounts",
            *(f"{self.held}{tab}" for tab in ("", "/past", "/history", "/changes")),
            *(f"{account}{tab}" for tab in ("", "/history", "/changes")),
            f"{self.held}/holders/{self.ann}",
            f"{self._person()}",
            f"{self._person()}/access",
        ]

    def _tenant(self) -> Tenant:
        tenant = some_tenant()
        for name in HOSTILE:
            tenant.group(name, tenant.user(name), ("user", "ann"))
        return tenant

    def _person(self) -> str:
        return f"/people/{self._ours('people', 'public_id', None)}"

    def _ours(self, table: str, column: str, value: str | None) -> str:
        where = f"WHERE {column} = :value" if value else ""
        query = sa.text(f"SELECT public_id FROM {table} {where} ORDER BY id LIMIT 1")
        with self._story.kernel.read() as connection:
            return str(connection.execute(query, {"value": value}).scalar_one())


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_pages_of_apps_fit_their_width_and_serve_everybody(
    story: Story, page_of: PageOf, ann: User, width: int, theme: ColorScheme
) -> None:
    estate = Estate(story)
    page = page_of(ann, width=width, theme=theme)
    found = {}
    for path in estate.paths():
        page.goto(path)
        wrong = _violations(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append("scrolls sideways")
        if wrong:
            found[path] = wrong
    assert found == {}
    page.goto(f"{estate.app}/settings")
    page.get_by_role("button", name="Delete app").click()
    dialog = page.get_by_role("dialog", name="Delete Expenses")
    expect(dialog.get_by_role("button", name="Delete app")).to_be_disabled()
    assert _violations(page) == []
    dialog.get_by_label("Type Expenses to go on").fill("Expenses")
    expect(dialog.get_by_role("button", name="Delete app")).to_be_enabled()
