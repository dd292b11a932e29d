"""JSON as C1's clients expect it: proto3's JSON mapping (c1-api reference 1.5).

camelCase goes out; camelCase and snake_case come in, unknown names are ignored and null means
absent. 64-bit integers travel as strings, instants as RFC 3339, durations as `"3600s"`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel, to_snake
from starlette.requests import HTTPConnection

from ostiary.server.kernel.errors import invalid
from ostiary.server.kernel.work import Kernel

INT64 = 2**63


_NO_TEXT = re.compile(r"[\0\ud800-\udfff]")


def _is_text(value: Any) -> bool:
    """Neither NUL, which PostgreSQL cannot store, nor half of a surrogate pair, at any depth."""
    match value:
        case str():
            return _NO_TEXT.search(value) is None
        case dict():
            return all(_is_text(inner) for pair in value.items() for inner in pair)
        case list():
            return all(_is_text(inner) for inner in value)
    return True


class Message(BaseModel):
    """What goes in and out of the REST API. Fields are declared in snake_case."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        extra="ignore",
    )

    @model_validator(mode="before")
    @classmethod
    def _as_proto3(cls, value: Any) -> Any:
        if isinstance(value, dict):
            if not _is_text(value):
                raise ValueError("a text has a character that no text can have")
            return {name: inner for name, inner in value.items() if inner is not None}
        return value


class Empty(Message):
    """`{}`: clients take no other answer to a deletion than 200 with an object."""


def _utc_text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


_DURATION = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,9}))?s")


def parse_duration(value: Any) -> Any:
    """`"1.5s"`. Other values pass, for pydantic to judge."""
    if not isinstance(value, str):
        return value
    match = _DURATION.fullmatch(value)
    if match is None:
        raise ValueError('a duration is a number of seconds with an s, as in "3600s"')
    sign, whole, fraction = match.groups()
    length = timedelta(seconds=int(whole), microseconds=int((fraction or "0").ljust(6, "0")[:6]))
    return -length if sign else length


def duration_text(length: timedelta) -> str:
    """As protobuf writes it: no, three or six digits after the point."""
    micros = length // timedelta(microseconds=1)
    sign, (seconds, rest) = "-" * (micros < 0), divmod(abs(micros), 1_000_000)
    if not rest:
        return f"{sign}{seconds}s"
    digits = f"{rest:06}"
    return f"{sign}{seconds}.{digits.removesuffix('000')}s"


Int64 = Annotated[
    int,
    Field(ge=-INT64, lt=INT64),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "format": "int64", "pattern": "^-?[0-9]{1,18}$"}),
]
Timestamp = Annotated[AwareDatetime, PlainSerializer(_utc_text, return_type=str)]
Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(duration_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]{1,9}(\.[0-9]{1,9})?s$"}),
]


def _mask_paths(value: Any) -> Any:
    """`"displayName,description"`, `["display_name"]` or `{"paths": [...]}`."""
    if isinstance(value, dict):
        value = value.get("paths", [])
    if isinstance(value, str):
        value = [path for path in value.split(",") if path.strip()]
    return value


def _snake_paths(paths: list[str]) -> list[str]:
    return list(dict.fromkeys(to_snake(path.strip()) for path in paths))


FieldMask = Annotated[
    list[str],
    BeforeValidator(_mask_paths),
    AfterValidator(_snake_paths),
    PlainSerializer(lambda paths: ",".join(to_camel(path) for path in paths), return_type=str),
    WithJsonSchema({"type": "string", "description": "field names with commas between them"}),
]
"""Paths in snake_case, each once, in the order given; `*` is kept as it is."""


def changes(entity: Message, mask: list[str] | None, writable: Iterable[str]) -> dict[str, Any]:
    """What an update sets, by field name.

    With a mask, the fields it names, at their defaults where the entity lacks them. Without one
    (Terraform sends none) or with `*`, the fields that are present. INVALID_ARGUMENT for a masked
    field that nobody may write; present ones that nobody may write are left alone.
    """
    allowed = set(writable)
    if not mask or mask == ["*"]:
        return {name: getattr(entity, name) for name in sorted(entity.model_fields_set & allowed)}
    names = [path.partition(".")[0] for path in mask]
    for name in names:
        if name not in allowed:
            raise invalid(f"updateMask names {to_camel(name)}, which cannot be changed")
    return {name: getattr(entity, name) for name in names}


def _kernel(connection: HTTPConnection) -> Kernel:
    kernel: Kernel = connection.app.state.kernel
    return kernel


KernelOf = Annotated[Kernel, Depends(_kernel)]
"""For the signature of an endpoint: `def list_apps(kernel: KernelOf)`."""
