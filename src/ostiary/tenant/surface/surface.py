"""Microsoft Graph of one simulated tenant, as routes for an aiohttp application."""

from collections.abc import Iterator

from aiohttp import web

from ostiary.tenant.directory import Directory
from ostiary.tenant.surface.backend import Backend
from ostiary.tenant.surface.caller import Authorize
from ostiary.tenant.surface.delta.handlers import delta_routes
from ostiary.tenant.surface.delta.rounds import Quirks
from ostiary.tenant.surface.message import GraphRequest, GraphResponse
from ostiary.tenant.surface.pipeline import Pipeline
from ostiary.tenant.surface.reads.routes import read_routes
from ostiary.tenant.surface.routing import Route

VERSIONS = ("v1.0", "beta")


class GraphSurface:
    """`lag`: seconds by which lists and delta trail writes. `seed` decides tokens and quirks."""

    def __init__(
        self,
        directory: Directory,
        authorize: Authorize,
        *,
        lag: float = 0.0,
        seed: int = 1,
        page_token_life: float = 600.0,
        quirks: Quirks | None = None,
    ) -> None:
        self.backend = Backend(
            directory, lag=lag, seed=seed, page_token_life=page_token_life, quirks=quirks
        )
        self.pipeline = Pipeline(self.backend, authorize, self._routes(), seed)

    def routes(self) -> list[web.RouteDef]:
        """Mount these on the application that serves the tenant."""
        return [web.route("*", f"/{version}/{{path:.*}}", self.handle) for version in VERSIONS]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        return http_response(self.pipeline.answer(await graph_request(request)))

    def _routes(self) -> Iterator[Route]:
        yield from read_routes()
        yield from delta_routes()


async def graph_request(request: web.Request) -> GraphRequest:
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
    )


def http_response(response: GraphResponse) -> web.Response:
    headers = {"OData-Version": "4.0", **response.headers}
    if response.body:
        headers["Content-Type"] = response.content_type
    return web.Response(status=response.status, body=response.body, headers=headers)
