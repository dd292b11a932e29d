"""Splits a $filter into tokens."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ostiary.tenant.surface.errors import invalid_filter

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>'(?:[^']|'')*')
    | (?P<instant>\d{4}-\d{2}-\d{2}(?:T[0-9:.]+(?:Z|[+-]\d{2}:\d{2})?)?(?![0-9a-fA-F-]))
    | (?P<guid>[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})
    | (?P<number>-?\d+(?:\.\d+)?)
    | (?P<name>\$?[A-Za-z_@][\w.]*(?:/\$?[A-Za-z_@][\w.]*)*)
    | (?P<mark>[(),:])
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    at: int


def tokens(text: str) -> Iterator[Token]:
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise invalid_filter(f"Syntax error at position {at} in '{text}'.")
        kind = match.lastgroup or ""
        yield Token(kind, match.group(kind), match.start(kind))
        at = match.end()
