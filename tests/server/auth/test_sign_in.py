from __future__ import annotations

from datetime import timedelta

import pytest

from ostiary.server.kernel.auth import attempts, sessions
from ostiary.server.kernel.authz.roles import BASIC_USER
from ostiary.server.kernel.clock import FixedClock
from tests.server.auth.people import PASSWORD, People

ANN = "ann@corp.test"
SIGN_IN = "/auth/sign_in"
RIGHT = {"email": ANN, "password": PASSWORD}
WRONG = {"email": ANN, "password": "not the password"}


def test_the_session_cookie_is_for_this_host_only_and_hidden_from_scripts(people: People) -> None:
    people.add(ANN, BASIC_USER)
    reply = people.anonymous().post(SIGN_IN, data=RIGHT)
    name, _, rest = reply.headers["set-cookie"].partition("=")
    attributes = {part.strip().lower() for part in rest.split(";")[1:]}
    assert name == "__Host-ostiary"
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= attributes
    assert not any(part.startswith("domain") for part in attributes)


def test_on_the_desk_it_works_without_tls(people: People) -> None:
    people.add(ANN, BASIC_USER)
    browser = people.sign_in(ANN, base_url="http://127.0.0.1:8080", address="127.0.0.1")
    assert browser.get("/auth/session").json()["email"] == ANN


def test_the_address_may_be_typed_in_any_case(people: People) -> None:
    people.add(ANN, BASIC_USER)
    assert people.sign_in(" Ann@Corp.Test ").get("/auth/session").status_code == 200


