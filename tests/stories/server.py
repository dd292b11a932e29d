"""A server on real sockets in this process: what stories talk to over REST and gRPC."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import httpx2

from ostiary.server.app import JOBS, create_app
from ostiary.server.gateway.listener import tls_listener
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth import user_store, users
from ostiary.server.kernel.authz.roles import SUPER_ADMINISTRATOR, Role
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.sockets import listen
from ostiary.server.kernel.work import Kernel
from ostiary.server.kernel.worker import Worker
from tests.server.auth.people import CHEAP, PASSWORD
from tests.server.notify.post import PostOffice

PATIENCE = 120.0
"""Seconds until something that should end counts as hanging."""

ADMINISTRATOR = "carol@corp.test"

T = TypeVar("T")


@dataclass
class StoryServer:
    """Its clock stands still unless a story moves it; jobs run when `work_off` is called."""

    kernel: Kernel
    clock: FixedClock
    loop: asyncio.AbstractEventLoop
    worker: Worker
    port: int
    office: PostOffice = field(repr=False)

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

    def tick(self, name: str) -> None:
        """As when the time of a periodic job has come."""
        (job,) = (job for jobs in JOBS for job in jobs if job.name == name)
        job.function(self.kernel)
        self.work_off()

    def mails_to(self, email: str) -> list[EmailMessage]:
        """That reached the SMTP server, oldest first."""
        return [mail for recipients, mail in self.office.received if recipients == [email]]

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
            sign_in(client, email)
            yield client

    def wait(self, client: httpx2.Client, email: str, by: timedelta) -> None:
        """Longer than a session lasts: who waits signs in again."""
        self.clock.advance(by)
        sign_in(client, email)

    @contextmanager
    def administrator(self, email: str = ADMINISTRATOR) -> Iterator[httpx2.Client]:
        self.add_person(email, SUPER_ADMINISTRATOR)
        with self.signed_in(email) as client:
            yield client


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(["plain"])
    assert body is not None
    told: str = body.get_content()
    return told


def sign_in(client: httpx2.Client, email: str) -> None:
    client.headers.pop("x-csrf-token", None)
    answer = client.post("/auth/sign_in", data={"email": email, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    client.headers["x-csrf-token"] = client.get("/auth/session").json()["csrfToken"]


@contextmanager
def serving(kernel: Kernel, clock: FixedClock, office: PostOffice) -> Iterator[StoryServer]:
    """The TLS port with everything on it, in a thread of its own."""
    started: Future[StoryServer] = Future()
    stopping = asyncio.Event()
    thread = threading.Thread(
        target=lambda: asyncio.run(_serve(kernel, clock, office, started, stopping)),
        name="story-server",
    )
    thread.start()
    server = started.result(PATIENCE)
    try:
        yield server
    finally:
        server.loop.call_soon_threadsafe(stopping.set)
        thread.join(PATIENCE)


async def _serve(
    kernel: Kernel,
    clock: FixedClock,
    office: PostOffice,
    started: Future[StoryServer],
    stopping: asyncio.Event,
) -> None:
    try:
        listening = listen(kernel.settings.tls_host, 0)
        port = listening.getsockname()[1]
        settings = kernel.settings.model_copy(update={"tls_port": port})
        kernel = replace(kernel, settings=settings)
        app = create_app(kernel)
        listener = tls_listener(kernel, app, listening)
        await listener.start()
        worker = Worker(kernel, JOBS)
        loop = asyncio.get_running_loop()
        running = asyncio.create_task(listener.run())
    except BaseException as error:
        started.set_exception(error)
        return
    started.set_result(StoryServer(kernel, clock, loop, worker, port, office))
    await stopping.wait()
    await listener.stop()
    await running
