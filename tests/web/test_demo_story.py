"""What the web tells of the demo's tenant; README shows two of these pages.

`OSTIARY_PICTURES=docs/pictures` has them drawn anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ostiary.server.kernel.authz.roles import SUPER_ADMINISTRATOR
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.auth.people import People
from tests.web.browser import PATIENCE
from tests.web.conftest import PageOf
from tests.web.demo_story import DemoStory, Synced, live

PICTURES = os.environ.get("OSTIARY_PICTURES")
"""Read before a fixture takes away what is set for servers."""

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> list[Synced]:
    """Before there is a browser: its event loop keeps the connector's from running."""
    return list(live(tmp_path_factory.mktemp("life")))


@pytest.fixture
def told(life: list[Synced], kernel: Kernel, clock: FixedClock) -> DemoStory:
    return DemoStory(kernel, clock, life)


def test_the_demos_tenant_tells_what_to_do_and_why_somebody_has_something(
    told: DemoStory, page_of: PageOf, people: People
) -> None:
    page = page_of(people.add("ann@corp.example", SUPER_ADMINISTRATOR))
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/")
    expect(page.get_by_role("link", name="5 accounts are orphaned")).to_be_visible()
    expect(page.get_by_role("link", name="22 apps wait to be managed")).to_be_visible()
    expect(page.get_by_role("figure")).to_contain_text("5 fewer grants than 29 days before")
    expect(page.locator("[data-canvas] canvas")).to_be_visible()
    _draw(page, "home")

    page.goto(f"/apps/{told.app}/entitlements?q=SG-Diamond+member")
    page.get_by_role("link", name="SG-Diamond member", exact=True).click()
    held = page.get_by_role("row", name=re.compile("Wanda Kowalska"))
    held.get_by_role("link", name=re.compile("^through")).click()
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text(re.compile("Why Wanda Kowalska has SG-Diamond member"))
    for side in ("Left", "Right"):
        way = f"through SG-Diamond-Base, inside SG-Diamond-{side}, holds SG-Diamond member"
        expect(page.get_by_text(f"Wanda Kowalska, {way}")).to_be_visible()
    _draw(page, "explain")


def _draw(page: Page, name: str) -> None:
    if PICTURES:
        page.mouse.move(0, 0)
        page.screenshot(path=Path(PICTURES) / f"{name}.png")
