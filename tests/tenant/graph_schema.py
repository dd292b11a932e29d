"""Says where a value is not what Graph v1.0 declares (types taken from its metadata)."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TYPES: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent / "schema" / "graph_v1_types.json").read_text("utf-8")
)

_PRIMITIVES: dict[str, type | tuple[type, ...]] = {
    "Edm.Boolean": bool,
    "Edm.Int32": int,
    "Edm.Int64": int,
    "Edm.Double": (int, float),
}
_PATTERNS = {
    "Edm.Guid": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "Edm.DateTimeOffset": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
}

SERVED_UNDECLARED = {"servicePrincipal": {"createdDateTime"}}
"""Properties v1.0 returns although its metadata does not declare them."""


def mismatches(type_name: str, value: Any, path: str) -> Iterator[str]:
    if value is None:
        return
    if type_name.startswith("Collection("):
        yield from _in_collection(type_name[11:-1], value, path)
    elif type_name in TYPES:
        yield from _in_structure(type_name, value, path)
    elif pattern := _PATTERNS.get(type_name):
        if not (isinstance(value, str) and pattern.fullmatch(value)):
            yield f"{path}: {value!r} is no {type_name}"
    elif not isinstance(value, _PRIMITIVES.get(type_name, str)):
        yield f"{path}: {value!r} is no {type_name}"


def _in_collection(type_name: str, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path}: {value!r} is no collection"
        return
    for item in value:
        yield from mismatches(type_name, item, f"{path}[]")


def _in_structure(type_name: str, value: dict[str, Any], path: str) -> Iterator[str]:
    for name, inner in value.items():
        declared = TYPES[type_name].get(name)
        if declared is not None:
            yield from mismatches(declared, inner, f"{path}.{name}")
        elif name not in SERVED_UNDECLARED.get(type_name, ()):
            yield f"{path}.{name} is unknown to Graph v1.0"
