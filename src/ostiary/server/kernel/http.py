"""What every HTTP request passes through: an id, a log line, one shape for errors."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg import errors as postgres
from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ostiary.server.kernel import ids
from ostiary.server.kernel.clock import Clock
from ostiary.server.kernel.context import request_id, within_request
from ostiary.server.kernel.errors import (
    HTTP_STATUS,
    AppError,
    Code,
    conflict,
    invalid,
    unavailable,
)
from ostiary.server.kernel.metrics import Metrics

_RETRYABLE = (
    postgres.DeadlockDetected,
    postgres.LockNotAvailable,
    postgres.SerializationFailure,
)

LARGEST_BODY = 10 * 1024 * 1024
"""Bytes. What connectors upload comes over gRPC."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_CODES = {status: code for code, status in reversed(HTTP_STATUS.items())} | {
    405: Code.UNIMPLEMENTED,
    413: Code.OUT_OF_RANGE,
    415: Code.INVALID_ARGUMENT,
    422: Code.INVALID_ARGUMENT,
}

log = structlog.get_logger("ostiary.server.http")


class Refusal(BaseModel):
    """google.rpc.Status, as gRPC-gateway writes it."""

    code: int
    message: str
    details: list[dict[str, Any]]


REFUSALS: dict[int | str, dict[str, Any]] = {
    "default": {"model": Refusal, "description": "Why not, in the words of google.rpc.Status"}
}
"""What the OpenAPI document says of every answer that is no success."""


class RequestBoundary:
    """Outermost: nothing gets out without a request id, nothing stays unlogged."""

    def __init__(self, app: ASGIApp, clock: Clock, metrics: Metrics) -> None:
        self._app = app
        self._clock = clock
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        identity = given if _REQUEST_ID.fullmatch(given) else ids.new_id(self._clock.now())
        with within_request(identity):
            await self._handle(scope, receive, send, identity)

    async def _handle(self, scope: Scope, receive: Receive, send: Send, identity: str) -> None:
        started, status = time.perf_counter(), 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = identity
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            log.exception("http.failed", method=scope["method"], path=scope["path"])
            if status:
                raise
            error = AppError(Code.INTERNAL, "something went wrong here; the log has the details")
            await _refuse(error, scope, receive, send_with_id)
        finally:
            self._note(scope, status, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        """The query is left out: it may hold what nobody should read in a log."""
        route = getattr(scope.get("route"), "path", "")
        self._metrics.request(scope["method"], route, status, seconds)
        log.info(
            "http.request",
            method=scope["method"],
            path=scope["path"],
            status=status,
            milliseconds=round(seconds * 1000, 1),
        )


class BodyLimit:
    """Answers 413 to a body over the limit, announced or not."""

    def __init__(self, app: ASGIApp, largest: int = LARGEST_BODY) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdigit() and int(announced) > self._largest:
            await _refuse(_too_large(), scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._largest:
                raise _too_large()
            return message

        await self._app(scope, counted, send)


def install(app: FastAPI, clock: Clock, metrics: Metrics) -> None:
    """Errors of every kind leave in gRPC-gateway's shape, with the request's id."""
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestBoundary, clock=clock, metrics=metrics)
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)


def error_response(error: AppError, status: int | None = None) -> JSONResponse:
    """Some clients look at the first detail, so the request's id comes last."""
    info = {"@type": "type.googleapis.com/google.rpc.RequestInfo", "requestId": request_id()}
    body = {"code": int(error.code), "message": error.message, "details": [*error.details, info]}
    return JSONResponse(body, status or error.status, error.headers)


async def _refuse(
    error: AppError | HTTPException, scope: Scope, receive: Receive, send: Send
) -> None:
    """As the application answers such errors: browsers may get a page."""
    handler = scope["app"].exception_handlers[type(error)]
    try:
        answer = await handler(Request(scope), error)
    except Exception:
        log.exception("http.unanswerable", path=scope["path"])
        answer = await HANDLERS[type(error)](Request(scope), error)
    await answer(scope, receive, send)


def _too_large() -> HTTPException:
    return HTTPException(413, "the body is too large")


async def _app_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AppError)
    return error_response(error)


async def _http_error(_request: Request, error: Exception) -> JSONResponse:
    """What the framework itself refuses: no such route, wrong method, unreadable body."""
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, Code.UNKNOWN)
    refusal = AppError(code, str(error.detail), headers=error.headers)
    return error_response(refusal, error.status_code)


async def _validation_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    violations = [_violation(problem) for problem in error.errors()]
    first = violations[0]
    details = {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": violations,
    }
    message = ": ".join(part for part in (first["field"], first["description"]) if part)
    return error_response(invalid(message, details))


def _violation(problem: dict[str, Any]) -> dict[str, str]:
    """Never the value itself: it may be a secret."""
    field = ".".join(to_camel(str(part)) for part in problem["loc"][1:])
    return {"field": field, "description": str(problem["msg"])}


async def _data_error(_request: Request, error: Exception) -> JSONResponse:
    """A value that no column can hold, such as a NUL in a text or too large a number."""
    log.warning("http.unstorable", error=type(error.__cause__ or error).__name__)
    return error_response(invalid("the request has a value that cannot be stored"))


async def _database_error(_request: Request, error: Exception) -> JSONResponse:
    cause = getattr(error, "orig", error)
    if isinstance(cause, _RETRYABLE):
        return error_response(conflict("others changed the same at the same time; try again"))
    log.error("http.database", error=str(cause).strip())
    return error_response(unavailable("the database does not answer; try again later"))


HANDLERS: Final[dict[type[Exception], Callable[[Request, Exception], Awaitable[JSONResponse]]]] = {
    AppError: _app_error,
    HTTPException: _http_error,
    RequestValidationError: _validation_error,
    DataError: _data_error,
    OperationalError: _database_error,
    PoolTimeoutError: _database_error,
}
