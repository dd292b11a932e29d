from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from ostiary.server.app import create_app
from ostiary.server.kernel import http, logs
from ostiary.server.kernel.database import Database
from ostiary.server.kernel.errors import AppError, Code, not_found, too_many
from ostiary.server.kernel.metrics import Metrics
from ostiary.server.kernel.paging import PagingQuery
from ostiary.server.kernel.rest import Empty, KernelOf, Message
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel


class Rename(Message):
    display_name: str
    password: str = ""


@pytest.fixture
def app(kernel: Kernel) -> FastAPI:
    app = FastAPI()
    app.state.kernel, app.state.metrics = kernel, Metrics()
    http.install(app, kernel.clock, app.state.metrics)

    @app.get("/things/{thing}")
    def get(thing: str, kernel: KernelOf) -> Empty:
        if thing == "broken":
            raise RuntimeError("secret-token:conductorone.com:v1:eyJrdHkiOiJPS1AifQ")
        if thing == "stored":
            with kernel.read() as connection:
                connection.execute(sa.select(sa.literal("\0")))
        raise not_found(f"no thing {thing}", {"@type": "thing", "id": thing})

    @app.post("/things")
    def rename(body: Rename) -> Rename:
        return body

    @app.delete("/things")
    def delete(body: Rename) -> Empty:
        return Empty()

    @app.get("/slow")
    def slow() -> Empty:
        raise too_many("slower, please", 17)

    @app.get("/list")
    def listing(paging: PagingQuery) -> dict[str, Any]:
        return {"size": paging.size, "token": paging.token}

    return app


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def test_a_refusal_has_the_gateways_shape_and_the_requests_id_last(client: TestClient) -> None:
    answer = client.get("/things/x")
    assert answer.status_code == 404
    assert answer.json() == {
        "code": 5,
        "message": "no thing x",
        "details": [
            {"@type": "thing", "id": "x"},
            {
                "@type": "type.googleapis.com/google.rpc.RequestInfo",
                "requestId": answer.headers["x-request-id"],
            },
        ],
    }


def test_a_request_keeps_the_id_it_came_with(client: TestClient) -> None:
    answer = client.get("/things/x", headers={"X-Request-Id": "abcdef-0123"})
    assert answer.headers["x-request-id"] == "abcdef-0123"


@pytest.mark.parametrize("invented", ["short", "x" * 65, 'a"b\\c<d>efgh'])
def test_an_id_that_could_harm_a_log_is_replaced(client: TestClient, invented: str) -> None:
    answer = client.get("/things/x", headers={"X-Request-Id": invented})
    assert len(answer.headers["x-request-id"]) == 27


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/nowhere", None, 404, 5),
        ("PATCH", "/things", None, 405, 12),
        ("POST", "/things", b"{", 400, 3),
        ("POST", "/things", b"[" * 100_000, 400, 3),
        ("POST", "/things", b'{"displayName": "\\ud800"}', 400, 3),
        ("POST", "/things", b'{"displayName": "a\\u0000b"}', 400, 3),
        ("POST", "/things", b'{"displayName": "", "\\ud800": 1}', 400, 3),
        ("POST", "/things", b"{}", 400, 3),
        ("POST", "/things", b"\xff", 400, 3),
        ("GET", "/things/stored", None, 400, 3),
        ("GET", "/list?page_size=many", None, 400, 3),
    ],
)
def test_what_the_framework_refuses_has_the_same_shape(
    client: TestClient, method: str, path: str, body: bytes | None, status: int, code: int
) -> None:
    headers = {"content-type": "application/json"}
    answer = client.request(method, path, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["details"][-1]["requestId"] == answer.headers["x-request-id"]


def test_an_invalid_field_is_named_but_its_value_not_repeated(client: TestClient) -> None:
    answer = client.post("/things", json={"display_name": 7, "password": ["hunter2"]})
    [violations, _] = answer.json()["details"]
    assert [one["field"] for one in violations["fieldViolations"]] == ["displayName", "password"]
    assert "hunter2" not in answer.text


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_what_a_foreign_page_can_send_is_not_taken_for_json(
    client: TestClient, content_type: str
) -> None:
    headers = {"content-type": content_type} if content_type else {}
    answer = client.post("/things", content=b'{"display_name": "x"}', headers=headers)
    assert answer.status_code == 400


def test_a_deletion_takes_a_body_and_answers_an_object(client: TestClient) -> None:
    answer = client.request("DELETE", "/things", json={"displayName": "x"})
    assert (answer.status_code, answer.json()) == (200, {})


def test_a_refusal_can_say_when_to_come_back(client: TestClient) -> None:
    answer = client.get("/slow")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "17")


@pytest.mark.parametrize(
    ("query", "size"), [("", 25), ("?page_size=3", 10), ("?page_size=1000", 100)]
)
def test_page_sizes_come_from_the_query(client: TestClient, query: str, size: int) -> None:
    assert client.get(f"/list{query}").json() == {"size": size, "token": ""}


