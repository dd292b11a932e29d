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
    """None is unknown. Without `href` it leads nowhere. `one`: the title where there is one."""

    title: str
    number: int | None
    href: str = ""
    one: str = ""

    @property
    def caption(self) -> str:
        return self.one if self.one and self.number == 1 else self.title
