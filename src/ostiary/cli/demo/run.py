"""The demo from its first to its last step."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from ostiary.cli.demo import questions
from ostiary.cli.demo.changes import RENAMED, Change, approving, make, members
from ostiary.cli.demo.difference import check_changes, show_difference
from ostiary.cli.demo.folder import Folder, fresh
from ostiary.cli.demo.narrator import Narrator, StepFailedError
from ostiary.cli.demo.next_steps import farewell, invitation
from ostiary.cli.demo.operator import ask, run
from ostiary.cli.demo.server import Server, serving
from ostiary.cli.demo.surroundings import environment
from ostiary.cli.demo.watching import came, changed, wait_until, watch
from ostiary.server.connectors.store.syncs import Sync
from ostiary.tenant.clock import RealClock
from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story

STEPS = 6
MOST_REQUESTS = 10
"""What a second sync of a small tenant may cost at most."""
LATENCY = 0.08
"""Seconds per Graph request: about what a data centre nearby takes, and enough to see it work."""

T = TypeVar("T")


def play(narrator: Narrator, path: Path, *, stay: bool) -> None:
    """StepFailedError for the first step that does not do what it says.

    `stay`: all goes on running until KeyboardInterrupt.
    """
    narrator.title("Ostiary demo: a simulated tenant, a server, a connector it runs, 3 questions")
    directory = story("small", RealClock())
    narrator.step(f"Start a simulated Entra tenant here: {directory.organization['displayName']}")
    with fresh(path) as folder, _simulated(directory, folder) as tenant:
        _introduce(narrator, tenant)
        narrator.step("Start the server with `ostiary serve`")
        trust = {"SSL_CERT_FILE": str(tenant.ca_file.resolve())}
        with environment(trust), serving(folder.server, folder.lock) as server:
            narrator.proven(f"It answers on {server.url}, with a PostgreSQL of its own.")
            folder.keep_environment(server.settings)
            with environment(trust | server.settings):
                before = _Demo(narrator, tenant, folder, server).play()
                narrator.finished = True
                if stay:
                    invitation(narrator, tenant, folder, server, before)
                    server.wait()
    farewell(narrator, folder, before)


@dataclass
class _Demo:
    narrator: Narrator
    tenant: SimulatedTenant
    folder: Folder
    server: Server

    def play(self) -> datetime:
        """An instant between the first sync and the changes."""
        self.narrator.step("Connect the tenant: the server runs the connector itself")
        first, requests = self._connect()
        before = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
        wait_until(before)
        self.narrator.step("Change the tenant, as a morning in the office does")
        made = self.tenant.change(make)
        for change in made:
            self.narrator.say(change.words, change.mark, "yellow")
        self.narrator.step("Sync again: the connector asks only for what has changed since")
        self._sync_again(first, requests)
        self._compare(made, before)
        self.narrator.step("Ask three questions")
        role = questions.short_id(self._known(approving))
        questions.who_can(self.narrator, role)
        questions.why(self.narrator, self._known(lambda each: members(each, RENAMED)))
        questions.who_could(self.narrator, role, before)
        return before

    def _connect(self) -> tuple[Sync, int]:
        """The first sync, and how many requests it took with the check of the settings."""
        tenant = self.tenant
        self.folder.keep_secret(tenant.client_secret)
        settings = {
            "entra-tenant-id": tenant.tenant_id,
            "entra-client-id": tenant.client_id,
            "entra-graph-domain": tenant.graph_domain,
            "entra-login-domain": tenant.login_domain,
        }
        given = [word for each in settings.items() for word in ("--set", "=".join(each))]
        secret = ["--from-file", f"entra-client-secret={self.folder.secret}"]
        name = tenant.directory.organization["displayName"]
        kind = ["--kind", "microsoft-entra"]
        run(self.narrator, ["connectors", "create", name, *kind, *given, *secret])
        sync = watch(self.narrator, self.server)
        self.narrator.space()
        came(self.narrator, sync)
        self._check_completeness(sync)
        return sync, tenant.ledger.http_requests

    def _check_completeness(self, sync: Sync) -> None:
        found = (sync.counts or {}).get("resources", {})
        objects = self.tenant.directory.objects
        for kind, objects_there in (("user", Kind.USER), ("group", Kind.GROUP)):
            expected = len(objects[objects_there])
            if found.get(kind) != expected:
                raise StepFailedError(
                    f"The tenant has {expected} of {kind}, and the server {found.get(kind, 0)}."
                )
        self.narrator.space()
        self.narrator.proven(
            f"Every user and group is there, and {sum((sync.counts or {})['grants'].values())} "
            "grants between them."
        )

    def _sync_again(self, first: Sync, requests_before: int) -> None:
        self.tenant.change(lambda _: self.tenant.ledger.reset())
        name = self.tenant.directory.organization["displayName"]
        run(self.narrator, ["connectors", "sync", name])
        sync = watch(self.narrator, self.server, first)
        self.narrator.space()
        changed(self.narrator, sync)
        self.narrator.space()
        requests = self.tenant.ledger.http_requests
        if requests > MOST_REQUESTS or requests >= requests_before:
            raise StepFailedError(
                f"This sync took {requests} requests to Graph, the first {requests_before}; it "
                f"should take fewer, and at most {MOST_REQUESTS}."
            )
        self.narrator.proven(
            f"It took {requests} requests to Graph, after {requests_before} to check the settings "
            "and read everything."
        )

    def _compare(self, made: list[Change], before: datetime) -> None:
        instant = f"{before:%Y-%m-%dT%H:%M:%SZ}"
        self.narrator.space()
        self.narrator.say(f"`ostiary access diff {instant}` tells, in short:")
        difference = ask("access", "diff", instant)
        show_difference(self.narrator, difference)
        self.narrator.space()
        check_changes(made, difference)
        self.narrator.proven(f"All {len(made)} changes show, with what came and went by each.")

    def _known(self, ask_directory: Callable[[Directory], T]) -> T:
        return self.tenant.change(ask_directory)


def _introduce(narrator: Narrator, tenant: SimulatedTenant) -> None:
    objects = tenant.directory.objects
    people, groups = len(objects[Kind.USER]), len(objects[Kind.GROUP])
    apps = len(objects[Kind.SERVICE_PRINCIPAL])
    narrator.proven(
        f"Login and Microsoft Graph answer on {tenant.url}, with a certificate authority "
        f"of their own: {people} users, {groups} groups, {apps} service principals."
    )


@contextmanager
def _simulated(directory: Directory, folder: Folder) -> Iterator[SimulatedTenant]:
    """A connector that is stopped hangs up; aiohttp's server would log that as its own error."""
    log = logging.getLogger("aiohttp.server")
    log.addFilter(_is_no_hang_up)
    try:
        with SimulatedTenant(directory, latency=LATENCY, tls_dir=folder.tenant / "tls") as tenant:
            yield tenant
    finally:
        log.removeFilter(_is_no_hang_up)


def _is_no_hang_up(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], ConnectionError))
