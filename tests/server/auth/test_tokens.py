from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.testclient import TestClient

from ostiary.server.kernel.auth.jobs import forget_expired
from ostiary.server.kernel.authz.roles import BASIC_USER, SUPER_ADMINISTRATOR
from ostiary.server.kernel.clock import FixedClock
from tests.server.auth.people import People, assertion_form, claims_of, private_key, signed

TOKEN = "/auth/v1/token"


@pytest.fixture
def browser(people: People) -> TestClient:
    return people.browser_of("ann@corp.test", BASIC_USER)


class Key:
    """An API key in the hands of a program."""

    def __init__(self, people: People, browser: TestClient, **wish: object) -> None:
        reply = browser.post("/api/v1/iam/personal_clients", json={"displayName": "tool", **wish})
        assert reply.status_code == 200, reply.text
        self.client = reply.json()["client"]
        self.client_id: str = self.client["clientId"]
        self.secret: str = reply.json()["clientSecret"]
        self.people = people

    def assertion(self, **other: object) -> str:
        now = self.people.kernel.clock.now()
        return signed(private_key(self.secret), claims_of(self.client_id, now, **other))

    def form(self, **other: object) -> dict[str, str]:
        return assertion_form(self.assertion(**other), self.client_id)

    def token(self) -> str:
        reply = self.people.anonymous().post(TOKEN, data=self.form(nonce=self.people.new_nonce()))
        assert reply.status_code == 200, reply.text
        return str(reply.json()["access_token"])


@pytest.fixture
def key(people: People, browser: TestClient) -> Key:
    return Key(people, browser)


def test_an_assertion_buys_a_token_that_the_api_takes(people: People, key: Key) -> None:
    reply = people.anonymous().post(TOKEN, data=key.form())
    assert reply.status_code == 200
    assert reply.json()["token_type"] == "Bearer"
    assert reply.json()["expires_in"] == 3600
    assert reply.headers["cache-control"] == "no-store"
    me = people.bearer(reply.json()["access_token"]).get("/api/v1/auth/introspect")
    assert me.json()["userId"] == key.client["userId"]


def test_the_whole_secret_buys_a_token_too(people: People, key: Key) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": key.client_id,
        "client_secret": key.secret,
    }
    assert people.anonymous().post(TOKEN, data=form).status_code == 200


def test_a_secret_with_another_private_part_is_refused_though_its_public_part_fits(
    people: People, key: Key, browser: TestClient
) -> None:
    other = Key(people, browser)
    form = {
        "grant_type": "client_credentials",
        "client_id": key.client_id,
        "client_secret": other.secret,
    }
    reply = people.anonymous().post(TOKEN, data=form)
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 10**30},
        {"exp": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"iat": 4_000_000_000},
        {"aud": "elsewhere.test"},
        {"aud": ["elsewhere.test"]},
        {"aud": []},
        {"aud": None},
        {"aud": {"127.0.0.1": 1}},
        {"iss": "somebody@127.0.0.1/pcc"},
        {"iss": None},
        {"sub": None},
        {"sub": 7, "iss": 7},
    ],
)
def test_an_expired_misdirected_or_malformed_assertion_is_refused(
    people: People, key: Key, claims: dict[str, object]
) -> None:
    reply = people.anonymous().post(TOKEN, data=key.form(**claims))
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS256"}, {"crit": ["b64"]}])
def test_an_assertion_with_another_algorithm_is_refused(
    people: People, key: Key, header: dict[str, object]
) -> None:
    claims = claims_of(key.client_id, people.kernel.clock.now())
    forged = signed(private_key(key.secret), claims, header)
    reply = people.anonymous().post(TOKEN, data=assertion_form(forged, key.client_id))
    assert reply.status_code == 401


@pytest.mark.parametrize("text", ["x", "a.b", "a.b.c", "e30.e30.", "W10.W10.AA", "." * 9000])
def test_what_is_no_assertion_is_refused(people: People, key: Key, text: str) -> None:
    reply = people.anonymous().post(TOKEN, data=assertion_form(text, key.client_id))
    assert reply.status_code == 401


def test_an_assertion_signed_by_somebody_else_is_refused(people: People, key: Key) -> None:
    claims = claims_of(key.client_id, people.kernel.clock.now())
    forged = signed(Ed25519PrivateKey.generate(), claims)
    reply = people.anonymous().post(TOKEN, data=assertion_form(forged, key.client_id))
    assert reply.status_code == 401


def test_claims_changed_after_signing_are_refused(people: People, key: Key) -> None:
    head, _, signature = key.assertion().split(".")
    _, claims, _ = key.assertion(exp=int(people.kernel.clock.now().timestamp()) + 200).split(".")
    form = assertion_form(f"{head}.{claims}.{signature}", key.client_id)
    assert people.anonymous().post(TOKEN, data=form).status_code == 401


