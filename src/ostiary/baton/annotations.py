"""Annotations are messages packed in `google.protobuf.Any`."""

import base64
from collections.abc import Iterable, Iterator
from typing import Any as Json
from typing import TypeVar

from google.protobuf import descriptor_pool
from google.protobuf.any_pb2 import Any
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.wrappers_pb2 import StringValue

import ostiary.baton.pb.connector_v2  # noqa: F401 - makes every annotation known to protobuf

M = TypeVar("M", bound=Message)

TYPE_URL_PREFIX = "type.googleapis.com/"


def pack(message: Message) -> Any:
    """Deterministic, so that equal annotations are equal bytes."""
    return Any(
        type_url=type_url(type(message)), value=message.SerializeToString(deterministic=True)
    )


def type_url(kind: type[Message]) -> str:
    return TYPE_URL_PREFIX + kind.DESCRIPTOR.full_name


def has(annotations: Iterable[Any], kind: type[Message]) -> bool:
    url = type_url(kind)
    return any(annotation.type_url == url for annotation in annotations)


def find(annotations: Iterable[Any], kind: type[M]) -> M | None:
    """The first annotation of that kind."""
    return next(find_all(annotations, kind), None)


def find_all(annotations: Iterable[Any], kind: type[M]) -> Iterator[M]:
    url = type_url(kind)
    return (kind.FromString(entry.value) for entry in annotations if entry.type_url == url)


def to_json(message: Message) -> dict[str, Json]:
    """protojson: lowerCamelCase, enums by name, `@type` for Any.

    An annotation of a type nobody here knows, or whose bytes do not parse, becomes
    `{"@type": <url>, "value": <base64 of its bytes>}` instead of failing the whole message.
    """
    unknown: dict[str, Any] = {}
    renderable = type(message)()
    renderable.CopyFrom(message)
    if isinstance(renderable, Any):
        _mask(renderable, unknown)
    else:
        _mask_fields(renderable, unknown)
    rendered: dict[str, Json] = _unmask(MessageToDict(renderable), unknown)
    return rendered


def _mask(entry: Any, unknown: dict[str, Any]) -> None:
    """Puts a stand-in where protobuf could not render the annotation; `unknown` keeps it."""
    if not entry.type_url and not entry.value:
        return
    inner = _open(entry)
    if inner is not None:
        _mask_fields(inner, unknown)
        entry.value = inner.SerializeToString(deterministic=True)
        return
    original = Any()
    original.CopyFrom(entry)
    key = f"\x00unknown annotation {len(unknown)}"
    unknown[key] = original
    entry.CopyFrom(pack(StringValue(value=key)))


def _open(entry: Any) -> Message | None:
    try:
        descriptor = descriptor_pool.Default().FindMessageTypeByName(
            entry.type_url.rpartition("/")[2]
        )
        return GetMessageClass(descriptor).FromString(entry.value)
    except (KeyError, DecodeError):
        return None


def _mask_fields(message: Message, unknown: dict[str, Any]) -> None:
    for field, value in message.ListFields():
        for child in _children(field, value):
            if isinstance(child, Any):
                _mask(child, unknown)
            else:
                _mask_fields(child, unknown)


def _children(field: FieldDescriptor, value: Json) -> Iterable[Message]:
    if field.message_type is None:
        return ()
    if field.message_type.GetOptions().map_entry:
        is_message = field.message_type.fields_by_name["value"].message_type is not None
        return value.values() if is_message else ()
    return value if field.is_repeated else (value,)


def _unmask(rendered: Json, unknown: dict[str, Any]) -> Json:
    if isinstance(rendered, list):
        return [_unmask(item, unknown) for item in rendered]
    if not isinstance(rendered, dict):
        return rendered
    stand_in = rendered.get("value")
    if isinstance(stand_in, str) and stand_in in unknown:
        original = unknown[stand_in]
        encoded = base64.b64encode(original.value).decode()
        return {"@type": original.type_url, "value": encoded}
    return {name: _unmask(value, unknown) for name, value in rendered.items()}
