"""The address of a page, which holds the whole view: filters, sorting, page, instant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request


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

    def others(self, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """What a form has to carry along that asks for `names` itself."""
        return self.without(*names).items
