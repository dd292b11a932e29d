"""What REST tells of a tenant, held against what is so in it."""

from __future__ import annotations

from ostiary.tenant.directory import Directory
from tests.entra.expected import Expected, Shown, differences, expected
from tests.stories.asking import AppView, Json
from tests.stories.world import World

BEFORE_EVERYTHING = "2000-01-01T00:00:00Z"


def assert_truth(world: World, shown: Shown | None = None) -> None:
    """That every resource, entitlement and grant is there, and no other."""
    assert differences_of(world, world.tenant.directory, shown) == ""


def differences_of(app: AppView, directory: Directory, shown: Shown | None = None) -> str:
    """Empty when the app shows the directory and nothing else."""
    return differences(told(app), expected(directory, shown or Shown()))


def told(app: AppView) -> Expected:
    """All that the app has from its connectors, as ids."""
    entitlements = app.entitlements()
    grants = {
        grant_id(each["grant"]): each["grant"]["direct"]
        for each in app.differences(BEFORE_EVERYTHING)
        if each["grant"]["entitlement"]["externalId"] in entitlements
    }
    return Expected(
        resources=frozenset(_resources(app)),
        entitlements=frozenset(entitlements),
        direct=frozenset(name for name, direct in grants.items() if direct),
        expanded=frozenset(grants),
        immutable=frozenset(name for name, each in entitlements.items() if each["immutable"]),
    )


def grant_id(grant: Json) -> str:
    """As the connector makes them."""
    holder = grant["principal"]
    return f"{grant['entitlement']['externalId']}:{holder['type']}:{holder['externalId']}"


def _resources(app: AppView) -> set[str]:
    return {
        f"{_type_id(name)}:{resource_id}"
        for name in app.resource_types()
        if name != "Credential"
        for resource_id in app.resources(name)
    }


def _type_id(name: str) -> str:
    """The types of the Entra connector are called after their ids."""
    return name.lower().replace(" ", "_")
