"""Two syncs of a large tenant into the server, and how fast it answers with them inside."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.inventory import Inventory
from bench.measures import Report
from bench.pages import turn
from bench.program import run
from bench.questions import ask
from bench.signed_in import signed_in
from bench.subjects import choose
from ostiary.server.catalog.actions import attach_connector, create_app
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.clock import SystemClock
from ostiary.server.kernel.database import Database, open_database
from ostiary.server.kernel.migration import migrate
from ostiary.server.kernel.secrets import Key, Keyring
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel

FIRST_SECONDS = 60.0
REPEAT_SECONDS = 30.0
PEAK_MIB = 300.0
CHANGED = 0.01
LARGE = Inventory()
CONNECTOR = "0bench0bench0bench0bench000"


def measure(folder: Path, inventory: Inventory = LARGE) -> Report:
    """A first sync, the same with a hundredth of it changed, then questions of now and then."""
    report = Report("ingest", str(inventory))
    with taken_in(report, folder, inventory) as kernel:
        between, file = SystemClock().now(), folder / "sync.c1z"
        _write(inventory, file, CHANGED)
        repeat = f"repeat with {CHANGED:.0%} change"
        _take_in(report, kernel.settings, file, repeat, REPEAT_SECONDS)
        with kernel.read() as connection:
            subjects = choose(connection)
        with signed_in(kernel) as client:
            ask(report, client, subjects, between)
            turn(report, client, subjects, between)
    return report


@contextmanager
def taken_in(report: Report, folder: Path, inventory: Inventory) -> Iterator[Kernel]:
    """A server's data after a first sync, with people made of the accounts."""
    settings = Settings(data_dir=folder / "data")
    with open_database(settings) as database:
        kernel = _kernel(settings, database)
        file = folder / "sync.c1z"
        _write(inventory, file, 0)
        _take_in(report, settings, file, "first sync", FIRST_SECONDS)
        _make_people(report, settings)
        yield kernel


def _write(inventory: Inventory, file: Path, changed: float) -> None:
    """In a process of its own: this one must stay small to measure others."""
    numbers = (inventory.users, inventory.groups, inventory.grants, changed)
    run([sys.executable, "-m", "bench.inventory", str(file), *map(str, numbers)], {})


def _kernel(settings: Settings, database: Database) -> Kernel:
    migrate(database)
    kernel = Kernel(settings, database, SystemClock(), Keyring([Key(bytes(32))]))
    with kernel.work(SYSTEM) as work:
        attach_connector(work, create_app(work, "Entra"), CONNECTOR)
    return kernel


def _make_people(report: Report, settings: Settings) -> None:
    """In a process of its own, as `_write`."""
    made = run([sys.executable, "-m", "bench.peopling", str(settings.data_dir)], {}).last_line
    report.add("people from accounts", made["made"], "")
    report.add("people from accounts: time", made["seconds"], "s")


def _take_in(report: Report, settings: Settings, file: Path, name: str, seconds: float) -> None:
    command = [sys.executable, "-m", "bench.taking_in", str(settings.data_dir), CONNECTOR]
    taken = run([*command, str(file)], {})
    told = taken.last_line
    report.add(f"{name}: uploaded file", file.stat().st_size / 1024**2, "MiB")
    report.add(f"{name}: from finished upload to visible", told["seconds"], "s", seconds)
    report.add(f"{name}: processor time of the client", taken.cpu, "s")
    report.add(f"{name}: peak memory of the client", taken.peak, "MiB", PEAK_MIB)
    report.add(f"{name}: grants changed", told["changed"], "")
