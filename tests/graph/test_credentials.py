"""Credentials against a login host over TLS, and what they say when refused."""

import base64
import json
import logging
import random
import traceback
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ostiary.graph import (
    CredentialRefused,
    EntraCredential,
    GraphError,
    Hosts,
    MalformedReply,
    RetryPolicy,
    ServiceUnavailable,
    UnknownCloud,
    Unreachable,
    UntrustedCertificate,
    certificate,
    client_secret,
    managed_identity,
    workload_identity,
)
from tests.graph.authority import FROM, UNTIL, Authority
from tests.graph.clock import LeapingClock
from tests.graph.server import GraphServer, reply

TENANT = "contoso.example"
APP = "11111111-2222-3333-4444-555555555555"
CANARY = "can4ry~Q8-never.shown_anywhere"


def jwt(**claims: object) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.c2ln"


def granted(value: str = "", expires_in: int = 3599) -> web.Response:
    value = value or jwt(roles=["User.Read.All", "Group.Read.All"], tid="t-1", appid=APP)
    return reply({"token_type": "Bearer", "expires_in": expires_in, "access_token": value})


def refused(
    code: int, status: int = 401, error: str = "invalid_client", said: str = "no"
) -> web.Response:
    body = {
        "error": error,
        "error_description": f"AADSTS{code}: {said}. Trace ID: tr-1 Correlation ID: co-1",
        "error_codes": [code],
        "timestamp": "2026-11-21 09:00:00Z",
        "trace_id": "tr-1",
        "correlation_id": "co-1",
    }
    return reply(body, status)


@pytest.fixture
def hosts(server: GraphServer, authority: Authority) -> Hosts:
    return Hosts("graph.microsoft.us", server.domain, str(authority.file))


def by_secret(hosts: Hosts, clock: LeapingClock, secret: str = CANARY) -> EntraCredential:
    return client_secret(
        tenant_id=TENANT,
        client_id=APP,
        secret=secret,
        hosts=hosts,
        clock=clock,
        retry=RetryPolicy(random=random.Random(3)),
    )


async def failure(credential: EntraCredential) -> GraphError:
    with pytest.raises(GraphError) as caught:
        await credential.token()
    await credential.aclose()
    return caught.value


async def test_a_secret_is_traded_for_a_token_of_the_graph_host(
    server: GraphServer, hosts: Hosts, clock: LeapingClock
) -> None:
    server.answers = [granted()]
    credential = by_secret(hosts, clock, f" {CANARY}\n")
    token = await credential.token()
    form = await server.seen[0].post()
    assert server.targets == [f"/{TENANT}/oauth2/v2.0/token"]
    assert form["scope"] == "https://graph.microsoft.us/.default"
    assert form["client_secret"] == CANARY
    assert token.roles == {"User.Read.All", "Group.Read.All"}
    assert (token.tenant_id, token.app_id) == ("t-1", APP)
    await credential.aclose()


async def test_an_opaque_token_has_no_roles_and_is_still_used(
    server: GraphServer, hosts: Hosts, clock: LeapingClock
) -> None:
    server.answers = [granted("opaque")]
    token = await by_secret(hosts, clock).token()
    assert (token.value, token.roles) == ("opaque", frozenset())


async def test_a_refused_token_is_replaced_although_it_has_not_ended(
    server: GraphServer, hosts: Hosts, clock: LeapingClock
) -> None:
    server.answers = [granted("one"), granted("two")]
    credential = by_secret(hosts, clock)
    first = await credential.token()
    assert (await credential.token(refused=first)).value == "two"
    assert (await credential.token(refused=first)).value == "two"


ADVICE = [
    (7000222, 401, "has expired", "create a new one"),
    (700016, 400, f"has no app {APP}", "Application (client) ID"),
    (700038, 400, "is not the ID of an app", "Overview"),
    (90002, 400, f"no tenant {TENANT}", "Directory (tenant) ID"),
    (900023, 400, "neither the ID nor a domain name", "Directory (tenant) ID"),
    (1002012, 400, "does not issue tokens for graph.microsoft.us", "same cloud"),
    (500011, 400, "does not know graph.microsoft.us", "same cloud"),
    (70003, 400, "does not accept this way", "login domain"),
    (700024, 401, "clock differs", "NTP"),
    (70021, 400, "trusts no workload identity", "Federated credentials"),
    (700211, 400, "of this issuer", "iss of the token"),
    (700212, 400, "for this audience", "aud of the token"),
    (700213, 400, "with this subject", "sub of the token"),
    (65001, 400, "No administrator has consented", "Grant admin consent"),
    (90094, 400, "No administrator has consented", "Grant admin consent"),
    (53003, 400, "Conditional Access", "Exclude the app"),
    (50194, 400, "belongs to one tenant", "Directory (tenant) ID"),
    (50076, 400, "as a user who signs in", "of the app itself"),
]


