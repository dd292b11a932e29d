from __future__ import annotations

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from ostiary.tenant.directory.directory import Directory
from ostiary.tenant.directory.objects import Kind
from ostiary.tenant.login.caller import TokenRejected
from ostiary.tenant.login.credentials import SECRET_LIFETIME
from ostiary.tenant.login.registrations import AppRegistration, Registrations
from ostiary.tenant.login.service import Login
from tests.tenant.login.conftest import GRAPH_SCOPE, TENANT_ID, Browser, ask_token, make_directory


def form_for(app: AppRegistration, **changes: str) -> dict[str, str]:
    form = {
        "grant_type": "client_credentials",
        "client_id": app.app_id,
        "client_secret": app.secrets[0].value,
        "scope": GRAPH_SCOPE,
    }
    return {name: value for name, value in (form | changes).items() if value}


async def claims_of(browser: Browser, token: str) -> dict[str, Any]:
    async with browser.get(f"/{TENANT_ID}/discovery/v2.0/keys") as answer:
        keys = KeySet.import_key_set(await answer.json())
    return jwt.decode(token, keys).claims


async def test_a_token_carries_v1_claims_and_verifies_with_the_published_keys(
    browser: Browser, app: AppRegistration, directory: Directory
) -> None:
    app.roles = {"User.Read.All", "Group.Read.All"}
    status, body = await ask_token(browser, form_for(app))
    claims = await claims_of(browser, body["access_token"])
    issued = int(directory.clock.now().timestamp())
    assert status == 200
    assert body["token_type"] == "Bearer"
    assert 3599 <= body["expires_in"] <= 5400
    assert body["ext_expires_in"] == body["expires_in"]
    assert claims["exp"] == issued + body["expires_in"]
    assert claims["iss"] == f"https://sts.windows.net/{TENANT_ID}/"
    assert claims["aud"] == "https://graph.microsoft.com"
    assert claims["appid"] == app.app_id
    assert claims["idtyp"] == "app"
    assert claims["roles"] == ["Group.Read.All", "User.Read.All"]
    assert claims["oid"] == claims["sub"]
    assert (claims["tid"], claims["ver"], claims["appidacr"]) == (TENANT_ID, "1.0", "1")


def test_lifetimes_differ_from_token_to_token_but_not_from_run_to_run(
    app: AppRegistration,
) -> None:
    runs = [Login(make_directory(), Registrations()).tokens for _ in range(2)]
    first, second = [
        [tokens.for_app(app, "https://graph.microsoft.com", proof="1")[1] for _ in range(4)]
        for tokens in runs
    ]
    assert first == second
    assert len(set(first)) == 4


async def test_the_scope_may_name_the_host_the_simulator_runs_on(
    browser: Browser, app: AppRegistration, login: Login
) -> None:
    scope = f"https://127.0.0.1:{browser.port}/.default"
    status, body = await ask_token(browser, form_for(app, scope=scope))
    assert status == 200
    assert login.authorize(body["access_token"]).app_id == app.app_id


async def test_a_client_that_takes_revocation_events_gets_a_long_lived_token(
    browser: Browser, app: AppRegistration
) -> None:
    claims = '{"access_token": {"xms_cc": {"values": ["cp1"]}}}'
    _, body = await ask_token(browser, form_for(app, claims=claims))
    assert 20 * 3600 <= body["expires_in"] <= 28 * 3600


@pytest.mark.parametrize("realm", ["contoso.example", TENANT_ID.upper()])
async def test_the_tenant_goes_by_its_domains_too(
    browser: Browser, app: AppRegistration, realm: str
) -> None:
    assert (await ask_token(browser, form_for(app), realm))[0] == 200


