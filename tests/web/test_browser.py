"""What only a real browser shows: scripts, focus, keys, widths, and that policies hold."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.roles import BASIC_USER, SUPER_ADMINISTRATOR
from tests.server.access.asking import Story
from tests.server.auth.people import PASSWORD, People
from tests.web.browser import PATIENCE, violations
from tests.web.conftest import ColorScheme, PageOf, estate
from tests.web.test_pages import HOSTILE, UNMANAGED

expect.set_options(timeout=PATIENCE)


def test_somebody_signs_in_changes_the_theme_and_signs_out(
    browser: Browser, address: str, ann: User
) -> None:
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/apps")
    page.get_by_label("E-mail address").fill(ann.email or "")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Apps")
    page.get_by_label("ann@corp.test: menu").click()
    page.get_by_text("Dark").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.get_by_label("ann@corp.test: menu").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    context.close()


def test_a_list_is_used_by_keyboard_alone(story: Story, page_of: PageOf, ann: User) -> None:
    story.sync(estate(["Expenses", "Payroll", "Travel"]))
    page = page_of(ann)
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("a")
    expect(page).to_have_title("Apps · Ostiary")
    page.goto(UNMANAGED)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    drawer = page.locator("#drawer")
    expect(drawer.get_by_role("heading", level=1)).to_have_text(re.compile("Payroll"))
    page.keyboard.press("j")
    expect(drawer.get_by_role("heading", level=1)).to_have_text(re.compile("Travel"))
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    page.keyboard.press("x")
    expect(page.get_by_text("1 marked")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_cells_and_toolbars_stand_on_as_few_lines_as_there_is_room_for(
    story: Story, people: People, page_of: PageOf, ann: User
) -> None:
    story.sync(estate(["Expenses"]))
    people.add("name.decomposed@corp.test", BASIC_USER, SUPER_ADMINISTRATOR)
    long = f"{'a' * 12}@{'b' * 20}.test"
    people.add(long, BASIC_USER)
    people.add(f"{'endless' * 9}@corp.test", BASIC_USER)
    page = page_of(ann, width=1280)
    page.goto("/settings/users")
    cell = page.get_by_role("row", name="Name.Decomposed").get_by_role("cell")
    expect(cell.filter(has_text="corp.test")).to_have_text("name.decomposed@corp.test")
    lines = "cell => Math.round(cell.querySelector('bdi').offsetHeight / 21)"
    assert cell.filter(has_text="corp.test").evaluate(lines) == 1
    assert cell.filter(has_text="Basic").inner_text() == "Basic User, Super Administrator"
    folded = page.get_by_text(long)
    assert folded.inner_text() == long
    frame = page.locator(".table-frame")
    assert frame.evaluate("frame => frame.scrollWidth - frame.clientWidth") == 0
    page.goto("/explore/external")
    bar = page.locator(".filter-bar")
    assert bar.locator(".filters summary").count() == 4
    assert bar.evaluate("bar => bar.offsetHeight") < 60


def test_filtering_keeps_the_focus_and_is_in_the_address(
    story: Story, page_of: PageOf, ann: User
) -> None:
    story.sync(estate(["Expenses", "Payroll"]))
    page = page_of(ann)
    page.goto(UNMANAGED)
    page.keyboard.press("/")
    page.keyboard.type("pay")
    expect(page.get_by_text("1 of 2 unmanaged apps")).to_be_visible()
    expect(page.get_by_role("searchbox", name="Filter by")).to_be_focused()
    expect(page).to_have_url(re.compile("tab=unmanaged.*q=pay"))
    page.get_by_role("link", name="Search: pay").click()
    expect(page.get_by_text("2 unmanaged apps", exact=True)).to_be_visible()
    page.get_by_role("link", name="First seen").click()
    expect(page.get_by_role("columnheader", name="First seen")).to_have_attribute(
        "aria-sort", "ascending"
    )
    expect(page.get_by_role("link", name="First seen")).to_be_focused()


def test_ctrl_k_goes_anywhere(story: Story, page_of: PageOf, ann: User) -> None:
    story.sync(estate(["Expenses"]))
    page = page_of(ann)
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("expen")
    expect(page.get_by_role("option", name="Expenses")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Expenses"))


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_pages_fit_their_width_and_serve_everybody(
    story: Story, page_of: PageOf, ann: User, width: int, theme: ColorScheme
) -> None:
    story.sync(estate([*HOSTILE, "Expenses"]))
    page = page_of(ann, width=width, theme=theme)
    for path in (
        "/",
        "/apps",
        f"{UNMANAGED}&q=E&sort=-name",
        "/apps?as_of=2026-03-02",
        f"/apps/{story.app}",
        f"/apps/manage?selected={_some_app(page)}",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert violations(page) == [], path
    page.goto(UNMANAGED)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#drawer")).to_be_visible()
    assert violations(page) == []


def test_a_basic_user_is_shown_a_quiet_page(page_of: PageOf, people: People) -> None:
    page = page_of(people.add("bob@corp.test", BASIC_USER))
    page.goto("/")
    expect(page.get_by_text("Hidden from you")).to_be_visible()
    assert violations(page) == []


def _some_app(page: Page) -> str:
    page.goto(UNMANAGED)
    value = page.locator("[data-mark]").first.get_attribute("value")
    assert value
    return value
