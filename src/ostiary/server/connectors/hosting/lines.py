"""What a child says: bytes into lines, lines into entries of the connector's log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from typing import Any, Final

from ostiary.server.connectors.actions.hosting import Line
from ostiary.server.connectors.configuration.trying import concealed

LONGEST_LINE: Final = 8 * 1024
"""Bytes; the rest of a longer line is dropped."""

LEVELS: Final = {
    "debug": "",
    "info": "info",
    "warn": "warning",
    "warning": "warning",
    "error": "error",
    "dpanic": "error",
    "panic": "error",
    "fatal": "error",
}
"""zap's levels and ours; debugging is not kept."""


async def split(reader: asyncio.StreamReader) -> AsyncIterator[str]:
    """Until the other side closes. Never holds more than a line and a chunk."""
    line = bytearray()
    while chunk := await reader.read(LONGEST_LINE):
        *ended, rest = chunk.split(b"\n")
        for part in ended:
            line += part[: LONGEST_LINE - len(line)]
            yield line.decode("utf-8", "replace")
            line.clear()
        line += rest[: LONGEST_LINE - len(line)]
    if line:
        yield line.decode("utf-8", "replace")


def entry(text: str, secrets: Iterable[str]) -> Line | None:
    """None for what is not worth keeping. JSON as zap writes it, or any other text."""
    text = concealed(text.replace("\\u0000", "").replace("\x00", ""), secrets).strip()
    if not text:
        return None
    fields = _fields(text)
    if fields is None:
        return Line("info", text)
    level = LEVELS.get(str(fields.pop("level", "info")).lower(), "info")
    fields.pop("ts", None)
    message = str(fields.pop("msg", ""))
    return Line(level, message, fields) if level else None


def _fields(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return _storable(value) if isinstance(value, dict) and "msg" in value else None


def _storable(value: Any) -> Any:
    """Without halves of surrogate pairs, which are JSON but no text."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case dict():
            return {_storable(name): _storable(inner) for name, inner in value.items()}
        case list():
            return [_storable(inner) for inner in value]
        case float():
            return value if value == value and abs(value) != float("inf") else str(value)
    return value
