"""A large tenant as a .c1z, without asking anybody for it, and the same a little later.

``python -m bench.inventory <file> <users> <groups> <grants> <share changed>`` writes it.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ostiary.baton.annotations import pack
from ostiary.baton.c1z import C1zWriter, GrantSheet
from ostiary.baton.pb import connector_v2 as v2

USER, GROUP, APP = "user", "group", "application"
TRAITS = {
    USER: v2.ResourceType.TRAIT_USER,
    GROUP: v2.ResourceType.TRAIT_GROUP,
    APP: v2.ResourceType.TRAIT_APP,
}


@dataclass(frozen=True)
class Inventory:
    """Users in groups of many sizes; applications that groups are assigned to. A tenth of the
    groups hand an application on to their members. There are at most `grants`."""

    users: int = 100_000
    groups: int = 20_000
    grants: int = 2_000_000
    seed: int = 1

    def __str__(self) -> str:
        return f"{self.users:,} users, {self.groups:,} groups, {self.grants:,} grants"

    def write(self, path: Path, *, changed: float = 0.0) -> int:
        """`changed` is the share of memberships that are other ones. Returns how many grants."""
        path.unlink(missing_ok=True)
        with C1zWriter(path) as writer:
            writer.put_resource_types(
                v2.ResourceType(id=name, display_name=name, traits=[trait])
                for name, trait in TRAITS.items()
            )
            writer.put_resources(map(_user, range(self.users)))
            writer.put_resources(_thing(GROUP, number) for number in range(self.groups))
            writer.put_resources(_thing(APP, number) for number in range(self.groups // 10))
            writer.put_entitlements(_entitlement(GROUP, n) for n in range(self.groups))
            writer.put_entitlements(_entitlement(APP, n) for n in range(self.groups // 10))
            writer.put_grants(self._sheets(changed))
            return writer.seal().counts["grants"]

    def _sheets(self, changed: float) -> Iterator[GrantSheet]:
        """Grants until there are enough: members of each group, and those it hands an app on to."""
        left = self.grants
        for number, size in enumerate(self._sizes()):
            members = self._members(number, min(size, left), changed)
            yield _sheet(_entitlement(GROUP, number), members)
            left -= len(members)
            if number % 10 == 0 and left > len(members):
                yield _assignment(number)
                yield _inherited(number, members)
                left -= len(members) + 1
            if left <= 0:
                return

    def _sizes(self) -> list[int]:
        """One group of everybody, some large ones, many small ones; they add up to enough."""
        chance = random.Random(self.seed)
        sizes = [self.users, *(int(2 * 1.35 ** chance.uniform(0, 24)) for _ in range(self.groups))]
        stretch = self.grants / 1.05 / sum(sizes[: self.groups])
        return [min(self.users, 1 + int(size * stretch)) for size in sizes[: self.groups]]

    def _members(self, group: int, size: int, changed: float) -> list[str]:
        chance = random.Random(self.seed * 1_000_003 + group)
        numbers = chance.sample(range(self.users), min(size, self.users))
        for place in range(len(numbers)):
            if chance.random() < changed:
                numbers[place] = chance.randrange(self.users)
        return [_id(USER, number) for number in dict.fromkeys(numbers)]


def _id(kind: str, number: int) -> str:
    """As long as an object id of Entra, for that is what files are full of."""
    return f"{number:08x}-{kind[:4]:0<4}-4000-8000-{number * 2654435761 % (1 << 48):012x}"


def _user(number: int) -> v2.Resource:
    trait = v2.UserTrait(login=f"user{number}@example.com")
    trait.emails.add(address=f"user{number}@example.com", is_primary=True)
    trait.status.status = v2.UserTrait.Status.STATUS_ENABLED
    resource = _thing(USER, number)
    resource.profile.update({"department": f"Department {number % 50}", "employee_id": str(number)})
    resource.annotations.append(pack(trait))
    return resource


def _thing(kind: str, number: int) -> v2.Resource:
    return v2.Resource(
        id=v2.ResourceId(resource_type=kind, resource=_id(kind, number)),
        display_name=f"{kind.title()} {number}",
    )


def _entitlement(kind: str, number: int) -> v2.Entitlement:
    slug = "members" if kind == GROUP else "assigned"
    return v2.Entitlement(
        id=f"{kind}:{_id(kind, number)}:{slug}",
        resource=v2.Resource(id=v2.ResourceId(resource_type=kind, resource=_id(kind, number))),
        display_name=f"{kind.title()} {number} {slug}",
        slug=slug,
    )


def _sheet(entitlement: v2.Entitlement, members: list[str]) -> GrantSheet:
    return GrantSheet(entitlement, USER, members)


def _assignment(group: int) -> GrantSheet:
    through = v2.GrantExpandable(entitlement_ids=[_entitlement(GROUP, group).id])
    return GrantSheet(_entitlement(APP, group // 10), GROUP, [_id(GROUP, group)], (), through)


def _inherited(group: int, members: list[str]) -> GrantSheet:
    sources = v2.GrantSources()
    sources.sources[_entitlement(GROUP, group).id].is_direct = True
    return GrantSheet(
        _entitlement(APP, group // 10),
        USER,
        members,
        (pack(v2.GrantImmutable()),),
        sources=sources,
    )


if __name__ == "__main__":
    users, groups, grants = map(int, sys.argv[2:5])
    Inventory(users, groups, grants).write(Path(sys.argv[1]), changed=float(sys.argv[5]))
