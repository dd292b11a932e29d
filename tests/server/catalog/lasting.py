"""A signed-in client for tests in which hours pass."""

from __future__ import annotations

from typing import Any

import httpx2
from starlette.testclient import TestClient

from ostiary.server.kernel.auth.user_store import User
from tests.server.auth.people import People


class Lasting:
    """Signs in again before every request, for the session may have ended since."""

    def __init__(self, people: People, user: User) -> None:
        self._people = people
        self._user = user

    def request(self, method: str, url: str, **options: Any) -> httpx2.Response:
        client: TestClient = self._people.session_of(self._user)
        return client.request(method, url, **options)

    def get(self, url: str, **options: Any) -> httpx2.Response:
        return self.request("GET", url, **options)

    def post(self, url: str, **options: Any) -> httpx2.Response:
        return self.request("POST", url, **options)

    def put(self, url: str, **options: Any) -> httpx2.Response:
        return self.request("PUT", url, **options)

    def delete(self, url: str, **options: Any) -> httpx2.Response:
        return self.request("DELETE", url, **options)
