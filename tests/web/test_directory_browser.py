"""The directory and Home in a real browser: by keyboard alone, in both themes and widths."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from ostiary.server.directory.jobs import refresh
from ostiary.server.kernel.auth.user_store import User
from tests.web.browser import PATIENCE, violations
from tests.web.conftest import PageOf
from tests.web.test_directory_pages import (
    ATTRIBUTES,
    BY_HAND,
    FINANCE,
    ORPHANS,
    SOURCES,
    Estate,
    estate,
    world,
)
from tests.web.test_home_page import DAY, add_connector

__all__ = ["estate", "world"]

expect.set_options(timeout=PATIENCE)


def test_a_condition_and_an_owner_are_changed_by_keyboard_alone(
    estate: Estate,
    page_of: PageOf,
    ann: User,
) -> None:
    page = page_of(ann)
    page.goto(f"{SOURCES}/{estate.entra.public_id}")
    page.get_by_label("Import condition").focus()
    page.keyboard.type(FINANCE)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="If this is saved")).to_be_focused()
    expect(page.get_by_text("Dave (dave@corp.test)")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Save: remove 1 person")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sources")
    expect(page.get_by_text(FINANCE)).to_be_visible()
    refresh(estate.world.kernel)

    page.goto(f"{ORPHANS}?q=svc")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_text("1 marked")).to_be_visible()
    page.get_by_role("button", name="Set owner").press("Enter")
    page.get_by_label("Name or e-mail").focus()
    page.keyboard.type("alice")
    expect(page.get_by_label("Alice")).to_be_checked()
    page.get_by_label("Alice").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Set owner of 1 account")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Alice owns svc-backup"))).to_be_visible()
    page.goto(BY_HAND)
    expect(page.get_by_role("link", name="svc-backup")).to_be_visible()


def test_pages_of_the_directory_and_home_fit_and_serve_everybody(
    estate: Estate,
    page_of: PageOf,
    ann: User,
) -> None:
    account = estate.id_of("svc-backup")
    add_connector(estate.world.kernel, "Soon", 9 * DAY)
    alice, entra = estate.person("Alice"), estate.entra.public_id
    estate.world.set_owner(estate.payroll, "kiosk", "Alice")
    for width, theme in ((390, "dark"), (1280, "light")):
        page = page_of(ann, width=width, theme=theme)
        for path in (
            "/",
            ORPHANS,
            BY_HAND,
            SOURCES,
            f"{SOURCES}/add",
            f"{SOURCES}/{entra}",
            f"{SOURCES}/{entra}/remove",
            ATTRIBUTES,
            f"{ATTRIBUTES}/{entra}/department",
            "/people/domains",
            f"/people/accounts/owner?selected={account}&q=a",
            f"/people/accounts/type?selected={account}",
            f"/people/{alice}",
            f"/people/{alice}/attributes",
            f"/people/{alice}/reports",
        ):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert violations(page) == [], path
