"""The resolved configuration a connector reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

Value = str | bool | int | tuple[str, ...]
"""What a field can hold. An empty string, 0, False and () mean "not given"."""


class Settings:
    """Resolved values by field name, typed on access.

    Asking for an undeclared field raises `KeyError`, asking for the wrong type `TypeError`: both
    are mistakes of the connector, not of its user. `repr` never shows a secret.
    """

    def __init__(
        self,
        values: Mapping[str, Value],
        *,
        secrets: frozenset[str] = frozenset(),
        given: frozenset[str] = frozenset(),
        auth_method: str = "",
    ) -> None:
        self._values = dict(values)
        self._secrets = secrets
        self._given = given
        self.auth_method = auth_method
        """Name of the field group in force, or "" when the connector declares none."""

    def get_str(self, name: str) -> str:
        return self._typed(name, str)

    def get_bool(self, name: str) -> bool:
        return self._typed(name, bool)

    def get_int(self, name: str) -> int:
        return self._typed(name, int)

    def get_list(self, name: str) -> tuple[str, ...]:
        return self._typed(name, tuple)

    def get_path(self, name: str) -> Path | None:
        """The path of a `file` or `string` field, or None when it was not given."""
        value = self.get_str(name)
        return Path(value).expanduser() if value else None

    def given(self, name: str) -> bool:
        """Whether a flag, the environment or the file named this field."""
        return name in self._given

    def secret_values(self) -> Iterator[str]:
        """The values that must never be shown."""
        for name in self._secrets:
            value = self._values[name]
            if isinstance(value, tuple):
                yield from value
            elif isinstance(value, str) and value:
                yield value

    def _typed(self, name: str, wanted: type[T]) -> T:
        value = self._values[name]
        if isinstance(value, wanted) and isinstance(value, bool) == (wanted is bool):
            return value
        raise TypeError(f"field {name!r} holds {type(value).__name__}, not {wanted.__name__}")

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name}={'***' if name in self._secrets and value else repr(value)}"
            for name, value in sorted(self._values.items())
        )
        return f"Settings({shown})"
