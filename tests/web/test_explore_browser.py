"""The access map by keyboard alone, and how the pages about everything look to everybody."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from ostiary.server.directory.jobs import refresh
from ostiary.server.explore.questions import QUESTIONS
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.clock import FixedClock
from tests.server.access.asking import Story
from tests.web.browser import violations
from tests.web.conftest import ColorScheme, PageOf, Reader
from tests.web.estates import telling


@pytest.fixture
def told(story: Story, admin: Reader, clock: FixedClock) -> Story:
    story.sync(telling(clock.now()))
    admin.post("/api/v1/directories", json={"appId": story.app})
    refresh(story.kernel)
    return story


def test_the_map_is_walked_by_keyboard_alone(told: Story, page_of: PageOf, ann: User) -> None:
    page = page_of(ann)
    page.goto("/explore")
    counts = page.locator(".questions strong")
    expect(counts.filter(has_text="…")).to_have_count(0)
    page.get_by_role("link", name="Access map").press("Enter")
    page.get_by_role("searchbox", name="Person").fill("bob")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="bob").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What bob reaches")
    tree = page.locator("#content .tree").first
    for name in ("bob", "Finance", "Nested"):
        summary = tree.locator("summary").filter(has_text=re.compile(rf"^\s*{name}"))
        expect(summary).to_have_count(1)
        summary.press("Enter")
    outer = tree.locator("li").filter(has=page.locator("> .leaf", has_text="Outer"))
    expect(outer).to_have_count(1)
    outer.get_by_role("link", name="Open Outer").press("Enter")
    expect(page).to_have_url(re.compile(r"/apps/\w+/entitlements/\w+"))


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_pages_fit_their_width_and_serve_everybody(
    told: Story, page_of: PageOf, ann: User, width: int, theme: ColorScheme
) -> None:
    page = page_of(ann, width=width, theme=theme)
    paths = [
        "/log",
        "/log/1",
        "/explore",
        "/explore/map?q=bob",
        "/settings",
        "/settings/sign_in",
        "/settings/users",
        f"/settings/users/{ann.public_id}",
        f"/settings/users/roles?selected={ann.public_id}",
        "/settings/keys",
        "/keys",
        "/settings/mail",
        "/settings/encryption",
        *(question.path for question in QUESTIONS if not question.href),
    ]
    for path in paths:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert violations(page) == [], path