def test_an_assertion_for_another_client_id_is_refused(
    people: People, key: Key, browser: TestClient
) -> None:
    other = Key(people, browser)
    form = assertion_form(key.assertion(), other.client_id)
    assert people.anonymous().post(TOKEN, data=form).status_code == 401


def test_an_assertion_is_good_once(people: People, key: Key) -> None:
    form = key.form()
    caller = people.anonymous()
    assert caller.post(TOKEN, data=form).status_code == 200
    assert caller.post(TOKEN, data=form).status_code == 401


def test_another_spelling_of_the_signature_makes_no_new_assertion(people: People, key: Key) -> None:
    """64 bytes are 86 characters of base64 with four bits to spare."""
    form = key.form()
    caller = people.anonymous()
    assert caller.post(TOKEN, data=form).status_code == 200
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    text = form["client_assertion"]
    form["client_assertion"] = text[:-1] + letters[letters.index(text[-1]) ^ 1]
    assert caller.post(TOKEN, data=form).status_code == 401


def test_a_replay_is_still_known_when_the_skew_would_allow_it(
    people: People, key: Key, clock: FixedClock
) -> None:
    form = key.form()
    caller = people.anonymous()
    assert caller.post(TOKEN, data=form).status_code == 200
    clock.advance(150)

    forget_expired(people.kernel)
    assert caller.post(TOKEN, data=form).status_code == 401


def test_a_token_lives_an_hour(people: People, key: Key, clock: FixedClock) -> None:
    api = people.bearer(key.token())
    clock.advance(timedelta(minutes=59))
    assert api.get("/api/v1/auth/introspect").status_code == 200
    clock.advance(timedelta(minutes=1))
    reply = api.get("/api/v1/auth/introspect")
    assert (reply.status_code, reply.json()["code"]) == (401, 16)
    assert reply.headers["www-authenticate"] == "Bearer"


def test_a_deleted_key_takes_its_tokens_along(
    people: People, key: Key, browser: TestClient
) -> None:
    api = people.bearer(key.token())
    path = f"/api/v1/iam/personal_clients/{key.client['id']}"
    assert browser.delete(path).json() == {}
    assert api.get("/api/v1/auth/introspect").status_code == 401
    assert people.anonymous().post(TOKEN, data=key.form(nonce="2")).status_code == 401
    assert browser.get(path).status_code == 404


def test_a_key_ends_when_it_says(people: People, browser: TestClient, clock: FixedClock) -> None:
    key = Key(people, browser, expires="1800s")
    assert key.client["expiresTime"] == "2026-03-02T09:30:00Z"
    api = people.bearer(key.token())
    clock.advance(timedelta(minutes=30))
    assert api.get("/api/v1/auth/introspect").status_code == 401
    assert people.anonymous().post(TOKEN, data=key.form(nonce="2")).status_code == 401


def test_a_key_works_from_its_networks_only(people: People, browser: TestClient) -> None:
    key = Key(people, browser, allowSourceCidr=["10.1.2.0/24", "2001:db8::/32"])
    token = key.token()
    assert people.bearer(token).get("/api/v1/auth/introspect").status_code == 200
    abroad = people.bearer(token, address="10.9.9.9")
    assert abroad.get("/api/v1/auth/introspect").status_code == 403
    refused = people.anonymous(address="10.9.9.9").post(TOKEN, data=key.form(nonce="2"))
    assert refused.status_code == 401


def test_a_disabled_person_loses_keys_tokens_and_sessions_at_once(
    people: People, key: Key, browser: TestClient
) -> None:
    api = people.bearer(key.token())
    admin = people.browser_of("root@corp.test", SUPER_ADMINISTRATOR)
    path = f"/api/v1/users/{key.client['userId']}/status"
    assert admin.put(path, json={"enabled": False}).status_code == 200
    assert api.get("/api/v1/auth/introspect").status_code == 401
    assert browser.get("/auth/session").status_code == 401
    assert people.anonymous().post(TOKEN, data=key.form(nonce="2")).status_code == 401


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "invalid_request"),
        ({"grant_type": "client_credentials", "client_assertion": "x"}, "invalid_request"),
    ],
)
def test_other_requests_are_named_as_oauth_names_them(
    people: People, form: dict[str, str], error: str
) -> None:
    reply = people.anonymous().post(TOKEN, data=form)
    assert (reply.status_code, reply.json()["error"]) == (400, error)


def test_of_one_assertion_sent_many_times_at_once_one_is_taken(people: People, key: Key) -> None:
    form = key.form()

    def send(_: int) -> int:
        return people.anonymous().post(TOKEN, data=form).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(send, range(6))) == [200, 401, 401, 401, 401, 401]
