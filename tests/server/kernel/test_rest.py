from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter, ValidationError

from ostiary.server.kernel.errors import AppError, Code
from ostiary.server.kernel.rest import (
    Duration,
    FieldMask,
    Int64,
    Message,
    Timestamp,
    changes,
)


class App(Message):
    display_name: str = ""
    user_count: Int64 = 0
    created_at: Timestamp | None = None
    max_grant: Duration | None = None
    labels: list[str] = Field(default_factory=list)


@pytest.mark.parametrize(
    "body",
    [
        {"displayName": "Mail", "userCount": "3"},
        {"display_name": "Mail", "user_count": 3},
        {"displayName": "Mail", "userCount": "3", "invented": {"by": "a newer client"}},
        {"displayName": "Mail", "userCount": "3", "createdAt": None, "labels": None},
    ],
)
def test_every_spelling_of_a_message_reads_alike(body: dict[str, Any]) -> None:
    assert App.model_validate(body) == App(display_name="Mail", user_count=3)


def test_answers_are_camel_case_with_64_bit_integers_as_strings() -> None:
    app = App(
        display_name="Mail",
        user_count=2**53 + 1,
        created_at=datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1))),
        max_grant=timedelta(hours=1),
    )
    assert app.model_dump(mode="json") == {
        "displayName": "Mail",
        "userCount": "9007199254740993",
        "createdAt": "2026-03-02T09:00:00Z",
        "maxGrant": "3600s",
        "labels": [],
    }


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, "9223372036854775808", "1e3", "x"])
def test_what_is_no_64_bit_integer_is_refused(number: Any) -> None:
    with pytest.raises(ValidationError):
        App.model_validate({"userCount": number})


@given(st.timedeltas(timedelta(days=-3650), timedelta(days=3650)))
def test_durations_survive_the_way_out_and_in(length: timedelta) -> None:
    adapter: TypeAdapter[timedelta] = TypeAdapter(Duration)
    assert adapter.validate_json(adapter.dump_json(length)) == length


@pytest.mark.parametrize("text", ["3600", "1h", "s", "-s", "1.s", "1e3s", ""])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="number of seconds"):
        TypeAdapter(Duration).validate_python(text)


@pytest.mark.parametrize(
    "mask",
    ["displayName,userCount", "display_name, user_count", {"paths": ["displayName", "userCount"]}],
)
def test_a_field_mask_may_be_spelt_in_many_ways(mask: Any) -> None:
    adapter: TypeAdapter[list[str]] = TypeAdapter(FieldMask)
    assert adapter.validate_python(mask) == ["display_name", "user_count"]


def test_without_a_mask_an_update_sets_what_is_present() -> None:
    app = App.model_validate({"displayName": "Mail", "userCount": "3"})
    assert changes(app, None, {"display_name", "labels"}) == {"display_name": "Mail"}


def test_with_a_mask_an_update_sets_what_it_names_and_clears_what_is_absent() -> None:
    app = App.model_validate({"displayName": "Mail", "labels": ["a"]})
    assert changes(app, ["display_name", "max_grant"], {"display_name", "max_grant"}) == {
        "display_name": "Mail",
        "max_grant": None,
    }


def test_a_mask_that_names_a_read_only_field_is_refused() -> None:
    with pytest.raises(AppError, match="createdAt") as refusal:
        changes(App(), ["created_at"], {"display_name"})
    assert refusal.value.code is Code.INVALID_ARGUMENT