def test_a_wrong_password_and_an_unknown_person_look_the_same(people: People) -> None:
    people.add(ANN, BASIC_USER)
    wrong = people.anonymous().post(SIGN_IN, data=WRONG)
    unknown = people.anonymous().post(SIGN_IN, data={**WRONG, "email": "bob@corp.test"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace(ANN, "bob@corp.test") == unknown.text
    assert people.audit_actions()[-2:] == ["auth.sign_in.refuse"] * 2


def test_signing_in_always_starts_a_new_session(people: People) -> None:
    """A cookie that somebody planted in the browser is worth nothing afterwards."""
    people.add(ANN, BASIC_USER)
    mallory = people.browser_of("mallory@corp.test", BASIC_USER)
    planted = mallory.cookies["__Host-ostiary"]
    cookie = {"cookie": f"__Host-ostiary={planted}"}
    reply = people.anonymous().post(SIGN_IN, data=RIGHT, headers=cookie)
    assert reply.status_code == 303
    assert planted not in reply.headers["set-cookie"]
    assert mallory.get("/auth/session").status_code == 401


def test_a_cookie_that_the_server_never_gave_opens_nothing(people: People) -> None:
    stranger = people.anonymous()
    stranger.cookies.set("__Host-ostiary", "A" * 43)
    assert stranger.get("/auth/session").status_code == 401


def test_a_session_ends_after_an_idle_hour(people: People, clock: FixedClock) -> None:
    browser = people.browser_of(ANN, BASIC_USER)
    clock.advance(timedelta(minutes=59))
    assert browser.get("/auth/session").status_code == 200
    clock.advance(timedelta(minutes=59))
    assert browser.get("/auth/session").status_code == 200
    clock.advance(sessions.IDLE)
    assert browser.get("/auth/session").status_code == 401


def test_a_session_ends_after_twelve_hours_however_busy(people: People, clock: FixedClock) -> None:
    browser = people.browser_of(ANN, BASIC_USER)
    for _ in range(14):
        clock.advance(timedelta(minutes=50))
        assert browser.get("/auth/session").status_code == 200
    clock.advance(timedelta(minutes=20))
    assert browser.get("/auth/session").status_code == 401


def test_signing_out_ends_the_session(people: People) -> None:
    browser = people.browser_of(ANN, BASIC_USER)
    cookie = browser.cookies["__Host-ostiary"]
    assert browser.post("/auth/sign_out").status_code == 303
    browser.cookies.set("__Host-ostiary", cookie)
    assert browser.get("/auth/session").status_code == 401
    assert "auth.session.close" in people.audit_actions()


@pytest.mark.parametrize("proof", ["", "x", "é"])
def test_an_unsafe_request_from_a_browser_needs_the_sessions_own_token(
    people: People, proof: str
) -> None:
    browser = people.browser_of(ANN, BASIC_USER)
    headers = {b"x-csrf-token": proof.encode("latin-1")} if proof else {}
    del browser.headers["x-csrf-token"]
    made = browser.post("/api/v1/iam/personal_clients", json={}, headers=headers)
    assert made.status_code == 403
    assert browser.post("/auth/sign_out", data={"csrf_token": proof}).status_code == 403


def test_the_token_of_another_session_is_no_proof(people: People) -> None:
    browser = people.browser_of(ANN, BASIC_USER)
    other = people.sign_in(ANN)
    browser.headers["x-csrf-token"] = other.headers["x-csrf-token"]
    assert browser.post("/api/v1/iam/personal_clients", json={}).status_code == 403


def test_a_form_may_carry_the_token_in_a_field(people: People) -> None:
    browser = people.browser_of(ANN, BASIC_USER)
    token = browser.headers.pop("x-csrf-token")
    assert browser.post("/auth/sign_out", data={"csrf_token": token}).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_site_cannot_sign_somebody_in(people: People, headers: dict[str, str]) -> None:
    people.add(ANN, BASIC_USER)
    assert people.anonymous().post(SIGN_IN, data=RIGHT, headers=headers).status_code == 403


def test_our_own_form_signs_in(people: People) -> None:
    people.add(ANN, BASIC_USER)
    headers = {"origin": "https://127.0.0.1:8443", "sec-fetch-site": "same-origin"}
    assert people.anonymous().post(SIGN_IN, data=RIGHT, headers=headers).status_code == 303


def test_an_account_is_closed_to_guessing_after_ten_failures(
    people: People, clock: FixedClock
) -> None:
    people.add(ANN, BASIC_USER)
    for number in range(attempts.PER_ACCOUNT):
        guesser = people.anonymous(address=f"10.0.0.{number}")
        assert guesser.post(SIGN_IN, data=WRONG).status_code == 401
    refused = people.anonymous().post(SIGN_IN, data=RIGHT)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= attempts.WINDOW.total_seconds()
    clock.advance(attempts.WINDOW)
    assert people.anonymous().post(SIGN_IN, data=RIGHT).status_code == 303


def test_an_address_is_closed_to_guessing_at_many_accounts(people: People) -> None:
    people.add(ANN, BASIC_USER)
    guesser = people.anonymous()
    for number in range(attempts.PER_ADDRESS):
        guess = {"email": f"p{number}@corp.test", "password": "x"}
        assert guesser.post(SIGN_IN, data=guess).status_code == 401
    assert guesser.post(SIGN_IN, data=RIGHT).status_code == 429
    assert people.anonymous(address="10.7.7.7").post(SIGN_IN, data=RIGHT).status_code == 303


def test_the_right_password_forgives_the_wrong_ones(people: People) -> None:
    people.add(ANN, BASIC_USER)
    for _ in range(3):
        for _ in range(attempts.PER_ACCOUNT - 1):
            assert people.anonymous().post(SIGN_IN, data=WRONG).status_code == 401
        assert people.anonymous().post(SIGN_IN, data=RIGHT).status_code == 303


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        ("/apps?x=1", "/apps?x=1"),
        ("//evil.test", "/"),
        ("https://evil.test", "/"),
        ("/\\evil.test", "/"),
        ("/a\nSet-Cookie: x", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_one_stays_on_this_site(people: People, wanted: str, where: str) -> None:
    people.add(ANN, BASIC_USER)
    reply = people.anonymous().post(SIGN_IN, data={**RIGHT, "return_to": wanted})
    assert reply.headers["location"] == where


def test_what_was_typed_comes_back_as_text(people: People) -> None:
    page = people.anonymous().post(SIGN_IN, data={"email": '"><script>x</script>'}).text
    assert "<script>x" not in page


def test_pages_run_no_script_but_their_own(people: People) -> None:
    policy = people.anonymous().get(SIGN_IN).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
