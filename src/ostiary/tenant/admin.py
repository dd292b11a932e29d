"""Routes under `/_tenant/` that look behind the simulation; for callers on the same machine."""

from __future__ import annotations

import ipaddress
from typing import Any

import msgspec
from aiohttp import web

from ostiary.tenant.directory.directory import Directory
from ostiary.tenant.drift import drift
from ostiary.tenant.truth import export_truth

MOST_STEPS = 100_000


class DriftOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Body of `POST /_tenant/drift`."""

    seed: int = 1
    steps: int = 1


class AdminRoutes:
    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/_tenant/truth", self.truth)
        app.router.add_post("/_tenant/drift", self.drift)

    async def truth(self, request: web.Request) -> web.Response:
        _require_loopback(request)
        closure = request.query.get("closure", "true") != "false"
        return _json(export_truth(self._directory, closure=closure))

    async def drift(self, request: web.Request) -> web.Response:
        _require_loopback(request)
        try:
            order = msgspec.json.decode(await request.read() or b"{}", type=DriftOrder)
        except msgspec.DecodeError as error:
            raise web.HTTPBadRequest(text=f"drift: {error}") from error
        if not 0 <= order.steps <= MOST_STEPS:
            raise web.HTTPBadRequest(text=f"drift: steps must lie between 0 and {MOST_STEPS}")
        return _json({"changes": drift(self._directory, order.seed, order.steps)})


def _require_loopback(request: web.Request) -> None:
    """Ground truth and changes are for whoever started the simulator, not for its network."""
    if not ipaddress.ip_address(request.remote or "0.0.0.0").is_loopback:  # noqa: S104
        raise web.HTTPForbidden(text="/_tenant/ answers callers on the same machine only")


def _json(value: Any) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")
