"""A sign-in on its way from the application, through the pages, and back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from ostiary.tenant.directory.objects import DirectoryObject
from ostiary.tenant.login.errors import SignInError
from ostiary.tenant.login.registrations import AppRegistration
from ostiary.tenant.login.scopes import Scope
from ostiary.tenant.login.sessions import Grant
from ostiary.tenant.tls import LOOPBACK_NAMES

_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Flow:
    """One sign-in on its way. `admin` is the admin-consent flow; else an authorization code."""

    realm: str
    app: AppRegistration
    query: Mapping[str, str]
    admin: bool = False
    user: DirectoryObject | None = field(default=None, compare=False)

    @property
    def person(self) -> DirectoryObject:
        if self.user is None:
            raise SignInError(50058, "Nobody has signed in yet.")
        return self.user

    @property
    def redirect_uri(self) -> str:
        return self.query.get("redirect_uri", "")

    @property
    def grant(self) -> Grant:
        """What the authorization code stands for."""
        return Grant(
            app_id=self.app.app_id,
            user_id=self.person.id,
            scope=self.query.get("scope", ""),
            redirect_uri=self.redirect_uri,
            nonce=self.query.get("nonce"),
            code_challenge=self.query.get("code_challenge"),
            code_challenge_method=self.query.get("code_challenge_method", "plain"),
        )

    @property
    def scope(self) -> Scope:
        return Scope.parse(self.query.get("scope", ""))

    def wanted(self) -> set[str]:
        """Permissions still to be agreed to; all of them again with `prompt=consent`."""
        if self.admin:
            return self.app.requested_roles | self.app.delegated_scopes
        wanted = self.scope.permissions(self.app)
        if self.query.get("prompt") in ("consent", "admin_consent"):
            return wanted
        return wanted - self.app.agreed(self.person.id)

    def back(self, answer: Mapping[str, str]) -> NoReturn:
        """Send the browser to the application with `answer` and its `state`."""
        state = {"state": self.query["state"]} if "state" in self.query else {}
        joiner = "&" if urlsplit(self.redirect_uri).query else "?"
        raise web.HTTPSeeOther(f"{self.redirect_uri}{joiner}{urlencode({**answer, **state})}")


class Flows:
    """Sign-ins whose page is open somewhere; the oldest are forgotten beyond a thousand."""

    def __init__(self) -> None:
        self._open: dict[str, Flow] = {}

    def open(self, flow: Flow) -> str:
        """The context that the page's form carries."""
        while len(self._open) >= _REMEMBERED:
            del self._open[next(iter(self._open))]
        context = secrets.token_urlsafe(24)
        self._open[context] = flow
        return context

    def get(self, context: str) -> Flow:
        flow = self._open.get(context)
        if flow is None:
            raise SignInError(
                50058, "This sign-in is over or unknown. Start again from the application."
            )
        return flow

    def update(self, context: str, flow: Flow) -> None:
        self._open[context] = flow

    def close(self, context: str) -> None:
        del self._open[context]


def check_redirect(app: AppRegistration, uri: str) -> None:
    """Registered exactly; for loopback hosts the port is free, as Entra has it for localhost."""
    if uri in app.redirect_uris:
        return
    try:
        asked = _Address.parse(uri)
    except ValueError:
        asked = None
    if asked and asked.is_loopback:
        registered = {_Address.parse(one) for one in app.redirect_uris}
        if app.loopback_redirects or asked in registered:
            return
    raise SignInError(
        50011,
        f"The redirect URI '{uri}' specified in the request does not match the redirect URIs "
        f"configured for the application '{app.app_id}'.",
    )


@dataclass(frozen=True, slots=True)
class _Address:
    """A redirect URI without its port."""

    scheme: str
    host: str | None
    path: str

    @classmethod
    def parse(cls, uri: str) -> _Address:
        parts = urlsplit(uri)
        return cls(parts.scheme, parts.hostname, parts.path)

    @property
    def is_loopback(self) -> bool:
        return self.scheme in ("http", "https") and self.host in LOOPBACK_NAMES
