"""Microsoft Graph of one simulated tenant, as routes for an aiohttp application."""

from asyncio import sleep
from collections.abc import Iterator
from time import monotonic

from aiohttp import web

from ostiary.tenant.directory import Directory
from ostiary.tenant.surface.backend import Backend
from ostiary.tenant.surface.caller import Authorize
from ostiary.tenant.surface.delivery import deliver
from ostiary.tenant.surface.delta.handlers import delta_routes
from ostiary.tenant.surface.delta.rounds import Quirks
from ostiary.tenant.surface.limits.ledger import Ledger
from ostiary.tenant.surface.limits.limiter import Limiter
from ostiary.tenant.surface.message import GraphRequest, GraphResponse
from ostiary.tenant.surface.pipeline import Pipeline
from ostiary.tenant.surface.reads.routes import read_routes
from ostiary.tenant.surface.routing import Route
from ostiary.tenant.surface.weather import Weather
from ostiary.tenant.surface.writes.routes import write_routes

VERSIONS = ("v1.0", "beta")


class GraphSurface:
    """Settings may be changed while it serves.

    `lag`: seconds by which lists and delta trail writes. `latency`: seconds every request takes at
    least, its own work included. `quota` scales the throttling limits. `seed` decides tokens and
    quirks.
    """

    def __init__(
        self,
        directory: Directory,
        authorize: Authorize,
        *,
        lag: float = 0.0,
        latency: float = 0.0,
        quota: float = 1.0,
        seed: int = 1,
        page_token_life: float = 600.0,
        quirks: Quirks | None = None,
        weather: Weather | None = None,
    ) -> None:
        self.latency = latency
        self.backend = Backend(
            directory, lag=lag, seed=seed, page_token_life=page_token_life, quirks=quirks
        )
        self.limiter = Limiter(directory, quota)
        self.pipeline = Pipeline(self.backend, authorize, self._routes(), self.limiter, seed=seed)
        self.weather = weather

    @property
    def weather(self) -> Weather | None:
        return self.pipeline.weather

    @weather.setter
    def weather(self, weather: Weather | None) -> None:
        self.pipeline.weather = weather

    @property
    def ledger(self) -> Ledger:
        return self.pipeline.ledger

    def routes(self) -> list[web.RouteDef]:
        """Mount these on the application that serves the tenant."""
        return [web.route("*", f"/{version}/{{path:.*}}", self.handle) for version in VERSIONS]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        began = monotonic()
        await sleep(0)  # all that arrived together note their time before the first is answered
        asked = await graph_request(request, began)
        answer = self.pipeline.answer(asked)
        waits, self.pipeline.untold = self.pipeline.untold, []
        spare = self.latency - (monotonic() - began)
        if spare > 0:
            await sleep(spare)
        response = http_response(answer)
        if answer.delivery is not None:
            return await deliver(request, response, answer.delivery)
        await response.prepare(request)
        await response.write_eof()
        for wait in waits:
            if wait.told is None:
                wait.told = monotonic()
        return response

    def _routes(self) -> Iterator[Route]:
        yield from read_routes()
        yield from delta_routes()
        yield from write_routes()


async def graph_request(request: web.Request, arrived: float) -> GraphRequest:
    """Splits off the version before anything is unescaped: a UPN may hold %23."""
    target, _, query = request.raw_path.partition("?")
    version, _, path = target.lstrip("/").partition("/")
    return GraphRequest(
        method=request.method,
        root=f"{request.scheme}://{request.host}",
        version=version,
        raw_path=f"/{path}",
        raw_query=query,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.read() if request.can_read_body else b"",
        connection=id(request.transport),
        arrived=arrived,
    )


def http_response(response: GraphResponse) -> web.Response:
    headers = {"OData-Version": "4.0", **response.headers}
    if response.body:
        headers["Content-Type"] = response.content_type
    return web.Response(status=response.status, body=response.body or None, headers=headers)
