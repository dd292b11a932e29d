"""What went wrong is told to people on a page and to programs as JSON, both with a number."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi import FastAPI

from ostiary.server.kernel.authz.roles import BASIC_USER
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.web.shell import ShellOf
from tests.server.auth.people import People
from tests.web.conftest import Reader

SECRET = "hunter2"
ID = "support-12345"
SIDEBAR = '<nav class="sidebar"'


@pytest.fixture
def failing(app: FastAPI) -> FastAPI:
    async def fail() -> None:
        raise RuntimeError(f"unforeseen, with {SECRET}")

    for path in ("/fails", "/api/v1/fails"):
        app.add_api_route(path, fail, methods=["GET"])
    return app


def test_an_unforeseen_error_is_a_page_with_the_requests_id(
    failing: FastAPI, admin: Reader
) -> None:
    answer = admin.get("/fails", headers={"x-request-id": ID})
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("text/html")
    assert "Something went wrong" in answer.text
    assert ID in answer.text
    assert answer.headers["x-request-id"] == ID
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    ("path", "accept"), [("/api/v1/fails", "text/html"), ("/fails", "application/json")]
)
def test_programs_get_an_unforeseen_error_as_json(
    failing: FastAPI, admin: Reader, path: str, accept: str
) -> None:
    answer = admin.get(path, headers={"x-request-id": ID, "accept": accept})
    assert answer.status_code == 500
    told = answer.json()
    assert told["code"] == 13
    assert told["details"][-1]["requestId"] == ID
    assert SECRET not in answer.text


def test_an_unforeseen_error_of_a_page_stands_inside_the_shell(app: FastAPI, admin: Reader) -> None:
    async def fail(shell: ShellOf) -> None:
        raise RuntimeError(SECRET)

    app.add_api_route("/breaks", fail, methods=["GET"])
    answer = admin.get("/breaks", headers={"x-request-id": ID})
    assert answer.status_code == 500
    assert SIDEBAR in answer.text
    assert ID in answer.text
    assert SECRET not in answer.text
    assert "Try again" in answer.text


@pytest.mark.parametrize("path", ["/apps/nothing-here", "/no/such/page"])
def test_what_is_not_there_is_told_inside_the_shell(
    admin: Reader, people: People, path: str
) -> None:
    answer = admin.get(path)
    assert answer.status_code == 404
    assert SIDEBAR in answer.text
    assert "There is nothing here" in answer.text
    assert "Search finds what is here" in answer.text
    assert "Back to now" not in answer.text
    stranger = people.anonymous().get("/no/such/page", headers={"accept": "text/html"})
    assert stranger.status_code == 404
    assert SIDEBAR not in stranger.text
    assert "There is nothing here" in stranger.text


@pytest.mark.parametrize("path", ["/people/nobody", "/no/such/page"])
def test_what_was_not_there_then_offers_the_same_address_now(
    admin: Reader, clock: FixedClock, path: str
) -> None:
    yesterday = clock.now().date() - timedelta(days=1)
    page = admin.get(f"{path}?q=x&as_of={yesterday}").text
    assert "You see everything as it was" in page
    assert f'<a class="btn btn-primary" href="{path}?q=x">Back to now</a>' in page
    assert f'href="/?as_of={yesterday}">Home</a>' in page
    drawer = admin.get(f"{path}?as_of={yesterday}", headers={"x-ostiary-drawer": "1"}).text
    assert SIDEBAR not in drawer
    assert '<h1 class="heading" id="drawer-title">' in drawer
    assert f'href="{path}">Back to now</a>' in drawer


def test_an_instant_of_which_nothing_is_known_offers_now(admin: Reader) -> None:
    answer = admin.get("/apps?as_of=2999-01-01")
    assert answer.status_code == 400
    assert SIDEBAR in answer.text
    assert 'href="/apps">Back to now</a>' in answer.text


def test_who_may_not_see_a_page_keeps_the_way_to_the_others(people: People) -> None:
    basic = Reader(people, people.add("basic@corp.test", BASIC_USER))
    answer = basic.get("/log")
    assert answer.status_code == 403
    assert SIDEBAR in answer.text


def test_too_large_a_form_is_refused_on_a_page(admin: Reader) -> None:
    answer = admin.post("/apps", content=b"x" * (10 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert "<h1" in answer.text


def test_a_page_that_cannot_be_drawn_leaves_the_answer_to_programs(
    failing: FastAPI, admin: Reader
) -> None:
    failing.state.web = None
    answer = admin.get("/fails", headers={"x-request-id": ID})
    assert answer.status_code == 500
    assert answer.json()["details"][-1]["requestId"] == ID
