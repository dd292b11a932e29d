"""A scripted Graph over real TLS sockets: tests say what each request is answered."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Answer = web.StreamResponse | Handler


@dataclass
class GraphServer:
    """`answers` are used up in turn, then `default` answers.

    Handlers that are to keep a client waiting wait for `end`, which comes with the test's.
    """

    port: int = 0
    answers: list[Answer] = field(default_factory=list)
    default: Handler | None = None
    seen: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    end: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def domain(self) -> str:
        return f"localhost:{self.port}"

    def url(self, path: str) -> str:
        return f"https://{self.domain}{path}"

    @property
    def targets(self) -> list[str]:
        """Request targets as they came over the wire."""
        return [request.raw_path for request in self.seen]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request)
        self.bodies.append(await request.read())
        answer: Answer | None = self.answers.pop(0) if self.answers else self.default
        assert answer is not None, f"unexpected request {request.raw_path}"
        return answer if isinstance(answer, web.StreamResponse) else await answer(request)


def reply(body: Any, status: int = 200, **headers: str) -> web.Response:
    """JSON; header names with underscores for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(
        status=status, text=json.dumps(body), content_type="application/json", headers=named
    )


def refusal(status: int, code: str, message: str = "no", **headers: str) -> web.Response:
    inner = {"date": "2026-11-21T09:00:00", "request-id": "r-1", "client-request-id": "c-1"}
    body = {"error": {"code": code, "message": message, "innerError": inner}}
    return reply(body, status, **headers)


def page(
    ids: list[str], next_link: str | None = None, delta_link: str | None = None
) -> web.Response:
    body: dict[str, Any] = {"value": [{"id": id} for id in ids]}
    if next_link:
        body["@odata.nextLink"] = next_link
    if delta_link:
        body["@odata.deltaLink"] = delta_link
    return reply(body)


def html_page(status: int) -> web.Response:
    text = "<!DOCTYPE html><html><title>Sign in to WiFi</title></html>"
    return web.Response(status=status, text=text, content_type="text/html")
