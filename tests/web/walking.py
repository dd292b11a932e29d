"""Every kind of page that somebody gets to by following what pages offer."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable
from html.parser import HTMLParser
from urllib.parse import urlsplit

Offer = tuple[str, str]
"""A method and an address."""


class Routes:
    """`known` are lines such as "GET /apps/{app_id}"."""

    def __init__(self, known: Iterable[str]) -> None:
        ordered = sorted(known, key=lambda route: route.count("{"))
        self._known = [(route, re.compile(re.sub(r"{\w+}", "[^/]+", route))) for route in ordered]

    def of(self, offer: Offer) -> str:
        """KeyError for what nobody answers. Fixed paths come before those that take an id."""
        method, address = offer
        asked = f"{method} {urlsplit(address).path}"
        for route, pattern in self._known:
            if pattern.fullmatch(asked):
                return route
        raise KeyError(asked)


class _Offers(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Offer] = []
        self._method = "GET"
        self._marked = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._method = has.get("method", "get").upper()
        if has.get("name") == "selected":
            self._marked = has.get("value", "")
        for name in ("href", "data-href"):
            if tag not in ("link", "use") and has.get(name, "").startswith("/"):
                self.found.append(("GET", has[name]))
        if action := has.get("formaction"):
            self.found.append((self._method, f"{action}?selected={self._marked}"))
        if tag == "form" and self._method == "POST":
            self.found.append((self._method, has["action"]))


def offers(page: str) -> list[Offer]:
    """Links, forms and buttons of a page's HTML, in their order."""
    reader = _Offers()
    reader.feed(page)
    return list(dict.fromkeys(reader.found))


def walk(starts: Iterable[str], routes: Routes, look: Callable[[str], str]) -> dict[str, str]:
    """The first address of each kind of page, by route. `look` returns a page's HTML. Forms are
    there with their address, and not followed. All of `starts` are looked at."""
    seen: dict[str, str] = {}
    waiting = deque(starts)
    known = set(waiting)
    while waiting:
        path = waiting.popleft()
        for method, address in [("GET", path), *offers(look(path))]:
            route = routes.of((method, address))
            if route not in seen and method == "GET" and address not in known:
                waiting.append(address)
                known.add(address)
            seen.setdefault(route, address)
    return seen
