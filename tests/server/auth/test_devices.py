"""`cone login`: a program asks, a person approves in a browser (RFC 8628)."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from ostiary.server.kernel.auth import devices
from ostiary.server.kernel.auth.jobs import forget_expired
from ostiary.server.kernel.authz.roles import BASIC_USER
from ostiary.server.kernel.clock import FixedClock
from tests.server.auth.people import People

CONE = "2RGdOS94VDferT9e80mdgntl36K"


@pytest.fixture
def ann(people: People) -> TestClient:
    return people.browser_of("ann@corp.test", BASIC_USER)


def begin(people: People, client_id: str = CONE) -> dict[str, str]:
    reply = people.anonymous().post("/auth/v1/device_authorization", data={"client_id": client_id})
    assert reply.status_code == 200, reply.text
    answer: dict[str, str] = reply.json()
    return answer


def poll(people: People, device_code: str, client_id: str = CONE) -> dict[str, str]:
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "client_id": client_id,
        "device_code": device_code,
    }
    answer: dict[str, str] = people.anonymous().post("/auth/v1/token", data=form).json()
    return answer


def decide(browser: TestClient, user_code: str, decision: str) -> int:
    data = {"user_code": user_code, "decision": decision}
    return browser.post("/auth/device", data=data).status_code


def test_a_program_gets_a_token_once_its_person_approves(people: People, ann: TestClient) -> None:
    asked = begin(people)
    assert poll(people, asked["device_code"])["error"] == "authorization_pending"
    page = ann.get(asked["verification_uri_complete"].replace(" ", "%20"))
    assert asked["user_code"] in page.text
    assert "cone" in page.text
    assert decide(ann, asked["user_code"], "approve") == 200
    api = people.bearer(poll(people, asked["device_code"])["access_token"])
    made = api.post("/api/v1/iam/personal_clients", json={"display_name": "Created by Cone"})
    assert made.status_code == 200
    assert made.json()["client"]["userId"] == ann.get("/auth/session").json()["userId"]


def test_a_code_buys_one_token(people: People, ann: TestClient) -> None:
    asked = begin(people)
    decide(ann, asked["user_code"], "approve")
    assert "access_token" in poll(people, asked["device_code"])
    assert poll(people, asked["device_code"])["error"] == "invalid_grant"
    assert decide(ann, asked["user_code"], "approve") == 404


def test_a_denied_program_gets_nothing(people: People, ann: TestClient) -> None:
    asked = begin(people)
    assert decide(ann, asked["user_code"], "deny") == 200
    assert poll(people, asked["device_code"])["error"] == "access_denied"
    assert "auth.device.deny" in people.audit_actions()


def test_a_code_expires(people: People, ann: TestClient, clock: FixedClock) -> None:
    asked = begin(people)
    clock.advance(devices.LIFE)
    assert poll(people, asked["device_code"])["error"] == "expired_token"
    assert decide(ann, asked["user_code"], "approve") == 404


def test_the_code_of_one_program_is_of_no_use_to_another(people: People, ann: TestClient) -> None:
    asked = begin(people)
    decide(ann, asked["user_code"], "approve")
    assert poll(people, asked["device_code"], "another")["error"] == "invalid_grant"
    assert poll(people, asked["user_code"])["error"] == "invalid_grant"


def test_the_token_outlives_the_upkeep_that_forgets_the_code(
    people: People, ann: TestClient, clock: FixedClock
) -> None:
    asked = begin(people)
    decide(ann, asked["user_code"], "approve")
    api = people.bearer(poll(people, asked["device_code"])["access_token"])
    clock.advance(3599)
    forget_expired(people.kernel)
    assert api.get("/api/v1/auth/introspect").status_code == 200
    clock.advance(1)
    assert api.get("/api/v1/auth/introspect").status_code == 401


def test_who_is_not_signed_in_signs_in_first_and_comes_back(people: People) -> None:
    link = begin(people)["verification_uri_complete"]
    reply = people.anonymous().get(link)
    assert reply.status_code == 303
    assert reply.headers["location"].startswith("/auth/sign_in?return_to=/auth/device%3Fuser_code")


def test_nobody_can_be_made_to_approve_from_another_site(people: People, ann: TestClient) -> None:
    asked = begin(people)
    del ann.headers["x-csrf-token"]
    assert decide(ann, asked["user_code"], "approve") == 403
    assert poll(people, asked["device_code"])["error"] == "authorization_pending"


def test_guessing_codes_ends_soon(people: People, ann: TestClient) -> None:
    asked = begin(people)
    for _ in range(20):
        assert ann.get("/auth/device", params={"user_code": "BBBB-BBBB"}).status_code == 404
    guess = ann.get("/auth/device", params={"user_code": asked["user_code"]})
    assert guess.status_code == 429


def test_programs_without_a_name_are_refused_and_names_are_shown_as_text(
    people: People, ann: TestClient
) -> None:
    refused = people.anonymous().post("/auth/v1/device_authorization")
    assert refused.json()["error"] == "invalid_client"
    asked = begin(people, "<b>bold</b>")
    page = ann.get("/auth/device", params={"user_code": asked["user_code"]}).text
    assert "<b>" not in page
