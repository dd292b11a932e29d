"""What each fault does to a request."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import msgspec

from ostiary.tenant.directory import Kind
from ostiary.tenant.surface.backend import Call
from ostiary.tenant.surface.delivery import Delivery
from ostiary.tenant.surface.errors import (
    RefusalError,
    expired_page_token,
    resync,
    sync_lost,
    unauthenticated,
)
from ostiary.tenant.surface.limits.limiter import UNITS, Charge, Limiter
from ostiary.tenant.surface.message import GraphResponse
from ostiary.tenant.surface.reads.sets import BY_KIND
from ostiary.tenant.surface.weather.rules import FaultName, Rule

_CODES = {
    500: ("InternalServerError", "An internal server error occurred."),
    502: ("BadGateway", "The server received an invalid response from an upstream server."),
    503: ("Service_ServiceUnavailable", "Service is temporarily unavailable. Please retry."),
    504: ("UnknownError", "The gateway did not receive a response in time."),
}
_PAGE = (
    b"<!DOCTYPE html><html><head><title>Bad Gateway</title></head>"
    b"<body><h1>502 Bad Gateway</h1><hr>proxy</body></html>"
)


@dataclass(frozen=True, slots=True)
class Strike:
    """One fault on its way to one request."""

    fault: FaultName
    rule: Rule
    chance: Random

    def before(self, call: Call, limiter: Limiter, charge: Charge) -> GraphResponse | None:
        """Raises the refusal, or answers in the handler's place, or lets the request through."""
        if self.fault == "throttle":
            raise self._throttled(call, limiter, charge)
        if self.fault == "unavailable":
            raise self._unavailable(self.rule.status or 503)
        if self.fault == "html":
            status = self.rule.status or 502
            return GraphResponse(status, _PAGE, content_type="text/html")
        refusal = _REFUSALS.get(self.fault)
        if refusal is not None:
            raise refusal(call)
        if call.request.batched and self.fault in _BROKEN:
            raise self._unavailable(503)
        return None

    def after(self, call: Call, response: GraphResponse) -> GraphResponse:
        if self.fault in _BROKEN or self.fault == "slow":
            response.delivery = self._delivery()
        elif self.fault == "foreign_link":
            response.body = _with_foreign_links(call, response.body, self.rule.host)
        elif self.fault == "vanish":
            self._vanish(call)
        return response

    def _throttled(self, call: Call, limiter: Limiter, charge: Charge) -> RefusalError:
        wait = self.rule.retry_after
        if wait is None:
            return RefusalError(429, "TooManyRequests", "Too Many Requests")
        seconds = 2.0 if wait is msgspec.UNSET else float(wait)
        return limiter.refuse(call, UNITS, seconds, charge)

    def _unavailable(self, status: int) -> RefusalError:
        code, message = _CODES.get(status, ("UnknownError", ""))
        wait = self.rule.retry_after
        told = wait is not msgspec.UNSET and wait is not None
        return RefusalError(
            status, code, message, headers={"Retry-After": f"{wait:g}"} if told else None
        )

    def _delivery(self) -> Delivery:
        rule = self.rule
        match self.fault:
            case "truncate":
                return Delivery("truncate", share=0.5 if rule.share is None else rule.share)
            case "stall":
                return Delivery("stall", share=rule.share or 0.0, seconds=_or(rule.seconds, 3600.0))
            case "slow":
                return Delivery("slow", seconds=_or(rule.seconds, 1.0))
        return Delivery("drop")

    def _vanish(self, call: Call) -> None:
        kind = _kind_of(call)
        ids = list(call.directory.objects[kind]) if kind else []
        if ids:
            call.directory.soft_delete(self.chance.choice(ids))


_BROKEN = frozenset({"drop", "stall", "truncate"})
_REFUSALS: dict[str, Callable[[Call], RefusalError]] = {
    "expired_page": lambda call: expired_page_token(),
    "resync": lambda call: resync(call.request.url),
    "sync_lost": lambda call: sync_lost(),
    "expired_token": lambda call: unauthenticated(
        "Lifetime validation failed, the token is expired."
    ),
}


def _or(given: float | None, default: float) -> float:
    return default if given is None else given


def _kind_of(call: Call) -> Kind | None:
    """Of the set the request is about: members and owners stand for users."""
    first = call.request.segments[0].partition("(")[0].lower() if call.request.segments else ""
    if call.args and first == "groups":
        return Kind.USER
    kinds = {entity_set.path.lower(): kind for kind, entity_set in BY_KIND.items()}
    return kinds.get(first)


def _with_foreign_links(call: Call, body: bytes, host: str) -> bytes:
    foreign = f"https://{host}".encode()
    for name in (b"nextLink", b"deltaLink"):
        own = b'"@odata.%b":"%b' % (name, call.request.root.encode())
        body = body.replace(own, b'"@odata.%b":"%b' % (name, foreign))
    return body
