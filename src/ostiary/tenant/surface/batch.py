"""POST /$batch: up to twenty requests in one, each charged, throttled and refused on its own."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from ostiary.tenant.surface.backend import Call
from ostiary.tenant.surface.errors import malformed
from ostiary.tenant.surface.message import GraphRequest, GraphResponse, json_response
from ostiary.tenant.surface.routing import Route

MOST_PARTS = 20

Answer = Callable[[GraphRequest], GraphResponse]


class Part(msgspec.Struct):
    id: str
    method: str
    url: str
    headers: dict[str, str] = {}
    body: msgspec.Raw | None = None
    dependsOn: list[str] = []  # noqa: N815


class Parts(msgspec.Struct):
    requests: list[Part]


def batch_routes(answer: Answer) -> Iterator[Route]:
    def handle(call: Call) -> GraphResponse:
        parts = _parts(call.request.body)
        done: dict[str, dict[str, Any]] = {}
        for part in parts:
            done[part.id] = _done(call.request, part, done, answer)
        # Graph promises no order; a reader that relies on one should notice here.
        return json_response({"responses": list(reversed(done.values()))})

    yield Route("POST", "/$batch", handle)


def _parts(body: bytes) -> list[Part]:
    try:
        parts = msgspec.json.decode(body, type=Parts).requests
    except msgspec.DecodeError as error:
        raise malformed(f"Invalid batch payload format: {error}.") from None
    if not parts:
        raise malformed("Invalid batch payload format. It holds no requests.")
    if len(parts) > MOST_PARTS:
        raise malformed(f"Number of batch request steps exceeds the maximum value of {MOST_PARTS}.")
    _check(parts)
    return parts


def _check(parts: list[Part]) -> None:
    seen: set[str] = set()
    for part in parts:
        if part.id in seen:
            raise malformed("Request Id has to be unique in a batch.")
        if not seen.issuperset(part.dependsOn):
            raise malformed("DependsOn has to name requests before the one that depends.")
        if part.body is not None and "content-type" not in map(str.lower, part.headers):
            raise malformed(
                f"Write request id : {part.id} does not contain Content-Type header or body."
            )
        if part.url.lstrip("/").lower().startswith("$batch"):
            raise malformed("A batch cannot hold another batch.")
        seen.add(part.id)


def _done(
    whole: GraphRequest, part: Part, done: dict[str, dict[str, Any]], answer: Answer
) -> dict[str, Any]:
    if any(done[each]["status"] >= 400 for each in part.dependsOn):
        error = {"code": "FailedDependency", "message": "A request it depends on has failed."}
        return {"id": part.id, "status": 424, "headers": {}, "body": {"error": error}}
    response = answer(_request(whole, part))
    shown: dict[str, Any] = {
        "id": part.id,
        "status": response.status,
        "headers": dict(response.headers),
    }
    if response.body:
        shown["headers"]["Content-Type"] = response.content_type
        textual = response.content_type.startswith("text/")
        shown["body"] = response.body.decode() if textual else msgspec.Raw(response.body)
    return shown


def _request(whole: GraphRequest, part: Part) -> GraphRequest:
    path, _, query = part.url.lstrip("/").partition("?")
    own = {name.lower(): value for name, value in part.headers.items()}
    authorization = whole.headers.get("authorization", "")
    return GraphRequest(
        method=part.method.upper(),
        root=whole.root,
        version=whole.version,
        raw_path=f"/{path}",
        raw_query=query,
        headers={"authorization": authorization, **own},
        body=bytes(part.body) if part.body is not None else b"",
        connection=whole.connection,
        arrived=whole.arrived,
        batched=True,
    )
