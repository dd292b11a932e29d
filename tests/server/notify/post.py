"""A post office: an SMTP server that does as it is told, on a port of its own."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

OK = "250 OK"


@dataclass
class PostOffice:
    """`refusals`: the answer to a recipient, or to `DATA`. While `gate` is closed, no message is
    taken; `entered` says that one is there."""

    port: int = 0
    refusals: dict[str, str] = field(default_factory=dict)
    received: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    entered: threading.Event = field(default_factory=threading.Event)
    password: str = ""

    def __post_init__(self) -> None:
        self.gate.set()

    @property
    def messages(self) -> list[EmailMessage]:
        return [message for _, message in self.received]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := self.refusals.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.entered.set()
        await asyncio.get_running_loop().run_in_executor(None, self.gate.wait)
        if refusal := self.refusals.get("DATA"):
            return refusal
        content = envelope.content
        assert isinstance(content, bytes)
        message: Any = message_from_bytes(content, policy=default)
        self.received.append((list(envelope.rcpt_tos), message))
        return OK

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        return AuthResult(success=data.password.decode() == self.password, handled=False)


class Building:
    """Its port is taken from the start; it opens when told."""

    def __init__(self, office: PostOffice, context: ssl.SSLContext | None) -> None:
        self._office = office
        self._context = context
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        office.port = self._socket.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def open(self) -> None:
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()

    def demolish(self) -> None:
        self._office.gate.set()
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._socket.close()

    async def _listen(self) -> None:
        with_tls = self._context is not None
        await self._loop.create_server(
            lambda: SMTP(
                self._office,
                hostname="post.corp.test",
                tls_context=self._context,
                require_starttls=with_tls,
                authenticator=self._office.authenticate if with_tls else None,
                auth_required=with_tls,
                enable_SMTPUTF8=True,
                loop=self._loop,
            ),
            sock=self._socket,
        )

    async def _end(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_default_executor()


@contextmanager
def standing(office: PostOffice, context: ssl.SSLContext | None = None) -> Iterator[Building]:
    building = Building(office, context)
    try:
        yield building
    finally:
        building.demolish()


@contextmanager
def working(office: PostOffice, context: ssl.SSLContext | None = None) -> Iterator[PostOffice]:
    with standing(office, context) as building:
        building.open()
        yield office
