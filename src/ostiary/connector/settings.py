"""The resolved configuration a connector reads."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from ostiary.connector.fields import Field, Value
from ostiary.connector.status import ConnectorError, Status

T = TypeVar("T")

INLINE_PREFIXES = ("data:", "-----BEGIN ")
"""A `file` value that starts so is the content itself, not a path."""


class Settings:
    """Resolved values by field name, typed on access.

    Asking for an undeclared field raises `KeyError`, asking for the wrong type `TypeError`: both
    are mistakes of the connector, not of its user. `repr` never shows a secret.
    """

    def __init__(
        self,
        fields: Iterable[Field],
        values: Mapping[str, Value],
        *,
        auth_method: str = "",
    ) -> None:
        """`values` holds what was given; the other fields have their defaults."""
        self._fields = {declared.name: declared for declared in fields}
        self._given = dict(values)
        self._values = {
            name: values.get(name, declared.initial) for name, declared in self._fields.items()
        }
        self.auth_method = auth_method
        """Name of the field group in force, or "" when the connector declares none."""

    def replaced(self, values: Mapping[str, Value]) -> Settings:
        """The same settings, with these values as if they had been given."""
        return Settings(
            self._fields.values(), {**self._given, **values}, auth_method=self.auth_method
        )

    def get_str(self, name: str) -> str:
        return self._typed(name, str)

    def get_bool(self, name: str) -> bool:
        return self._typed(name, bool)

    def get_int(self, name: str) -> int:
        return self._typed(name, int)

    def get_list(self, name: str) -> tuple[str, ...]:
        return self._typed(name, tuple)

    def get_path(self, name: str) -> Path | None:
        """The path a `file` or `string` field names, or None when it was not given."""
        value = self.get_str(name)
        return Path(value).expanduser() if value else None

    def read_file(self, name: str) -> bytes | None:
        """What a `file` field points at or holds: a path, PEM text, or a base64 data URL.

        None when it was not given; `ConnectorError` when it cannot be read.
        """
        value = self.get_str(name)
        if not value:
            return None
        if value.startswith("data:"):
            return _decoded(name, value)
        if value.startswith(INLINE_PREFIXES):
            return value.encode()
        try:
            return Path(value).expanduser().read_bytes()
        except OSError as error:
            raise ConnectorError(
                Status.INVALID_ARGUMENT,
                f"--{name} names a file that cannot be read: {value} ({error.strerror}).",
                remedy="Check the path and its permissions.",
            ) from error

    def given(self, name: str) -> bool:
        """Whether a flag, the environment or the file named this field, and not as empty."""
        return name in self._given and self._values[name] != self._fields[name].empty

    def secret_values(self) -> Iterator[str]:
        """The values that must never be shown: secrets, and files given inline, not by path."""
        for name, declared in self._fields.items():
            value = self._values[name]
            if _is_concealed(declared, value):
                yield from value if isinstance(value, tuple) else (str(value),)

    def _typed(self, name: str, wanted: type[T]) -> T:
        value = self._values[name]
        if isinstance(value, wanted) and isinstance(value, bool) == (wanted is bool):
            return value
        raise TypeError(f"field {name!r} holds {type(value).__name__}, not {wanted.__name__}")

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name}={'***' if _is_concealed(self._fields[name], value) else repr(value)}"
            for name, value in self._values.items()
        )
        return f"Settings({shown})"


def _is_concealed(declared: Field, value: Value) -> bool:
    if declared.kind == "file":
        return isinstance(value, str) and value.startswith(INLINE_PREFIXES)
    return declared.secret and bool(value)


def _decoded(name: str, url: str) -> bytes:
    header, _, content = url.partition(",")
    try:
        return base64.b64decode(content, validate=header.endswith(";base64"))
    except binascii.Error as error:
        raise ConnectorError(
            Status.INVALID_ARGUMENT,
            f"--{name} holds a data URL that is not base64.",
            remedy="Give the path of the file instead.",
        ) from error
