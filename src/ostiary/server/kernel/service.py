"""Things that run for as long as the server does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Service(Protocol):
    """A listener, a supervisor: made by the composition root, run by `ostiary serve`.

    `run` returns or raises only when something is wrong: then the whole process ends.
    """

    @property
    def name(self) -> str: ...

    async def start(self) -> Sequence[str]:
        """Returns the addresses it listens on, for people to read. Raises when it cannot start."""

    async def run(self) -> None:
        """Until cancelled."""

    async def stop(self) -> None:
        """Take nothing new, finish what runs. Called once, before `run` is cancelled."""
