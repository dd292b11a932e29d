"""GET {set}/delta: the first request, its pages, the delta link, and tokens that have gone bad."""

from collections.abc import Iterator

import msgspec

from ostiary.tenant.surface.backend import Call
from ostiary.tenant.surface.delta.cursor import Cursor
from ostiary.tenant.surface.delta.feeds import FEEDS, PERMISSION_PATHS, Feed
from ostiary.tenant.surface.delta.page import body
from ostiary.tenant.surface.delta.selection import refuse_unsupported, scope, wanted
from ostiary.tenant.surface.errors import bad_request, forbidden, resync, sync_lost
from ostiary.tenant.surface.message import GraphResponse
from ostiary.tenant.surface.permission_table import GRANTED_BY
from ostiary.tenant.surface.routing import Handler, Route

TOKEN_LIFE = 7 * 24 * 3600
"""Seconds a delta token of a directory object lives."""


def delta_routes() -> Iterator[Route]:
    for feed in FEEDS:
        yield Route("GET", f"/{feed.path}/delta", _handler(feed))


def _handler(feed: Feed) -> Handler:
    def handle(call: Call) -> GraphResponse:
        options = call.request.options
        skip, token = options.get("$skiptoken"), options.get("$deltatoken")
        if skip:
            return _page(call, feed, _opened(call, feed, skip))
        if token and token.lower() != "latest":
            return _page(call, feed, _next_round(call, _opened(call, feed, token)))
        cursor = _first(call, feed)
        if token:
            return _answer(call, feed, [], None, cursor)
        return _page(call, feed, cursor)

    return handle


def _first(call: Call, feed: Feed) -> Cursor:
    options = call.request.options
    refuse_unsupported(options)
    kinds, ids = scope(feed, options.get("$filter"))
    _require_every_kind(call, feed, kinds)
    return Cursor(
        feed=feed.path,
        wanted=wanted(kinds, options.get("$select")),
        ids=ids,
        generation=call.backend.delta_generation(feed.path),
        issued=_now(call),
        baseline=True,
        since=0,
        until=call.backend.replica.horizon(),
    )


def _next_round(call: Call, cursor: Cursor) -> Cursor:
    return Cursor(
        feed=cursor.feed,
        wanted=cursor.wanted,
        ids=cursor.ids,
        generation=cursor.generation,
        issued=_now(call),
        baseline=False,
        since=cursor.until,
        until=max(cursor.until, call.backend.replica.horizon()),
    )


def _opened(call: Call, feed: Feed, token: str) -> Cursor:
    cursor = call.backend.sealer.open(token, Cursor)
    if cursor is None or cursor.feed != feed.path:
        raise bad_request("Badly formed token.")
    if cursor.generation != call.backend.delta_generation(feed.path):
        raise resync(call.request.url)
    if _now(call) - cursor.issued >= TOKEN_LIFE:
        raise sync_lost()
    return cursor


def _page(call: Call, feed: Feed, cursor: Cursor) -> GraphResponse:
    minimal = "return=minimal" in call.request.headers.get("prefer", "").lower()
    objects, ahead = call.backend.rounds.page(cursor, minimal=minimal and not cursor.baseline)
    return _answer(call, feed, objects, ahead, cursor)


def _answer(
    call: Call, feed: Feed, objects: list[bytes], ahead: Cursor | None, cursor: Cursor
) -> GraphResponse:
    seal, url = call.backend.sealer.seal, call.request.url
    if ahead is None:
        fresh = msgspec.structs.replace(cursor, issued=_now(call))
        name, link = "@odata.deltaLink", f"{url}?$deltatoken={seal(fresh)}"
    else:
        name, link = "@odata.nextLink", f"{url}?$skiptoken={seal(ahead)}"
    context = f"{call.request.service_root}/$metadata#{feed.path}"
    return GraphResponse(200, body(context, name, link, objects))


def _require_every_kind(call: Call, feed: Feed, kinds: tuple[str, ...]) -> None:
    """directoryObjects/delta asks for what each kind's own delta asks for."""
    for kind in kinds if not feed.kinds else ():
        path = PERMISSION_PATHS.get(kind)
        if path and not call.caller.roles & set(GRANTED_BY[f"GET {path}"].split()):
            raise forbidden()


def _now(call: Call) -> float:
    return call.backend.clock.now().timestamp()
