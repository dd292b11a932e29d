"""Devices, contacts and administrative units: what else turns up in a directory."""

from random import Random

from ostiary.tenant.directory import Directory, DirectoryObject, Kind, Properties
from ostiary.tenant.generate.names import FAMILY, GIVEN
from ostiary.tenant.generate.sampling import random_id
from ostiary.tenant.stories.builder import day

_UNITS = ("AU-North", "AU-South", "AU-East", "AU-West", "AU-Labs")


def add_things(directory: Directory, rng: Random, count: int) -> list[str]:
    """Two devices to a contact; returns the ids of both, which groups may hold."""
    for name in _UNITS:
        props = {"displayName": name, "description": f"Site {name[3:]}"}
        _put(directory, DirectoryObject(random_id(rng), Kind.ADMINISTRATIVE_UNIT, props))
    made = []
    for number in range(count):
        contact = number % 3 == 2
        props = _contact(rng, number) if contact else _device(rng, number)
        kind = Kind.ORG_CONTACT if contact else Kind.DEVICE
        made.append(_put(directory, DirectoryObject(random_id(rng), kind, props)))
    return made


def _put(directory: Directory, one: DirectoryObject) -> str:
    directory.objects[one.kind][one.id] = one
    directory.index[one.id] = one
    return one.id


def _device(rng: Random, number: int) -> Properties:
    return {
        "accountEnabled": number % 30 != 0,
        "deviceId": random_id(rng),
        "displayName": f"PC-{number:06d}",
        "operatingSystem": "Windows",
        "operatingSystemVersion": "10.0.26100",
        "registrationDateTime": day(-rng.randrange(1, 900)),
        "trustType": "AzureAd",
    }


def _contact(rng: Random, number: int) -> Properties:
    name = f"{rng.choice(GIVEN)} {rng.choice(FAMILY)}"
    mail = f"contact{number}@supplier.example"
    return {"displayName": name, "mail": mail, "proxyAddresses": [f"SMTP:{mail}"]}
