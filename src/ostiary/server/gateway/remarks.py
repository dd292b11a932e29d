"""What our own connectors tell beside success: notices, and what a sync left out."""

from collections.abc import Iterable
from typing import Any, Final

from google.protobuf.any_pb2 import Any as Annotation
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError
from google.protobuf.struct_pb2 import Struct

from ostiary.server.connectors.actions.outcomes import Remark

MOST: Final = 100
LONGEST: Final = 1000
"""Characters of each text."""


def remarks_in(annotations: Iterable[Annotation]) -> list[Remark]:
    """Those that can be understood; whatever else stands there is for others."""
    remarks: list[Remark] = []
    for annotation in annotations:
        if annotation.Is(Struct.DESCRIPTOR):
            told = _told(annotation)
            remarks += [_notice(each) for each in _entries(told, "notices")]
            remarks += [_left_out(each) for each in _entries(told, "left_out")]
    return remarks[:MOST]


def _told(annotation: Annotation) -> dict[str, Any]:
    struct = Struct()
    try:
        annotation.Unpack(struct)
        return MessageToDict(struct)
    except (DecodeError, ValueError):  # ValueError: a number that JSON cannot say
        return {}


def _entries(told: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = told.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _notice(told: dict[str, Any]) -> Remark:
    message = " ".join(filter(None, (_text(told, "message"), _text(told, "remedy"))))
    return Remark(message, {"feature": _text(told, "feature")})


def _left_out(told: dict[str, Any]) -> Remark:
    number = told.get("count")
    count = int(number) if isinstance(number, int | float) else 0
    subject, reason = _text(told, "subject"), _text(told, "reason")
    details = {"count": count, "subject": subject, "reason": reason}
    return Remark(f"Left out: {count} {subject}: {reason}.", details)


def _text(told: dict[str, Any], name: str) -> str:
    found = told.get(name)
    return found.replace("\x00", "\ufffd")[:LONGEST] if isinstance(found, str) else ""
