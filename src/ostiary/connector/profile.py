"""Profiles: free-form facts about a resource, as a protobuf Struct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from google.protobuf.struct_pb2 import NULL_VALUE, Struct
from google.protobuf.struct_pb2 import Value as StructValue
from google.protobuf.timestamp_pb2 import Timestamp

Fact: TypeAlias = "str | bool | int | float | datetime | Sequence[Fact] | Mapping[str, Fact] | None"
Profile = Mapping[str, Fact]

EXACT_INTEGERS = 1 << 53
"""Struct numbers are doubles: larger integers are written as text to stay exact."""


def struct(profile: Profile) -> Struct:
    """The Struct of a profile. Facts that are None are unknown and left out."""
    message = Struct()
    for name, fact in profile.items():
        if fact is not None:
            _assign(message.fields[name], fact)
    return message


def timestamp(moment: datetime | None) -> Timestamp | None:
    """The Timestamp of an aware datetime; a naive one is a `ValueError`."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    message = Timestamp()
    message.FromDatetime(moment)
    return message


def _assign(value: StructValue, fact: Fact) -> None:
    if isinstance(fact, str):
        value.string_value = fact
    elif isinstance(fact, bool):
        value.bool_value = fact
    elif isinstance(fact, int | float):
        _assign_number(value, fact)
    elif isinstance(fact, datetime):
        value.string_value = fact.astimezone(UTC).isoformat().replace("+00:00", "Z")
    elif isinstance(fact, Mapping):
        value.struct_value.CopyFrom(struct(fact))
    elif fact is None:
        value.null_value = NULL_VALUE
    else:
        _assign_list(value, fact)


def _assign_number(value: StructValue, fact: int | float) -> None:
    if isinstance(fact, int) and abs(fact) > EXACT_INTEGERS:
        value.string_value = str(fact)
    else:
        value.number_value = fact


def _assign_list(value: StructValue, facts: Sequence[Fact]) -> None:
    value.list_value.SetInParent()
    for fact in facts:
        _assign(value.list_value.values.add(), fact)
