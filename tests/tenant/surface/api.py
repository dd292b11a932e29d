"""Asks a surface questions the way a client would, and unpacks the answers."""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient
from yarl import URL

from ostiary.tenant.directory import Directory
from ostiary.tenant.surface import Caller, GraphSurface, TokenRejected
from ostiary.tenant.surface.permission_table import GRANTED_BY

EVENTUAL = {"ConsistencyLevel": "eventual"}
EVERY_ROLE = frozenset(name for names in GRANTED_BY.values() for name in names.split())
APP_ID = "11111111-aaaa-4aaa-8aaa-111111111111"


@dataclass
class Answer:
    status: int
    body: Any
    headers: Any

    @property
    def value(self) -> list[dict[str, Any]]:
        assert self.status == 200, self.body
        rows: list[dict[str, Any]] = self.body["value"]
        return rows

    @property
    def ids(self) -> list[str]:
        return [row["id"] for row in self.value]

    @property
    def next(self) -> str | None:
        link: str | None = self.body.get("@odata.nextLink")
        return link

    @property
    def delta(self) -> str | None:
        link: str | None = self.body.get("@odata.deltaLink")
        return link

    @property
    def error(self) -> tuple[int, str, str]:
        return self.status, self.body["error"]["code"], self.body["error"]["message"]


@dataclass
class Api:
    directory: Directory
    surface: GraphSurface
    app: web.Application
    roles: set[str] = field(default_factory=lambda: set(EVERY_ROLE))
    caller_roles: frozenset[str] = frozenset()
    client: TestClient[Any, Any] | None = None

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        version: str = "v1.0",
        token: str | None = "good",
    ) -> Answer:
        """`path` is below the version, or a link this tenant gave."""
        assert self.client is not None
        url = path if path.startswith("http") else f"http://{self.host}/{version}{path}"
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        target = URL(url, encoded=True).relative()
        async with self.client.request(method, target, json=body, headers=sent) as response:
            kind = response.content_type
            parsed = await (response.json() if kind == "application/json" else response.text())
            return Answer(response.status, parsed, response.headers)

    async def get(self, path: str, **settings: Any) -> Answer:
        return await self.ask("GET", path, **settings)

    async def pages(self, path: str, **settings: Any) -> list[Answer]:
        """Follows nextLinks to the end."""
        pages = [await self.get(path, **settings)]
        while link := pages[-1].next:
            pages.append(await self.get(link, **settings))
        return pages

    @property
    def host(self) -> str:
        assert self.client is not None
        return f"{self.client.host}:{self.client.port}"


def served(directory: Directory, **settings: Any) -> Api:
    def authorize(token: str) -> Caller:
        if token != "good":
            raise TokenRejected("Lifetime validation failed, the token is expired.")
        return Caller(APP_ID, frozenset(api.roles), directory.tenant_id, "", api.caller_roles)

    surface = GraphSurface(directory, authorize, **settings)
    app = web.Application()
    app.add_routes(surface.routes())
    api = Api(directory, surface, app)
    return api
