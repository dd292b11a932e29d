"""What happens to every request, in a batch or alone: who asks, where it goes, what it may."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from ostiary.tenant.clock import graph_time
from ostiary.tenant.surface.backend import Backend, Call
from ostiary.tenant.surface.batch import batch_routes
from ostiary.tenant.surface.caller import Authorize, Caller, TokenRejected
from ostiary.tenant.surface.errors import RefusalError, unauthenticated
from ostiary.tenant.surface.limits.buckets import Wait
from ostiary.tenant.surface.limits.ledger import Ledger
from ostiary.tenant.surface.limits.limiter import Charge, Limiter, charge_for
from ostiary.tenant.surface.message import GraphRequest, GraphResponse, json_response
from ostiary.tenant.surface.permissions import granting, require_permission
from ostiary.tenant.surface.routing import Route, Router
from ostiary.tenant.surface.weather import Weather

NOWHERE = "unknown"
"""How the ledger names a request that found no route."""


@dataclass(slots=True)
class Exchange:
    """What became known of a request on its way."""

    operation: str = NOWHERE
    charge: Charge | None = None


class Pipeline:
    def __init__(
        self,
        backend: Backend,
        authorize: Authorize,
        routes: Iterable[Route],
        limiter: Limiter,
        *,
        seed: int = 1,
    ) -> None:
        self.backend = backend
        self.ledger = Ledger()
        self.limiter = limiter
        self.weather: Weather | None = None
        self.untold: list[Wait] = []
        self._authorize = authorize
        self._router = Router()
        for route in (*routes, *batch_routes(self.answer)):
            self._router.add(route)
        self._granting: Callable[[Route], frozenset[str]] = lru_cache(maxsize=None)(granting)
        self._served = 0
        self._seed = seed

    def answer(self, request: GraphRequest) -> GraphResponse:
        """Never raises a refusal: a refusal is an answer."""
        self._served += 1
        self.backend.catch_up()
        request_id = f"{self._served:08x}-0000-4000-8000-{self._seed:012x}"
        exchange = Exchange()
        try:
            response = self._dispatch(request, exchange)
        except RefusalError as refusal:
            response = self._refused(refusal, request, request_id)
        self._close(request, exchange, response)
        client_id = request.headers.get("client-request-id")
        response.headers["request-id"] = request_id
        response.headers["client-request-id"] = client_id or request_id
        return response

    def _dispatch(self, request: GraphRequest, exchange: Exchange) -> GraphResponse:
        caller = self._caller(request)
        route, args = self._router.match(request.method, request.segments)
        call = Call(self.backend, request, args, caller)
        exchange.operation = route.name
        exchange.charge = charge_for(call, route)
        self.limiter.admit(call, route, exchange.charge)
        strike = self.weather.strike(route.name, request) if self.weather else None
        struck = strike.before(call, self.limiter, exchange.charge) if strike else None
        if struck is not None:
            return struck
        require_permission(call, route, self._granting(route))
        response = self._handled(call, route)
        return strike.after(call, response) if strike else response

    def _handled(self, call: Call, route: Route) -> GraphResponse:
        version = self.backend.directory.journal.version
        response = route.handler(call)
        if call.request.method != "GET":
            self._attribute(call.caller, version)
        return response

    def _attribute(self, caller: Caller, version: int) -> None:
        """The audit log names the app behind each change made through Graph."""
        latest = self.backend.directory.journal.version
        initiators = self.backend.initiators
        for each in range(version + 1, latest + 1):
            initiators.setdefault(each, caller.app_id)

    def _close(self, request: GraphRequest, exchange: Exchange, response: GraphResponse) -> None:
        charge = exchange.charge
        if charge is not None:
            response.headers = {**charge.headers, **response.headers}
            self.untold += charge.waits
        now = self.backend.clock.now()
        self.ledger.record(request, exchange.operation, response.status, now, charge)

    def _caller(self, request: GraphRequest) -> Caller:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise unauthenticated("Access token is empty.")
        try:
            return self._authorize(token.strip())
        except TokenRejected as rejected:
            raise unauthenticated(str(rejected)) from None

    def _refused(
        self, refusal: RefusalError, request: GraphRequest, request_id: str
    ) -> GraphResponse:
        date = graph_time(self.backend.clock.now()).removesuffix("Z")
        client_id = request.headers.get("client-request-id") or request_id
        body = refusal.envelope(date, request_id, client_id)
        return json_response(body, refusal.status, **refusal.headers)
