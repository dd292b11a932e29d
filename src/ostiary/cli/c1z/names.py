"""What people call the things in a sync."""

from __future__ import annotations

import unicodedata
from typing import Final

from ostiary.baton.annotations import find
from ostiary.baton.pb import connector_v2 as v2
from ostiary.cli.c1z.syncfile import SyncFile

_UNSAFE: Final = {"Cc", "Cf", "Zl", "Zp"}
_JOINERS: Final = "\u200c\u200d"


def clean(text: str) -> str:
    """Names come from strangers: nothing in them may move the cursor or turn the line around."""
    if text.isprintable():
        return text
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character in "\t\n\r":
        return " "
    unsafe = unicodedata.category(character) in _UNSAFE and character not in _JOINERS
    return "\ufffd" if unsafe else character


def type_name(file: SyncFile, type_id: str) -> str:
    kind = file.types.get(type_id)
    return clean(kind.display_name if kind and kind.display_name else type_id)


def resource_name(file: SyncFile, own: v2.ResourceId) -> str:
    """The display name, or the id where the resource is not in the file or has no name.

    Old files hold grants to nobody; their principal is unknown.
    """
    resource = file.resource(own.resource_type, own.resource)
    return clean((resource.display_name if resource else "") or own.resource) or "unknown"


def entitlement_name(file: SyncFile, entitlement_id: str) -> str:
    """`Members of SG-Finance`; a display name that names its resource already stands alone."""
    entitlement = file.entitlement(entitlement_id)
    if entitlement is None:
        return clean(entitlement_id)
    own = clean(entitlement.display_name or entitlement.slug or entitlement_id)
    holder = clean(entitlement.resource.display_name) or resource_name(
        file, entitlement.resource.id
    )
    if is_group(file, entitlement.resource.id) and entitlement.slug.isalpha():
        return f"{entitlement.slug.capitalize()} of {holder}"
    if holder.casefold() in own.casefold():
        return own
    return f"{own[:1].upper()}{own[1:]} of {holder}"


def is_group(file: SyncFile, own: v2.ResourceId) -> bool:
    kind = file.types.get(own.resource_type)
    return kind is not None and v2.ResourceType.TRAIT_GROUP in kind.traits


def is_membership(file: SyncFile, entitlement: v2.Entitlement) -> bool:
    """Whether holding it means to be inside its resource, a group."""
    assignment = entitlement.purpose == v2.Entitlement.PURPOSE_VALUE_ASSIGNMENT
    in_group = is_group(file, entitlement.resource.id)
    return in_group and (assignment or entitlement.slug in ("member", "members"))


def station_name(file: SyncFile, entitlement_id: str) -> str:
    """An entitlement on the way to another: a group by its name, anything else in full."""
    entitlement = file.entitlement(entitlement_id)
    if entitlement is not None and is_membership(file, entitlement):
        return resource_name(file, entitlement.resource.id)
    return entitlement_name(file, entitlement_id)


def logins(resource: v2.Resource) -> list[str]:
    """Login and aliases."""
    trait = find(resource.annotations, v2.UserTrait)
    return [name for name in (trait.login, *trait.login_aliases) if name] if trait else []


def emails(resource: v2.Resource) -> list[str]:
    """The primary address first."""
    trait = find(resource.annotations, v2.UserTrait)
    found = sorted(trait.emails, key=lambda email: not email.is_primary) if trait else ()
    return [email.address for email in found]
