"""Passwords of local accounts: which are good enough, and how they are kept."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 256
FEWEST_DIFFERENT = 6
STANDARD = PasswordHasher()


class WeakPasswordError(ValueError):
    """The message is for the person who chose it."""


def check_password(password: str, *personal: str) -> None:
    """Length counts, composition does not (NIST SP 800-63B). `personal`: e-mail and name.

    WeakPasswordError says what to change.
    """
    if len(password) < SHORTEST:
        raise WeakPasswordError(f"Use at least {SHORTEST} characters.")
    if len(password) > LONGEST:
        raise WeakPasswordError(f"Use at most {LONGEST} characters.")
    folded = password.casefold()
    if len(set(folded)) < FEWEST_DIFFERENT:
        raise WeakPasswordError("Use more different characters.")
    if _is_sequence(folded):
        raise WeakPasswordError("Do not use a row of neighbouring characters.")
    for part in _guessable(personal):
        if part in folded:
            raise WeakPasswordError(f"Do not use “{part}” in the password.")


def _guessable(personal: tuple[str, ...]) -> list[str]:
    words = [word for text in personal for word in text.casefold().replace("@", " ").split()]
    return [word for word in [*words, "password", "ostiary"] if len(word) >= 4]


def _is_sequence(text: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps in ({1}, {-1})


class Passwords:
    """argon2id (RFC 9106). `hasher` decides the cost."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or STANDARD
        self._nobody = _nobodys_hash(self._hasher)

    def hash(self, password: str) -> str:
        return self._hasher.hash(_normal(password))

    def verify(self, hashed: str | None, password: str) -> bool:
        """Takes as long for an account that does not exist (None) as for one that does."""
        try:
            self._hasher.verify(hashed or self._nobody, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return hashed is not None

    def is_outdated(self, hashed: str) -> bool:
        """Made with another cost than today's."""
        return self._hasher.check_needs_rehash(hashed)


@cache
def _nobodys_hash(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody has this password")


def _normal(password: str) -> str:
    """The same password typed on two keyboards is the same."""
    return unicodedata.normalize("NFKC", password)
