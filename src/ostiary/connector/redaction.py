"""Keeps secrets out of everything that is shown."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

MASK = "***"
SHORTEST = 4
"""Shorter values occur everywhere by chance; masking them would garble the text."""

SHORTEST_LINE = 16


class Redactor:
    """Replaces known secrets in text, also where they are escaped for JSON, repr or URLs."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._spellings: Counter[str] = Counter()
        self._pattern: re.Pattern[str] | None = None
        for secret in secrets:
            self.conceal(secret)

    def conceal(self, secret: str) -> None:
        """From now on this value is masked. Values under four characters are not."""
        before = len(self._spellings)
        self._spellings.update(set(_spellings(secret)))
        if len(self._spellings) > before:
            self._compile()

    def forget(self, secret: str) -> None:
        """Undo one `conceal`: a process that runs for months learns a new token every hour."""
        self._spellings.subtract(set(_spellings(secret)))
        self._spellings = +self._spellings
        self._compile()

    def _compile(self) -> None:
        longest_first = sorted(self._spellings, key=lambda text: (-len(text), text))
        self._pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def __call__(self, text: str) -> str:
        return text if self._pattern is None else self._pattern.sub(MASK, text)


def _spellings(secret: str) -> Iterator[str]:
    for part in _parts(secret):
        if len(part) >= SHORTEST:
            yield part
            yield json.dumps(part)[1:-1]
            yield json.dumps(part, ensure_ascii=False)[1:-1]
            yield repr(part)[1:-1]
            yield quote(part, safe="")
            yield quote_plus(part)


def _parts(secret: str) -> Iterator[str]:
    """The whole, and each long line of a key file, which may be quoted on its own."""
    yield secret
    lines = secret.splitlines()
    if len(lines) > 1:
        yield from (line for line in lines if len(line) >= SHORTEST_LINE and line[0] != "-")
