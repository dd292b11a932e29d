"""How an answer reaches the client, or does not."""

from asyncio import sleep
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

_LOOK_AGAIN = 0.05


@dataclass(frozen=True, slots=True)
class Delivery:
    """`share` of the body is sent; `seconds` are waited before or after it."""

    manner: Literal["drop", "stall", "truncate", "slow"]
    share: float = 0.0
    seconds: float = 0.0


async def deliver(
    request: web.Request, response: web.Response, delivery: Delivery
) -> web.StreamResponse:
    if delivery.manner == "slow":
        await sleep(delivery.seconds)
        return response
    body = response.body if isinstance(response.body, bytes) else b""
    sent = await _send_part(request, response, body, delivery.share)
    if delivery.manner == "stall":
        await _silence(request, delivery.seconds)
    if request.transport is not None:
        request.transport.close()
    return sent


async def _send_part(
    request: web.Request, response: web.Response, body: bytes, share: float
) -> web.StreamResponse:
    """Promises the whole body and sends part of it; a share of 0 sends not even headers."""
    if share <= 0:
        return response
    partial = web.StreamResponse(status=response.status, headers=response.headers)
    partial.content_length = len(body)
    await partial.prepare(request)
    await partial.write(body[: max(1, int(len(body) * share))])
    return partial


async def _silence(request: web.Request, seconds: float) -> None:
    """Ends early when the client gives up."""
    waited = 0.0
    while waited < seconds and request.transport and not request.transport.is_closing():
        await sleep(_LOOK_AGAIN)
        waited += _LOOK_AGAIN
