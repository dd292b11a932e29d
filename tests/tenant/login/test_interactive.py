from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ostiary.tenant.directory.directory import Directory
from ostiary.tenant.directory.objects import Kind
from ostiary.tenant.login.interactive import PASSWORD
from ostiary.tenant.login.registrations import AppRegistration
from ostiary.tenant.login.service import Login
from ostiary.tenant.login.sessions import CODE_LIFETIME, REFRESH_LIFETIME
from ostiary.tenant.login.tenant_view import GRAPH_APP_ID
from tests.tenant.login.conftest import TENANT_ID, USER_READ_ALL, Browser, ask_token, user_id

REDIRECT = "https://ostiary.example/callback"
VERIFIER = "correct-horse-battery-staple-correct-horse-battery"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
)


@pytest.fixture
def app(app: AppRegistration) -> AppRegistration:
    app.redirect_uris = {REDIRECT}
    app.loopback_redirects = False
    return app


class Person:
    """Clicks through the pages as a browser would."""

    def __init__(self, browser: Browser, app: AppRegistration) -> None:
        self.browser = browser
        self.app = app
        self.status = 0
        self.page = ""
        self.location = ""

    async def authorize(self, realm: str = TENANT_ID, **changes: str) -> None:
        query = {
            "client_id": self.app.app_id,
            "response_type": "code",
            "redirect_uri": REDIRECT,
            "scope": "openid offline_access https://graph.microsoft.com/.default",
            "state": "st&te",
            "nonce": "n-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        await self._get(f"/{realm}/oauth2/v2.0/authorize", query | changes)

    async def ask_admin_consent(self, path: str = f"/{TENANT_ID}/v2.0/adminconsent") -> None:
        query = {"client_id": self.app.app_id, "redirect_uri": REDIRECT, "state": "s"}
        await self._get(path, query)

    async def click(self, directory: Directory, name: str) -> None:
        await self.submit(account=user_id(directory, name))

    async def submit(self, **fields: str) -> None:
        """Post the page's form, with its hidden context."""
        action = re.search(r'action="([^"]+)"', self.page)
        context = re.search(r'name="ctx" value="([^"]+)"', self.page)
        assert action is not None
        assert context is not None
        form = {"ctx": context.group(1), **fields}
        async with self.browser.post(action.group(1), data=form, allow_redirects=False) as answer:
            self.status, self.page = answer.status, await answer.text()
            self.location = answer.headers.get("Location", "")

    async def _get(self, path: str, query: dict[str, str]) -> None:
        async with self.browser.get(path, params=query, allow_redirects=False) as answer:
            self.status, self.page = answer.status, await answer.text()
            self.location = answer.headers.get("Location", "")

    @property
    def brought_back(self) -> dict[str, str]:
        """Query of the redirect to the application."""
        assert self.location.startswith(REDIRECT), self.page
        return {name: values[0] for name, values in parse_qs(urlsplit(self.location).query).items()}

    async def redeem(self, **changes: str) -> tuple[int, dict[str, Any]]:
        form = {
            "grant_type": "authorization_code",
            "client_id": self.app.app_id,
            "client_secret": self.app.secrets[0].value,
            "code": self.brought_back["code"],
            "redirect_uri": REDIRECT,
            "code_verifier": VERIFIER,
        }
        return await ask_token(self.browser, form | changes)


@pytest.fixture
def person(browser: Browser, app: AppRegistration) -> Person:
    return Person(browser, app)


async def test_code_with_pkce_ends_in_delegated_id_and_refresh_tokens(
    person: Person, directory: Directory, login: Login
) -> None:
    await person.authorize()
    await person.click(directory, "bob")
    assert "User.Read" in person.page
    await person.submit(decision="accept")
    assert person.status == 303
    assert person.brought_back["state"] == "st&te"
    status, body = await person.redeem()
    assert status == 200
    caller = login.authorize(body["access_token"])
    assert caller.user_id == user_id(directory, "bob")
    assert caller.roles == {"User.Read"}
    assert body["scope"] == "openid https://graph.microsoft.com/User.Read"
    assert body["id_token"].count(".") == 2
    assert body["refresh_token"]


async def test_typing_name_and_password_works_as_well(person: Person) -> None:
    await person.authorize()
    await person.submit(username="BOB@contoso.example", password=PASSWORD)
    assert "Permissions requested" in person.page


@pytest.mark.parametrize(
    ("username", "password", "number"),
    [
        ("nobody@contoso.example", PASSWORD, 50034),
        ("bob@contoso.example", "wrong", 50126),
        ("dave@contoso.example", PASSWORD, 50057),
        ("", "", 50034),
    ],
)
async def test_a_failed_sign_in_shows_why_and_lets_one_try_again(
    person: Person, username: str, password: str, number: int
) -> None:
    await person.authorize()
    await person.submit(username=username, password=password)
    assert person.status == 200
    assert f"AADSTS{number}:" in person.page
    await person.submit(username="bob@contoso.example", password=PASSWORD)
    assert "Permissions requested" in person.page


async def test_consent_is_asked_once(person: Person, directory: Directory) -> None:
    await person.authorize()
    await person.click(directory, "bob")
    await person.submit(decision="accept")
    await person.authorize()
    await person.click(directory, "bob")
    assert "code" in person.brought_back
    await person.authorize(prompt="consent")
    await person.click(directory, "bob")
    assert "Permissions requested" in person.page


async def test_an_administrator_may_consent_for_everyone(
    person: Person, directory: Directory
) -> None:
    await person.authorize()
    await person.click(directory, "carol")
    await person.submit(decision="accept", everyone="yes")
    await person.authorize()
    await person.click(directory, "bob")
    assert "code" in person.brought_back


async def test_declining_goes_back_with_access_denied(person: Person, directory: Directory) -> None:
    await person.authorize()
    await person.click(directory, "bob")
    await person.submit(decision="cancel")
    assert person.brought_back["error"] == "access_denied"
    assert person.brought_back["error_description"].startswith("AADSTS65004:")


async def test_permissions_beyond_oneself_need_an_administrator(
    person: Person, directory: Directory
) -> None:
    await person.authorize(scope="https://graph.microsoft.com/Directory.Read.All")
    await person.click(directory, "bob")
    assert "AADSTS90094:" in person.page
    await person.submit(decision="accept")
    assert person.brought_back["error"] == "consent_required"
    assert person.brought_back["error_description"].startswith("AADSTS90094:")


async def test_a_code_is_good_once(person: Person, directory: Directory) -> None:
    await person.authorize()
    await person.click(directory, "bob")
    await person.submit(decision="accept")
    assert (await person.redeem())[0] == 200
    status, body = await person.redeem()
    assert (status, body["error"], body["error_codes"]) == (400, "invalid_grant", [54005])


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"code_verifier": "wrong"}, 501481),
        ({"code_verifier": ""}, 501481),
        ({"redirect_uri": "https://evil.example/"}, 70000),
        ({"code": "1.unknown"}, 70000),
        ({"client_secret": "wrong"}, 7000215),
        ({"client_secret": ""}, 7000218),
    ],
)
async def test_a_code_needs_its_verifier_address_and_client(
    person: Person, directory: Directory, changes: dict[str, str], number: int
) -> None:
    await person.authorize()
    await person.click(directory, "bob")
    await person.submit(decision="accept")
    _, body = await person.redeem(**changes)
    assert body["error_codes"] == [number]


