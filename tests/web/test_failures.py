"""What went wrong is told to people on a page and to programs as JSON, both with a number."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from tests.web.conftest import Reader

SECRET = "hunter2"
ID = "support-12345"


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
