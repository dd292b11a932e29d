"""How a run ends: one status per kind of failure, and the error that carries it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum


class Status(IntEnum):
    """gRPC status codes; the process exits with this number (protocol reference 4.5)."""

    OK = 0
    CANCELED = 1
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

    @property
    def label(self) -> str:
        """The name gRPC peers print: `PermissionDenied`, `OK`."""
        return "OK" if self is Status.OK else self.name.title().replace("_", "")


class ConnectorError(Exception):
    """A failure told in the reader's words.

    `message` says what happened and to what, `remedy` what to do about it. `details` are ids and
    technical facts (request id, error code) that support asks for; they go into the log only.
    `cause` is for programs to tell causes apart: `secret_expired`, empty where the status says it.
    """

    def __init__(
        self,
        status: Status,
        message: str,
        *,
        remedy: str = "",
        details: Mapping[str, object] | None = None,
        cause: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.remedy = remedy
        self.details = dict(details or {})
        self.cause = cause

    @property
    def exit_code(self) -> int:
        return int(self.status)

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".rstrip()


class UsageError(ConnectorError):
    """A command line that cannot be read: unknown flag, unknown subcommand, malformed value."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(Status.INVALID_ARGUMENT, message, remedy=remedy)

    @property
    def exit_code(self) -> int:
        """1, not the status: flags are read before there is anything that has a gRPC status."""
        return 1
