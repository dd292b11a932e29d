from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from ostiary.tenant.directory.directory import Directory
from ostiary.tenant.directory.objects import Kind, RoleDefinition
from ostiary.tenant.login.credentials import integration
from ostiary.tenant.login.interactive import SignInRoutes
from ostiary.tenant.login.registrations import AppRegistration, Registrations
from ostiary.tenant.login.routes import TokenRoutes
from ostiary.tenant.login.service import Login
from ostiary.tenant.login.tenant_view import GLOBAL_ADMINISTRATOR, GRAPH_APP_ID

TENANT_ID = "8f5d6c1e-0b1a-4a55-9d0f-7f3c1d2e4b6a"
GRAPH_SCOPE = "https://graph.microsoft.com/.default"
USER_READ_ALL = "df021288-bdef-4463-88db-98f22de89214"
CLIENT_NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

Browser = TestClient[web.Request, web.Application]


def make_directory() -> Directory:
    """Carol may consent for everyone, Bob may not, Dave is disabled."""
    organization = {
        "id": TENANT_ID,
        "displayName": "Contoso",
        "verifiedDomains": [{"name": "contoso.example", "isDefault": True}],
    }
    directory = Directory(organization)
    for name, enabled in (("carol", True), ("bob", True), ("dave", False)):
        directory.create(
            Kind.USER,
            {
                "displayName": name.title(),
                "userPrincipalName": f"{name}@contoso.example",
                "accountEnabled": enabled,
            },
        )
    role = RoleDefinition(GLOBAL_ADMINISTRATOR, GLOBAL_ADMINISTRATOR, "Global Administrator", "")
    directory.role_definitions[role.id] = role
    directory.assign_role(user_id(directory, "carol"), role.id)
    directory.create(
        Kind.SERVICE_PRINCIPAL,
        {
            "appId": GRAPH_APP_ID,
            "displayName": "Microsoft Graph",
            "servicePrincipalNames": [GRAPH_APP_ID, "https://graph.microsoft.com"],
            "appRoles": [{"id": USER_READ_ALL, "value": "User.Read.All"}],
        },
    )
    return directory


def user_id(directory: Directory, name: str) -> str:
    upn = f"{name}@contoso.example"
    users = directory.objects[Kind.USER].values()
    return next(user.id for user in users if user.props["userPrincipalName"] == upn)


@pytest.fixture
def directory() -> Directory:
    return make_directory()


@pytest.fixture
def app(directory: Directory) -> AppRegistration:
    return integration(directory)


@pytest.fixture
def login(directory: Directory, app: AppRegistration) -> Login:
    registrations = Registrations()
    registrations.add(app)
    return Login(directory, registrations, client_now=lambda: CLIENT_NOW)


@pytest.fixture
async def browser(login: Login) -> AsyncIterator[Browser]:
    """Login endpoints on plain HTTP; redirects are not followed unless asked."""
    application = web.Application()
    tokens = TokenRoutes(login)
    tokens.add_to(application)
    SignInRoutes(login, tokens.trace).add_to(application)
    async with TestClient(TestServer(application)) as client:
        yield client


async def ask_token(
    browser: Browser, form: dict[str, str], realm: str = TENANT_ID
) -> tuple[int, dict[str, Any]]:
    async with browser.post(f"/{realm}/oauth2/v2.0/token", data=form) as answer:
        return answer.status, await answer.json()