async def test_a_code_expires(person: Person, directory: Directory) -> None:
    await person.authorize()
    await person.click(directory, "bob")
    await person.submit(decision="accept")
    directory.clock.advance(CODE_LIFETIME.total_seconds())
    _, body = await person.redeem()
    assert body["error_codes"] == [70008]


async def refreshed(person: Person, token: str) -> tuple[int, dict[str, Any]]:
    form = {
        "grant_type": "refresh_token",
        "client_id": person.app.app_id,
        "client_secret": person.app.secrets[0].value,
        "refresh_token": token,
    }
    return await ask_token(person.browser, form)


async def sign_in(person: Person, directory: Directory, name: str) -> dict[str, Any]:
    await person.authorize()
    await person.click(directory, name)
    await person.submit(decision="accept")
    return (await person.redeem())[1]


async def test_refresh_tokens_roll_for_ninety_days(person: Person, directory: Directory) -> None:
    body = await sign_in(person, directory, "bob")
    status, renewed = await refreshed(person, body["refresh_token"])
    assert status == 200
    assert renewed["refresh_token"] != body["refresh_token"]
    directory.clock.advance(REFRESH_LIFETIME.total_seconds())
    status, expired = await refreshed(person, renewed["refresh_token"])
    assert (status, expired["error_codes"]) == (400, [700082])


async def test_a_disabled_or_deleted_person_cannot_refresh(
    person: Person, directory: Directory
) -> None:
    body = await sign_in(person, directory, "bob")
    directory.update(user_id(directory, "bob"), {"accountEnabled": False})
    _, disabled = await refreshed(person, body["refresh_token"])
    assert disabled["error_codes"] == [50057]
    directory.soft_delete(user_id(directory, "bob"))
    _, deleted = await refreshed(person, body["refresh_token"])
    assert deleted["error_codes"] == [50034]


async def test_withdrawn_consent_ends_refreshing(person: Person, directory: Directory) -> None:
    body = await sign_in(person, directory, "bob")
    person.app.consented_scopes.clear()
    status, refused = await refreshed(person, body["refresh_token"])
    assert (status, refused["error_codes"]) == (400, [65001])
    assert refused["suberror"] == "consent_required"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"prompt": "none"}, "login_required"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
