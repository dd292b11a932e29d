"""How much a sync brought, by resource type, and what it changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ostiary.server.web.components.tabs import Tile

KINDS: Final = {
    "resources": "Resources",
    "entitlements": "Entitlements",
    "grants": "Grants",
}
"""Those that people look for; accounts are resources, and types say nothing by themselves."""


@dataclass(frozen=True)
class Count:
    """Of one resource type of a kind: how many there are, and what the sync did to them."""

    kind: str
    type_name: str
    number: int
    added: int
    removed: int
    changed: int


def counts(
    numbers: Mapping[str, Any] | None,
    deltas: Mapping[str, Any] | None,
    names: Mapping[str, str],
) -> list[Count]:
    """As `connector_syncs` keeps them: {kind: {type: number}}, {kind: {type: {added, …}}}.
    `names`: what types are called, by their id in the source; one without is called by the id."""
    numbers, deltas = numbers or {}, deltas or {}
    found = []
    for kind, title in KINDS.items():
        here, changed = by_type(numbers, kind), by_type(deltas, kind)
        for each in sorted({*here, *changed}, key=lambda each: names.get(each) or each):
            delta = changed.get(each, {})
            sizes = (int(delta.get(what, 0)) for what in ("added", "removed", "changed"))
            found.append(Count(title, names.get(each) or each, here.get(each, 0), *sizes))
    return found


def tiles(numbers: Mapping[str, Any] | None, app_path: str) -> list[Tile]:
    """What is there since the sync; empty when none was applied. Without `app_path` they lead
    nowhere."""
    if not numbers:
        return []
    leads = {kind: f"{app_path}/{kind}" for kind in ("accounts", "entitlements") if app_path}
    titles = {"resources": "Resources", "accounts": "Accounts", **KINDS}
    return [
        Tile(title, total(numbers, kind), leads.get(kind, ""), title.removesuffix("s"))
        for kind, title in titles.items()
        if kind in numbers
    ]


def total(numbers: Mapping[str, Any], kind: str) -> int:
    return sum(by_type(numbers, kind).values())


def changes(deltas: Mapping[str, Any] | None) -> str:
    """`+12 −3 ~1`, over everything; empty when nothing changed."""
    sums = {"added": 0, "removed": 0, "changed": 0}
    for kind in KINDS:
        for delta in by_type(deltas or {}, kind).values():
            for what in sums:
                sums[what] += int(delta.get(what, 0))
    signs = {"added": "+", "removed": "\u2212", "changed": "~"}
    return " ".join(f"{signs[what]}{number:,}" for what, number in sums.items() if number)


def by_type(of: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """By the ids of types in the source. Syncs of earlier releases may hold something else."""
    found = of.get(kind)
    return found if isinstance(found, Mapping) else {}
