"""Employees, guests and service accounts, with managers and sign-ins."""

from random import Random
from typing import Any

from ostiary.tenant.clock import graph_time
from ostiary.tenant.directory import Directory, DirectoryObject, Kind, Properties
from ostiary.tenant.directory.ids import security_identifier
from ostiary.tenant.directory.state import SeveredLinks
from ostiary.tenant.generate.names import COUNTRIES, DEPARTMENTS, FAMILY, GIVEN, TITLES
from ostiary.tenant.generate.sampling import random_id
from ostiary.tenant.stories.builder import day, days, from_active_directory

_SPAN_OF_CONTROL = 8
_NOTHING: list[Any] = []
"""Shared: property values are replaced, never changed."""


class _Pools:
    """Values that many users share, so that a hundred thousand fit in memory."""

    def __init__(self, rng: Random) -> None:
        self.dates = [day(-rng.randrange(30, 3000)) for _ in range(400)]
        self.extensions = [_extension_attributes(number) for number in range(64)]
        self.activities = [_activity(rng) for _ in range(2000)]
        self.phones = [[f"+41 61 {rng.randrange(10**6, 10**7)}"] for _ in range(500)]
        self.offices = [f"B{number % 9}/{number}" for number in range(300)]


def add_people(directory: Directory, rng: Random, count: int, domain: str) -> list[str]:
    pools = _Pools(rng)
    users = [_user(rng, pools, number, domain) for number in range(count)]
    directory.objects[Kind.USER] = {user.id: user for user in users}
    directory.index.update(directory.objects[Kind.USER])
    ids = list(directory.objects[Kind.USER])
    for number in range(1, count):
        if number % 50:
            directory.managers[ids[number]] = ids[(number - 1) // _SPAN_OF_CONTROL]
    for user_id in ids:
        if rng.random() < 0.8:
            directory.sign_ins[user_id] = rng.choice(pools.activities)
    for number in range(count, count + max(1, count // 500)):
        _leaver(directory, _user(rng, pools, number, domain))
    return ids


def _user(rng: Random, pools: _Pools, number: int, domain: str) -> DirectoryObject:
    user_id = random_id(rng)
    if number % 20 == 19:
        return DirectoryObject(user_id, Kind.USER, _guest(rng, pools, number, domain))
    given, family = rng.choice(GIVEN), rng.choice(FAMILY)
    login = f"{_ascii(given)}.{_ascii(family)}{number}".lower()
    address = f"{login}@{domain}"
    props = {
        "accountEnabled": number % 25 != 7,
        "businessPhones": rng.choice(pools.phones),
        "createdDateTime": rng.choice(pools.dates),
        "department": rng.choice(DEPARTMENTS),
        "displayName": f"{given} {family}",
        "employeeId": f"E{number:07d}",
        "employeeType": "Employee",
        "givenName": given,
        "jobTitle": rng.choice(TITLES),
        "mail": address,
        "mailNickname": login,
        "officeLocation": rng.choice(pools.offices),
        "onPremisesExtensionAttributes": pools.extensions[number % 64],
        "proxyAddresses": [f"SMTP:{address}"],
        "surname": family,
        "usageLocation": COUNTRIES[number % 8 if number % 97 else 8],
        "userPrincipalName": address,
        "userType": "Member",
        "securityIdentifier": security_identifier(user_id),
    }
    if number % 10 < 3:
        props |= from_active_directory(login)
    return DirectoryObject(user_id, Kind.USER, props)


def _guest(rng: Random, pools: _Pools, number: int, domain: str) -> Properties:
    given, family = rng.choice(GIVEN), rng.choice(FAMILY)
    home = f"partner{number % 40}.example"
    local = f"{_ascii(given)}.{_ascii(family)}{number}".lower()
    tenant = domain.replace(".", "") + ".onmicrosoft.com"
    return {
        "accountEnabled": True,
        "businessPhones": _NOTHING,
        "createdDateTime": rng.choice(pools.dates),
        "creationType": "Invitation",
        "displayName": f"{given} {family}",
        "externalUserState": "PendingAcceptance" if number % 60 == 59 else "Accepted",
        "mail": f"{local}@{home}",
        "mailNickname": f"{local}_{home}#EXT#",
        "proxyAddresses": [f"SMTP:{local}@{home}"],
        "userPrincipalName": f"{local}_{home}#EXT#@{tenant}",
        "userType": "Guest",
    }


def _leaver(directory: Directory, gone: DirectoryObject) -> None:
    gone.deleted_at = days(-3)
    gone.props["deletedDateTime"] = graph_time(gone.deleted_at)
    directory.deleted[gone.id] = gone
    directory.severed[gone.id] = SeveredLinks()


def _activity(rng: Random) -> Properties:
    last = day(-rng.expovariate(1 / 20))
    return {
        "lastSignInDateTime": last,
        "lastSignInRequestId": random_id(rng),
        "lastNonInteractiveSignInDateTime": day(-rng.expovariate(1 / 8)),
        "lastNonInteractiveSignInRequestId": random_id(rng),
        "lastSuccessfulSignInDateTime": last,
        "lastSuccessfulSignInRequestId": random_id(rng),
    }


def _extension_attributes(number: int) -> dict[str, str | None]:
    given = {1: f"site-{number % 16}", 5: f"band-{number}"}
    return {f"extensionAttribute{n}": given.get(n) for n in range(1, 16)}


def _ascii(name: str) -> str:
    return "".join(letter for letter in name if letter.isascii() and letter.isalpha()) or "x"
