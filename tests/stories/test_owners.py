"""Stories about who looks after a connector, and what they are told."""

from __future__ import annotations

import pytest

from ostiary.server.connectors.rules import SyncState
from ostiary.server.kernel.authz.roles import BASIC_USER
from ostiary.tenant.generate import generate
from ostiary.tenant.stories import story
from tests.stories.asking import Json, answered
from tests.stories.server import ADMINISTRATOR, text_of
from tests.stories.truth import assert_truth
from tests.stories.world import SELF_HOSTED, Stage, World

UNREACHABLE = {"rules": [{"fault": "unavailable"}]}


@pytest.fixture
def app_id(stage: Stage) -> str:
    made = stage.admin.post("/api/v1/apps", json={"displayName": "Corp"})
    told: str = answered(made)["app"]["id"]
    return told


def test_7_new_owners_get_one_mail_with_a_link_and_may_edit_that_connector_only(
    stage: Stage, app_id: str
) -> None:
    server = stage.server
    people = [server.add_person(f"{name}@corp.test", BASIC_USER) for name in ("dana", "erin")]
    path = f"/api/v1/apps/{app_id}/connectors"
    new = {"catalogId": SELF_HOSTED, "displayName": "Entra", "userIds": people}
    theirs = connector_id(answered(stage.admin.post(path, json=new)))
    other = connector_id(answered(stage.admin.post(path, json=new | {"userIds": []})))
    server.work_off()
    for name in ("dana", "erin"):
        email = f"{name}@corp.test"
        (mail,) = server.mails_to(email)
        assert mail["Subject"] == "You own the connector Entra"
        link = f"{server.base_url}/apps/{app_id}/connectors/{theirs}"
        assert link in text_of(mail).split()
        with server.signed_in(email) as owner:
            renamed = {"displayName": f"Entra of {name}"}
            change = {"connector": renamed, "updateMask": "displayName"}
            shown = answered(owner.post(f"{path}/{theirs}", json=change))
            assert shown["connectorView"]["connector"]["displayName"] == f"Entra of {name}"
            body_of_rotate = {"appId": app_id, "connectorId": theirs}
            rotate = "/api/v1/apps/connectors/credentials"
            assert answered(owner.post(rotate, json=body_of_rotate))["credential"]["clientSecret"]
            assert [each["connector"]["id"] for each in answered(owner.get(path))["list"]] == [
                theirs
            ]
            assert owner.get(f"{path}/{other}").status_code == 403
            assert owner.post(f"{path}/{other}", json=change).status_code == 403
            assert owner.post(path, json=new).status_code == 403
            assert owner.get("/api/v1/apps").json().get("list", []) == []
    server.work_off()
    assert [len(server.mails_to(f"{name}@corp.test")) for name in ("dana", "erin")] == [1, 1]
    assert server.mails_to(ADMINISTRATOR) == []


def connector_id(reply: Json) -> str:
    told: str = reply["connectorView"]["connector"]["id"]
    return told


def test_8_an_unmanaged_app_that_gets_a_connector_is_managed_with_its_id_and_history(
    stage: Stage,
) -> None:
    with stage.world(story()) as world:
        world.synced()
        found = world.discovered_apps()["Expenses"]
        assigned = access_to_expenses(world)
        then = world.at()
        own = stage.tenant(
            generate(users=20, groups=3, memberships=12, service_principals=4, seed=8)
        )
        with own, stage.of(own, into=found["id"]) as attached:
            app = attached.app()
            kept = ("id", "displayName", "parentAppId", "createdAt")
            assert [app[name] for name in kept] == [found[name] for name in kept]
            assert app["isManaged"]
            assert "Expenses" not in world.discovered_apps()
            assert world.discovered_apps(managed=True).keys() == {"Expenses"}
            attached.synced()
            assert_truth(attached)
            assert attached.accounts(as_of=then) == {}
            world.synced()
            assert_truth(world)
            assert access_to_expenses(world) == access_to_expenses(world, then) == assigned
            assert attached.app()["id"] == found["id"]


def access_to_expenses(world: World, as_of: str = "") -> dict[str, set[str]]:
    """Who holds each of its roles, with the ids that the server gave them."""
    return {
        name: {held["principal"]["id"] for held in world.holders(name, as_of).values()}
        for name, each in world.entitlements(as_of).items()
        if each["displayName"].startswith("Expenses")
    }


def test_11_three_failures_in_a_row_are_one_mail_to_the_apps_owner_else_to_administrators(
    stage: Stage,
) -> None:
    server = stage.server
    olga = server.add_person("olga@corp.test", BASIC_USER)
    with stage.world(story()) as world:
        world.synced()
        path = f"/api/v1/apps/{world.app_id}"
        answered(world.client.put(f"{path}/owners", json={"userIds": [olga]}))
        world.post(world.path, {"connector": {"userIds": []}, "updateMask": "userIds"})
        assert world.connector()["userIds"] == []
        fails(world, times=2)
        assert server.mails_to("olga@corp.test") == []
        fails(world, times=2)
        (mail,) = server.mails_to("olga@corp.test")
        assert mail["Subject"] == "Entra fails to sync"
        assert "last 3 syncs" in text_of(mail)
        shown = world.connector()["status"]
        assert shown["status"] == "SYNC_STATUS_ERROR"
        assert "503" in shown["lastError"]
        assert shown["lastError"] == world.newest_sync().error
        assert server.mails_to(ADMINISTRATOR) == []

        world.synced()
        answered(world.client.delete(f"{path}/owners"))
        fails(world, times=4)
        assert [mail["Subject"] for mail in server.mails_to(ADMINISTRATOR)] == [
            "Entra fails to sync"
        ]
        assert len(server.mails_to("olga@corp.test")) == 1


def fails(world: World, *, times: int) -> None:
    world.tenant.set_weather(UNREACHABLE)
    for _ in range(times):
        assert world.sync().state is SyncState.FAILED
        world.server.tick("connectors.tell_alerts")
    world.tenant.set_weather(None)
