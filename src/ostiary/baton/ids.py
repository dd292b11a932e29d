"""Identifiers of the protocol: joined ids, bids and KSUIDs (protocol reference 1.2 and 1.4)."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

UNKNOWN_GRANT_ID = "🧸_UNKNOWN_GRANT_ID"
"""What a server sends when it knows entitlement and principal but not the grant's id."""

KSUID_EPOCH = 1_400_000_000
_KSUID_LENGTH = 27
_KSUID_ENTROPY = 16
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def entitlement_id(resource_type: str, resource_id: str, slug: str) -> str:
    return f"{resource_type}:{resource_id}:{slug}"


def grant_id(entitlement: str, principal_type: str, principal_id: str) -> str:
    return f"{entitlement}:{principal_type}:{principal_id}"


def new_ksuid(
    clock: Callable[[], float] = time.time,
    entropy: Callable[[int], bytes] = os.urandom,
) -> str:
    """27 characters that sort by second of creation. `clock` gives Unix seconds."""
    seconds = int(clock()) - KSUID_EPOCH
    number = int.from_bytes(seconds.to_bytes(4, "big") + entropy(_KSUID_ENTROPY), "big")
    digits = []
    for _ in range(_KSUID_LENGTH):
        number, digit = divmod(number, 62)
        digits.append(_BASE62[digit])
    return "".join(reversed(digits))


def ksuid_time(ksuid: str) -> datetime:
    """When a KSUID was made, to the second, in UTC. ValueError for anything else than a KSUID."""
    if len(ksuid) != _KSUID_LENGTH:
        raise ValueError(f"not a KSUID, which has 27 characters: {ksuid!r}")
    number = 0
    for character in ksuid:
        digit = _BASE62.find(character)
        if digit < 0:
            raise ValueError(f"not a KSUID, {character!r} is no base62 digit: {ksuid!r}")
        number = number * 62 + digit
    if number >= 1 << 160:
        raise ValueError(f"not a KSUID, the value exceeds 20 bytes: {ksuid!r}")
    return datetime.fromtimestamp((number >> (8 * _KSUID_ENTROPY)) + KSUID_EPOCH, UTC)


@dataclass(frozen=True)
class ResourceBid:
    """`bid:r:[parent type/parent id/]type/id`"""

    resource_type: str
    resource_id: str
    parent_type: str = ""
    parent_id: str = ""

    def __str__(self) -> str:
        return f"bid:r:{self.part}"

    @property
    def part(self) -> str:
        parent = [self.parent_type, self.parent_id] if self.parent_type or self.parent_id else []
        return "/".join(_escape(name) for name in [*parent, self.resource_type, self.resource_id])


@dataclass(frozen=True)
class EntitlementBid:
    """`bid:e:<resource>:slug`"""

    resource: ResourceBid
    slug: str

    def __str__(self) -> str:
        return f"bid:e:{self.part}"

    @property
    def part(self) -> str:
        return f"{self.resource.part}:{_escape(self.slug)}"


@dataclass(frozen=True)
class GrantBid:
    """`bid:g:<entitlement>:<principal>`"""

    entitlement: EntitlementBid
    principal: ResourceBid

    def __str__(self) -> str:
        return f"bid:g:{self.entitlement.part}:{self.principal.part}"


def parse_bid(text: str) -> ResourceBid | EntitlementBid | GrantBid:
    """The inverse of `str(bid)`. ValueError names what is wrong."""
    kind, body = text[:6], text[6:]
    parts = _split(body)
    match kind, len(parts):
        case "bid:r:", 1:
            return _resource(parts[0], text)
        case "bid:e:", 2:
            return _entitlement(parts, text)
        case "bid:g:", 3:
            return GrantBid(_entitlement(parts[:2], text), _resource(parts[2], text))
    raise ValueError(f"not a Baton id (bid:r:…, bid:e:… or bid:g:…): {text!r}")


def _entitlement(parts: list[list[str]], text: str) -> EntitlementBid:
    if len(parts[1]) != 1:
        raise ValueError(f"the entitlement's slug has an unescaped slash: {text!r}")
    return EntitlementBid(_resource(parts[0], text), parts[1][0])


def _resource(names: list[str], text: str) -> ResourceBid:
    match names:
        case [resource_type, resource_id]:
            return ResourceBid(resource_type, resource_id)
        case [parent_type, parent_id, resource_type, resource_id]:
            return ResourceBid(resource_type, resource_id, parent_type, parent_id)
    raise ValueError(f"a resource has two names, or four with its parent: {text!r}")


def _escape(name: str) -> str:
    if not name:
        raise ValueError("a component of a Baton id is empty")
    return name.replace("\\", "\\\\").replace("/", "\\/").replace(":", "\\:")


def _split(body: str) -> list[list[str]]:
    """Colon-separated parts, each a list of its slash-separated names, unescaped."""
    parts, name, characters = [[""]], "", iter(body)
    for character in characters:
        if character == "\\":
            escaped = next(characters, "")
            if escaped not in {"\\", "/", ":"}:
                raise ValueError(f"a backslash escapes nothing in {body!r}")
            name += escaped
        elif character in {"/", ":"}:
            parts[-1][-1], name = name, ""
            parts[-1].append("") if character == "/" else parts.append([""])
        else:
            name += character
    parts[-1][-1] = name
    if any(not name for part in parts for name in part):
        raise ValueError(f"a component of a Baton id is empty: {body!r}")
    return parts
