"""The address of a page, which holds the whole view: filters, sorting, page, instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request

PLACE: Final = ("page", "format")
"""Where in a list one is, and as what one has it. The rest is what one sees in it."""


@dataclass(frozen=True)
class Address:
    path: str
    items: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, request: Request) -> Address:
        return cls(request.url.path, tuple(request.query_params.multi_items()))

    def __str__(self) -> str:
        return f"{self.path}?{urlencode(self.items)}" if self.items else self.path

    def get(self, name: str) -> str:
        return next((value for key, value in self.items if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.items if key == name and value)

    def setting(self, **values: str) -> Address:
        """An empty value takes the name away."""
        kept = self.without(*values).items
        return Address(self.path, (*kept, *((k, v) for k, v in values.items() if v)))

    def without(self, *names: str) -> Address:
        return Address(self.path, tuple(item for item in self.items if item[0] not in names))

    def without_value(self, name: str, value: str) -> Address:
        return Address(self.path, tuple(item for item in self.items if item != (name, value)))

    def besides(self, *names: str) -> Address:
        """The view but for `names`, from its first page on: what stays when they change, and what
        a form that asks for them sends along."""
        return self.without(*names, *PLACE)
