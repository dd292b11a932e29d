"""Which buckets a request draws from, and the 429 when one is empty."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.surface.backend import Call
from ostiary.tenant.surface.errors import RefusalError
from ostiary.tenant.surface.limits.buckets import Bucket, Wait
from ostiary.tenant.surface.limits.costs import Cost, cost
from ostiary.tenant.surface.routing import Route

WARN_ABOVE = 0.8
_SIZES = ((50, 3500), (501, 5000))
_LARGEST = 8000


class Limit(NamedTuple):
    """`amount` per `seconds` for one app in one tenant; `scaled` by the quota factor."""

    name: str
    amount: float
    seconds: float
    information: str
    scaled: bool = False


UNITS = Limit("ReadWrite", _LARGEST, 10, "ResourceUnitLimitExceeded", scaled=True)
WRITES = Limit("Write", 3000, 150, "WriteLimitExceeded", scaled=True)
REPORTS = Limit("Reports", 5, 10, "RequestLimitExceeded")
SIGN_INS = Limit("SignInActivity", 10, 60, "RequestLimitExceeded")
PROVISION = Limit("ProvisionOnDemand", 5, 10, "RequestLimitExceeded")


@dataclass(slots=True)
class Charge:
    """What was drawn for a request, or why not; `broke` names a wait it did not respect."""

    cost: Cost
    broke: str | None = None
    waits: list[Wait] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


class Limiter:
    """`quota` scales the resource unit and write limits: 0.1 makes throttling easy to meet."""

    def __init__(self, directory: Directory, quota: float = 1.0) -> None:
        self._directory = directory
        self._clock = directory.clock
        self.quota = quota
        self._buckets: dict[tuple[str, str, str], Bucket] = {}

    def admit(self, call: Call, route: Route, charge: Charge) -> None:
        """Draws from every bucket the request concerns, or from none and raises 429."""
        now = self._clock.now()
        draws = [
            (limit, amount, self._bucket(limit, call))
            for limit, amount in _draws(call, route, charge.cost)
        ]
        for limit, _, bucket in draws:
            wait = bucket.wait
            if wait and wait.broken_by(now, call.request.connection, call.request.arrived):
                charge.broke = limit.name
        for limit, amount, bucket in draws:
            shortage = bucket.shortage(amount, now)
            if shortage > 0:
                raise self.refuse(call, limit, shortage, charge)
        for _, amount, bucket in draws:
            bucket.take(amount)
        self._warn(draws, charge)

    def refuse(self, call: Call, limit: Limit, seconds: float, charge: Charge) -> RefusalError:
        """The 429; from now on nothing of this limit is given until it has passed."""
        bucket = self._bucket(limit, call)
        seconds = math.ceil(seconds * 1000) / 1000
        charge.waits.append(bucket.hold(seconds, self._clock.now(), call.request.connection))
        caller = call.caller
        scope = f"Tenant_Application/{limit.name}/{caller.app_id}/{caller.tenant_id}"
        return RefusalError(
            429,
            "TooManyRequests",
            "Too Many Requests",
            headers={
                "Retry-After": f"{seconds:g}",
                "x-ms-throttle-scope": scope,
                "x-ms-throttle-information": limit.information,
                "x-ms-throttle-limit-percentage": f"{min(1.8, max(1.0, bucket.used)):.2f}",
            },
        )

    def _warn(self, draws: list[tuple[Limit, float, Bucket]], charge: Charge) -> None:
        used = max((bucket.used for _, _, bucket in draws), default=0.0)
        if used > WARN_ABOVE:
            charge.headers["x-ms-throttle-limit-percentage"] = f"{used:.2f}"

    def _bucket(self, limit: Limit, call: Call) -> Bucket:
        key = (limit.name, call.caller.app_id, call.caller.tenant_id)
        amount = self._amount(limit)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(amount, limit.seconds, self._clock.now())
        bucket.resize(amount)
        return bucket

    def _amount(self, limit: Limit) -> float:
        amount = self._units() if limit is UNITS else limit.amount
        return max(1.0, amount * self.quota) if limit.scaled else amount

    def _units(self) -> float:
        """By the size of the tenant: fewer than 50 users, up to 500, more."""
        users = len(self._directory.objects[Kind.USER])
        return next((amount for below, amount in _SIZES if users < below), _LARGEST)


def charge_for(call: Call, route: Route) -> Charge:
    found = cost(route, call.request.options, call.request.body)
    return Charge(found, headers={"x-ms-resource-unit": str(found.units)} if found.units else {})


def _draws(call: Call, route: Route, of: Cost) -> Iterator[tuple[Limit, float]]:
    template = route.template
    if template.startswith("/auditLogs/") or "/authentication/" in template:
        yield REPORTS, 1
        return
    if template.endswith("/provisionOnDemand"):
        yield PROVISION, 1
        return
    if of.units:
        yield UNITS, of.units
    if of.writes:
        yield WRITES, of.writes
    if template == "/users" and _asks_for_sign_ins(call):
        yield SIGN_INS, 1


def _asks_for_sign_ins(call: Call) -> bool:
    options = call.request.options
    return "signinactivity" in (options.get("$select", "") + options.get("$filter", "")).lower()
