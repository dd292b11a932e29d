"""Which status each kind of failure ends with."""

from __future__ import annotations

import sqlite3

import pytest

from ostiary.baton import c1z
from ostiary.connector.faults import explained, is_unforeseen
from ostiary.connector.status import ConnectorError, Status, UsageError


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (c1z.DiskFullError("writing x failed: no space left"), Status.RESOURCE_EXHAUSTED),
        (c1z.StorageError("writing x failed"), Status.FAILED_PRECONDITION),
        (c1z.NotC1zError("x is not a .c1z file."), Status.FAILED_PRECONDITION),
        (c1z.UnsupportedEngineError("Pebble"), Status.FAILED_PRECONDITION),
        (c1z.CorruptC1zError("x is damaged"), Status.FAILED_PRECONDITION),
        (c1z.TooLargeError("x holds too much"), Status.FAILED_PRECONDITION),
        (c1z.InvalidRecordError("a grant has no principal"), Status.INTERNAL),
        (sqlite3.IntegrityError("UNIQUE constraint failed"), Status.INTERNAL),
        (ZeroDivisionError("boom"), Status.UNKNOWN),
    ],
)
def test_each_failure_has_its_status(error: Exception, status: Status) -> None:
    assert explained(error).status is status
    assert is_unforeseen(error) is (status in (Status.INTERNAL, Status.UNKNOWN))


def test_an_error_that_explains_itself_stays_as_it_is() -> None:
    error = ConnectorError(Status.UNAVAILABLE, "The source is down.", remedy="Try later.")
    assert explained(error) is error
    assert str(error) == "The source is down. Try later."
    assert error.exit_code == 14


def test_of_several_failures_the_one_that_explains_itself_is_told() -> None:
    known = ConnectorError(Status.PERMISSION_DENIED, "Not allowed.")
    nested = ExceptionGroup("outer", [ValueError(), ExceptionGroup("inner", [known])])
    assert explained(nested) is known


def test_a_refused_file_is_said_to_be_untouched() -> None:
    told = explained(c1z.NotC1zError("x.c1z is not a .c1z file."))
    assert "left as it was" in told.remedy


def test_usage_errors_exit_with_one() -> None:
    assert UsageError("unknown flag").exit_code == 1


@pytest.mark.parametrize(
    ("status", "label"),
    [(Status.OK, "OK"), (Status.CANCELED, "Canceled"), (Status.NOT_FOUND, "NotFound")],
)
def test_statuses_are_called_as_grpc_calls_them(status: Status, label: str) -> None:
    assert status.label == label
