"""What a worker knows about mail when it starts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.work import Kernel
from ostiary.server.notify.actions import note_server

log = structlog.get_logger("ostiary.server.mail")


class MailService:
    """Notes whether this server can send, before anything is told: what was written while no SMTP
    server was set must not go out once there is one."""

    name = "mail"

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    async def start(self) -> Sequence[str]:
        """It listens on nothing."""
        known = self._kernel.settings.smtp_host is not None
        await asyncio.to_thread(self._note, known)
        if not known:
            log.warning("mail.off", reason="OSTIARY_SMTP_HOST is not set")
        return []

    async def run(self) -> None:
        """The jobs do the work."""
        await asyncio.Event().wait()

    async def stop(self) -> None:
        """Nothing runs here."""

    def _note(self, known: bool) -> None:
        with self._kernel.work(SYSTEM) as work:
            note_server(work, known=known)