@pytest.mark.parametrize(("code", "status", "what", "todo"), ADVICE)
async def test_a_refusal_says_what_happened_to_what_and_what_to_do(
    server: GraphServer,
    hosts: Hosts,
    clock: LeapingClock,
    code: int,
    status: int,
    what: str,
    todo: str,
) -> None:
    server.answers = [refused(code, status)]
    error = await failure(by_secret(hosts, clock))
    assert isinstance(error, CredentialRefused)
    assert error.code == f"AADSTS{code}"
    assert what in error.message
    assert todo in error.advice
    assert "{" not in str(error)
    assert error.technical == (
        f"status={status} code=AADSTS{code} path=/{TENANT}/oauth2/v2.0/token "
        "request-id=tr-1 client-request-id=co-1 date=2026-11-21 09:00:00Z"
    )


async def test_a_pasted_secret_id_is_recognised(
    server: GraphServer, hosts: Hosts, clock: LeapingClock
) -> None:
    server.answers = [refused(7000215), refused(7000215)]
    pasted = await failure(by_secret(hosts, clock, "0f8fad5b-d9cb-469f-a165-70867728950e"))
    wrong = await failure(by_secret(hosts, clock))
    assert "looks like the secret's ID, not its value" in pasted.message
    assert "copy the Value column (it is shown once) and paste it here" in pasted.advice
    assert "secret's ID" not in str(wrong)
    assert "Value column" in wrong.advice


async def test_an_unknown_refusal_is_told_in_entras_words(
    server: GraphServer, hosts: Hosts, clock: LeapingClock
) -> None:
    server.answers = [refused(123456, said="The moon is in the wrong house")]
    error = await failure(by_secret(hosts, clock))
    assert error.message.endswith("AADSTS123456: The moon is in the wrong house.")


async def test_nothing_secret_is_shown_even_if_the_host_quotes_it_back(
    server: GraphServer, hosts: Hosts, clock: LeapingClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.answers = [refused(50126, said=f"bad {CANARY}"), granted("token-canary")]
    credential = by_secret(hosts, clock)
    with pytest.raises(CredentialRefused) as caught:
        await credential.token()
    token = await credential.token()
    shown = [
        *traceback.format_exception(caught.value),
        str(caught.value),
        repr(caught.value),
        repr(credential),
        repr(vars(credential)),
        repr(token),
        caught.value.technical,
        caplog.text,
    ]
    assert "[secret]" in str(caught.value)
    for text in shown:
        assert CANARY not in text
        assert "token-canary" not in text


def rsa_certificate() -> tuple[bytes, x509.Certificate]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "app")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(5)
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(CANARY.encode()),
    )
    return pem + built.public_bytes(serialization.Encoding.PEM), built


async def test_a_certificate_signs_in_and_is_named_by_its_thumbprint_when_unknown(
    server: GraphServer, hosts: Hosts, clock: LeapingClock, tmp_path: Path
) -> None:
    data, built = rsa_certificate()
    file = tmp_path / "app.pem"
    file.write_bytes(data)
    credential = certificate(
        tenant_id=TENANT, client_id=APP, path=file, password=CANARY, hosts=hosts, clock=clock
    )
    server.answers = [granted("by certificate"), refused(700027)]
    token = await credential.token()
    assert token.value == "by certificate"
    assert (await server.seen[0].post())["client_assertion_type"] == (
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    )
    with pytest.raises(CredentialRefused) as caught:
        await credential.token(refused=token)
    assert built.fingerprint(hashes.SHA1()).hex().upper() in caught.value.message
    assert "upload its public part" in caught.value.advice
    assert CANARY not in repr(vars(credential)) + repr(caught.value)


async def test_a_certificate_without_its_password_is_explained_before_anything_is_sent(
    server: GraphServer, hosts: Hosts, clock: LeapingClock
) -> None:
    data, _ = rsa_certificate()
    error = await failure(
        certificate(tenant_id=TENANT, client_id=APP, data=data, hosts=hosts, clock=clock)
    )
    assert isinstance(error, CredentialRefused)
    assert "password" in error.advice
    assert server.seen == []


def test_a_certificate_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CredentialRefused, match=r"absent\.pem cannot be read: No such file"):
        certificate(tenant_id=TENANT, client_id=APP, path=tmp_path / "absent.pem")


async def test_a_workload_identity_sends_what_the_platform_put_in_the_file(
    server: GraphServer, hosts: Hosts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "token"
    file.write_text("platform-assertion-1")
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(file))
    credential = workload_identity(tenant_id=TENANT, client_id=APP, hosts=hosts)
    server.answers = [granted("one"), granted("two"), refused(700024)]
    first = await credential.token()
    file.write_text("platform-assertion-2")
    second = await credential.token(refused=first)
    sent = [(await request.post())["client_assertion"] for request in server.seen]
    assert sent == ["platform-assertion-1", "platform-assertion-2"]
    with pytest.raises(CredentialRefused, match=f"the token in {file} is no longer valid"):
        await credential.token(refused=second)


async def test_a_missing_workload_token_file_is_named(hosts: Hosts, tmp_path: Path) -> None:
    error = await failure(
        workload_identity(
            tenant_id=TENANT, client_id=APP, token_file=tmp_path / "gone", hosts=hosts
        )
    )
    assert f"no workload identity token in {tmp_path / 'gone'}" in error.message


