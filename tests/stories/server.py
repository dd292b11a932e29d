"""A server on real sockets in this process: what stories talk to over REST and gRPC."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import httpx2

from ostiary.server.app import JOBS, create_app
from ostiary.server.gateway.listener import tls_listener
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth import user_store, users
from ostiary.server.kernel.authz.roles import SUPER_ADMINISTRATOR, Role
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from ostiary.server.kernel.worker import Worker
from tests.server.auth.people import CHEAP, PASSWORD

PATIENCE = 120.0
"""Seconds until something that should end counts as hanging."""

T = TypeVar("T")


@dataclass
class StoryServer:
    """Its clock stands still unless a story moves it; jobs run when `work_off` is called."""

    kernel: Kernel
    clock: FixedClock
    loop: asyncio.AbstractEventLoop
    worker: Worker
    port: int

    @property
    def base_url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def authority(self) -> Path:
        return self.kernel.settings.data_dir / "tls" / "ca.pem"

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """On the server's loop, from the story's thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    def work_off(self) -> None:
        """Runs the jobs that wait, and those that they bring.

        Periodic ones never run by themselves: they would follow the machine's clock.
        """
        self.run(self.worker.drain())

    def add_person(self, email: str, *roles: Role) -> str:
        """A local account whose password is PASSWORD. Returns its id."""
        with self.kernel.work(SYSTEM) as unit:
            user = users.create_person(unit, email, email.partition("@")[0].title(), "local")
            user_store.set_password(unit, user, CHEAP.hash(PASSWORD))
            users.set_roles(unit, user, [role.id for role in roles])
            return user.public_id

    @contextmanager
    def signed_in(self, email: str) -> Iterator[httpx2.Client]:
        """A client as a browser is: with the session's cookie and CSRF token."""
        trust = ssl.create_default_context(cafile=str(self.authority))
        with httpx2.Client(base_url=self.base_url, verify=trust, timeout=PATIENCE) as client:
            answer = client.post("/auth/sign_in", data={"email": email, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
            client.headers["x-csrf-token"] = client.get("/auth/session").json()["csrfToken"]
            yield client

    @contextmanager
    def administrator(self, email: str = "carol@corp.test") -> Iterator[httpx2.Client]:
        self.add_person(email, SUPER_ADMINISTRATOR)
        with self.signed_in(email) as client:
            yield client


@contextmanager
def serving(kernel: Kernel, clock: FixedClock) -> Iterator[StoryServer]:
    """The TLS port with everything on it, in a thread of its own."""
    started: Future[StoryServer] = Future()
    stopping = asyncio.Event()
    thread = threading.Thread(
        target=lambda: asyncio.run(_serve(kernel, clock, started, stopping)), name="story-server"
    )
    thread.start()
    server = started.result(PATIENCE)
    try:
        yield server
    finally:
        server.loop.call_soon_threadsafe(stopping.set)
        thread.join(PATIENCE)


async def _serve(
    kernel: Kernel, clock: FixedClock, started: Future[StoryServer], stopping: asyncio.Event
) -> None:
    try:
        app = create_app(kernel)
        listener = tls_listener(kernel, app)
        await listener.start()
        # only now is the port known that client ids and links have to name
        settings = kernel.settings.model_copy(update={"external_port": listener.port})
        kernel = app.state.kernel = replace(kernel, settings=settings)
        worker = Worker(kernel, JOBS)
        loop = asyncio.get_running_loop()
        running = asyncio.create_task(listener.run())
    except BaseException as error:
        started.set_exception(error)
        return
    started.set_result(StoryServer(kernel, clock, loop, worker, listener.port))
    await stopping.wait()
    await listener.stop()
    await running