async def test_basic_authorization_counts_as_well(browser: Browser, app: AppRegistration) -> None:
    import base64

    pair = base64.b64encode(f"{app.app_id}:{app.secrets[0].value}".encode()).decode()
    form = {"grant_type": "client_credentials", "scope": GRAPH_SCOPE}
    url = f"/{TENANT_ID}/oauth2/v2.0/token"
    async with browser.post(url, data=form, headers={"Authorization": f"Basic {pair}"}) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("changes", "status", "error", "number"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_secret": ""}, 401, "invalid_client", 7000216),
        ({"client_id": "aaaaaaaa-0000-4000-8000-000000000001"}, 400, "unauthorized_client", 700016),
        ({"client_id": "my app"}, 400, "unauthorized_client", 700038),
        (
            {"client_id": "00000000-0000-0000-0000-000000000000"},
            400,
            "unauthorized_client",
            700038,
        ),
        ({"scope": "https://graph.microsoft.com/User.Read.All"}, 400, "invalid_scope", 1002012),
        ({"scope": "api://nowhere/.default"}, 400, "invalid_resource", 500011),
        ({"scope": "https://[::1/.default"}, 400, "invalid_resource", 500011),
        ({"scope": ""}, 400, "invalid_request", 900144),
        ({"grant_type": "no_such_grant"}, 400, "unsupported_grant_type", 70003),
        ({"grant_type": ""}, 400, "invalid_request", 900144),
    ],
)
async def test_refusals_have_their_number_name_and_status(
    browser: Browser,
    app: AppRegistration,
    changes: dict[str, str],
    status: int,
    error: str,
    number: int,
) -> None:
    got, body = await ask_token(browser, form_for(app, **changes))
    assert (got, body["error"], body["error_codes"]) == (status, error, [number])
    assert body["error_description"].startswith(f"AADSTS{number}: ")


@pytest.mark.parametrize(
    ("realm", "number"),
    [
        ("11111111-2222-4333-8444-555555555555", 90002),
        ("fabrikam.example", 90002),
        ("not a tenant", 900023),
        ("organizations", 50059),
    ],
)
async def test_wrong_tenants_are_told_apart(
    browser: Browser, app: AppRegistration, realm: str, number: int
) -> None:
    status, body = await ask_token(browser, form_for(app), realm)
    assert (status, body["error_codes"]) == (400, [number])


async def test_a_single_tenant_app_is_refused_at_common(
    browser: Browser, app: AppRegistration
) -> None:
    app.multi_tenant = False
    status, body = await ask_token(browser, form_for(app), "common")
    assert (status, body["error_codes"]) == (400, [50194])


async def test_an_app_nobody_consented_to_is_not_in_the_tenant(
    browser: Browser, app: AppRegistration
) -> None:
    app.installed = False
    _, body = await ask_token(browser, form_for(app))
    assert body["error_codes"] == [700016]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"grant_type": "client_credentials"}'),
        ("application/x-www-form-urlencoded; charset=nosuch", b"a=%ff"),
        ("multipart/form-data; boundary=x", b"--x\r\n"),
    ],
)
async def test_a_body_that_is_no_form_is_a_bad_request(
    browser: Browser, content_type: str, body: bytes
) -> None:
    url = f"/{TENANT_ID}/oauth2/v2.0/token"
    async with browser.post(url, data=body, headers={"Content-Type": content_type}) as answer:
        assert answer.status == 400
        assert (await answer.json())["error_codes"] == [900144]


async def test_pasting_the_secret_id_gets_the_hint_about_it(
    browser: Browser, app: AppRegistration
) -> None:
    _, body = await ask_token(browser, form_for(app, client_secret=app.secrets[0].id))
    assert body["error_codes"] == [7000215]
    assert "client secret value, not the client secret ID" in body["error_description"]


async def test_an_expired_secret_is_named_as_such(
    browser: Browser, app: AppRegistration, directory: Directory
) -> None:
    directory.clock.advance(SECRET_LIFETIME.total_seconds())
    status, body = await ask_token(browser, form_for(app))
    assert (status, body["error"], body["error_codes"]) == (401, "invalid_client", [7000222])


async def test_an_error_carries_trace_correlation_and_time_in_body_and_text(
    browser: Browser, app: AppRegistration
) -> None:
    correlation = "0b7de3b6-6b0a-4bd8-8b0b-3d1f4f1f6a10"
    url = f"/{TENANT_ID}/oauth2/v2.0/token"
    async with browser.post(
        url, data=form_for(app, client_secret="x"), headers={"client-request-id": correlation}
    ) as answer:
        body = await answer.json()
        assert answer.headers["x-ms-request-id"] == body["trace_id"]
    assert body["correlation_id"] == correlation
    assert body["timestamp"] == "2026-11-01 09:00:00Z"
    assert body["error_description"].endswith(
        f"Trace ID: {body['trace_id']} Correlation ID: {correlation} "
        "Timestamp: 2026-11-01 09:00:00Z"
    )
    assert body["error_uri"] == "https://login.microsoftonline.com/error?code=7000215"


