"""Login endpoints that answer JSON."""

from __future__ import annotations

import hashlib
from itertools import count
from uuid import UUID

from aiohttp import web

from ostiary.tenant.login.clients import SHARED_AUTHORITIES, TokenRequest
from ostiary.tenant.login.discovery import instance_discovery, openid_configuration
from ostiary.tenant.login.errors import SignInError, Trace, error_body
from ostiary.tenant.login.service import Login

_NO_STORE = {"Cache-Control": "no-store, no-cache", "Pragma": "no-cache"}


class TokenRoutes:
    """Discovery, keys and the token endpoint as aiohttp handlers."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._exchanges = count(1)

    def add_to(self, app: web.Application) -> None:
        router = app.router
        router.add_get("/common/discovery/instance", self.instance)
        router.add_get("/{realm}/discovery/instance", self.instance)
        router.add_get("/{realm}/v2.0/.well-known/openid-configuration", self.configuration)
        router.add_get("/{realm}/.well-known/openid-configuration", self.configuration)
        router.add_get("/{realm}/discovery/v2.0/keys", self.keys)
        router.add_get("/{realm}/discovery/keys", self.keys)
        router.add_post("/{realm}/oauth2/v2.0/token", self.token)

    async def instance(self, request: web.Request) -> web.Response:
        realm = request.match_info.get("realm", "common")
        return web.json_response(instance_discovery(request.host, realm))

    async def configuration(self, request: web.Request) -> web.Response:
        realm = request.match_info["realm"]
        try:
            self._login.clients.check_realm(realm)
        except SignInError as error:
            return self.refuse(request, error)
        login = self._login
        return web.json_response(
            openid_configuration(login.tenant, realm, authority_of(request), request.host)
        )

    async def keys(self, request: web.Request) -> web.Response:
        realm = request.match_info["realm"]
        tenant = "{tenantid}" if realm in SHARED_AUTHORITIES else self._login.tenant.tenant_id
        issuer = f"{authority_of(request)}/{tenant}/v2.0"
        return web.json_response({"keys": [self._login.key.jwk(issuer)]})

    async def token(self, request: web.Request) -> web.Response:
        try:
            form = await form_of(request)
        except SignInError as error:
            return self.refuse(request, error)
        asked = TokenRequest(
            authority=authority_of(request),
            realm=request.match_info["realm"],
            form=form,
            authorization=request.headers.get("Authorization"),
        )
        try:
            return web.json_response(self._login.token_endpoint.answer(asked), headers=_NO_STORE)
        except SignInError as error:
            return self.refuse(request, error)

    def refuse(self, request: web.Request, error: SignInError) -> web.Response:
        """The JSON body of a refusal, with its trace in the headers too."""
        trace = self.trace(request)
        return web.json_response(
            error_body(error, trace),
            status=error.status,
            headers=_NO_STORE | {"x-ms-request-id": trace.trace_id},
        )

    def trace(self, request: web.Request) -> Trace:
        """New ids for one exchange; the caller's `client-request-id` correlates."""
        number = next(self._exchanges)
        own = _guid(self._login.tenant.tenant_id, "trace", str(number))
        given = request.headers.get("client-request-id") or request.query.get("client-request-id")
        correlation = given or _guid(self._login.tenant.tenant_id, "correlation", str(number))
        return Trace(own, correlation, self._login.now())


async def form_of(request: web.Request) -> dict[str, str]:
    """Fields of a posted form; raises SignInError for a body that is none."""
    try:
        fields = await request.post()
    except (ValueError, LookupError) as error:
        raise SignInError(900144, "The request body is not a readable form.") from error
    return {name: value for name, value in fields.items() if isinstance(value, str)}


def authority_of(request: web.Request) -> str:
    """Scheme and host as the client wrote them."""
    return f"{request.scheme}://{request.host}"


def _guid(*names: str) -> str:
    return str(UUID(bytes=hashlib.sha256("/".join(names).encode()).digest()[:16]))
