"""A Graph request as data: path and query options."""

from __future__ import annotations

from typing import NamedTuple


class Query(NamedTuple):
    """``text`` identifies it: a cursor saved under one query is never used for another."""

    path: str
    select: str = ""
    expand: str = ""
    top: int = 0
    filter: str = ""

    @property
    def params(self) -> dict[str, str]:
        options = {
            "$select": self.select,
            "$expand": self.expand,
            "$top": str(self.top or ""),
            "$filter": self.filter,
        }
        return {name: value for name, value in options.items() if value}

    @property
    def text(self) -> str:
        return "&".join([self.path, *(f"{name}={value}" for name, value in self.params.items())])