async def test_the_surface_learns_caller_roles_and_directory_roles(
    browser: Browser, app: AppRegistration, directory: Directory, login: Login
) -> None:
    principal = directory.create(
        Kind.SERVICE_PRINCIPAL, {"appId": app.app_id, "displayName": app.display_name}
    )
    role = next(iter(directory.role_definitions))
    directory.assign_role(principal.id, role)
    app.roles = {"User.Read.All"}
    _, body = await ask_token(browser, form_for(app))
    caller = login.authorize(body["access_token"])
    assert caller.roles == {"User.Read.All"}
    assert caller.sp_id == principal.id
    assert caller.directory_roles == {role}
    assert caller.tenant_id == TENANT_ID
    assert caller.user_id is None


async def test_roles_granted_later_show_in_the_next_token_only(
    browser: Browser, app: AppRegistration, login: Login
) -> None:
    app.roles = set()
    _, before = await ask_token(browser, form_for(app))
    app.roles = {"User.Read.All"}
    _, after = await ask_token(browser, form_for(app))
    assert login.authorize(before["access_token"]).roles == frozenset()
    assert login.authorize(after["access_token"]).roles == {"User.Read.All"}


async def test_tokens_expire_by_the_tenants_clock(
    browser: Browser, app: AppRegistration, login: Login, directory: Directory
) -> None:
    _, body = await ask_token(browser, form_for(app))
    directory.clock.advance(body["expires_in"] - 1)
    assert login.authorize(body["access_token"]).app_id == app.app_id
    directory.clock.advance(1)
    with pytest.raises(TokenRejected, match="expired"):
        login.authorize(body["access_token"])


async def test_tokens_of_another_resource_or_signature_are_rejected(
    browser: Browser, app: AppRegistration, login: Login, directory: Directory
) -> None:
    directory.create(
        Kind.SERVICE_PRINCIPAL,
        {"appId": "22222222-0000-4000-8000-000000000002", "servicePrincipalNames": ["api://shop"]},
    )
    _, body = await ask_token(browser, form_for(app, scope="api://shop/.default"))
    with pytest.raises(TokenRejected, match="Invalid audience"):
        login.authorize(body["access_token"])
    _, body = await ask_token(browser, form_for(app))
    header, payload, signature = body["access_token"].split(".")
    with pytest.raises(TokenRejected):
        login.authorize(f"{header}.{payload}.{signature[:-8]}AAAAAAAA")
    with pytest.raises(TokenRejected, match="not well formed"):
        login.authorize("not-a-token")


async def test_discovery_points_to_this_host(browser: Browser) -> None:
    path = f"/{TENANT_ID}/v2.0/.well-known/openid-configuration"
    async with browser.get(path) as answer:
        body = await answer.json()
    base = f"http://127.0.0.1:{browser.port}/{TENANT_ID}"
    assert body["issuer"] == f"{base}/v2.0"
    assert body["token_endpoint"] == f"{base}/oauth2/v2.0/token"
    assert body["jwks_uri"] == f"{base}/discovery/v2.0/keys"
    assert body["msgraph_host"] == f"127.0.0.1:{browser.port}"


async def test_discovery_of_an_unknown_tenant_fails_like_entra(browser: Browser) -> None:
    path = "/fabrikam.example/v2.0/.well-known/openid-configuration"
    async with browser.get(path) as answer:
        body = await answer.json()
    assert (answer.status, body["error"], body["error_codes"]) == (400, "invalid_request", [90002])


async def test_instance_discovery_names_this_host_as_its_own_cloud(browser: Browser) -> None:
    async with browser.get("/common/discovery/instance?api-version=1.1") as answer:
        body = await answer.json()
    host = f"127.0.0.1:{browser.port}"
    assert body["metadata"][0]["aliases"] == [host]
    assert body["tenant_discovery_endpoint"].startswith(f"https://{host}/")
