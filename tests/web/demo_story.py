"""The tenant of `ostiary demo` some weeks on, as its administrators find it after that morning."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from ostiary.cli.demo.changes import make
from ostiary.server.catalog.actions import create_app, manage_apps
from ostiary.server.connectors.actions.registry import NewConnector, create_connector
from ostiary.server.connectors.catalogue.kinds import SELF_HOSTED
from ostiary.server.connectors.jobs import start_due_syncs
from ostiary.server.directory import actions as directory
from ostiary.server.directory.jobs import refresh
from ostiary.server.directory.rules.assembly import Directory
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from ostiary.tenant.directory import Directory as TenantDirectory
from ostiary.tenant.drift import drift
from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story
from tests.entra.running import sync
from tests.server.connectors.world import bring

DAY = 24 * 3600
BETWEEN = (0, 6, 5, 6, 5, 4, 5)
"""Days before each sync. Things happen in them, the demo's changes last."""
SEED, STEPS = 20, 6
EXPENSES = sa.text("SELECT public_id FROM apps WHERE display_name = 'Expenses'")
PEOPLE = 'account.profile.userType == "Member"'


@dataclass(frozen=True)
class Synced:
    """What a connector reported at an instant."""

    at: datetime
    file: Path


def live(folder: Path) -> Iterator[Synced]:
    """Runs the connector, so that no other event loop may run in this thread."""
    with SimulatedTenant(story("small")) as tenant:
        file = folder / "corp.c1z"
        for number, days in enumerate(BETWEEN):
            tenant.change(partial(_go_on, days=days, number=number))
            outcome = sync(tenant, file)
            assert outcome.code == 0, outcome.stderr
            at = tenant.directory.clock.now()
            yield Synced(at, Path(shutil.copy(file, folder / f"{number}.c1z")))


def _go_on(tenant: TenantDirectory, days: int, number: int) -> None:
    tenant.clock.advance(days * DAY)
    if number == len(BETWEEN) - 1:
        make(tenant)
    elif number:
        drift(tenant, SEED + number, STEPS)


class DemoStory:
    """`app`: the one that the tenant's connector fills; its members are people."""

    def __init__(self, kernel: Kernel, clock: FixedClock, life: Sequence[Synced]) -> None:
        clock.advance(life[0].at - clock.now())
        with kernel.work(SYSTEM) as work:
            self.app = create_app(work, "Corp Example")
            new = NewConnector(self.app, SELF_HOSTED, "Corp Example")
            connector = create_connector(work, new)
        for synced in life:
            clock.advance(synced.at - clock.now())
            start_due_syncs(kernel)
            brought = bring(kernel, connector, partial(shutil.copy, synced.file))
            assert brought.state == "done", brought.error
        with kernel.work(SYSTEM) as work:
            directory.save_directory(work, self.app, Directory(self.app, PEOPLE), {})
            manage_apps(work, list(work.connection.scalars(EXPENSES)))
        refresh(kernel)
        clock.advance(timedelta(minutes=20))
