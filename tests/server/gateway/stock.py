"""Stock connectors as released: baton-demo, built with whichever versions of the SDK there are."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.server.gateway.agent import Agent

_NAMED = os.environ.get("OSTIARY_STOCK_BATON_DEMO") or shutil.which("baton-demo") or ""

PROGRAMS = [Path(name) for name in _NAMED.split(os.pathsep) if name]


@asynccontextmanager
async def running(
    program: Path, agent: Agent, folder: Path, host: str, settings: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Given client id, secret and a CA file. Killed at the end unless it has ended."""
    environment = {
        "BATON_CLIENT_ID": agent.client_id,
        "BATON_CLIENT_SECRET": agent.secret,
        "BATON_HOST_ID": host,
        "BATON_INIT_DB": "true",
        "SSL_CERT_FILE": str(agent.authority),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PATH": os.environ["PATH"],
        **(settings or {}),
    }
    with (folder / f"{host}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            program, cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def has_flag(program: Path, flag: str) -> bool:
    process = await asyncio.create_subprocess_exec(
        program, "--help", stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    return flag.encode() in told
