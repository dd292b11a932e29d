from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from joserfc.jwk import RSAKey
from pydantic import SecretStr, ValidationError
from starlette.testclient import TestClient

from ostiary.server.kernel.auth.authentication import Authentication
from ostiary.server.kernel.auth.greeting import greet_first_administrator
from ostiary.server.kernel.auth.oidc import Oidc, OidcSettings, configured_oidc
from ostiary.server.kernel.authz.roles import BASIC_USER, SUPER_ADMINISTRATOR
from ostiary.server.kernel.clock import FixedClock
from tests.server.auth.people import People, code_in
from tests.server.auth.provider import CLIENT_ID, ISSUER, Provider


@pytest.fixture
def provider(clock: FixedClock) -> Provider:
    return Provider(clock)


@pytest.fixture
def app(app: FastAPI, provider: Provider) -> FastAPI:
    settings = OidcSettings(issuer=ISSUER, client_id=CLIENT_ID, client_secret=SecretStr("s3cret"))
    old: Authentication = app.state.authentication
    app.state.authentication = Authentication(old.clients, old.passwords, Oidc(settings, provider))
    return app


@pytest.fixture
def root(people: People) -> TestClient:
    return people.browser_of("root@corp.test", SUPER_ADMINISTRATOR)


def sign_in(browser: TestClient, provider: Provider, **form: str) -> int:
    """The status of the last redirect: 303 when signed in."""
    start = browser.post("/auth/oidc", data=form)
    assert start.status_code == 303, start.text
    back = provider.authorize(start.headers["location"])
    return browser.get(f"/auth/oidc/callback?{back}").status_code


@pytest.mark.usefixtures("root")
def test_somebody_new_becomes_a_basic_user(people: People, provider: Provider) -> None:
    browser = people.anonymous()
    assert sign_in(browser, provider) == 303
    me = browser.get("/api/v1/auth/introspect").json()
    assert me["roles"] == [BASIC_USER.id]
    user = browser.get(f"/api/v1/users/{me['userId']}").json()["userView"]["user"]
    assert (user["email"], user["displayName"]) == ("dana@corp.test", "Dana")


def test_the_first_person_is_super_administrator_and_holds_the_printed_link(
    people: People, provider: Provider
) -> None:
    """Scenario 1, by OIDC. Without the link nobody gets in before the first."""
    assert sign_in(people.anonymous(), provider) == 400
    greeting = greet_first_administrator(people.kernel)
    assert greeting
    code = code_in(greeting)
    first = people.anonymous()
    assert sign_in(first, provider, code=code) == 303
    assert SUPER_ADMINISTRATOR.id in first.get("/api/v1/auth/introspect").json()["roles"]
    provider.claims = {"sub": "subject-2", "email": "eve@corp.test"}
    assert sign_in(people.anonymous(), provider, code=code) == 403
    second = people.anonymous()
    assert sign_in(second, provider) == 303
    assert second.get("/api/v1/auth/introspect").json()["roles"] == [BASIC_USER.id]


@pytest.mark.usefixtures("root")
def test_the_subject_decides_even_when_the_address_changes(
    people: People, provider: Provider
) -> None:
    first, again = people.anonymous(), people.anonymous()
    sign_in(first, provider)
    provider.claims = {"email": "dana.new@corp.test"}
    sign_in(again, provider)
    ids = [browser.get("/auth/session").json()["userId"] for browser in (first, again)]
    assert ids[0] == ids[1]


@pytest.mark.usefixtures("root")
def test_a_verified_address_links_to_the_account_that_has_it(
    people: People, provider: Provider
) -> None:
    dana = people.add("dana@corp.test", BASIC_USER)
    browser = people.anonymous()
    assert sign_in(browser, provider) == 303
    assert browser.get("/auth/session").json()["userId"] == dana.public_id


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("said", [None, False, "false", 0, "yes"])
def test_an_unverified_address_never_links(people: People, provider: Provider, said: Any) -> None:
    people.add("dana@corp.test", BASIC_USER)
    provider.claims = {"email_verified": said}
    browser = people.anonymous()
    assert sign_in(browser, provider) == 403
    assert browser.get("/auth/session").status_code == 401


@pytest.mark.usefixtures("root")
def test_an_operator_may_trust_the_addresses_of_a_provider_that_says_nothing(
    people: People, provider: Provider, app: FastAPI
) -> None:
    old: Authentication = app.state.authentication
    settings = OidcSettings(
        issuer=ISSUER, client_id=CLIENT_ID, client_secret=SecretStr("s3cret"), trust_email=True
    )
    app.state.authentication = Authentication(old.clients, old.passwords, Oidc(settings, provider))
    dana = people.add("dana@corp.test", BASIC_USER)
    provider.claims = {
        "email": None,
        "email_verified": None,
        "preferred_username": "Dana@corp.test",
    }
    browser = people.anonymous()
    assert sign_in(browser, provider) == 303
    assert browser.get("/auth/session").json()["userId"] == dana.public_id


