"""One process of a hosted connector, from its start to its end."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from ostiary.server.connectors.hosting.lines import entry, split
from ostiary.server.connectors.hosting.notebook import Notebook

STOP_SECONDS: Final = 10.0
"""What a child that is asked to end is given to hand back its work."""


@dataclass(frozen=True)
class Command:
    """`secrets` are what must not appear in anything the child says."""

    words: list[str]
    environment: dict[str, str]
    folder: str
    secrets: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Command({self.words!r})"


async def run(command: Command, notebook: Notebook) -> int:
    """Its exit code, negative for a signal. When cancelled, the child is ended first."""
    process = await asyncio.create_subprocess_exec(
        *command.words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=command.folder,
        env=command.environment,
        start_new_session=True,
    )
    listening = asyncio.create_task(_listen(process, command, notebook))
    try:
        return await process.wait()
    finally:
        await asyncio.shield(_ended(process))
        await asyncio.shield(_heard(listening))


async def _listen(
    process: asyncio.subprocess.Process, command: Command, notebook: Notebook
) -> None:
    assert process.stdout is not None
    async for text in split(process.stdout):
        if (line := entry(text, command.secrets)) is not None:
            notebook.add(line)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Asked first, then killed, with whatever it started itself."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.terminate()
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


async def _heard(listening: asyncio.Task[None]) -> None:
    """A grandchild that got away may hold the pipe open; nobody waits for that."""
    _, unheard = await asyncio.wait([listening], timeout=1.0)
    for task in unheard:
        task.cancel()
