"""HTTP/2 connections, after TLS, passed on byte by byte to the gRPC server."""

import asyncio
from pathlib import Path
from typing import Final

_BLOCK: Final = 256 * 1024
FAREWELL_SECONDS: Final = 1.0
"""How long a peer may take to answer the end of TLS."""

LAST_WORDS_SECONDS: Final = 5.0
"""How long answers of finished calls may still be on their way when everything ends."""


class Pipes:
    """Every connection between an accepted client and the gRPC server's socket at `target`."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._open: set[asyncio.Task[None]] = set()

    def take(self, transport: asyncio.Transport) -> None:
        """From now on the connection is passed on, until either end closes it."""
        protocol = asyncio.StreamReaderProtocol(asyncio.StreamReader(_BLOCK), self._accept)
        transport.set_protocol(protocol)
        protocol.connection_made(transport)

    async def let_go(self) -> None:
        """Gives clients that were told that the server ends some time to hang up."""
        if self._open:
            await asyncio.wait(self._open, timeout=LAST_WORDS_SECONDS)

    async def hang_up(self) -> None:
        """On clients that did not, such as those that never said anything."""
        while self._open:
            for task in self._open:
                task.cancel()
            await asyncio.wait(self._open)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._pass_on(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server = await asyncio.open_unix_connection(str(self._target), limit=_BLOCK)
        except OSError:
            await _close(writer)
            return
        inward = asyncio.create_task(_copy(reader, server[1]))
        outward = asyncio.create_task(_copy(server[0], writer))
        try:
            await asyncio.wait({inward, outward}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (inward, outward):
                task.cancel()
            await asyncio.gather(inward, outward, return_exceptions=True)
            await asyncio.gather(_close(server[1]), _close(writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until the end of `reader`; a connection that breaks ends it as well."""
    try:
        while block := await reader.read(_BLOCK):
            writer.write(block)
            await writer.drain()
    except OSError:
        return


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    try:
        async with asyncio.timeout(FAREWELL_SECONDS):
            await writer.wait_closed()
    except OSError:  # TimeoutError and ssl.SSLError are OSErrors, too
        writer.transport.abort()
