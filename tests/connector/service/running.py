"""Running the fake connector as a service inside a test."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from ostiary.baton.c1z.working import unpacked
from ostiary.baton.ids import new_ksuid
from ostiary.baton.pb import connectorapi_v1 as pb
from ostiary.connector.arguments import parse
from ostiary.connector.redaction import Redactor
from ostiary.connector.resolve import resolve
from ostiary.connector.service.credentials import ClientCredentials
from ostiary.connector.service.service import Service
from ostiary.connector.sources import Document
from tests.connector.fake import CREDENTIALS, FakeConnector, Make, definition
from tests.connector.running import Content, read
from tests.connector.service.certificates import Certificates
from tests.connector.service.clock import ManualClock
from tests.connector.service.fake_server import FakeServer, given

Finished = pb.BatonServiceFinishTaskRequest


@dataclass
class Workbench:
    server: FakeServer
    certificates: Certificates
    folder: Path
    clock: ManualClock = field(default_factory=ManualClock)
    running: asyncio.Task[None] | None = None

    @property
    def state(self) -> Path:
        made = self.folder / "state"
        made.mkdir(exist_ok=True)
        return made

    @property
    def environment(self) -> dict[str, str]:
        return CREDENTIALS | {
            "BATON_CLIENT_ID": self.server.client_id,
            "BATON_CLIENT_SECRET": self.server.client_secret,
            "BATON_HOST_ID": "desk-1",
            "SSL_CERT_FILE": str(self.certificates.authority),
        }

    def service(self, *words: str, make: Make = FakeConnector, **variables: str) -> Service:
        environment = self.environment | variables
        declared = definition(make)
        nowhere = Document(Path("/nowhere"), {})
        settings = resolve(declared, parse(declared, words).flags, environment, nowhere)
        credentials = ClientCredentials.parse(
            settings.get_str("client-id"), settings.get_str("client-secret")
        )
        return Service(
            declared, settings, environment, Redactor(), credentials, self.state, self.clock
        )

    def start(self, *words: str, make: Make = FakeConnector, **variables: str) -> None:
        service = self.service(*words, make=make, **variables)
        self.running = asyncio.create_task(service.run())

    async def stop(self) -> None:
        if self.running is not None:
            self.running.cancel()
            with suppress(asyncio.CancelledError):
                await self.running
            self.running = None

    async def finish(self, task: pb.Task, *words: str, make: Make = FakeConnector) -> Finished:
        """Give a task to a new service, or to the running one; what it reports."""
        self.server.polls.append(given(task))
        if self.running is None:
            self.start(*words, make=make)
        else:
            await self.clock.wake(77)
        return await self.server.finished.get()

    def uploaded(self) -> Content:
        """What is in the file that was uploaded last."""
        path = self.folder / "uploaded.c1z"
        path.write_bytes(self.server.uploads[-1].content)
        with unpacked(path, self.folder) as database, closing(sqlite3.connect(database)) as opened:
            ((sync_id,),) = opened.execute("SELECT sync_id FROM v1_sync_runs").fetchall()
        return read(path, sync_id)


def sync_task(**options: object) -> pb.Task:
    asked = pb.Task.SyncFullTask(**options)  # type: ignore[arg-type]
    return pb.Task(id=new_ksuid(), sync_full=asked)
