"""From what somebody types to the one record that is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from ostiary.baton.pb import connector_v2 as v2
from ostiary.cli.c1z.names import clean, emails, entitlement_name, logins
from ostiary.cli.c1z.syncfile import SyncFile

_LISTED: Final = 20


class FindingError(Exception):
    """What was typed means nothing in the file, or several things."""


class NothingFoundError(FindingError):
    """Says what was searched for, and where."""


class AmbiguousError(FindingError):
    """Lists the candidates with type and id."""


def find_type(file: SyncFile, text: str) -> str:
    """A resource type's id by its id or display name."""
    for kind in file.types.values():
        if text.casefold() in (kind.id.casefold(), kind.display_name.casefold()):
            return kind.id
    known = ", ".join(sorted(file.types)) or "none"
    raise NothingFoundError(f"No resource type is called {text!r}. The file has: {known}.")


def find_resource(file: SyncFile, text: str, type_id: str | None = None) -> v2.Resource:
    """By id or `type:id`, else by login, else by e-mail, else by display name.

    A stronger match hides weaker ones: somebody's login is not mistaken for a group's name.
    """
    found = list(_by_id(file, text, type_id)) or _by_name(file, text, type_id)
    if len(found) == 1:
        return found[0]
    kind = f"{type_id} " if type_id else ""
    if found:
        raise AmbiguousError(
            f"{text!r} is the name of {len(found)} {kind}resources. Say which by type:id:\n"
            + _listed(f"{_external_id(one)}  {clean(one.display_name)}" for one in found)
        )
    raise NothingFoundError(
        f"Found no {kind}resource {text!r} in sync {file.sync.sync_id}. "
        "Searched ids (id, type:id), logins, e-mail addresses and display names."
    )


def find_entitlement(file: SyncFile, text: str) -> v2.Entitlement:
    """By id; by `resource: entitlement` with any name of either; by a resource that has only one;
    or by display name."""
    exact = file.entitlement(text)
    if exact is not None:
        return exact
    found = list(_of_resource(file, text)) or _with_display_name(file, text)
    if len(found) == 1:
        return found[0]
    if found:
        raise AmbiguousError(
            f"{text!r} fits {len(found)} entitlements. Say which by id:\n"
            + _listed(f"{one.id}  {entitlement_name(file, one.id)}" for one in found)
        )
    raise NothingFoundError(
        f"Found no entitlement {text!r} in sync {file.sync.sync_id}. Searched entitlement ids, "
        "'resource: entitlement' names, names of resources and names of entitlements."
    )


def _by_id(file: SyncFile, text: str, type_id: str | None) -> Iterator[v2.Resource]:
    whole = file.resource_named(text)
    if whole is not None and type_id in (None, whole.id.resource_type):
        yield whole
        return
    for kind in [type_id] if type_id else file.types:
        if (resource := file.resource(kind, text)) is not None:
            yield resource
    yield from _only_in_grants(file, text, type_id)


def _only_in_grants(file: SyncFile, text: str, type_id: str | None) -> Iterator[v2.Resource]:
    """Principals that have grants but were not synced themselves."""
    kind, _, name = text.partition(":")
    if not name or type_id not in (None, kind):
        return
    if next(file.grants(principal_type=kind, principal=name), None) is not None:
        yield v2.Resource(id=v2.ResourceId(resource_type=kind, resource=name))


def _by_name(file: SyncFile, text: str, type_id: str | None) -> list[v2.Resource]:
    wanted = text.casefold()
    tiers: list[list[v2.Resource]] = [[], [], []]
    for resource in resources_mentioning(file, text, type_id):
        names: tuple[Iterable[str], ...] = (
            logins(resource),
            emails(resource),
            (resource.display_name,),
        )
        for tier, called in zip(tiers, names, strict=True):
            if any(wanted == name.casefold() for name in called):
                tier.append(resource)
                break
    return next((tier for tier in tiers if tier), [])


def resources_mentioning(
    file: SyncFile, text: str, type_id: str | None = None
) -> Iterator[v2.Resource]:
    """Resources that contain the text anywhere, in whatever case; only those are parsed."""
    mentions = _mentions(text)
    return (v2.Resource.FromString(data) for data in file.raw_resources(type_id) if mentions(data))


def _mentions(text: str) -> Callable[[bytes], bool]:
    if not text.isascii():
        return lambda data: True
    needle = text.lower().encode()
    return lambda data: needle in data.lower()


def _of_resource(file: SyncFile, text: str) -> Iterator[v2.Entitlement]:
    """Tries every colon as the border, as names may contain colons themselves."""
    seen: set[str] = set()
    for name, entitlement in [(text, None), *_splits(text)]:
        for resource in list(_by_id(file, name, None)) or _by_name(file, name, None):
            own = resource.id
            for one in file.entitlements(resource_type=own.resource_type, resource=own.resource):
                if one.id not in seen and (entitlement is None or _is_called(one, entitlement)):
                    seen.add(one.id)
                    yield one


def _splits(text: str) -> Iterator[tuple[str, str]]:
    for place, character in enumerate(text):
        left, right = text[:place].strip(), text[place + 1 :].strip()
        if character == ":" and left and right:
            yield left, right


def _is_called(entitlement: v2.Entitlement, name: str) -> bool:
    called = (entitlement.display_name.casefold(), entitlement.slug.casefold())
    return name.casefold() in called


def _with_display_name(file: SyncFile, text: str) -> list[v2.Entitlement]:
    mentions = _mentions(text)
    parsed = (
        v2.Entitlement.FromString(data) for _, data in file.raw_entitlements() if mentions(data)
    )
    return [one for one in parsed if one.display_name.casefold() == text.casefold()]


def _external_id(resource: v2.Resource) -> str:
    return f"{resource.id.resource_type}:{resource.id.resource}"


def _listed(candidates: Iterable[str]) -> str:
    lines = [f"  {line}" for line in candidates]
    more = len(lines) - _LISTED
    return "\n".join(lines[:_LISTED] + ([f"  and {more} more"] if more > 0 else []))
