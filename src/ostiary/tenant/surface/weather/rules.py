"""One rule of a forecast: which requests it strikes, with what."""

from fnmatch import fnmatchcase
from random import Random
from typing import Literal

import msgspec

from ostiary.tenant.surface.message import GraphRequest

FaultName = Literal[
    "throttle",
    "unavailable",
    "html",
    "drop",
    "stall",
    "truncate",
    "slow",
    "expired_page",
    "resync",
    "sync_lost",
    "vanish",
    "foreign_link",
    "expired_token",
]


class InvalidWeatherError(ValueError):
    """The forecast cannot be read; the argument says what is wrong with it."""


class Rule(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """See the package for what each setting means."""

    match: str = "*"
    fault: FaultName | None = None
    script: list[FaultName | None] | None = None
    nth: list[int] = []
    every: int = 0
    probability: float | None = None
    times: int | None = None
    status: int | None = None
    retry_after: float | msgspec.UnsetType | None = msgspec.UNSET
    seconds: float | None = None
    share: float | None = None
    host: str = "graph.example.net"

    def __post_init__(self) -> None:
        if (self.fault is None) == (self.script is None):
            raise ValueError("a rule needs either fault or script")


class ArmedRule:
    """A rule with its counters."""

    def __init__(self, rule: Rule, chance: Random) -> None:
        self.rule = rule
        self._chance = chance
        self._met = 0
        self._struck = 0

    def strikes(self, operation: str, request: GraphRequest) -> FaultName | None:
        rule = self.rule
        if not self._matches(operation, request):
            return None
        self._met += 1
        if rule.times is not None and self._struck >= rule.times:
            return None
        fault = self._scripted() if rule.script is not None else self._chosen()
        self._struck += fault is not None
        return fault

    def _matches(self, operation: str, request: GraphRequest) -> bool:
        pattern = self.rule.match
        named = fnmatchcase(operation, pattern) or operation == pattern
        if not named and not fnmatchcase(f"{request.method} {request.raw_path}", pattern):
            return False
        return self.rule.fault is None or can_strike(self.rule.fault, operation, request)

    def _scripted(self) -> FaultName | None:
        script = self.rule.script or []
        return script[self._met - 1] if self._met <= len(script) else None

    def _chosen(self) -> FaultName | None:
        rule = self.rule
        choices = [
            bool(rule.nth) and self._met in rule.nth,
            bool(rule.every) and self._met % rule.every == 0,
            rule.probability is not None and self._chance.random() < rule.probability,
        ]
        unconditional = not rule.nth and not rule.every and rule.probability is None
        return rule.fault if unconditional or any(choices) else None


def can_strike(fault: FaultName, operation: str, request: GraphRequest) -> bool:
    """Token faults need a request that carries a token."""
    delta = operation.endswith("/delta")
    skip, token = "$skiptoken" in request.options, bool(request.options.get("$deltatoken"))
    if fault == "expired_page":
        return skip and not delta
    if fault in ("resync", "sync_lost"):
        return delta and (skip or (token and request.options["$deltatoken"] != "latest"))
    return True
