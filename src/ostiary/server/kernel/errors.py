"""Errors that clients are meant to see, in the words of gRPC (google.rpc.Code)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any


class Code(IntEnum):
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


HTTP_STATUS = {
    Code.CANCELLED: 499,
    Code.UNKNOWN: 500,
    Code.INVALID_ARGUMENT: 400,
    Code.DEADLINE_EXCEEDED: 504,
    Code.NOT_FOUND: 404,
    Code.ALREADY_EXISTS: 409,
    Code.PERMISSION_DENIED: 403,
    Code.RESOURCE_EXHAUSTED: 429,
    Code.FAILED_PRECONDITION: 400,
    Code.ABORTED: 409,
    Code.OUT_OF_RANGE: 400,
    Code.UNIMPLEMENTED: 501,
    Code.INTERNAL: 500,
    Code.UNAVAILABLE: 503,
    Code.DATA_LOSS: 500,
    Code.UNAUTHENTICATED: 401,
}
"""The mapping of gRPC-gateway (`runtime.HTTPStatusFromCode`)."""


class AppError(Exception):
    """A refusal with its reason. `details` are JSON objects, with an `@type` where one fits."""

    def __init__(
        self,
        code: Code,
        message: str,
        details: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = [dict(detail) for detail in details]
        self.headers = dict(headers or {})

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code."""
        return HTTP_STATUS[self.code]


def invalid(message: str, *details: Mapping[str, Any]) -> AppError:
    return AppError(Code.INVALID_ARGUMENT, message, details)


def not_found(message: str, *details: Mapping[str, Any]) -> AppError:
    return AppError(Code.NOT_FOUND, message, details)


def already_exists(message: str, *details: Mapping[str, Any]) -> AppError:
    return AppError(Code.ALREADY_EXISTS, message, details)


def unauthenticated(message: str, *details: Mapping[str, Any]) -> AppError:
    return AppError(Code.UNAUTHENTICATED, message, details)


def denied(message: str, *details: Mapping[str, Any]) -> AppError:
    return AppError(Code.PERMISSION_DENIED, message, details)


def failed_precondition(message: str, *details: Mapping[str, Any]) -> AppError:
    """The request is fine, but the state of things does not allow it."""
    return AppError(Code.FAILED_PRECONDITION, message, details)


def conflict(message: str, *details: Mapping[str, Any]) -> AppError:
    """Somebody else was faster; reading again and retrying may help."""
    return AppError(Code.ABORTED, message, details)


def too_many(message: str, retry_after: int) -> AppError:
    """`retry_after` in seconds."""
    return AppError(
        Code.RESOURCE_EXHAUSTED, message, headers={"Retry-After": str(max(1, retry_after))}
    )


def unavailable(message: str, *details: Mapping[str, Any]) -> AppError:
    return AppError(Code.UNAVAILABLE, message, details)
