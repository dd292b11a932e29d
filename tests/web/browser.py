"""The browser of the tests: Debian's Chromium, or the one that Playwright brings."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, sync_playwright

WITHOUT = "NO_BROWSER"
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
SERIOUS = {"serious", "critical"}
PATIENCE = 60_000
"""Milliseconds until something that should appear counts as missing, on a busy machine too."""


@contextmanager
def started() -> Iterator[Browser]:
    """AssertionError with what to install when there is none."""
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"),
                args=["--no-sandbox"] if os.geteuid() == 0 else [],
            )
        except Error as error:
            raise AssertionError(
                f"no browser: `make browser` gets one, {WITHOUT}=1 goes without ({error.message})"
            ) from None
        yield browser
        browser.close()


def refusals(page: Page) -> list[str]:
    """What the browser complains about from now on: errors of scripts, and what it refused."""
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on(
        "console",
        lambda message: heard.append(message.text) if message.type == "error" else None,
    )
    return heard


def violations(page: Page) -> list[str]:
    """What axe finds serious. It is added by the test, which the page's policy does not bind."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]
