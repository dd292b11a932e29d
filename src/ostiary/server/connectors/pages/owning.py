"""Owners as forms ask for them: people by their e-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ostiary.server.connectors.api.messages import MOST_OWNERS
from ostiary.server.connectors.store import listed
from ostiary.server.connectors.store.listed import Person
from ostiary.server.kernel.auth import user_store
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.database import Connection


@dataclass(frozen=True)
class Named:
    """`ids` of users; `problem` is what is wrong with the text, in words."""

    ids: tuple[str, ...]
    problem: str = ""


def shown(connection: Connection, user_ids: Sequence[str]) -> list[Person]:
    """Each with an address that `named` understands: whoever has none is named by their id."""
    return [
        each if each.email else Person(each.id, each.name, each.id)
        for each in listed.people(connection, user_ids)
    ]


def named(connection: Connection, text: str) -> Named:
    """With the addresses apart as people set them: by spaces, commas or lines."""
    words = list(dict.fromkeys(word for word in re.split(r"[\s,;]+", text) if word))
    if len(words) > MOST_OWNERS:
        return Named((), f"A connector has at most {MOST_OWNERS} owners.")
    found = {word: _user(connection, word) for word in words}
    unknown = [word for word, user in found.items() if user is None]
    ids = tuple(dict.fromkeys(user.public_id for user in found.values() if user))
    if unknown:
        return Named(ids, f"Nobody here has the e-mail address {', '.join(unknown)}.")
    return Named(ids)


def gone(connection: Connection, user_ids: Sequence[str]) -> bool:
    """Somebody of them, or they are more than a connector has."""
    if len(user_ids) > MOST_OWNERS:
        return True
    return any(user_store.find_public(connection, each) is None for each in user_ids)


def _user(connection: Connection, word: str) -> User | None:
    if "@" in word:
        return user_store.find_by_email(connection, word)
    return user_store.find_public(connection, word)
