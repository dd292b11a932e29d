"""An app's pages in a real browser: by keyboard from unmanaged to the grants of a group's role,
from a grant to why it is held and back in time, and whether pages fit and serve everybody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from ostiary.server.catalog import actions, linking
from ostiary.server.directory import actions as directory
from ostiary.server.directory.jobs import refresh
from ostiary.server.directory.rules.assembly import Directory
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.clock import FixedClock
from tests.server.access.asking import Story
from tests.server.catalog.test_linked_groups import some_tenant
from tests.server.ingest.tenants import Held, Tenant
from tests.web.browser import PATIENCE, violations
from tests.web.conftest import ColorScheme, PageOf
from tests.web.test_pages import HOSTILE, UNMANAGED

expect.set_options(timeout=PATIENCE)


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


def nested(member: str) -> Tenant:
    """Bob and somebody else are in Team, in Unit, in Division, in Company, which is assigned
    Expenses."""
    tenant = Tenant()
    members = [tenant.user("bob"), tenant.user(member)]
    inner, held = "Team", tenant.group("Team", *members)
    for outer in ("Unit", "Division", "Company", "Expenses"):
        around = tenant.app(outer) if outer == "Expenses" else tenant.group(outer)
        tenant.hold(around, ("group", inner), Held(through=(held,)))
        for each in members:
            tenant.inherit(around, each, held)
        inner, held = outer, around
    return tenant


def test_why_somebody_has_something_and_what_was_last_week_by_keyboard(
    story: Story, page_of: PageOf, ann: User, clock: FixedClock
) -> None:
    """Through four groups; then a week ago, along from page to page, and what changed since."""
    story.sync(nested("dora"))
    make_directory(story)
    clock.advance(timedelta(days=7))
    story.sync(nested("carl"))
    refresh(story.kernel)
    page = page_of(ann)
    page.goto("/people")
    page.get_by_role("link", name="bob").press("Enter")
    page.get_by_role("link", name="Access", exact=True).press("Enter")
    page.get_by_role("link", name="through Company").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Why bob has"))
    expect(
        page.get_by_text(
            "bob, through Team, inside Unit, inside Division, inside Company, "
            "holds assigned of Expenses"
        )
    ).to_be_visible()
    boxes = page.locator(".path").get_by_role("link")
    expect(boxes).to_have_count(7)
    for place in range(7):
        leads_to = boxes.nth(place).get_attribute("href") or "nowhere"
        boxes.nth(place).press("Enter")
        expect(page).to_have_url(re.compile(f"{leads_to}$"))
        page.go_back()

    banner = page.get_by_role("note").filter(has_text="at the end of 2 March 2026")
    page.get_by_label("ann@corp.test: menu").press("Enter")
    page.get_by_label("See everything as of").fill("2026-03-02")
    page.keyboard.press("Enter")
    expect(banner).to_be_visible()
    expect(boxes).to_have_count(7)
    boxes.first.press("Enter")
    expect(page).to_have_url(re.compile(r"/people/\w+\?as_of=2026-03-02"))
    expect(banner).to_be_visible()
    page.get_by_role("rowheader", name="bob").get_by_role("link").press("Enter")
    expect(page).to_have_url(re.compile("/accounts/"))
    expect(banner).to_be_visible()
    page.get_by_role("link", name="assigned").press("Enter")
    expect(page).to_have_url(re.compile("/entitlements/"))
    expect(banner).to_be_visible()
    expect(page.get_by_role("rowheader", name="dora")).to_be_visible()
    expect(page.get_by_role("rowheader", name="carl")).to_have_count(0)

    page.get_by_role("link", name="Compare dates").press("Enter")
    expect(banner).to_be_visible()
    page.get_by_label("From the end of").fill("2026-03-02")
    page.get_by_label("to the end of", exact=True).fill("2026-03-09")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 differences")).to_be_visible()
    expect(banner).to_have_count(0)
    expect(page.get_by_role("row", name=re.compile("carl Gained"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("dora Lost"))).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="From then to today").press("Enter")
    expect(page.get_by_text("2 differences")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Back to now").press("Enter")
    expect(banner).to_have_count(0)
    expect(page).not_to_have_url(re.compile("as_of"))


def make_directory(story: Story) -> None:
    with story.kernel.work(SYSTEM) as unit:
        directory.save_directory(unit, story.app, Directory(story.app), {})
    refresh(story.kernel)


class Estate:
    """A directory with hostile names, and an app in it with a role made of a group."""

    def __init__(self, story: Story) -> None:
        self._story = story
        story.sync(self._tenant())
        make_directory(story)
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
        wrong = violations(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append("scrolls sideways")
        if wrong:
            found[path] = wrong
    assert found == {}
    page.goto(f"{estate.app}/settings")
    page.get_by_role("button", name="Delete app").click()
    dialog = page.get_by_role("dialog", name="Delete Expenses")
    expect(dialog.get_by_role("button", name="Delete app")).to_be_disabled()
    assert violations(page) == []
    dialog.get_by_label("Type Expenses to go on").fill("Expenses")
    expect(dialog.get_by_role("button", name="Delete app")).to_be_enabled()
