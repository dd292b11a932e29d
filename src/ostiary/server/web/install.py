"""Puts the web into an application that has its routes already."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from ostiary.server.web import errors, preferences, search, static
from ostiary.server.web.assets import Assets
from ostiary.server.web.navigation import served
from ostiary.server.web.search import Command, Finder
from ostiary.server.web.security import SecurityHeaders
from ostiary.server.web.shell import Web
from ostiary.server.web.templating import environment

OWN_PAGES = (static.router, preferences.router, search.router)


def install(app: FastAPI, finders: Iterable[Finder] = (), commands: Iterable[Command] = ()) -> None:
    """The palette shows what `finders` find in their order."""
    paths = {path for route in iter_route_contexts(app.routes) if (path := _path(route))}
    assets = Assets()
    app.state.web = Web(assets, environment(assets), served(paths), tuple(finders), tuple(commands))
    app.add_middleware(SecurityHeaders)
    errors.install(app)


def _path(route: object) -> str:
    return str(getattr(route, "path", ""))
