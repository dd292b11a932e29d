from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from ostiary.server.kernel.auth.greeting import greet_first_administrator
from ostiary.server.kernel.auth.links import BOOTSTRAP_LIFE, PASSWORD_LIFE
from ostiary.server.kernel.authz.roles import BASIC_USER, SUPER_ADMINISTRATOR
from ostiary.server.kernel.clock import FixedClock
from tests.server.auth.people import PASSWORD, People, code_in

CAROL = {"email": "carol@corp.test", "display_name": "Carol", "password": "violin under the stairs"}


def bootstrap_code(people: People) -> str:
    greeting = greet_first_administrator(people.kernel)
    assert greeting is not None
    return code_in(greeting)


def test_whoever_opens_the_link_first_is_super_administrator_and_others_are_basic_users(
    people: People,
) -> None:
    """Scenario 1."""
    code = bootstrap_code(people)
    carol = people.anonymous()
    assert carol.post("/auth/start", data={**CAROL, "code": code}).status_code == 303
    me = carol.get("/api/v1/auth/introspect").json()
    assert set(me["roles"]) == {BASIC_USER.id, SUPER_ADMINISTRATOR.id}
    carol.headers["x-csrf-token"] = carol.get("/auth/session").json()["csrfToken"]
    bob = carol.post("/api/v1/users", json={"email": "bob@corp.test"}).json()
    assert bob["userView"]["user"]["roleIds"] == [BASIC_USER.id]
    assert greet_first_administrator(people.kernel) is None


def test_the_link_is_good_once_and_ends_all_others(people: People) -> None:
    first, second = bootstrap_code(people), bootstrap_code(people)
    assert people.anonymous().post("/auth/start", data={**CAROL, "code": first}).status_code == 303
    for code in (first, second):
        again = {**CAROL, "email": "eve@corp.test", "code": code}
        assert people.anonymous().post("/auth/start", data=again).status_code == 403


def test_who_comes_by_a_void_link_keeps_what_they_typed_and_reads_what_to_do(
    people: People,
) -> None:
    code = bootstrap_code(people)
    assert people.anonymous().post("/auth/start", data={**CAROL, "code": code}).status_code == 303
    page = people.anonymous().post("/auth/start", data={**CAROL, "code": code}).text
    assert 'value="carol@corp.test"' in page
    assert 'value="Carol"' in page
    assert CAROL["password"] not in page
    assert code not in page
    assert 'href="/auth/sign_in"' in page
    assert "ostiary serve" in page
    other = people.anonymous().post("/auth/password", data={"password": PASSWORD, "code": code})
    assert other.status_code == 403
    assert 'href="/auth/sign_in"' in other.text
    assert "ostiary users link" in other.text


def test_of_many_who_race_for_the_link_one_wins(people: People) -> None:
    codes = [bootstrap_code(people) for _ in range(4)]

    def attempt(number: int) -> int:
        data = {**CAROL, "email": f"p{number}@corp.test", "code": codes[number]}
        return people.anonymous().post("/auth/start", data=data).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == [303, 403, 403, 403]


def test_the_link_expires(people: People, clock: FixedClock) -> None:
    code = bootstrap_code(people)
    clock.advance(BOOTSTRAP_LIFE)
    assert people.anonymous().post("/auth/start", data={**CAROL, "code": code}).status_code == 403


@pytest.mark.parametrize(
    "password", ["short", "carol@corp.test!", "abcdefghijklmnop", "aaaaaaaaaaaaaaa"]
)
def test_a_weak_password_leaves_the_link_unused(people: People, password: str) -> None:
    code = bootstrap_code(people)
    weak = {**CAROL, "password": password, "code": code}
    refused = people.anonymous().post("/auth/start", data=weak)
    assert refused.status_code == 400
    assert 'value="Carol"' in refused.text
    assert "ostiary serve" not in refused.text
    assert people.anonymous().post("/auth/start", data={**CAROL, "code": code}).status_code == 303


@pytest.fixture
def admin(people: People) -> TestClient:
    return people.browser_of("root@corp.test", SUPER_ADMINISTRATOR)


def test_a_new_person_chooses_a_password_with_the_link(people: People, admin: TestClient) -> None:
    made = admin.post("/api/v1/users", json={"email": "bob@corp.test", "displayName": "Bob"}).json()
    bob = people.anonymous()
    data = {"code": code_in(made["passwordLink"]), "password": PASSWORD}
    assert bob.post("/auth/password", data=data).status_code == 303
    assert bob.get("/auth/session").json()["email"] == "bob@corp.test"
    assert people.sign_in("bob@corp.test").get("/auth/session").status_code == 200
    assert people.anonymous().post("/auth/password", data=data).status_code == 403


def test_a_new_password_ends_the_sessions_of_the_old_one(people: People, admin: TestClient) -> None:
    old = people.browser_of("bob@corp.test", BASIC_USER)
    bob = old.get("/auth/session").json()["userId"]
    link = admin.post(f"/api/v1/users/{bob}/password_link").json()["passwordLink"]
    data = {"code": code_in(link), "password": "another long enough one"}
    assert people.anonymous().post("/auth/password", data=data).status_code == 303
    assert old.get("/auth/session").status_code == 401
    wrong = {"email": "bob@corp.test", "password": PASSWORD}
    assert people.anonymous().post("/auth/sign_in", data=wrong).status_code == 401


def test_a_password_link_ends_with_time_and_with_the_next_one(
    people: People, admin: TestClient, clock: FixedClock
) -> None:
    bob = people.add("bob@corp.test", BASIC_USER)
    path = f"/api/v1/users/{bob.public_id}/password_link"
    first, second = (code_in(admin.post(path).json()["passwordLink"]) for _ in range(2))
    data = {"password": PASSWORD}
    assert (
        people.anonymous().post("/auth/password", data={**data, "code": first}).status_code == 403
    )
    clock.advance(PASSWORD_LIFE - timedelta(seconds=1))
    usable = people.anonymous().post("/auth/password", data={"password": "x", "code": second})
    assert usable.status_code == 400
    clock.advance(1)
    assert (
        people.anonymous().post("/auth/password", data={**data, "code": second}).status_code == 403
    )


def test_a_bootstrap_link_sets_no_password_and_a_password_link_makes_no_administrator(
    people: People, admin: TestClient
) -> None:
    bob = people.add("bob@corp.test", BASIC_USER)
    link = admin.post(f"/api/v1/users/{bob.public_id}/password_link").json()["passwordLink"]
    start = people.anonymous().post("/auth/start", data={**CAROL, "code": code_in(link)})
    assert start.status_code == 403
