"""Stories about people: whose accounts these are, who answers for them, who is left out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ostiary.server.kernel.authz.roles import BASIC_USER, SUPER_ADMINISTRATOR
from ostiary.tenant.directory import Directory
from ostiary.tenant.stories import story
from ostiary.tenant.stories.builder import Builder
from ostiary.tenant.stories.foundation import Seats, found
from tests.stories.asking import Json, answered
from tests.stories.server import ADMINISTRATOR
from tests.stories.world import Stage, World

EMPLOYEES = {"celExpression": {"expression": "size(account.employeeIds) > 0"}}
MEMBERS = {"celExpression": {"expression": 'account.profile["userType"] == "Member"'}}
EVERYBODY: Json = {"all": {}}


@contextmanager
def directory(stage: Stage, condition: Json) -> Iterator[World]:
    """A tenant that was synced once and whose accounts become people."""
    with stage.world(story()) as world:
        world.synced()
        world.post("/directories", {"appId": world.app_id, **condition})
        world.server.work_off()
        try:
            yield world
        finally:
            world.delete(f"/directories/{world.app_id}")
            world.server.work_off()


def people(world: World, **wanted: object) -> dict[str, Json]:
    """Whom the directory made, by their addresses or logins."""
    found = world.search("users", {"origins": ["USER_ORIGIN_DIRECTORY"], **wanted})
    users = [view["user"] for view in found]
    return {user["username"]: user for user in users if world.app_id in user["directoryIds"]}


def another_app() -> Directory:
    """An app where Bob has an account with his address, and one with another name."""
    there = found(name="Another", domain="another.example", seats=Seats(1, 1, 1, 1))
    build = Builder(there, "another.example")
    build.user("B. S.", "bob", mail="bob@corp.example", proxyAddresses=["SMTP:bob@corp.example"])
    build.user("Bob Smith", "bob.smith")
    return there


def test_32_narrow_links_by_address_and_broad_by_name_too_and_what_is_cleared_stays_so(
    stage: Stage,
) -> None:
    with directory(stage, EVERYBODY) as world, stage.world(another_app()) as another:
        bob = people(world)["bob@corp.example"]["id"]
        another.synced()
        first, second = another.id_of("bob@another.example"), another.id_of("bob.smith")
        matching = f"/api/v1/apps/{another.app_id}/matching"
        assert answered(another.client.get(matching))["mode"] == "narrow"
        assert owners(another) == {first: bob, second: ""}
        answered(another.client.put(matching, json={"mode": "broad"}))
        another.server.work_off()
        assert owners(another) == {first: bob, second: bob}

        edit(another, second, {"identityUserId": ""})
        another.synced()
        assert owners(another) == {first: bob, second: ""}
        account = another.accounts()[second]["id"]
        another.post(f"/apps/{another.app_id}/app_users/{account}/reset_owner")
        assert owners(another) == {first: bob, second: bob}


def owners(world: World) -> dict[str, str]:
    return {name: each["identityUserId"] for name, each in world.accounts().items()}


def edit(world: World, object_id: str, changes: Json) -> None:
    account = world.accounts()[object_id]["id"]
    body = {"appUser": changes, "updateMask": ",".join(changes)}
    world.post(f"/apps/{world.app_id}/app_users/{account}", body)


def test_33_accounts_without_an_owner_or_with_an_inactive_one_are_orphaned(stage: Stage) -> None:
    with directory(stage, EMPLOYEES) as world:
        backup, dave, bob = map(world.id_of, ("svc-backup", "dave", "bob"))
        before = orphaned(world)
        assert {backup, dave} <= before.keys()
        assert bob not in before
        assert before[backup]["identityUserId"] == ""
        assert before[dave]["identityUserId"] == people(world)["dave@corp.example"]["id"]
        alice = people(world)["alice@corp.example"]["id"]
        service = "APP_USER_TYPE_SERVICE_ACCOUNT"
        edit(world, backup, {"appUserType": service, "identityUserId": alice})
        assert orphaned(world).keys() == before.keys() - {backup}
        world.synced()
        assert orphaned(world).keys() == before.keys() - {backup}
        account = world.accounts()[backup]
        assert (account["appUserType"], account["identityUserId"]) == (service, alice)


def orphaned(world: World) -> dict[str, Json]:
    """By object id."""
    found = world.search("orphaned_app_users", {"appIds": [world.app_id]})
    accounts = [view["appUser"] for view in found]
    return {each["profile"]["id"]: each for each in accounts if "id" in each["profile"]}


def test_34_that_somebody_has_no_manager_is_known_and_so_is_who_answers_instead(
    stage: Stage,
) -> None:
    """What approvals by managers will stand on; there are none yet."""
    with directory(stage, EVERYBODY) as world:
        known = people(world)
        carol, bob = known["carol@corp.example"], known["bob@corp.example"]
        assert (carol["managerIds"], carol["managerSources"]) == ([], [])
        alice = known["alice@corp.example"]["id"]
        assert bob["managerIds"] == [alice]
        source = bob["managerSources"][0]
        assert (source["appId"], source["value"]) == (
            world.app_id,
            world.accounts()[world.id_of("bob")]["profile"]["managerId"],
        )
        assert bob["id"] in {each["id"] for each in people(world, managerIds=[alice]).values()}

        owners_of_app = f"/api/v1/apps/{world.app_id}/owners"
        answered(world.client.put(owners_of_app, json={"userIds": [alice]}))
        (owner,) = answered(world.client.get(owners_of_app))["list"]
        assert (owner["id"], owner["status"]) == (alice, "ENABLED")
        answered(world.client.delete(owners_of_app))
        assert answered(world.client.get(owners_of_app))["list"] == []
        administrators = world.search("users", {"roleIds": [SUPER_ADMINISTRATOR.id]})
        assert ADMINISTRATOR in {view["user"]["email"] for view in administrators}
        assert carol["roleIds"] == [BASIC_USER.id]


def test_35_a_tighter_directory_says_beforehand_whom_it_will_remove(stage: Stage) -> None:
    with directory(stage, EVERYBODY) as world:
        before, accounts = people(world), world.accounts()
        guests = {
            user["id"] for user in before.values() if user["profile"].get("userType") == "Guest"
        }
        assert len(guests) == 3
        path = f"/directories/{world.app_id}"
        preview = world.post(f"{path}/preview", MEMBERS)
        assert (preview["removedCount"], preview["addedCount"]) == (len(guests), 0)
        assert {each["id"] for each in preview["removed"]} == guests
        assert people(world) == before
        answered(world.client.put(f"/api/v1{path}", json=MEMBERS))
        world.server.work_off()
        left = people(world)
        assert {each["id"] for each in left.values()} == {
            each["id"] for each in before.values()
        } - guests
        assert world.accounts().keys() == accounts.keys()
        eve = world.get(f"/users/{before[guest_login(before, 'Eve')]['id']}")["userView"]["user"]
        assert (eve["status"], eve["deletedAt"] is None) == ("DELETED", False)
        world.synced()
        assert people(world).keys() == left.keys()


def guest_login(known: dict[str, Json], name: str) -> str:
    return next(login for login, user in known.items() if user["displayName"].startswith(name))
