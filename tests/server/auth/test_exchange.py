"""Tokens of workloads for tokens of ours, and everything that is none."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from joserfc.jwk import ECKey, OKPKey
from starlette.testclient import TestClient

from ostiary.server.kernel.auth import attempts
from ostiary.server.kernel.auth.federation import exchange
from ostiary.server.kernel.authz.roles import (
    BASIC_USER,
    READ_ONLY_ADMINISTRATOR,
    SUPER_ADMINISTRATOR,
)
from ostiary.server.kernel.clock import FixedClock
from tests.server.auth.people import People, encoded
from tests.server.auth.workloads import (
    OTHER_RSA,
    PROVIDERS,
    RSA,
    TOKEN,
    Platform,
    SigningKey,
    Workload,
    public,
    refusal,
    signed_with,
    trust_platform,
)

NOT_ACCEPTED = (400, "invalid_request")
UNKNOWN_CLIENT = (401, "invalid_client")


@pytest.fixture
def platform(clock: FixedClock, app: FastAPI) -> Platform:
    platform = Platform(clock)
    trust_platform(app, platform)
    return platform


@pytest.fixture
def admin(people: People) -> TestClient:
    return people.browser_of("root@corp.test", SUPER_ADMINISTRATOR)


@pytest.fixture
def workload(people: People, admin: TestClient, platform: Platform) -> Workload:
    return Workload(people, admin)


def test_a_token_of_the_platform_buys_one_of_ours(workload: Workload, platform: Platform) -> None:
    workload.give_roles(READ_ONLY_ADMINISTRATOR.id)
    reply = workload.exchange(platform.token())
    assert reply.status_code == 200, reply.text
    assert reply.headers["cache-control"] == "no-store"
    answer = reply.json()
    token = answer.pop("access_token")
    assert answer == {
        "token_type": "Bearer",
        "expires_in": 3600,
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
    }
    caller = workload.people.bearer(token)
    assert caller.get("/api/v1/auth/introspect").json()["userId"] == workload.service
    assert caller.get("/api/v1/service_principals").status_code == 200
    assert caller.post("/api/v1/service_principals", json={"displayName": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("algorithm", "make"),
    [
        ("RS256", lambda: RSA),
        ("RS512", lambda: RSA),
        ("PS256", lambda: RSA),
        ("PS384", lambda: RSA),
        ("ES256", lambda: ECKey.generate_key("P-256", {"kid": "ec"})),
        ("ES384", lambda: ECKey.generate_key("P-384", {"kid": "ec"})),
        ("ES512", lambda: ECKey.generate_key("P-521", {"kid": "ec"})),
        ("EdDSA", lambda: OKPKey.generate_key("Ed25519", {"kid": "ed"})),
        ("Ed25519", lambda: OKPKey.generate_key("Ed25519", {"kid": "ed"})),
    ],
)
def test_platforms_sign_with_whatever_public_key_they_publish(
    workload: Workload,
    platform: Platform,
    clock: FixedClock,
    algorithm: str,
    make: Callable[[], SigningKey],
) -> None:
    key = make()
    platform.published = [public(OTHER_RSA), {"kty": "oct", "k": "AAAA"}, public(key)]
    assert workload.exchange(platform.token(key, algorithm)).status_code == 200
    elsewhere = platform.token(key, algorithm)[:-8] + "AAAAAAAA"
    assert refusal(workload.exchange(elsewhere)) == NOT_ACCEPTED


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://ci.corp.test/other"},
        {"iss": "https://ci.corp.test/oidc//"},
        {"iss": None},
        {"iss": ["https://ci.corp.test/oidc"]},
        {"aud": "elsewhere.test"},
        {"aud": ["elsewhere.test"]},
        {"aud": []},
        {"aud": None},
        {"aud": {"127.0.0.1": 1}},
        {"exp": None},
        {"exp": 1},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 1e300},
        {"nbf": 4_000_000_000},
        {"nbf": "now"},
        {"iat": None},
        {"iat": 1},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"sub": ""},
        {"sub": ["repo:acme/infra:ref:refs/heads/main"]},
        {"sub": "repo:evil/infra:ref:refs/heads/main"},
        {"sub": "\ud800"},
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(
    workload: Workload, platform: Platform, claims: dict[str, Any]
) -> None:
    reply = workload.exchange(platform.token(**claims))
    assert refusal(reply) == NOT_ACCEPTED
    assert reply.json()["error_description"] == "the subject_token was not accepted"


@pytest.mark.parametrize(
    "audience",
    [
        "127.0.0.1",
        "https://127.0.0.1",
        "https://127.0.0.1:{port}/",
        ["elsewhere.test", "127.0.0.1:{port}"],
    ],
)
def test_a_token_names_this_server_as_its_platform_lets_one_name_it(
    workload: Workload, platform: Platform, audience: str | list[str]
) -> None:
    port = workload.people.kernel.settings.external_authority.rpartition(":")[2]
    named = json.loads(json.dumps(audience).replace("{port}", port))
    assert workload.exchange(platform.token(aud=named)).status_code == 200


def unsigned(platform: Platform) -> str:
    header = encoded(json.dumps({"alg": "none"}).encode())
    return f"{header}.{encoded(json.dumps(platform.claims()).encode())}."


def keyed_with_the_public_key(platform: Platform) -> str:
    """The classic: an HMAC whose secret is what everybody can read."""
    secret = RSA.as_pem(private=False)
    header = {"alg": "HS256", "kid": "rsa"}
    text = ".".join(encoded(json.dumps(part).encode()) for part in (header, platform.claims()))
    signature = hmac.digest(secret, text.encode(), "sha256")
    return f"{text}.{encoded(signature)}"


def with_its_own_key(platform: Platform) -> str:
    return platform.token(OTHER_RSA, header={"jwk": public(OTHER_RSA), "jku": "https://evil.test"})


def altered(platform: Platform) -> str:
    header, _, signature = platform.token(sub="repo:evil/infra").split(".")
    return f"{header}.{encoded(json.dumps(platform.claims()).encode())}.{signature}"


@pytest.mark.parametrize(
    "forge",
    [
        unsigned,
        keyed_with_the_public_key,
        with_its_own_key,
        altered,
        lambda platform: platform.token(OTHER_RSA),
        lambda platform: platform.token(header={"kid": "unknown"}),
        lambda platform: platform.token(header={"crit": ["b64"], "b64": False}),
        lambda platform: platform.token(header={"alg": "PS256"}),
        lambda platform: platform.token(header={"alg": ["RS256"]}),
        lambda platform: platform.token() + ".x",
        lambda platform: platform.token(padding="x" * 20_000),
        lambda _: "not-a-token",
        lambda _: "e30.e30.",
        lambda _: f"{encoded(b'[' * 5000)}.e30.x",
        lambda _: f"{encoded(b'[]')}.{encoded(b'NaN')}.x",
    ],
)
def test_a_forged_token_is_refused(
    workload: Workload, platform: Platform, forge: Callable[[Platform], str]
) -> None:
    assert refusal(workload.exchange(forge(platform))) == NOT_ACCEPTED


def test_a_key_serves_only_the_algorithm_it_is_published_for(
    workload: Workload, platform: Platform
) -> None:
    platform.published = [public(RSA, alg="PS256")]
    assert refusal(workload.exchange(platform.token())) == NOT_ACCEPTED
    assert workload.exchange(platform.token(algorithm="PS256")).status_code == 200


def test_a_key_for_encryption_verifies_nothing(workload: Workload, platform: Platform) -> None:
    platform.published = [public(RSA, use="enc"), public(ECKey.generate_key("P-256"))]
    assert refusal(workload.exchange(platform.token())) == NOT_ACCEPTED


def test_a_token_without_a_key_id_is_tried_with_every_key(
    workload: Workload, platform: Platform
) -> None:
    platform.published = [public(OTHER_RSA, kid="a"), public(RSA, kid="b")]
    token = signed_with(RSA, "RS256", {"alg": "RS256"}, platform.claims())
    assert workload.exchange(token).status_code == 200


def test_clocks_may_differ_a_little_and_a_token_serves_ten_minutes(
    workload: Workload, platform: Platform, clock: FixedClock
) -> None:
    ahead = int(clock.now().timestamp()) + 59
    assert workload.exchange(platform.token(iat=ahead, nbf=ahead)).status_code == 200
    token = platform.token(exp=int(clock.now().timestamp()) + 86_400)
    clock.advance(timedelta(minutes=10))
    assert workload.exchange(token).status_code == 200
    clock.advance(timedelta(minutes=1))
    assert refusal(workload.exchange(token)) == NOT_ACCEPTED


def test_the_commands_of_one_job_exchange_the_same_token(
    workload: Workload, platform: Platform
) -> None:
    token = platform.token()
    assert [workload.exchange(token).status_code for _ in range(3)] == [200, 200, 200]


@pytest.mark.parametrize(
    "condition",
    [
        'claims.sub.startsWith("repo:acme/") && claims.repository == "acme/infra"',
        'claims["run_attempt"] == 1',
        '"127.0.0.1" in [claims.aud]',
        'claims.repository.matches("^acme/[a-z]+$")',
    ],
)
def test_a_condition_sees_every_claim(
    people: People, admin: TestClient, platform: Platform, condition: str
) -> None:
    workload = Workload(people, admin, conditionExpression=condition)
    assert workload.exchange(platform.token()).status_code == 200


@pytest.mark.parametrize(
    "condition",
    [
        'claims.environment == "production"',
        "claims.repository",
        "claims.run_attempt > 1",
        "claims.repository.size() / 0 == 1",
    ],
)
def test_a_condition_that_is_not_true_lets_nobody_in(
    people: People, admin: TestClient, platform: Platform, condition: str
) -> None:
    workload = Workload(people, admin, conditionExpression=condition)
    assert refusal(workload.exchange(platform.token())) == NOT_ACCEPTED


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"subject_token": ""}, NOT_ACCEPTED),
        ({"subject_token_type": ""}, NOT_ACCEPTED),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:saml2"}, NOT_ACCEPTED),
        (
            {"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
            NOT_ACCEPTED,
        ),
        ({"client_id": ""}, UNKNOWN_CLIENT),
        ({"client_id": "workload-bbbbbbbbbbbbb@127.0.0.1/wfe"}, UNKNOWN_CLIENT),
        ({"client_id": "nonsense"}, UNKNOWN_CLIENT),
    ],
)
def test_a_request_that_lacks_something_is_told_what_kind_of_error_it_is(
    workload: Workload, platform: Platform, form: dict[str, str], expected: tuple[int, str]
) -> None:
    assert refusal(workload.exchange(platform.token(), **form)) == expected


def test_a_trust_has_no_secret_to_sign_in_with(workload: Workload) -> None:
    form = {"grant_type": "client_credentials", "client_id": workload.client_id}
    for proof in ({"client_secret": ""}, {"client_secret": "secret-token:conductorone.com:v1:e30"}):
        reply = workload.people.anonymous().post(TOKEN, data=form | proof)
        assert reply.status_code in (400, 401)
        assert "access_token" not in reply.json()


def test_another_kind_of_client_exchanges_nothing(
    people: People, workload: Workload, platform: Platform
) -> None:
    ann = people.browser_of("ann@corp.test", BASIC_USER)
    key = ann.post("/api/v1/iam/personal_clients", json={}).json()["client"]["clientId"]
    assert refusal(workload.exchange(platform.token(), client_id=key)) == UNKNOWN_CLIENT


def test_a_token_reaches_no_further_than_the_trust_is_scoped(
    people: People, admin: TestClient, platform: Platform
) -> None:
    workload = Workload(people, admin, scopedRoleIds=[READ_ONLY_ADMINISTRATOR.id])
    workload.give_roles(SUPER_ADMINISTRATOR.id, READ_ONLY_ADMINISTRATOR.id)
    caller = workload.bearer(platform.token())
    assert caller.get("/api/v1/service_principals").status_code == 200
    assert caller.post("/api/v1/service_principals", json={"displayName": "x"}).status_code == 403


def test_a_workload_makes_no_credentials_whatever_its_roles(
    workload: Workload, platform: Platform
) -> None:
    workload.give_roles(SUPER_ADMINISTRATOR.id)
    caller = workload.bearer(platform.token())
    made = caller.post(f"/api/v1/service_principals/{workload.service}/credentials", json={})
    assert made.status_code == 403
    assert caller.patch(workload.path, json={"trust": {"disabled": False}}).status_code == 403


def test_networks_hold_for_the_exchange_and_for_every_use(
    people: People, admin: TestClient, platform: Platform
) -> None:
    workload = Workload(people, admin, allowSourceCidrs=["10.1.0.0/16"])
    workload.give_roles(BASIC_USER.id)
    assert refusal(workload.exchange(platform.token(), address="10.2.0.1")) == UNKNOWN_CLIENT
    token = workload.exchange(platform.token()).json()["access_token"]
    me = "/api/v1/auth/introspect"
    assert people.bearer(token, address="10.1.9.9").get(me).status_code == 200
    assert people.bearer(token, address="10.2.0.1").get(me).status_code == 403


@pytest.mark.parametrize(
    "end",
    [
        lambda it: it.change(disabled=True),
        lambda it: it.change(conditionExpression='claims.sub == "somebody else"'),
        lambda it: it.admin.delete(it.path),
        lambda it: it.admin.patch(
            f"{PROVIDERS}/{it.provider['id']}", json={"provider": {"disabled": True}}
        ),
        lambda it: it.admin.put(f"/api/v1/users/{it.service}/status", json={"enabled": False}),
        lambda it: it.admin.delete(f"/api/v1/service_principals/{it.service}"),
    ],
)
def test_what_ends_a_trust_ends_its_tokens_at_once(
    workload: Workload, platform: Platform, end: Callable[[Workload], object]
) -> None:
    workload.give_roles(BASIC_USER.id)
    caller = workload.bearer(platform.token())
    assert caller.get("/api/v1/auth/introspect").status_code == 200
    end(workload)
    assert caller.get("/api/v1/auth/introspect").status_code == 401
    assert workload.exchange(platform.token()).status_code in (400, 401)


def test_a_trust_that_changes_while_the_issuer_is_asked_gives_no_token(
    workload: Workload, platform: Platform, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    prove = exchange.prove

    def slow(*args: Any) -> exchange.Proof:
        proof = prove(*args)
        workload.change(conditionExpression="false")
        return proof

    monkeypatch.setattr(exchange, "prove", slow)
    assert refusal(workload.exchange(platform.token())) == UNKNOWN_CLIENT


def test_the_audit_log_says_whose_token_it_was(
    people: People, admin: TestClient, platform: Platform
) -> None:
    names = ["repository", "run_attempt", "absent"]
    workload = Workload(people, admin, passthroughClaims=names)
    assert workload.exchange(platform.token(repository="acme\u0000/infra")).status_code == 200
    with people.kernel.read() as connection:
        entry = connection.exec_driver_sql(
            "SELECT actor_kind, actor_id, after FROM audit_entries"
            " WHERE action = 'auth.workload_federation_trust.exchange'"
        ).one()
    assert (entry.actor_kind, entry.actor_id) == ("service_principal", workload.service)
    assert entry.after == {
        "client": workload.client_id.partition("@")[0],
        "issuer": platform.issuer,
        "subject": "repo:acme/infra:ref:refs/heads/main",
        "jti": "job-1",
        "address": "10.1.2.3",
        "claims": {"repository": "acme\ufffd/infra"},
    }


def test_the_last_use_of_a_trust_is_known(
    workload: Workload, platform: Platform, clock: FixedClock
) -> None:
    assert workload.trust["lastUsedAt"] is None
    clock.advance(timedelta(minutes=1))
    workload.exchange(platform.token())
    used = workload.admin.get(workload.path).json()["trust"]["lastUsedAt"]
    assert used == clock.now().isoformat().replace("+00:00", "Z")


def test_somebody_who_keeps_failing_has_to_wait_and_others_do_not(
    workload: Workload, platform: Platform, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "FAILURES_PER_ADDRESS", 3)
    for _ in range(3):
        assert refusal(workload.exchange("e30.e30.e30")) == NOT_ACCEPTED
    assert refusal(workload.exchange(platform.token())) == (429, "access_denied")
    assert workload.exchange(platform.token(), address="10.9.9.9").status_code == 200
    clock.advance(attempts.WINDOW + timedelta(seconds=1))
    for _ in range(5):
        assert workload.exchange(platform.token()).status_code == 200


def test_an_issuer_that_is_down_is_not_the_tokens_fault(
    workload: Workload, platform: Platform
) -> None:
    platform.is_down = True
    assert refusal(workload.exchange(platform.token())) == (503, "temporarily_unavailable")


def test_a_token_never_gets_into_the_audit_log(
    people: People, workload: Workload, platform: Platform
) -> None:
    token = platform.token()
    workload.exchange(token)
    with people.kernel.read() as connection:
        rows = connection.exec_driver_sql("SELECT after::text FROM audit_entries").scalars()
        text = " ".join(row or "" for row in rows)
    assert token not in text
    assert base64.urlsafe_b64decode(token.split(".")[1] + "==").decode() not in text
