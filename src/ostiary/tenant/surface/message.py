"""One Graph request and one answer, free of any HTTP library: `$batch` parts are the same thing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec

from ostiary.tenant.surface.delivery import Delivery

JSON_TYPE = (
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;"
    "charset=utf-8"
)

_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class GraphRequest:
    """`root` is scheme and authority; `raw_path` starts below the version and is still escaped;
    header names are lower-case; `options` keep their `$` and are lower-case; `connection` tells
    requests on one socket from those on another, `arrived` is a monotonic time."""

    method: str
    root: str
    version: str
    raw_path: str
    raw_query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    connection: int = 0
    arrived: float = field(default_factory=monotonic)
    batched: bool = False
    options: dict[str, str] = field(init=False)
    segments: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.options = query_options(self.raw_query)
        self.segments = [unquote(part) for part in self.raw_path.split("/") if part]

    @property
    def service_root(self) -> str:
        return f"{self.root}/{self.version}"

    @property
    def url(self) -> str:
        return self.service_root + self.raw_path

    @property
    def beta(self) -> bool:
        return self.version == "beta"

    @property
    def eventual(self) -> bool:
        return self.headers.get("consistencylevel", "").lower() == "eventual"


@dataclass(slots=True)
class GraphResponse:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = JSON_TYPE
    delivery: Delivery | None = None


def query_options(raw_query: str) -> dict[str, str]:
    """OData options by lower-case name with `$`; Graph takes the `$` as optional."""
    options: dict[str, str] = {}
    for name, value in parse_qsl(raw_query, keep_blank_values=True):
        lowered = name.lower()
        options[lowered if lowered.startswith("$") else f"${lowered}"] = value
    return options


def json_response(body: Any, status: int = 200, **headers: str) -> GraphResponse:
    return GraphResponse(status, _encode(body), dict(headers))


def no_content() -> GraphResponse:
    return GraphResponse(204)