@pytest.mark.usefixtures("root")
def test_a_second_subject_with_the_same_address_is_somebody_else(
    people: People, provider: Provider
) -> None:
    assert sign_in(people.anonymous(), provider) == 303
    provider.claims = {"sub": "subject-2"}
    assert sign_in(people.anonymous(), provider) == 403


def test_a_disabled_person_stays_out(people: People, provider: Provider, root: TestClient) -> None:
    browser = people.anonymous()
    sign_in(browser, provider)
    dana = browser.get("/auth/session").json()["userId"]
    root.put(f"/api/v1/users/{dana}/status", json={"enabled": False})
    assert sign_in(people.anonymous(), provider) == 403


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://login.corp.test/other/v2.0"},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": [CLIENT_ID, "another"], "azp": "another"},
        {"nonce": "replayed"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
        {"sub": ""},
    ],
)
def test_an_id_token_that_is_not_for_this_sign_in_is_refused(
    people: People, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    browser = people.anonymous()
    assert sign_in(browser, provider) == 401
    assert browser.get("/auth/session").status_code == 401


@pytest.mark.usefixtures("root")
def test_an_id_token_that_somebody_else_signed_is_refused(
    people: People, provider: Provider
) -> None:
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "k1"})
    assert sign_in(people.anonymous(), provider) == 401


@pytest.mark.usefixtures("root")
def test_an_answer_is_good_only_in_the_browser_that_asked(
    people: People, provider: Provider
) -> None:
    """Nobody can be signed in as somebody else by a link."""
    start = people.anonymous().post("/auth/oidc")
    back = provider.authorize(start.headers["location"])
    victim = people.anonymous()
    assert victim.get(f"/auth/oidc/callback?{back}").status_code == 401
    victim.post("/auth/oidc")
    assert victim.get(f"/auth/oidc/callback?{back}").status_code == 401


@pytest.mark.usefixtures("root")
def test_a_provider_that_is_down_or_another_is_named(people: People, provider: Provider) -> None:
    provider.is_down = True
    assert people.anonymous().post("/auth/oidc").status_code == 503
    provider.is_down = False
    provider.metadata_issuer = "https://evil.test"
    assert people.anonymous().post("/auth/oidc").status_code == 401


@pytest.mark.usefixtures("root")
def test_in_entra_the_object_id_is_the_subject_and_the_domain_owner_vouches(
    people: People, provider: Provider, app: FastAPI
) -> None:
    old: Authentication = app.state.authentication
    settings = OidcSettings(
        provider="entra", issuer=ISSUER, client_id=CLIENT_ID, client_secret=SecretStr("s3cret")
    )
    app.state.authentication = Authentication(old.clients, old.passwords, Oidc(settings, provider))
    dana = people.add("dana@corp.test", BASIC_USER)
    provider.claims = {"oid": "object-1", "email_verified": None, "xms_edov": True}
    assert sign_in(people.anonymous(), provider) == 303
    with people.kernel.read() as connection:
        rows = connection.exec_driver_sql("SELECT subject, user_id FROM user_identities").all()
    assert rows == [("object-1", dana.id)]


def test_entra_by_name_is_one_tenant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OSTIARY_OIDC_PROVIDER", "entra")
    monkeypatch.setenv("OSTIARY_OIDC_TENANT", "common")
    monkeypatch.setenv("OSTIARY_OIDC_CLIENT_ID", "ostiary")
    with pytest.raises(ValidationError, match="one tenant"):
        configured_oidc()
    monkeypatch.setenv("OSTIARY_OIDC_TENANT", "0f9d7a52-6b0e-4f0a-9a57-3c8ee2b4d0aa")
    oidc = configured_oidc()
    assert oidc is not None
    assert oidc.settings.effective_issuer == (
        "https://login.microsoftonline.com/0f9d7a52-6b0e-4f0a-9a57-3c8ee2b4d0aa/v2.0"
    )


@pytest.mark.parametrize(
    "settings", [{"issuer": "http://idp.test", "client_id": "x"}, {"issuer": "https://idp.test"}]
)
def test_half_a_provider_keeps_the_server_down(settings: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        OidcSettings(**settings)  # type: ignore[arg-type]


def test_without_a_provider_there_is_none() -> None:
    assert configured_oidc() is None
