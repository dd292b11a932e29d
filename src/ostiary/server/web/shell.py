"""What every page is rendered in: who looks, at which instant, and what stands around it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request
from jinja2 import Environment
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ostiary.server.kernel.auth import sessions
from ostiary.server.kernel.auth.authentication import authenticated, session_cookie
from ostiary.server.kernel.auth.caller import Caller
from ostiary.server.kernel.authz.permissions import Permission, Reach
from ostiary.server.kernel.errors import AppError
from ostiary.server.kernel.rest import KernelOf
from ostiary.server.kernel.work import Kernel
from ostiary.server.web import as_of, toasts
from ostiary.server.web.address import Address
from ostiary.server.web.as_of import PageAsOf
from ostiary.server.web.assets import Assets
from ostiary.server.web.moments import day, exact
from ostiary.server.web.navigation import Crumb, Section, Sidebar, section_of, sidebar
from ostiary.server.web.security import content_policy

if TYPE_CHECKING:
    from ostiary.server.web.search import Command, Finder

DRAWER = "x-ostiary-drawer"
"""The header of a request for a page that is to be shown in the drawer."""


@dataclass(frozen=True)
class Web:
    """Made once per process: `app.state.web`."""

    assets: Assets
    templates: Environment
    sections: tuple[Section, ...]
    finders: tuple[Finder, ...]
    commands: tuple[Command, ...]


@dataclass(frozen=True)
class Shell:
    """In templates as `shell`."""

    request: Request
    web: Web
    kernel: Kernel
    caller: Caller
    as_of: datetime | None
    now: datetime
    nonce: str

    @property
    def address(self) -> Address:
        return Address.of(self.request)

    @property
    def in_drawer(self) -> bool:
        return DRAWER in self.request.headers

    @property
    def at(self) -> str:
        """The instant everything on the page is about, in words; empty for now."""
        given = self.address.get(as_of.PARAMETER)
        if self.as_of is None:
            return ""
        return f"the end of {day(self.as_of)} (UTC)" if len(given) == 10 else exact(self.as_of)

    @property
    def present(self) -> Address:
        """The same address, now."""
        return self.address.besides(as_of.PARAMETER)

    @property
    def sidebar(self) -> Sidebar:
        return sidebar(self.web.sections, self.allows)

    def section(self, crumbs: Sequence[Crumb]) -> str:
        """Where the way to the page begins, which need not be where its path does."""
        return section_of(self.web.sections, crumbs[0].path if crumbs else self.request.url.path)

    def allows(self, permission: Permission) -> bool:
        """For some objects at least."""
        return bool(self.caller.reach(permission))

    @property
    def searches_people(self) -> bool:
        """`/api/v1/search/users` answers."""
        return Reach.ALL in self.caller.reach(Permission.USERS_VIEW)

    def served(self, path: str) -> str:
        """The path, or nothing where no section of the sidebar is served there (yet)."""
        place = path.partition("?")[0]
        return path if any(section.path == place for section in self.web.sections) else ""

    def link(self, path: str, **parameters: str) -> str:
        """To a page of ours, at the instant that this one is about."""
        carried = self.address.get(as_of.PARAMETER) if self.as_of else ""
        items = {k: v for k, v in (*parameters.items(), (as_of.PARAMETER, carried)) if v}
        if not items:
            return path
        return f"{path}{'&' if '?' in path else '?'}{urlencode(items)}"

    def page(
        self,
        template: str,
        title: str,
        *,
        crumbs: Sequence[Crumb] = (),
        status: int = 200,
        **values: Any,
    ) -> Response:
        """`template` extends `layout`: the whole page, or the drawer if it is asked for."""
        layout = "web/drawer.html" if self.in_drawer else "web/page.html"
        text = self.web.templates.get_template(template).render(
            shell=self,
            nonce=self.nonce,
            layout=layout,
            title=title,
            crumbs=crumbs,
            toast=toasts.waiting(self.request, self.kernel.secrets),
            **values,
        )
        response = html(text, self.nonce, status)
        if toasts.COOKIE in self.request.cookies:
            toasts.take_away(response)
        return response

    def go(self, path: str, toast: str = "") -> Response:
        """After something was done: to the page that shows the new state."""
        response = RedirectResponse(path, 303, {"Cache-Control": "no-store"})
        if toast:
            toasts.leave(self.request, response, self.kernel.secrets, toast)
        return response


def html(text: str, nonce: str, status: int = 200) -> HTMLResponse:
    headers = {
        "Content-Security-Policy": content_policy(nonce),
        "Cache-Control": "no-store",
        "Vary": DRAWER,
    }
    return HTMLResponse(text, status, headers)


def new_nonce() -> str:
    return secrets.token_urlsafe(16)


def _shell(
    request: Request,
    kernel: KernelOf,
    caller: Annotated[Caller, Depends(authenticated)],
    as_of: PageAsOf,
) -> Shell:
    web: Web = request.app.state.web
    shell = Shell(request, web, kernel, caller, as_of, kernel.clock.now(), new_nonce())
    request.state.shell = shell
    return shell


def shell_around(request: Request) -> Shell | None:
    """For what is refused before a page has its shell, such as an address that leads nowhere. None
    for who is not signed in."""
    kernel: Kernel = request.app.state.kernel
    cookie = session_cookie(request)
    caller = sessions.caller_in(kernel, cookie) if cookie else None
    if caller is None:
        return None
    try:
        at = as_of.instant_of(request.query_params.get(as_of.PARAMETER, ""), kernel.clock.now())
    except AppError:  # what the page says, or will once its address is right
        at = None
    return _shell(request, kernel, caller, at)


ShellOf = Annotated[Shell, Depends(_shell)]
"""For the signature of a page: `def show_app(shell: ShellOf, access: Reader, app_id: str)`."""
