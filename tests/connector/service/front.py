"""One TLS port for HTTP/1.1 and gRPC, told apart by ALPN as stock connectors need it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.connector.service.certificates import Certificates


@asynccontextmanager
async def tls_front(
    certificates: Certificates, http_port: int, grpc_port: int
) -> AsyncIterator[int]:
    """The port of a front before two plain ones on this machine."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.chain, certificates.key)
    context.set_alpn_protocols(["http/1.1", "h2"])

    open_now: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not server.is_serving():
            writer.transport.abort()
            return
        chosen = writer.get_extra_info("ssl_object").selected_alpn_protocol()
        port = grpc_port if chosen == "h2" else http_port
        task = asyncio.create_task(_joined(reader, writer, port))
        open_now[task] = writer
        task.add_done_callback(open_now.pop)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in open_now.values():
            writer.transport.abort()
        await asyncio.gather(*open_now)


async def _joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    """Until either side ends."""
    inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
    pipes = [
        asyncio.create_task(_pipe(reader, inner_writer)),
        asyncio.create_task(_pipe(inner_reader, writer)),
    ]
    try:
        await asyncio.wait(pipes, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for end in (writer, inner_writer):
            end.transport.abort()
        await asyncio.gather(*pipes, return_exceptions=True)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