def test_a_body_over_the_limit_is_refused_announced_or_not(client: TestClient) -> None:
    def stream() -> Iterator[bytes]:
        for _ in range(11):
            yield b" " * 1024 * 1024

    announced = client.post("/things", content=b" " * (http.LARGEST_BODY + 1))
    streamed = client.post("/things", content=stream())
    assert (announced.status_code, streamed.status_code) == (413, 413)
    assert announced.json()["code"] == streamed.json()["code"] == Code.OUT_OF_RANGE


@pytest.fixture
def lines(settings: Settings) -> Iterator[StringIO]:
    root, stream = logging.getLogger(), StringIO()
    handlers, level = root.handlers[:], root.level
    logs.configure(settings, stream)
    yield stream
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def test_a_failure_tells_the_client_nothing_and_the_log_everything_but_secrets(
    client: TestClient, lines: StringIO
) -> None:
    answer = client.get("/things/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, 13)
    assert "secret-token" not in answer.text
    failure = next(
        json.loads(line) for line in lines.getvalue().splitlines() if "Traceback" in line
    )
    assert failure["request_id"] == answer.headers["x-request-id"]
    assert "RuntimeError: ***" in failure["exception"]


def test_a_log_line_names_the_request_and_leaves_its_query_out(
    client: TestClient, lines: StringIO
) -> None:
    client.get("/list?page_token=private")
    [line] = [json.loads(line) for line in lines.getvalue().splitlines() if "http.request" in line]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/list", 200)
    assert "private" not in lines.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abcdefghijkl",
        "postgresql://ostiary:abcdefghijkl@db/x",
        "got secret-token:conductorone.com:v1:abcdefghijkl back",
        "eyJhbGciOiJub25lIn0.abcdefghijkl.c2ln",
    ],
)
def test_secrets_are_masked_in_log_lines(lines: StringIO, text: str) -> None:
    structlog.get_logger("x").info("event", text=text, password="abcdefghijkl")
    logging.getLogger("library").warning("it says %s", text)
    assert len(lines.getvalue().splitlines()) == 2
    assert "abcdefghijkl" not in lines.getvalue()


def test_requests_are_measured_by_route_and_not_by_path(app: FastAPI, client: TestClient) -> None:
    client.get("/things/one")
    client.get("/things/two")
    text = app.state.metrics.text().decode()
    labels = 'method="GET",route="/things/{thing}",status="404"'
    assert f"ostiary_http_request_seconds_count{{{labels}}} 2.0" in text
    assert "/things/one" not in text


@pytest.fixture
def whole(kernel: Kernel) -> Iterator[TestClient]:
    with TestClient(create_app(kernel), client=("127.0.0.1", 5)) as client:
        yield client


def test_a_server_with_its_database_is_ready(whole: TestClient) -> None:
    assert whole.get("/health").json() == {"status": "ok"}
    assert whole.get("/ready").json() == {"status": "ready"}


def test_a_server_whose_database_is_gone_is_healthy_but_not_ready(
    kernel: Kernel, settings: Settings
) -> None:
    gone = Database("postgresql://nobody@127.0.0.1:1/none")
    broken = Kernel(settings, gone, kernel.clock, kernel.secrets)
    with TestClient(create_app(broken)) as client:
        assert client.get("/health").status_code == 200
        answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["reason"] == "the database does not answer"
    gone.close()


def test_metrics_tell_this_machine_how_much_work_waits(whole: TestClient, kernel: Kernel) -> None:
    text = whole.get("/metrics").text
    assert 'ostiary_queue_jobs{state="waiting"} 0.0' in text
    assert "process_resident_memory_bytes" in text


@pytest.mark.parametrize(
    ("address", "headers"), [("192.0.2.7", {}), ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"})]
)
def test_metrics_are_not_for_others(kernel: Kernel, address: str, headers: dict[str, str]) -> None:
    with TestClient(create_app(kernel), client=(address, 5)) as client:
        assert client.get("/metrics", headers=headers).status_code == 403


def test_the_openapi_document_can_be_made(whole: TestClient) -> None:
    assert whole.get("/api/v1/openapi.json").json()["info"]["title"] == "Ostiary"


def test_every_code_has_a_status() -> None:
    assert all(400 <= AppError(code, "").status < 600 for code in Code)


def test_a_url_with_a_password_is_not_shown(settings: Settings) -> None:
    shown = settings.model_copy(update={"database_url": SecretStr("postgresql://a:s3cret@b/c")})
    assert "s3cret" not in repr(shown)


@pytest.mark.parametrize(
    ("statement", "status", "code"),
    [
        ("DO $$ BEGIN RAISE deadlock_detected; END $$", 409, Code.ABORTED),
        ("DO $$ BEGIN RAISE serialization_failure; END $$", 409, Code.ABORTED),
        ("SELECT pg_terminate_backend(pg_backend_pid())", 503, Code.UNAVAILABLE),
    ],
)
def test_trouble_in_the_database_is_told_as_what_it_is(
    app: FastAPI, client: TestClient, statement: str, status: int, code: Code
) -> None:
    @app.get("/trouble")
    def trouble(kernel: KernelOf) -> Empty:
        with kernel.read() as connection:
            connection.execute(sa.text(statement))
        return Empty()

    answer = client.get("/trouble")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
