"""A client that only ever follows delta links ends up with the tenant as it is."""

from urllib.parse import quote

import pytest

from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.drift import drift
from ostiary.tenant.stories import story
from ostiary.tenant.surface import Quirks
from tests.tenant.surface.conftest import Serve
from tests.tenant.surface.image import Image, follow

BROKEN_UP = Quirks(empty_every=3, repeat_every=2)


async def followed(serve: Serve, seed: int, path: str) -> tuple[Directory, Image]:
    directory = story("small")
    api = await serve(directory=directory, quirks=BROKEN_UP)
    image = Image()
    drift(directory, seed, 20)
    link, _ = await follow(api, image, path)
    for round_number in range(4):
        drift(directory, seed * 100 + round_number, 15)
        link, _ = await follow(api, image, link)
    return directory, image


def shown(directory: Directory, kind: Kind, *names: str) -> dict[str, dict[str, object]]:
    return {
        held.id: {name: held.props[name] for name in names if held.props.get(name) is not None}
        for held in directory.objects[kind].values()
    }


def told(image: Image, *names: str) -> dict[str, dict[str, object]]:
    return {
        object_id: {name: known[name] for name in names if known.get(name) is not None}
        for object_id, known in image.objects.items()
    }


@pytest.mark.parametrize("seed", range(12))
async def test_groups_with_members_and_owners(serve: Serve, seed: int) -> None:
    path = "/groups/delta?$select=displayName,members,owners"
    directory, image = await followed(serve, seed, path)
    assert told(image, "displayName") == shown(directory, Kind.GROUP, "displayName")
    for group_id in directory.objects[Kind.GROUP]:
        assert image.linked(group_id) == set(directory.members.get(group_id, ()))
        assert image.linked(group_id, "owners") == set(directory.owners.get(group_id, ()))


@pytest.mark.parametrize("seed", range(12))
async def test_users_with_managers_and_licences(serve: Serve, seed: int) -> None:
    names = ("displayName", "accountEnabled", "assignedLicenses")
    path = f"/users/delta?$select={','.join(names)},manager"
    directory, image = await followed(serve, seed, path)
    assert told(image, *names) == shown(directory, Kind.USER, *names)
    managers = {
        user_id: next(iter(image.linked(user_id, "manager")))
        for user_id in image.objects
        if image.linked(user_id, "manager")
    }
    assert managers == directory.managers


@pytest.mark.parametrize("seed", range(6))
async def test_members_of_directory_roles(serve: Serve, seed: int) -> None:
    directory, image = await followed(serve, seed, "/directoryRoles/delta")
    for role_id in directory.objects[Kind.DIRECTORY_ROLE]:
        assert image.linked(role_id) == set(directory.members_of_role(role_id))


@pytest.mark.parametrize("seed", range(6))
async def test_app_role_assignments_in_the_common_stream(serve: Serve, seed: int) -> None:
    kinds = " or ".join(
        f"isof('microsoft.graph.{kind}')"
        for kind in ("user", "servicePrincipal", "appRoleAssignment")
    )
    directory, image = await followed(
        serve, seed, f"/directoryObjects/delta?$filter={quote(kinds)}&$select=displayName"
    )
    expected = {key for held in directory.app_role_assignments.values() for key in held}
    expected |= set(directory.objects[Kind.USER]) | set(directory.objects[Kind.SERVICE_PRINCIPAL])
    assert set(image.objects) == expected


@pytest.mark.parametrize("seed", range(12))
async def test_lagging_streams_catch_up_with_everything(serve: Serve, seed: int) -> None:
    directory = story("small")
    api = await serve(directory=directory, quirks=BROKEN_UP, lag=30.0)
    groups, users = Image(), Image()
    group_link = "/groups/delta?$select=displayName,members,owners"
    user_link = "/users/delta?$select=displayName,manager"
    for round_number in range(6):
        drift(directory, seed * 100 + round_number, 10)
        directory.clock.advance(10)
        group_link, _ = await follow(api, groups, group_link)
        drift(directory, seed * 100 + 50 + round_number, 5)
        user_link, _ = await follow(api, users, user_link)
    directory.clock.advance(60)
    await follow(api, groups, group_link)
    await follow(api, users, user_link)
    assert told(groups, "displayName") == shown(directory, Kind.GROUP, "displayName")
    assert told(users, "displayName") == shown(directory, Kind.USER, "displayName")
    for group_id in directory.objects[Kind.GROUP]:
        assert groups.linked(group_id) == set(directory.members.get(group_id, ()))
        assert groups.linked(group_id, "owners") == set(directory.owners.get(group_id, ()))
