"""Tabs over related lists, and numbers that lead to them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tab:
    """`href`: a path of ours; the instant of the page is added. `count`: None shows none."""

    title: str
    href: str
    current: bool
    count: int | None = None


@dataclass(frozen=True)
class Tile:
    """None is unknown. Without `href` it leads nowhere."""

    title: str
    number: int | None
    href: str = ""