async def test_a_managed_identity_asks_the_platform(
    server: GraphServer, hosts: Hosts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", server.url("/msi/token"))
    monkeypatch.setenv("IDENTITY_HEADER", "platform-header")
    server.answers = [
        reply({"access_token": "managed", "expires_on": "4000000000", "resource": "r"}),
        reply({"error": {"code": "invalid_request", "message": "no identity"}}, 400),
    ]
    credential = managed_identity(client_id=APP, hosts=hosts)
    token = await credential.token()
    query = server.seen[0].query
    assert token.value == "managed"
    assert (query["resource"], query["client_id"]) == ("https://graph.microsoft.us", APP)
    with pytest.raises(CredentialRefused, match=f"no token of the managed identity {APP}"):
        await credential.token(refused=token)


async def test_where_nothing_answers_for_managed_identities_the_choice_is_explained(
    hosts: Hosts, unused_tcp_port: int, clock: LeapingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{unused_tcp_port}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "platform-header")
    error = await failure(managed_identity(hosts=hosts, clock=clock))
    assert isinstance(error, Unreachable)
    assert "nothing answers for managed identities here" in error.message
    assert "Azure resource" in error.advice
    assert clock.slept == []


async def test_passing_faults_of_the_login_host_are_waited_out(
    server: GraphServer, hosts: Hosts, clock: LeapingClock
) -> None:
    html = web.Response(text="<html>busy</html>", content_type="text/html")
    server.answers = [
        web.Response(status=503),
        reply({"error": "temporarily"}, 500),
        html,
        granted("ok"),
    ]
    assert (await by_secret(hosts, clock).token()).value == "ok"
    assert len(clock.slept) == 3


async def test_a_login_host_that_stays_down_is_an_error_in_the_end(
    server: GraphServer, hosts: Hosts, clock: LeapingClock
) -> None:
    async def down(_: web.Request) -> web.Response:
        return web.Response(status=503, text="<html>error</html>", content_type="text/html")

    server.default = down
    error = await failure(by_secret(hosts, clock))
    assert isinstance(error, ServiceUnavailable)
    assert len(server.seen) == 8


async def test_a_page_of_a_proxy_in_place_of_the_login_host_is_named(
    server: GraphServer, hosts: Hosts, clock: LeapingClock
) -> None:
    server.answers = [
        web.Response(status=403, text="<html>error: blocked</html>", content_type="text/html")
    ]
    error = await failure(by_secret(hosts, clock))
    assert isinstance(error, MalformedReply)
    assert "An HTML page came from localhost" in error.message
    assert "proxy" in error.advice


async def test_an_unreachable_login_host_is_named(
    unused_tcp_port: int, authority: Authority, clock: LeapingClock
) -> None:
    hosts = Hosts("graph.microsoft.com", f"localhost:{unused_tcp_port}", str(authority.file))
    error = await failure(by_secret(hosts, clock))
    assert isinstance(error, Unreachable)
    assert error.host == f"localhost:{unused_tcp_port}"
    assert len(clock.slept) == 2


async def test_an_untrusted_login_host_gets_nothing_and_the_advice_names_the_variable(
    server: GraphServer, clock: LeapingClock
) -> None:
    error = await failure(by_secret(Hosts("graph.microsoft.com", server.domain), clock))
    assert isinstance(error, UntrustedCertificate)
    assert "SSL_CERT_FILE" in error.advice
    assert server.seen == []
    assert clock.slept == []


async def test_a_tenant_with_impossible_characters_is_refused_here(
    server: GraphServer, hosts: Hosts, clock: LeapingClock
) -> None:
    credential = client_secret(tenant_id="a/b?", client_id=APP, secret="s", hosts=hosts)
    error = await failure(credential)
    assert "a/b? is not a tenant" in error.message
    assert server.seen == []


@pytest.mark.parametrize(
    ("tenant", "app", "secret"), [("", APP, "s"), (TENANT, " ", "s"), (TENANT, APP, "")]
)
def test_empty_settings_are_named(tenant: str, app: str, secret: str) -> None:
    with pytest.raises(CredentialRefused, match="is empty"):
        client_secret(tenant_id=tenant, client_id=app, secret=secret)


@pytest.mark.parametrize(
    ("graph", "login"),
    [
        ("graph.microsoft.com", "login.microsoftonline.com"),
        ("GRAPH.microsoft.us", "login.microsoftonline.us"),
        ("dod-graph.microsoft.us:443", "login.microsoftonline.us"),
        ("microsoftgraph.chinacloudapi.cn", "login.partner.microsoftonline.cn"),
    ],
)
def test_the_login_host_of_a_known_cloud_is_derived(graph: str, login: str) -> None:
    assert Hosts(graph).login == login


def test_an_unknown_cloud_needs_its_login_host_named() -> None:
    with pytest.raises(UnknownCloud, match="Name the login host"):
        Hosts("graph.example:8443")
    assert Hosts("graph.example:8443", "login.example").login == "login.example"
