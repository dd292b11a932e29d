"""Whom directories know by what an identity provider calls them."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

Recognizer = Callable[[sa.Connection, str, str], str | None]
"""From an issuer and a subject to the public id of a user, if a directory vouches for it."""


def nobody(_connection: sa.Connection, _issuer: str, _subject: str) -> str | None:
    """Where there is no directory."""
    return None