async def test_what_cannot_be_done_goes_back_to_the_application(
    person: Person, changes: dict[str, str], error: str
) -> None:
    await person.authorize(**changes)
    assert person.brought_back["error"] == error
    assert person.brought_back["state"] == "st&te"


async def test_an_unregistered_address_is_never_redirected_to(person: Person) -> None:
    await person.authorize(redirect_uri="https://evil.example/")
    assert person.status == 400
    assert person.location == ""
    assert "AADSTS50011:" in person.page


async def test_an_address_that_is_no_url_is_refused(person: Person) -> None:
    person.app.loopback_redirects = True
    await person.authorize(redirect_uri="https://[::1/callback")
    assert person.status == 400
    assert "AADSTS50011:" in person.page


async def test_localhost_addresses_match_on_any_port(person: Person) -> None:
    person.app.redirect_uris = {"http://localhost/done"}
    await person.authorize(redirect_uri="http://localhost:53219/done")
    assert person.status == 200
    await person.authorize(redirect_uri="http://localhost:53219/other")
    assert person.status == 400


async def test_a_single_tenant_app_cannot_use_common(person: Person) -> None:
    person.app.multi_tenant = False
    await person.authorize(realm="common")
    assert "AADSTS50194:" in person.page


@pytest.mark.parametrize(
    "path",
    [f"/{TENANT_ID}/v2.0/adminconsent", "/organizations/v2.0/adminconsent", "/common/adminconsent"],
)
async def test_admin_consent_grants_roles_and_tells_the_tenant(
    person: Person, directory: Directory, path: str
) -> None:
    person.app.roles = set()
    person.app.requested_roles = {"User.Read.All"}
    person.app.installed = False
    await person.ask_admin_consent(path)
    await person.click(directory, "carol")
    assert "User.Read.All" in person.page
    await person.submit(decision="accept")
    back = person.brought_back
    assert (back["admin_consent"], back["tenant"], back["state"]) == ("True", TENANT_ID, "s")
    assert person.app.roles == {"User.Read.All"}
    assert person.app.installed


async def test_admin_consent_makes_the_service_principal_and_its_app_role_assignment(
    person: Person, directory: Directory
) -> None:
    person.app.requested_roles = {"User.Read.All"}
    person.app.installed = False
    await person.ask_admin_consent()
    await person.click(directory, "carol")
    await person.submit(decision="accept")
    principals = directory.objects[Kind.SERVICE_PRINCIPAL].values()
    ours = next(one for one in principals if one.props["appId"] == person.app.app_id)
    graph = next(one for one in principals if one.props["appId"] == GRAPH_APP_ID)
    (assignment,) = directory.app_role_assignments[graph.id].values()
    assert (assignment.principal_id, assignment.app_role_id) == (ours.id, USER_READ_ALL)


async def test_admin_consent_is_refused_to_others(person: Person, directory: Directory) -> None:
    person.app.roles = set()
    await person.ask_admin_consent()
    await person.click(directory, "bob")
    assert "AADSTS90094:" in person.page
    await person.submit(decision="accept")
    assert person.brought_back["error"] == "consent_required"
    assert person.app.roles == set()


async def test_a_role_held_through_a_group_is_enough_to_consent(
    person: Person, directory: Directory
) -> None:
    group = directory.create(Kind.GROUP, {"displayName": "SG-Admins"})
    directory.add_member(group.id, user_id(directory, "bob"))
    directory.assign_role(group.id, next(iter(directory.role_definitions)))
    await person.ask_admin_consent()
    await person.click(directory, "bob")
    await person.submit(decision="accept")
    assert person.brought_back["admin_consent"] == "True"


async def test_consent_cannot_be_given_before_signing_in(person: Person) -> None:
    await person.ask_admin_consent()
    person.page = person.page.replace("/login", "/consent")
    await person.submit(decision="accept")
    assert person.status == 400
    assert "AADSTS50058:" in person.page


async def test_a_finished_sign_in_cannot_be_replayed(person: Person, directory: Directory) -> None:
    await person.authorize()
    await person.click(directory, "bob")
    consent_page = person.page
    await person.submit(decision="accept")
    person.page = consent_page
    await person.submit(decision="accept")
    assert person.status == 400


async def test_names_on_pages_are_escaped(
    person: Person, directory: Directory, login: Login
) -> None:
    hostile = '<script>alert("1")</script>'
    directory.update(user_id(directory, "bob"), {"displayName": hostile})
    person.app = login.registrations.add(replace(person.app, display_name=hostile))
    await person.authorize(login_hint='"><b>x')
    assert "<script" not in person.page
    assert "<b>x" not in person.page
    assert person.page.count("&lt;script&gt;") == 2
