"""The demo from its first to its last step."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ostiary.cli.demo.changes import MOVED, RENAMED, make
from ostiary.cli.demo.comparison import Cost, compare
from ostiary.cli.demo.contents import Contents, contents
from ostiary.cli.demo.folder import MARKER, fresh
from ostiary.cli.demo.narrator import Narrator, StepFailedError
from ostiary.cli.demo.next_steps import farewell
from ostiary.cli.demo.programs import environment_for
from ostiary.cli.demo.programs import run as run_program
from ostiary.tenant.clock import RealClock
from ostiary.tenant.directory import Kind
from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story

STEPS = 6
MOST_REQUESTS = 10
"""What a second sync of a small tenant may cost at most."""
LATENCY = 0.08
"""Seconds per Graph request: about what a data centre nearby takes, and enough to see it work."""


def run(narrator: Narrator, folder: Path) -> None:
    """StepFailedError for the first step that does not do what it says."""
    narrator.title("Ostiary demo: one simulated tenant, two syncs, one question")
    directory = story("small", RealClock())
    narrator.step(f"Start a simulated Entra tenant here: {directory.organization['displayName']}")
    with (
        _calm_about_hanging_up(),
        fresh(folder) as file,
        SimulatedTenant(directory, latency=LATENCY) as tenant,
    ):
        demo = _Demo(narrator, tenant, file)
        demo.introduce()
        narrator.step(f"Sync it into {file} with the connector")
        first = demo.sync()
        narrator.step("Change the tenant, as a morning in the office does")
        made = tenant.change(make)
        for change in made:
            narrator.say(change.words, change.mark, "yellow")
        narrator.step("Sync again: the connector asks only for what has changed since")
        second = demo.sync()
        narrator.step("Compare the two syncs, and look for each change in the file")
        compare(narrator, first, second, made, MOST_REQUESTS)
    narrator.step(f"Ask why Quentin Leroy is in {RENAMED}, where nobody put him")
    explain(narrator, file)
    farewell(narrator, file)


@dataclass(frozen=True)
class _Demo:
    narrator: Narrator
    tenant: SimulatedTenant
    file: Path

    def introduce(self) -> None:
        objects = self.tenant.directory.objects
        people, groups = len(objects[Kind.USER]), len(objects[Kind.GROUP])
        apps = len(objects[Kind.SERVICE_PRINCIPAL])
        self.narrator.proven(
            f"Login and Microsoft Graph answer on {self.tenant.url}, with a certificate authority "
            f"of their own: {people} users, {groups} groups, {apps} service principals."
        )

    def sync(self) -> tuple[Cost, Contents]:
        """One run of the connector; what it cost by the tenant's books, not by its own."""
        words = ["baton-microsoft-entra", "--file", str(self.file)]
        environment = environment_for(self.tenant.environment, self.file.parent / MARKER)
        self.tenant.change(lambda _: self.tenant.ledger.reset())
        self.narrator.command(words)
        self.narrator.hand_over(blank=self.narrator.at_terminal)
        code = run_program(words, environment)
        if code != 0:
            raise StepFailedError(f"The connector ended with exit code {code}; it says why above.")
        ledger = self.tenant.ledger
        return Cost(ledger.http_requests, ledger.resource_units), contents(self.file)


def explain(narrator: Narrator, file: Path) -> None:
    """`ostiary c1z explain` ends with 0 only if the path it computes and the file agree."""
    words = ["ostiary", "c1z", "explain", str(file)]
    words += ["--principal", MOVED, "--entitlement", f"{RENAMED}: members"]
    narrator.command(words)
    narrator.hand_over()
    code = run_program(words, environment_for({}, file.parent / MARKER))
    if code != 0:
        raise StepFailedError(f"`ostiary c1z explain` ended with exit code {code}, not 0.")
    narrator.hand_over()
    narrator.proven("The path is found, and the grant it leads to is in the file.")


@contextmanager
def _calm_about_hanging_up() -> Iterator[None]:
    """A connector stopped by Ctrl-C hangs up; aiohttp's server would log that as its own error."""
    log = logging.getLogger("aiohttp.server")
    log.addFilter(_is_no_hang_up)
    try:
        yield
    finally:
        log.removeFilter(_is_no_hang_up)


def _is_no_hang_up(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], ConnectionError))
