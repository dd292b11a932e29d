"""Routes under `/_tenant/` that look behind the simulation; for callers on the same machine."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import yaml
from aiohttp import web

from ostiary.tenant.directory.directory import Directory
from ostiary.tenant.drift import drift
from ostiary.tenant.surface import GraphSurface
from ostiary.tenant.surface.weather import InvalidWeatherError, Weather
from ostiary.tenant.truth import export_truth

PREFIX = "/_tenant/"
MOST_STEPS = 100_000


class DriftOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Body of `POST /_tenant/drift`."""

    seed: int = 1
    steps: int = 1


class AdminRoutes:
    def __init__(self, directory: Directory, surface: GraphSurface) -> None:
        self._directory = directory
        self._surface = surface

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/_tenant/truth", self.truth)
        app.router.add_post("/_tenant/drift", self.drift)
        app.router.add_post("/_tenant/weather", self.weather)
        app.router.add_get("/_tenant/ledger", self.ledger)
        app.router.add_post("/_tenant/reset-ledger", self.reset_ledger)

    async def truth(self, request: web.Request) -> web.Response:
        closure = request.query.get("closure", "true") != "false"
        return _json(export_truth(self._directory, closure=closure))

    async def drift(self, request: web.Request) -> web.Response:
        try:
            order = msgspec.json.decode(await request.read() or b"{}", type=DriftOrder)
        except msgspec.DecodeError as error:
            raise web.HTTPBadRequest(text=f"drift: {error}") from error
        if not 0 <= order.steps <= MOST_STEPS:
            raise web.HTTPBadRequest(text=f"drift: steps must lie between 0 and {MOST_STEPS}")
        return _json({"changes": drift(self._directory, order.seed, order.steps)})

    async def weather(self, request: web.Request) -> web.Response:
        """A forecast in YAML or JSON takes the place of the last; an empty body clears the sky."""
        try:
            forecast = yaml.safe_load(await request.read())
            weather = None if forecast is None else Weather.of(forecast)
        except (yaml.YAMLError, InvalidWeatherError) as error:
            raise web.HTTPBadRequest(text=f"weather: {error}") from error
        before, self._surface.weather = self._surface.weather, weather
        return _json({"struck": dict(before.struck) if before else {}})

    async def ledger(self, request: web.Request) -> web.Response:
        return _json(self._surface.ledger.summary())

    async def reset_ledger(self, request: web.Request) -> web.Response:
        told = self._surface.ledger.summary()
        self._surface.ledger.reset()
        return _json(told)


def require_loopback(remote: str | None) -> None:
    """Ground truth and changes are for whoever runs the simulator, not for its network.

    Raises PermissionError for any address but this machine's own.
    """
    try:
        own = remote is not None and ipaddress.ip_address(remote).is_loopback
    except ValueError:
        own = False
    if not own:
        raise PermissionError("/_tenant/ answers callers on the same machine only")


@web.middleware
async def guard(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Keeps others off the admin routes."""
    if request.path.startswith(PREFIX):
        try:
            require_loopback(request.remote)
        except PermissionError as error:
            raise web.HTTPForbidden(text=str(error)) from error
    return await handler(request)


def _json(value: Any) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")
