"""One port for two protocols, told apart by what the client offers."""

from __future__ import annotations

import asyncio
import ssl

import pytest

from tests.server.gateway.conftest import Enlist, Gateway

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
"""What every HTTP/2 client begins with: the preface and empty SETTINGS (RFC 9113 section 3.4)."""

GET = b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
SETTINGS_FRAME = 4


async def connect(
    gateway: Gateway, protocols: list[str]
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    context = ssl.create_default_context(cafile=gateway.authority)
    if protocols:
        context.set_alpn_protocols(protocols)
    return await asyncio.open_connection(
        "127.0.0.1", gateway.port, ssl=context, server_hostname="localhost"
    )


@pytest.mark.parametrize("offered", [["h2", "http/1.1"], ["http/1.1"], []], ids=str)
async def test_who_can_speak_http_1_is_answered_by_the_web_application(
    gateway: Gateway, offered: list[str]
) -> None:
    reader, writer = await connect(gateway, offered)
    writer.write(GET)
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 404")
    writer.close()
    await writer.wait_closed()


async def test_who_speaks_http_2_alone_is_answered_by_grpc(gateway: Gateway) -> None:
    reader, writer = await connect(gateway, ["h2"])
    assert writer.get_extra_info("ssl_object").selected_alpn_protocol() == "h2"
    writer.write(PREFACE)
    frame = await reader.readexactly(9)
    assert frame[3] == SETTINGS_FRAME
    writer.close()
    await writer.wait_closed()


async def test_rubbish_after_the_handshake_disturbs_nobody(
    gateway: Gateway, enlist: Enlist
) -> None:
    for protocols in (["h2"], ["http/1.1"]):
        reader, writer = await connect(gateway, protocols)
        writer.write(b"\x00" * 100_000)
        await reader.read()
        writer.close()
    agent = await enlist()
    assert (await agent.get_task()).task.id


async def test_plain_text_on_the_tls_port_is_hung_up_on(gateway: Gateway) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(GET)
    assert b"HTTP" not in await reader.read()
    writer.close()
