"""Users and their managers, by delta: half the pages of a listing with managers expanded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from ostiary.entra.collect.changes import References, changes_of, last_word, runs
from ostiary.entra.collect.query import Query
from ostiary.entra.image import Image, Kind
from ostiary.entra.records import User, encode, fields_of

EXTENSION_ATTRIBUTES = "onPremisesExtensionAttributes"
UserChange = changes_of(User, managers="manager@delta")


class Users:
    """The users/delta collection; manager comes as a relationship of one."""

    name = cursor = "users"
    item = UserChange

    def __init__(self, *, extension_attributes: bool) -> None:
        left_out = () if extension_attributes else (EXTENSION_ATTRIBUTES,)
        self.query = Query("/users/delta", select=fields_of(User, without=left_out))

    def apply(self, image: Image, page: Sequence[Any]) -> None:
        for present, users in runs(page):
            if present:
                image.objects.patch(Kind.USER, [(user.id, _patch(user)) for user in users])
            else:
                image.objects.remove([user.id for user in users])

    def reset(self, image: Image) -> None:
        image.objects.reset(Kind.USER)


def _patch(user: Any) -> str:
    user.manager = _only(user.managers)
    user.managers = UNSET
    return encode(user)


def _only(references: References) -> object:
    """The one manager a user has after a page; UNSET when the page does not speak of it."""
    if references is UNSET:
        return UNSET
    assert isinstance(references, list)
    standing = [r.id for r in last_word(references).values() if r.removed is None]
    return standing[-1] if standing else None
