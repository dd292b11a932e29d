"""Connectors in a real browser: by keyboard alone, live, in both themes and widths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pytest
import yaml
from playwright.sync_api import Locator, Page, expect

from ostiary.server.connectors.actions.hosting import Line, note_lines
from ostiary.server.connectors.actions.outcomes import Outcome, Remark
from ostiary.server.connectors.files import upload_path
from ostiary.server.connectors.jobs import ingest_sync
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth import user_store
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.roles import BASIC_USER
from ostiary.server.kernel.work import Kernel
from tests.server.auth.people import People
from tests.server.connectors.syncfiles import write_users
from tests.server.connectors.world import finish, latest_sync, lease, upload
from tests.web.browser import PATIENCE, violations
from tests.web.conftest import ColorScheme, PageOf
from tests.web.connectors import Held, place
from tests.web.keyboard import press, reach
from tests.web.test_pages import SCRIPT

expect.set_options(timeout=PATIENCE)

HEADING: Final = "heading"


def test_a_self_hosted_connector_is_rotated_and_turns_to_connected_live(
    kernel: Kernel,
    connector: Connector,
    page_of: PageOf,
    ann: User,
) -> None:
    page = page_of(ann)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/connectors")
    press(page.get_by_role("link", name="Our tenant").first)
    expect(page.get_by_text("Its agent needs a client id and a secret")).to_be_visible()
    press(page.get_by_role("link", name="Rotate").first)
    press(page.get_by_role("button", name="Rotate").first)
    expect(page.get_by_text("Copy the secret now")).to_be_visible()
    press(page.get_by_role("button", name=re.compile("^Copy: Kubernetes")).first)
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert [each["kind"] for each in yaml.safe_load_all(copied)] == ["Secret", "Deployment"]
    press(page.get_by_role("link", name="I have copied it").first)
    expect(page.get_by_text("Waiting for its agent")).to_be_visible()
    page.evaluate("window.stays = true")
    for _step in agent_reports(kernel, connector):
        title = page.get_by_role(HEADING, level=1)
        expect(title).to_contain_text("Syncing")
    expect(page.get_by_role(HEADING, level=1)).to_contain_text("Connected")
    expect(page.get_by_role("link", name="3 Accounts")).to_be_visible()
    assert page.evaluate("window.stays")


def agent_reports(kernel: Kernel, its: Connector) -> Iterator[None]:
    """Takes the sync that waits, says how far it is, and brings three people."""
    task = lease(kernel, its, "host-a")
    assert task
    yield
    with kernel.work(SYSTEM) as work:
        note_lines(work, its.key, [Line("info", "syncing", {"objects": {"user": 3}})])
    yield
    upload(kernel, its, "host-a", task.id)
    left = Remark("Left out", {"count": 2, "subject": "groups", "reason": "hidden membership"})
    finish(kernel, its, "host-a", task.id, Outcome(remarks=[left]))
    yield
    sync = latest_sync(kernel, its)
    assert sync.upload_id
    write_users(upload_path(kernel.settings, sync.upload_id, "c1z"), 3)
    ingest_sync(kernel, sync.id)


def test_a_held_drop_is_looked_at_and_confirmed_by_keyboard_alone(
    held: Held,
    page_of: PageOf,
    ann: User,
) -> None:
    page = page_of(ann)
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page.get_by_role(HEADING, level=1)).to_have_text("Connectors")
    press(found(page, "Our tenant"))
    press(found(page, "See what would be lost"))
    expect(page.get_by_role("row", name="user Resources 12 10 0")).to_be_visible()
    press(found(page, "Show their names"))
    expect(page.get_by_role("row", name="U3 user")).to_be_visible()
    press(found(page, "Confirm removal of 10 resources"))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Confirm removal")).to_be_disabled()
    page.keyboard.type("confirm")
    page.keyboard.press("Enter")
    expect(page.get_by_role(HEADING, level=1)).to_contain_text("Syncing")
    ingest_sync(held.kernel, latest_sync(held.kernel, held.connector).id)
    expect(page.get_by_role(HEADING, level=1)).to_contain_text("Connected")
    expect(page.get_by_role("link", name="2 Accounts")).to_be_visible()
    expect(page.get_by_text("A sync is held")).to_be_hidden()


def test_owners_are_found_by_name_and_a_pause_says_why(
    kernel: Kernel,
    connector: Connector,
    page_of: PageOf,
    ann: User,
    people: People,
) -> None:
    dana, erin = (people.add(f"{name}@corp.test", BASIC_USER) for name in ("dana", "erin"))
    with kernel.work(SYSTEM) as work:
        user_store.change(work, erin, display_name=f"Erin '\"{SCRIPT}")
    page = page_of(ann)
    page.goto(place(connector))
    press(found(page, "Edit"))
    owners = page.get_by_role("combobox", name="Owners")
    reach(owners)
    page.keyboard.type("eri")
    option = page.get_by_role("option", name=f"Erin '\"{SCRIPT}")
    expect(option).to_have_attribute("aria-selected", "true")
    assert violations(page) == []
    page.keyboard.press("Enter")
    page.keyboard.type(dana.email)
    page.keyboard.press("Enter")
    page.keyboard.type("zoe")
    expect(page.get_by_text("Nobody is found.")).to_be_visible()
    owners.clear()
    chosen = page.get_by_role("list", name="Chosen").get_by_role("listitem")
    expect(chosen).to_have_text(["Olga", f"Erin '\"{SCRIPT}", re.compile("Dana|dana@corp.test")])
    press(page.get_by_role("button", name="Remove Olga").first)
    expect(owners).to_be_focused()
    press(page.get_by_role("button", name="Save").first)
    expect(page.get_by_text("Dana (dana@corp.test)", exact=True)).to_be_visible()
    expect(page.get_by_text("Olga")).to_be_hidden()
    press(found(page, "Edit"))
    expect(chosen.filter(has_text=f"Erin '\"{SCRIPT}")).to_be_visible()
    press(page.get_by_role("link", name="Cancel").first)

    press(found(page, "Pause"))
    page.keyboard.type("Entra is being moved")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Entra is being moved. Nothing new comes in")).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), [(390, "light"), (1280, "dark")])
def test_pages_of_connectors_fit_their_width_and_serve_everybody(
    held: Held,
    page_of: PageOf,
    ann: User,
    width: int,
    theme: ColorScheme,
) -> None:
    page = page_of(ann, width=width, theme=theme)
    for path in every_page(held):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert violations(page) == [], path
    page.goto(place(held.connector, "/credentials"))
    page.get_by_role("button", name="Rotate").click()
    expect(page.get_by_text("Copy the secret now")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def every_page(world: Held) -> list[str]:
    sync = latest_sync(world.kernel, world.connector)
    tabs = (
        "",
        "/syncs",
        f"/syncs/{sync.id}",
        "/held?names=1",
        "/schedule",
        "/credentials",
        "/changes",
    )
    of_one = [place(world.connector, tab) for tab in (*tabs, "/edit", "/delete")]
    return ["/connectors", f"/apps/{world.connector.app_id}/connectors", *of_one]


def found(page: Page, name: str) -> Locator:
    """What leads somewhere on the page itself."""
    main = page.locator("main").locator("a, button")
    return main.filter(has_text=re.compile(f"^\\s*{name}"))
