"""Sign-in by the object id that a directory knows, before any e-mail address."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from ostiary.server.directory import actions
from ostiary.server.directory.rules.assembly import Directory
from ostiary.server.kernel.auth.oidc import Oidc, OidcSettings
from ostiary.server.kernel.authz.roles import SUPER_ADMINISTRATOR
from ostiary.server.kernel.clock import FixedClock
from tests.server.auth.provider import CLIENT_ID, ISSUER, Provider
from tests.server.auth.test_oidc import sign_in
from tests.server.directory.conftest import Clients
from tests.server.directory.test_refresh import ALICE, BOB
from tests.server.directory.world import ADA, App, World

UNPROVEN = {"email": "alice@corp.example", "email_verified": None}
"""What a token says that would make somebody Alice if addresses counted."""


@pytest.fixture
def provider(clock: FixedClock, server: FastAPI) -> Provider:
    provider = Provider(clock)
    settings = OidcSettings(
        provider="entra", issuer=ISSUER, client_id=CLIENT_ID, client_secret=SecretStr("s3cret")
    )
    old = server.state.authentication
    server.state.authentication = replace(old, oidc=Oidc(settings, provider))
    return provider


@pytest.fixture
def root(clients: Clients) -> TestClient:
    return clients.of(SUPER_ADMINISTRATOR, email="root@corp.test")


@pytest.fixture
def entra(world: World, root: TestClient) -> App:
    entra = world.directory("Entra")
    world.sync(entra, {"alice-id": ALICE, "bob-id": BOB})
    settings = {"all": {}, "signInIssuer": ISSUER}
    path = f"/api/v1/directories/{entra.public_id}"
    told = root.put(path, json=settings).json()["directoryView"]["directory"]
    assert told["signInIssuer"] == ISSUER
    kept = root.put(path, json={"all": {}}).json()["directoryView"]["directory"]
    assert kept["signInIssuer"] == ISSUER
    assert root.put(path, json={"signInIssuer": "http://x"}).status_code == 400
    return entra


def whoami(browser: TestClient) -> str:
    return str(browser.get("/api/v1/auth/introspect").json()["userId"])


def test_the_object_id_decides_whatever_the_address_says(
    clients: Clients, world: World, entra: App, provider: Provider
) -> None:
    provider.claims = {"oid": "bob-id", **UNPROVEN}
    for _ in range(2):
        browser = clients.people.anonymous()
        assert sign_in(browser, provider) == 303
        assert whoami(browser) == world.people()["Bob"].id
    assert clients.people.audit_actions().count("auth.identity.link") == 1


def test_the_same_id_in_another_tenant_is_somebody_else(
    clients: Clients, world: World, entra: App, provider: Provider
) -> None:
    with world.kernel.work(ADA) as unit:
        other = "https://login.corp.test/another/v2.0"
        actions.save_directory(unit, entra.public_id, Directory(entra.public_id), {}, other)
    provider.claims = {"oid": "bob-id", **UNPROVEN}
    assert sign_in(clients.people.anonymous(), provider) == 403
    provider.claims = {"oid": "bob-id", "email": "new@corp.example"}
    browser = clients.people.anonymous()
    assert sign_in(browser, provider) == 303
    assert whoami(browser) not in {each.id for each in world.people().values()}


def test_an_account_given_away_by_hand_lets_nobody_in_as_its_new_owner(
    clients: Clients, world: World, entra: App, provider: Provider
) -> None:
    world.set_owner(entra, "Bob", "Alice")
    provider.claims = {"oid": "bob-id", **UNPROVEN}
    assert sign_in(clients.people.anonymous(), provider) == 403


def test_whom_the_directory_disabled_stays_out(
    clients: Clients, world: World, entra: App, provider: Provider
) -> None:
    world.sync(entra, {"alice-id": ALICE, "bob-id": replace(BOB, status="disabled")})
    provider.claims = {"oid": "bob-id", **UNPROVEN}
    assert sign_in(clients.people.anonymous(), provider) == 403
