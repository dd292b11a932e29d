"""Keeps one connector running: starts it, listens, starts it again."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from ostiary.server.connectors.actions.credentials import Minted
from ostiary.server.connectors.actions.hosting import (
    HOST_PREFIX,
    Line,
    mint_for_worker,
    note_failing,
    read_values,
    still_good,
)
from ostiary.server.connectors.catalogue.describing import describe
from ostiary.server.connectors.catalogue.kinds import Kind
from ostiary.server.connectors.configuration.rules import secret_values
from ostiary.server.connectors.configuration.schema import Schema
from ostiary.server.connectors.hosting.child import Command, run
from ostiary.server.connectors.hosting.folder import NotReadyError, home_of, trusted
from ostiary.server.connectors.hosting.notebook import Notebook
from ostiary.server.connectors.hosting.rules import crashes_after, keeps_crashing, pause_after
from ostiary.server.connectors.oauth.offering import for_program
from ostiary.server.connectors.programs.starting import environment, launched, located
from ostiary.server.connectors.store.hosting import Wanted
from ostiary.server.connectors.store.oauth import tenant_of
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.errors import AppError
from ostiary.server.kernel.secrets import UndecryptableError
from ostiary.server.kernel.work import Kernel

NOT_READY_PAUSE: Final = 1.0

log = structlog.get_logger("ostiary.server.hosting")


def host_id() -> str:
    """What the children of this worker call themselves to the server."""
    return f"{HOST_PREFIX}{socket.gethostname()}"


@dataclass(frozen=True)
class Attempt:
    """How a run of the child ended, in words."""

    words: str
    ran_for: timedelta


class Host:
    """Runs from `start` until `stop`, through any number of children."""

    def __init__(self, kernel: Kernel, kind: Kind, wanted: Wanted) -> None:
        self._kernel = kernel
        self._kind = kind
        self.wanted = wanted
        self._notebook = Notebook(kernel, wanted.key, wanted.id)
        self._log = log.bind(connector=wanted.id)
        self._minted: Minted | None = None
        self._crashes = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._child: asyncio.Task[int] | None = None
        self.started_at: datetime | None = None

    def start(self) -> None:
        for work in (self._run(), self._notebook.keep()):
            self._tasks.append(asyncio.create_task(work))

    @property
    def failure(self) -> BaseException | None:
        """Why it keeps nothing running any more, which only a defect or a lost database does."""
        running = self._tasks[0]
        return running.exception() if running.done() and not running.cancelled() else None

    async def stop(self) -> None:
        """When it returns, no child is left and every line is kept."""
        running, keeping = self._tasks
        running.cancel()
        await asyncio.wait([running])
        self._notebook.add(Line("info", "The connector's process is stopped."))
        keeping.cancel()
        await asyncio.wait([keeping])

    def restart(self, why: str) -> None:
        """Ends the present child, which counts as a crash."""
        if self._child is not None:
            self._notebook.add(Line("error", why))
            self.started_at = None
            self._child.cancel()

    async def _run(self) -> None:
        while True:
            try:
                attempt = await self._attempt()
            except NotReadyError as reason:
                self._log.info("connector.waits", reason=str(reason))
                await asyncio.sleep(NOT_READY_PAUSE)
                continue
            self._crashes = crashes_after(self._crashes, attempt.ran_for)
            pause = pause_after(self._crashes)
            await self._note_end(attempt, pause)
            await asyncio.sleep(pause.total_seconds())

    async def _attempt(self) -> Attempt:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            command = await asyncio.to_thread(self._prepare)
        except NotReadyError:
            raise
        except (AppError, OSError, UndecryptableError) as error:
            return Attempt(f"could not be started: {error}", timedelta())
        self._notebook.add(Line("info", "The connector's process starts."))
        self._notebook.last.clear()
        self.started_at = self._kernel.clock.now()
        self._child = asyncio.create_task(run(command, self._notebook))
        try:
            await asyncio.wait([self._child])
        finally:
            self.started_at = None
            if not self._child.done():
                self._child.cancel()
                await asyncio.wait([self._child])
        words = "was ended" if self._child.cancelled() else _code(self._child.result())
        return Attempt(words, timedelta(seconds=loop.time() - began))

    def _prepare(self) -> Command:
        settings, wanted = self._kernel.settings, self.wanted
        home = home_of(settings, wanted.id)
        trust = trusted(settings, home)
        with self._kernel.read() as connection:
            stored = read_values(connection, wanted.key, self._kernel.secrets)
            values = for_program(stored, tenant_of(connection, wanted.key))
        minted = self._credential()
        more = {
            "BATON_CLIENT_ID": minted.credential.client_id,
            "BATON_CLIENT_SECRET": minted.secret,
            "BATON_HOST_ID": host_id(),
            "BATON_LOG_FORMAT": "json",
            "BATON_STATE_DIR": str(home / "state"),
            "SSL_CERT_FILE": str(trust),
        }
        if settings.connector_server:
            more["BATON_C1_API_HOST"] = settings.connector_server
        schema = Schema.of(describe(settings, self._kind).configuration)
        return Command(
            launched(located(self._kind.program), [], settings.connector_memory_mb),
            environment(values, home, **more),
            str(home),
            (minted.secret, *secret_values(schema, values)),
        )

    def _credential(self) -> Minted:
        """One for all children of this host, so that a crash loop does not make hundreds."""
        with self._kernel.work(SYSTEM) as work:
            if self._minted is None or not still_good(work, self._minted.credential.id):
                authority = self._kernel.settings.external_authority
                self._minted = mint_for_worker(work, self.wanted.id, authority)
        return self._minted

    async def _note_end(self, attempt: Attempt, pause: timedelta) -> None:
        said = "\n".join(self._notebook.last)
        again = f"It starts again in {pause.total_seconds():.0f} s."
        words = f"The connector's process {attempt.words}."
        self._notebook.add(Line("error", f"{words} {again}"))
        if keeps_crashing(self._crashes):
            error = f"{words} That was the {self._crashes}th time in a row. {said}".strip()
            await asyncio.to_thread(self._note_failing, error)

    def _note_failing(self, error: str) -> None:
        try:
            with self._kernel.work(SYSTEM) as work:
                note_failing(work, self.wanted.id, error)
        except AppError:
            self._log.info("connector.gone")  # deleted just now; the supervisor will notice


def _code(code: int) -> str:
    return f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
