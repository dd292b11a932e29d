"""The usual way to read a tenant: one request for the members and one for the owners of each group.

It lists users and groups, walks the groups with twenty requests in flight, and counts what it is
told. It reads no applications, roles or licences and writes no file, so it does less than a sync.
"""

from __future__ import annotations

import asyncio
import json
import os
import ssl
from typing import Any

import aiohttp

IN_FLIGHT = 20
SHORTEST_PAUSE = 1.0
"""Seconds. The tenant asks for the milliseconds until one more request fits; Graph for seconds."""


class Walker:
    """One walk. ``links`` counts the members and owners it was told."""

    def __init__(self, session: aiohttp.ClientSession, root: str) -> None:
        self._session = session
        self._root = root
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        self._open = asyncio.Event()
        self._open.set()
        self.links = 0

    async def walk(self) -> None:
        await self._listing("/users?$select=id,displayName,userPrincipalName&$top=999")
        groups = await self._listing("/groups?$select=id,displayName&$top=999")
        await asyncio.gather(*(self._group(group) for group in groups))

    async def _group(self, group: str) -> None:
        async with self._slots:
            for relation in ("members", "owners"):
                found = await self._listing(f"/groups/{group}/{relation}?$select=id&$top=999")
                self.links += len(found)

    async def _listing(self, path: str) -> list[str]:
        ids: list[str] = []
        link: str | None = f"{self._root}/v1.0{path}"
        while link:
            page = await self._get(link)
            ids += [item["id"] for item in page["value"]]
            link = page.get("@odata.nextLink")
        return ids

    async def _get(self, link: str) -> dict[str, Any]:
        while True:
            await self._open.wait()
            async with self._session.get(link) as reply:
                if reply.status != 429:
                    reply.raise_for_status()
                    page: dict[str, Any] = json.loads(await reply.read())
                    return page
                wait = float(reply.headers["Retry-After"])
            await self._pause(wait)

    async def _pause(self, seconds: float) -> None:
        """All stop together: a throttled app is throttled as a whole."""
        if self._open.is_set():
            self._open.clear()
            await asyncio.sleep(max(seconds, SHORTEST_PAUSE))
            self._open.set()


async def _token(session: aiohttp.ClientSession) -> str:
    tenant, login = os.environ["BATON_ENTRA_TENANT_ID"], os.environ["BATON_ENTRA_LOGIN_DOMAIN"]
    form = {
        "grant_type": "client_credentials",
        "client_id": os.environ["BATON_ENTRA_CLIENT_ID"],
        "client_secret": os.environ["BATON_ENTRA_CLIENT_SECRET"],
        "scope": f"https://{os.environ['BATON_GRAPH_DOMAIN']}/.default",
    }
    async with session.post(f"https://{login}/{tenant}/oauth2/v2.0/token", data=form) as reply:
        reply.raise_for_status()
        return str((await reply.json())["access_token"])


async def _main() -> None:
    trust = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
    connector = aiohttp.TCPConnector(ssl=trust, limit=IN_FLIGHT)
    async with aiohttp.ClientSession(connector=connector) as session:
        session.headers["Authorization"] = f"Bearer {await _token(session)}"
        walker = Walker(session, f"https://{os.environ['BATON_GRAPH_DOMAIN']}")
        await walker.walk()
        print(json.dumps({"links": walker.links}))


if __name__ == "__main__":
    asyncio.run(_main())
