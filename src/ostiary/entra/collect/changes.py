"""What delta pages say: the fields of a record, each possibly absent, and changes of links.

In a delta page an absent property means "as before" and null means "now empty"; a record cannot
tell the two apart, so pages are read into a twin of it whose fields default to UNSET.
Source: Graph, "Use delta query to track changes", section "Representation of changes".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from ostiary.entra.image import Kind
from ostiary.entra.records import Record

KINDS = {
    "#microsoft.graph.user": Kind.USER,
    "#microsoft.graph.group": Kind.GROUP,
    "#microsoft.graph.servicePrincipal": Kind.SERVICE_PRINCIPAL,
    "#microsoft.graph.application": Kind.APPLICATION,
    "#microsoft.graph.device": Kind.DEVICE,
    "#microsoft.graph.orgContact": Kind.CONTACT,
}


class Removed(msgspec.Struct):
    """``reason`` is "changed" for a soft deletion, which can be restored, else "deleted"."""

    reason: str = "deleted"


class Reference(msgspec.Struct):
    """A directory object named by a relationship, or its removal from one."""

    id: str
    type: str | None = msgspec.field(name="@odata.type", default=None)
    removed: Removed | None = msgspec.field(name="@removed", default=None)

    @property
    def kind(self) -> Kind:
        """OTHER when Graph does not say, or says something we do not read."""
        return KINDS.get(self.type or "", Kind.OTHER)


class Change(msgspec.Struct, kw_only=True):
    """Any object of a delta page."""

    id: str
    removed: Removed | UnsetType = msgspec.field(name="@removed", default=UNSET)


References = list[Reference] | UnsetType


def changes_of(record: type[Record], **relations: str) -> type[Any]:
    """The twin of a record for delta pages.

    ``relations`` maps attribute names to relationship names as Graph writes them, so
    ``members="members@delta"`` adds a field ``members`` of references.
    """
    fields: list[tuple[str, Any, Any]] = [
        (field.name, field.type | UnsetType, UNSET)
        for field in msgspec.structs.fields(record)
        if field.name != "id"
    ]
    for attribute, name in relations.items():
        fields.append((attribute, References, msgspec.field(name=name, default=UNSET)))
    return msgspec.defstruct(
        f"{record.__name__}Change", fields, bases=(Change,), kw_only=True, module=__name__
    )


def last_word(references: list[Reference]) -> dict[str, Reference]:
    """Each referenced id once, as the page finally leaves it: later entries win."""
    return {reference.id: reference for reference in references}


def runs(page: Sequence[Any]) -> Iterator[tuple[bool, list[Any]]]:
    """A page cut into stretches of present and of removed objects, in Graph's order.

    The order counts: an object can be removed and come back within one page.
    """
    for present, stretch in groupby(page, key=lambda change: change.removed is UNSET):
        yield present, list(stretch)
