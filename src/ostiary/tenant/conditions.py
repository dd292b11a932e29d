"""How good a day a simulated tenant has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ostiary.tenant.directory.directory import Directory
from ostiary.tenant.directory.objects import Properties
from ostiary.tenant.surface.delta.rounds import Quirks
from ostiary.tenant.surface.licensing import PREMIUM_P1, PREMIUM_P2
from ostiary.tenant.surface.weather import Weather

Premium = Literal["P1", "P2"]

_TAKEN_AWAY: dict[Premium | None, frozenset[str]] = {
    "P2": frozenset(),
    "P1": frozenset({PREMIUM_P2}),
    None: frozenset({PREMIUM_P1, PREMIUM_P2}),
}


@dataclass(frozen=True, slots=True)
class Conditions:
    """`latency`: seconds each Graph request takes at least. `quota`: factor on throttling limits.

    `lag`: seconds by which lists and delta trail writes. `premium`: the most Entra ID licence the
    tenant has, None for a free one; what the directory lacks from the start is not added.
    `weather` strikes requests with faults; `quirks` are the oddities of delta answers.
    """

    latency: float = 0.0
    quota: float = 1.0
    lag: float = 0.0
    premium: Premium | None = "P2"
    weather: Weather | None = None
    quirks: Quirks | None = None

    def __post_init__(self) -> None:
        if self.latency < 0 or self.lag < 0:
            raise ValueError("latency and lag cannot be negative")
        if self.quota <= 0:
            raise ValueError("quota must be above zero")


def limit_premium(directory: Directory, premium: Premium | None) -> None:
    """Take away the organization's plans beyond `premium`."""
    gone = _TAKEN_AWAY[premium]
    plans: list[Properties] = directory.organization.get("assignedPlans") or []
    kept = [plan for plan in plans if plan.get("servicePlanId") not in gone]
    if len(kept) < len(plans):
        directory.organization["assignedPlans"] = kept
