"""Filters of C1's searches that cannot be answered here are refused, not passed over in silence."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import model_validator
from pydantic.alias_generators import to_snake

from ostiary.server.kernel.paging import PagedRequest


class SearchRequest(PagedRequest):
    """`unsupported` are the filters and orders that C1 has and we have not, in snake_case. At their
    defaults they ask for nothing and pass, as clients send them."""

    unsupported: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _refuse_unsupported(cls, value: Any) -> Any:
        if isinstance(value, dict):
            for name, wanted in value.items():
                if to_snake(str(name)) in cls.unsupported and not _is_default(wanted):
                    raise ValueError(f"{name} is not supported")
        return value


def _is_default(value: Any) -> bool:
    return not value or (isinstance(value, str) and value.endswith("_UNSPECIFIED"))
