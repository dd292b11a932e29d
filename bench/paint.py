"""How soon a browser shows something of a page about a large tenant: first contentful paint."""

from __future__ import annotations

import os
import shutil
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from bench.ingest import LARGE, taken_in
from bench.inventory import Inventory
from bench.measures import Report
from bench.pages import visits
from bench.program import FailedError
from bench.signed_in import new_session
from bench.subjects import choose
from ostiary.server.app import create_app
from ostiary.server.kernel.clock import SystemClock
from ostiary.server.kernel.work import Kernel
from ostiary.server.web.assets import STATIC

PAINT_MS = 1000.0
VISITS = 5
"""To each kind of page, with nothing cached and with everything."""
LOADED_KIB = 350.0

PAINTED = """() => new Promise((tell) => new PerformanceObserver((list) => {
  for (const paint of list.getEntriesByName("first-contentful-paint")) tell(paint.startTime);
}).observe({ type: "paint", buffered: true }))"""
NO_PAGES = {"search"}
"""Drawn into a page that is there already."""


def measure(folder: Path, inventory: Inventory = LARGE) -> Report:
    """Of each kind of page the slowest of a few visits, then the 95th percentile of all."""
    report = Report("paint", str(inventory))
    report.add("scripts and styles, compressed", _loaded() / 1024, "KiB", LOADED_KIB)
    with taken_in(report, folder, inventory) as kernel:
        cookie = new_session(kernel)
        with _serving(kernel) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"),
                args=["--no-sandbox"] if os.geteuid() == 0 else [],
            )
            _visit(report, kernel, _Visitor(browser, address, cookie))
            browser.close()
    return report


def _visit(report: Report, kernel: Kernel, visitor: _Visitor) -> None:
    day = SystemClock().now().isoformat().replace("+", "%2B")
    with kernel.read() as connection:
        subjects = choose(connection, VISITS)
    everything: dict[str, list[float]] = {"cold": [], "warm": []}
    for visit in (each for each in visits(subjects, day) if each.name not in NO_PAGES):
        paths = list(islice(cycle(visit.paths), VISITS))
        for cache, taken in (("cold", visitor.cold(paths)), ("warm", visitor.warm(paths))):
            everything[cache] += taken
            report.add(f"{visit.name}, {cache}: slowest of {VISITS}", max(taken), "ms", PAINT_MS)
    for cache, taken in everything.items():
        p95 = statistics.quantiles(taken, n=20)[-1]
        report.add(f"all pages, {cache}: p95", p95, "ms", PAINT_MS)


class _Visitor:
    """Somebody who is signed in. Lists are milliseconds."""

    def __init__(self, browser: Browser, address: str, cookie: str) -> None:
        self._browser = browser
        self._address = address
        self._cookie = cookie
        self._at_home = self._fresh()

    def cold(self, paths: list[str]) -> list[float]:
        """Each as the first page that a browser ever sees of this server."""
        taken = []
        for path in paths:
            context = self._fresh()
            taken.append(_painted(context, path))
            context.close()
        return taken

    def warm(self, paths: list[str]) -> list[float]:
        _painted(self._at_home, paths[0])
        return [_painted(self._at_home, path) for path in paths]

    def _fresh(self) -> BrowserContext:
        context = self._browser.new_context(base_url=self._address)
        context.add_cookies([{"name": "ostiary", "value": self._cookie, "url": self._address}])
        return context


def _painted(context: BrowserContext, path: str) -> float:
    """`FailedError` when the page is a refusal."""
    page = context.new_page()
    answer = page.goto(path)
    if answer is None or not answer.ok:
        raise FailedError(f"{path} was refused")
    taken: float = page.evaluate(PAINTED)
    page.close()
    return taken


def _loaded() -> int:
    """Bytes."""
    packed = [*STATIC.glob("*.js.gz"), *STATIC.glob("*.css.gz")]
    return sum(path.stat().st_size for path in packed)


@contextmanager
def _serving(kernel: Kernel) -> Iterator[str]:
    """Its address."""
    config = uvicorn.Config(
        create_app(kernel), port=0, log_config=None, access_log=False, lifespan="off"
    )
    listening = config.bind_socket()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
