"""Tokens: how a connector proves who it is (protocol reference 3.1 to 3.3)."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest

from ostiary.baton.pb import connectorapi_v1 as pb
from ostiary.connector.service.credentials import ClientCredentials
from ostiary.connector.service.server import with_port
from ostiary.connector.service.service import server_host
from ostiary.connector.status import ConnectorError, Status
from tests.connector.service.clock import MORNING
from tests.connector.service.fake_server import IDLE_SECONDS, Code, FakeServer, encoded
from tests.connector.service.running import Workbench

SPARE = FakeServer()


def decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


async def test_the_token_request_is_what_servers_expect(workbench: Workbench) -> None:
    workbench.start()
    await workbench.clock.asleep(IDLE_SECONDS)
    (form,) = workbench.server.tokens
    assertion = form.pop("client_assertion")
    assert form == {
        "client_id": workbench.server.client_id,
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "User-Agent": "baton-c1-credential-provider baton-fake/1.2.3",
    }
    head, claims, signature = assertion.split(".")
    header = decoded(head)
    assert header.keys() == {"alg", "nonce"}
    assert header["alg"] == "EdDSA"
    assert re.fullmatch("[0-9a-f]{32}", header["nonce"])
    assert decoded(claims) == {
        "iss": workbench.server.client_id,
        "sub": workbench.server.client_id,
        "aud": "localhost",
        "iat": int(MORNING),
        "nbf": int(MORNING) - 120,
        "exp": int(MORNING) + 120,
    }
    sealed = base64.urlsafe_b64decode(signature + "==")
    workbench.server.key.public_key().verify(sealed, f"{head}.{claims}".encode())


async def test_the_audience_is_the_client_ids_host_wherever_the_server_is(
    workbench: Workbench,
) -> None:
    server = workbench.server
    workbench.start(
        BATON_CLIENT_ID="otter@acme.example:9/spc", BATON_C1_API_HOST=f"localhost:{server.port}"
    )
    await workbench.clock.asleep(IDLE_SECONDS)
    assert decoded(server.tokens[0]["client_assertion"].split(".")[1])["aud"] == "acme.example"


async def test_every_call_carries_the_token_and_names_the_program(workbench: Workbench) -> None:
    workbench.start()
    await workbench.clock.asleep(IDLE_SECONDS)
    sent = workbench.server.metadata
    assert {call["authorization"] for call in sent} == {"Bearer token-1"}
    assert all(call["user-agent"].startswith("happy-otter baton-fake/1.2.3 ") for call in sent)


async def test_a_token_is_used_until_shortly_before_its_end(workbench: Workbench) -> None:
    workbench.server.token_seconds = 2 * IDLE_SECONDS + 5
    workbench.start()
    await workbench.clock.wake(IDLE_SECONDS)
    await workbench.clock.asleep(IDLE_SECONDS)
    assert len(workbench.server.tokens) == 1
    await workbench.clock.wake(IDLE_SECONDS)
    await workbench.clock.asleep(IDLE_SECONDS)
    assert len(workbench.server.tokens) == 2
    assert workbench.server.metadata[-1]["authorization"] == "Bearer token-2"


async def test_a_token_that_the_server_refuses_is_not_used_again(workbench: Workbench) -> None:
    workbench.server.polls.append(Code.UNAUTHENTICATED)
    workbench.start()
    await workbench.clock.wake(1)
    await workbench.clock.asleep(IDLE_SECONDS)
    assert len(workbench.server.tokens) == 2


async def test_a_client_that_gets_no_token_gives_up(workbench: Workbench) -> None:
    workbench.server.token_answers.append((401, {"error": "invalid_client"}))
    with pytest.raises(ConnectorError, match=r"failed to get token: .*invalid_client") as caught:
        await workbench.service().run()
    assert caught.value.status is Status.UNAUTHENTICATED
    assert workbench.server.calls == []


async def test_an_assertion_does_not_follow_redirects(workbench: Workbench) -> None:
    workbench.server.token_answers.append((307, {}))
    with pytest.raises(ConnectorError, match="status 307"):
        await workbench.service().run()
    assert len(workbench.server.tokens) == 1


@pytest.mark.parametrize("status", [429, 502])
async def test_a_token_endpoint_in_trouble_is_asked_again(
    workbench: Workbench, status: int
) -> None:
    workbench.server.token_answers.append((status, {}))
    workbench.start()
    await workbench.clock.wake(1)
    await workbench.clock.asleep(IDLE_SECONDS)
    assert workbench.server.calls == ["Hello", "GetTask"]


async def test_a_server_of_an_unknown_authority_is_not_told_anything(workbench: Workbench) -> None:
    workbench.start(SSL_CERT_FILE="")
    await workbench.clock.asleep(1)
    assert workbench.server.tokens == []
    assert workbench.server.calls == []


@pytest.mark.parametrize(
    ("client_id", "complaint"),
    [
        ("otter", "not one"),
        ("@host/spc", "not one"),
        ("otter@/spc", "not one"),
        ("otter@host:port/spc", "not one"),
    ],
)
def test_a_client_id_without_name_or_host_is_refused(client_id: str, complaint: str) -> None:
    with pytest.raises(ConnectorError, match=complaint):
        ClientCredentials.parse(client_id, SPARE.client_secret)


@pytest.mark.parametrize(
    "secret",
    [
        "hunter2",
        SPARE.client_secret.replace(":v1:", ":v2:"),
        f"{SPARE.client_secret}:more",
        "a:b:v1:hunter2",
        f"a:b:v1:{encoded(b'[]')}",
        f"a:b:v1:{encoded(json.dumps({'kty': 'EC', 'crv': 'P-256', 'd': 'x'}).encode())}",
        f"a:b:v1:{encoded(json.dumps({'kty': 'OKP', 'crv': 'Ed25519', 'x': 'x'}).encode())}",
    ],
)
def test_a_secret_that_is_none_is_refused_without_repeating_it(secret: str) -> None:
    with pytest.raises(ConnectorError, match="client secret cannot be used") as caught:
        ClientCredentials.parse("otter@host/spc", secret)
    assert secret not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_host_of_a_client_id_ends_at_the_first_slash() -> None:
    parsed = ClientCredentials.parse("otter@host.example:8443/a/b@c", SPARE.client_secret)
    assert (parsed.name, parsed.host) == ("otter", "host.example:8443")
    assert parsed.audience == "host.example"
    assert "Ed25519" not in repr(parsed)


def test_the_api_host_of_the_environment_wins_but_must_be_one() -> None:
    parsed = ClientCredentials.parse("otter@host.example/spc", SPARE.client_secret)
    assert server_host(parsed, {}) == "host.example"
    assert server_host(parsed, {"BATON_C1_API_HOST": "other:1"}) == "other:1"
    for wrong in ("https://other", "other:port", "other:", "a@other", "other/path"):
        with pytest.raises(ConnectorError, match="no host"):
            server_host(parsed, {"BATON_C1_API_HOST": wrong})


@pytest.mark.parametrize(
    ("host", "target"),
    [("a.b", "a.b:443"), ("a.b:1", "a.b:1"), ("[::1]", "[::1]:443"), ("[::1]:2", "[::1]:2")],
)
def test_the_port_is_443_unless_named(host: str, target: str) -> None:
    assert with_port(host) == target


async def test_hello_says_what_the_connector_can_do_and_what_it_runs_on(
    workbench: Workbench,
) -> None:
    workbench.start()
    await workbench.clock.asleep(IDLE_SECONDS)
    (hello,) = workbench.server.hellos
    assert (hello.host_id, hello.task_id) == ("desk-1", "")
    metadata = hello.connector_metadata
    assert (metadata.display_name, metadata.help_url) == ("Fake", "https://example.test/fake")
    types = metadata.capabilities.resource_type_capabilities
    assert [entry.resource_type.id for entry in types] == ["app", "group", "site", "user"]
    assert (hello.build_info.package, hello.build_info.package_version) == ("baton-fake", "1.2.3")
    described = pb.BatonServiceHelloRequest.OSInfo.DESCRIPTOR.fields
    assert all(getattr(hello.os_info, field.name) for field in described)
