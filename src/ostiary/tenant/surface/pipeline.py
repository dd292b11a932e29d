"""What happens to every request, in a batch or alone: who asks, where it goes, what it may."""

from collections.abc import Callable, Iterable
from functools import lru_cache

from ostiary.tenant.clock import graph_time
from ostiary.tenant.surface.backend import Backend, Call
from ostiary.tenant.surface.caller import Authorize, Caller, TokenRejected
from ostiary.tenant.surface.errors import RefusalError
from ostiary.tenant.surface.message import GraphRequest, GraphResponse, json_response
from ostiary.tenant.surface.permissions import granting, require_permission
from ostiary.tenant.surface.routing import Route, Router


class Pipeline:
    def __init__(
        self, backend: Backend, authorize: Authorize, routes: Iterable[Route], seed: int = 1
    ) -> None:
        self.backend = backend
        self._authorize = authorize
        self._router = Router()
        for route in routes:
            self._router.add(route)
        self._granting: Callable[[Route], frozenset[str]] = lru_cache(maxsize=None)(granting)
        self._served = 0
        self._seed = seed

    def answer(self, request: GraphRequest) -> GraphResponse:
        """Never raises a RefusalError: a refusal is an answer."""
        self._served += 1
        request_id = f"{self._served:08x}-0000-4000-8000-{self._seed:012x}"
        try:
            response = self._dispatch(request)
        except RefusalError as refusal:
            response = self._refused(refusal, request, request_id)
        response.headers["request-id"] = request_id
        client_id = request.headers.get("client-request-id")
        response.headers["client-request-id"] = client_id or request_id
        return response

    def _dispatch(self, request: GraphRequest) -> GraphResponse:
        caller = self._caller(request)
        route, args = self._router.match(request.method, request.segments)
        call = Call(self.backend, request, args, caller)
        require_permission(call, route, self._granting(route))
        return route.handler(call)

    def _caller(self, request: GraphRequest) -> Caller:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise _unauthenticated("Access token is empty.")
        try:
            return self._authorize(token.strip())
        except TokenRejected as rejected:
            raise _unauthenticated(str(rejected)) from None

    def _refused(
        self, refusal: RefusalError, request: GraphRequest, request_id: str
    ) -> GraphResponse:
        date = graph_time(self.backend.clock.now()).removesuffix("Z")
        client_id = request.headers.get("client-request-id") or request_id
        body = refusal.envelope(date, request_id, client_id)
        return json_response(body, refusal.status, **refusal.headers)


def _unauthenticated(message: str) -> RefusalError:
    challenge = 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common"'
    return RefusalError(
        401, "InvalidAuthenticationToken", message, headers={"WWW-Authenticate": challenge}
    )
