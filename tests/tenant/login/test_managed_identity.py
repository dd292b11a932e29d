from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from ostiary.tenant.login.managed_identity import (
    APP_SERVICE_PATH,
    IMDS_PATH,
    ManagedIdentityRoutes,
)
from ostiary.tenant.login.registrations import AppRegistration
from ostiary.tenant.login.service import Login
from tests.tenant.login.conftest import CLIENT_NOW, Browser

GRAPH = "https://graph.microsoft.com"
APP_SERVICE = {"api-version": "2019-08-01", "resource": GRAPH}
IMDS = {"api-version": "2018-02-01", "resource": GRAPH}


@pytest.fixture
async def machine(login: Login, app: AppRegistration) -> AsyncIterator[Browser]:
    application = web.Application()
    ManagedIdentityRoutes(login, app, header="secret").add_to(application)
    async with TestClient(TestServer(application)) as client:
        yield client


async def ask(
    machine: Browser, path: str, query: dict[str, str], headers: dict[str, str]
) -> tuple[int, dict[str, Any]]:
    async with machine.get(path, params=query, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_app_service_answers_a_graph_token_with_an_absolute_expiry(
    machine: Browser, login: Login, app: AppRegistration
) -> None:
    status, body = await ask(
        machine, APP_SERVICE_PATH, APP_SERVICE, {"X-IDENTITY-HEADER": "secret"}
    )
    assert status == 200
    assert login.authorize(body["access_token"]).app_id == app.app_id
    assert body["client_id"] == app.app_id
    assert body["resource"] == GRAPH
    remaining = int(body["expires_on"]) - CLIENT_NOW.timestamp()
    assert 3599 <= remaining <= 5400


@pytest.mark.parametrize(
    ("changes", "header", "status"),
    [
        ({}, "wrong", 401),
        ({}, "", 401),
        ({"api-version": "2017-09-01"}, "secret", 400),
        ({"resource": ""}, "secret", 400),
        ({"client_id": "22222222-0000-4000-8000-000000000002"}, "secret", 400),
    ],
)
async def test_app_service_refuses_with_status_and_message(
    machine: Browser, changes: dict[str, str], header: str, status: int
) -> None:
    headers = {"X-IDENTITY-HEADER": header}
    got, body = await ask(machine, APP_SERVICE_PATH, APP_SERVICE | changes, headers)
    assert got == status
    assert body["statusCode"] == status
    assert body["message"]


async def test_imds_answers_numbers_as_strings(machine: Browser, login: Login) -> None:
    status, body = await ask(machine, IMDS_PATH, IMDS, {"Metadata": "true"})
    assert status == 200
    assert login.authorize(body["access_token"]).roles
    assert int(body["expires_on"]) - int(body["not_before"]) == int(body["expires_in"])


@pytest.mark.parametrize(
    ("changes", "headers", "description"),
    [
        ({}, {}, "Required metadata header not specified"),
        ({"api-version": ""}, {"Metadata": "true"}, "Required api-version not specified"),
        ({"resource": ""}, {"Metadata": "true"}, "Required audience parameter not specified"),
        ({"client_id": "someone"}, {"Metadata": "true"}, "Identity not found"),
    ],
)
async def test_imds_refuses_as_oauth_error(
    machine: Browser, changes: dict[str, str], headers: dict[str, str], description: str
) -> None:
    status, body = await ask(machine, IMDS_PATH, IMDS | changes, headers)
    assert (status, body["error"]) == (400, "invalid_request")
    assert body["error_description"] == description
