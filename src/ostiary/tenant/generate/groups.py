"""Groups of skewed size, some nested, some owned, with a few members that are no people."""

from itertools import islice
from random import Random

from ostiary.tenant.directory import Directory, DirectoryObject, Kind, Properties
from ostiary.tenant.directory.ids import security_identifier
from ostiary.tenant.generate.names import DEPARTMENTS
from ostiary.tenant.generate.sampling import Crowd, random_id, skewed_sizes
from ostiary.tenant.stories.builder import day, group_from_active_directory

_OTHERS_SHARE = 0.02
_NESTED_SHARE = 0.4
_LARGEST_NESTED = 1000
_DYNAMIC_RULE = '(user.accountEnabled -eq true) and (user.department -eq "{}")'


def add_groups(
    directory: Directory,
    rng: Random,
    count: int,
    links: int,
    people: list[str],
    things: list[str],
    domain: str,
) -> None:
    """`links` are members and owners together; about one link in fifty is not to a user."""
    dates = [day(-rng.randrange(10, 2500)) for _ in range(200)]
    for number in range(count):
        group = _group(rng, number, rng.choice(dates), domain)
        directory.objects[Kind.GROUP][group.id] = group
        directory.index[group.id] = group
    owned = _own(directory, rng, people)
    sizes = skewed_sizes(rng, count, links - owned, largest=max(1, len(people) * 6 // 10))
    _fill(directory, rng, sizes, people, things)


def add_robots(directory: Directory, rng: Random) -> None:
    """Some service principals own groups, some are members, in the place of a device."""
    robots = list(directory.objects[Kind.SERVICE_PRINCIPAL])
    devices = directory.objects[Kind.DEVICE]
    for number, (group_id, members) in enumerate(directory.members.items()):
        device = next((one for one in members if one in devices), None)
        if device and robots and number % 3 == 0:
            del members[device]
            members[rng.choice(robots)] = None
        if robots and number % 40 == 1 and group_id in directory.owners:
            directory.owners[group_id] = {rng.choice(robots): None}


def _group(rng: Random, number: int, created: str, domain: str) -> DirectoryObject:
    group_id = random_id(rng)
    name = f"{_prefix(number)}-{DEPARTMENTS[number % len(DEPARTMENTS)]}-{number:05d}"
    props: Properties = {
        "createdDateTime": created,
        "displayName": name,
        "groupTypes": [],
        "mailEnabled": False,
        "mailNickname": name,
        "renewedDateTime": created,
        "securityEnabled": True,
        "securityIdentifier": security_identifier(group_id),
    }
    return DirectoryObject(group_id, Kind.GROUP, props | _variety(number, name, domain))


def _prefix(number: int) -> str:
    return {0: "M365", 1: "M365", 2: "DL", 3: "MESG"}.get(number % 20, "SG")


def _variety(number: int, name: str, domain: str) -> Properties:
    address = f"{name.lower()}@{domain}"
    mail = {"mail": address, "mailEnabled": True, "proxyAddresses": [f"SMTP:{address}"]}
    match number % 20:
        case 0 | 1:
            return mail | {
                "groupTypes": ["Unified"],
                "securityEnabled": False,
                "visibility": "Private",
            }
        case 2:
            return mail | {"securityEnabled": False}
        case 3:
            return mail
        case 4 | 5 | 6:
            return group_from_active_directory(name)
        case 7:
            return {
                "groupTypes": ["DynamicMembership"],
                "membershipRule": _DYNAMIC_RULE.format(DEPARTMENTS[number % len(DEPARTMENTS)]),
                "membershipRuleProcessingState": "Paused",
            }
        case 8 if number % 400 == 8:
            return {"isAssignableToRole": True, "visibility": "Private"}
    return {}


def _own(directory: Directory, rng: Random, people: list[str]) -> int:
    """Four groups in five have an owner, some two; returns how many owner links there are."""
    total = 0
    for number, group_id in enumerate(directory.objects[Kind.GROUP]):
        wanted = min((0, 1, 1, 1, 2)[number % 5], len(people))
        if wanted:
            directory.owners[group_id] = dict.fromkeys(rng.sample(people, wanted))
            total += wanted
    return total


def _fill(
    directory: Directory, rng: Random, sizes: list[int], people: list[str], things: list[str]
) -> None:
    ids = list(directory.objects[Kind.GROUP])
    crowd = Crowd(rng, people)
    nested = _nested(rng, ids, sizes)
    others = round(sum(sizes) * _OTHERS_SHARE) - sum(map(len, nested.values()))
    for number, (group_id, size) in enumerate(zip(ids, sizes, strict=True)):
        members = dict.fromkeys(nested.get(number, ()))
        extra = min(others, max(0, size // 8 - len(members)), len(things)) if size > 8 else 0
        if extra > 0 and rng.random() < 0.3:
            members.update(dict.fromkeys(rng.sample(things, extra)))
            others -= extra
        members.update(dict.fromkeys(crowd.draw(size - len(members))))
        directory.members[group_id] = members


def _nested(rng: Random, ids: list[str], sizes: list[int]) -> dict[int, list[str]]:
    """Who holds which groups: later ones only, so without cycles, save one pair in a thousand."""
    budget = round(sum(sizes) * _OTHERS_SHARE * _NESTED_SHARE)
    small = [number for number, size in enumerate(sizes) if size <= _LARGEST_NESTED]
    holders = [number for number, size in enumerate(sizes) if size > 3]
    rng.shuffle(holders)
    nested: dict[int, list[str]] = {}
    for number in islice(holders, budget):
        room = min(sizes[number] // 2, 3, budget)
        chosen = {other for other in rng.choices(small, k=room) if other > number}
        nested[number] = [ids[other] for other in sorted(chosen)]
        budget -= len(chosen)
        if budget <= 0:
            break
    _close_some_circles(nested, ids, sizes)
    return nested


def _close_some_circles(nested: dict[int, list[str]], ids: list[str], sizes: list[int]) -> None:
    places = {group_id: number for number, group_id in enumerate(ids)}
    for number in sorted(nested)[:: max(1, len(ids) // 4)]:
        for inner in nested[number][:1]:
            held = nested.setdefault(places[inner], [])
            if len(held) < sizes[places[inner]]:
                held.append(ids[number])
