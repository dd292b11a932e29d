"""A page of what is in memory: searched, filtered, sorted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from ostiary.server.web.components.tables import Found, Row, Wanted

Sorted = str | int | datetime


@dataclass(frozen=True)
class Arranging(Generic[Row]):
    """By the keys of columns, of which `name` decides between equals, and of filters. `named`:
    what the search looks at. `most`: of more rows nobody counts the rest."""

    named: Callable[[Row], str]
    orders: Mapping[str, Callable[[Row], Sorted]]
    filters: Mapping[str, Callable[[Row], str]]
    most: int | None = None

    def page(self, rows: Sequence[Row], wanted: Wanted) -> Found[Row]:
        looked_at = rows[: self.most]
        kept = [row for row in looked_at if self._matches(row, wanted)]
        kept.sort(key=lambda row: _folded(self.orders["name"](row)))
        order = self.orders[wanted.sort]
        kept.sort(key=lambda row: _folded(order(row)), reverse=wanted.descending)
        shown = kept[wanted.offset : wanted.offset + wanted.size]
        return Found(shown, len(kept), len(looked_at), len(looked_at) < len(rows))

    def _matches(self, row: Row, wanted: Wanted) -> bool:
        if wanted.query.casefold() not in self.named(row).casefold():
            return False
        return all(
            not chosen or self.filters[key](row) in chosen for key, chosen in wanted.filters.items()
        )


def _folded(value: Sorted) -> Sorted:
    return value.casefold() if isinstance(value, str) else value
