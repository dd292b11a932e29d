"""Stories about the applications that a tenant brings along."""

from __future__ import annotations

from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.stories import story
from tests.stories.asking import AppView, Json, answered
from tests.stories.world import Stage, World

HIDDEN = "HideApp"


def rename(world: World, old: str, new: str) -> None:
    principal = world.tenant.directory.id_of(old, Kind.SERVICE_PRINCIPAL)
    world.tenant.change(lambda d: d.update(principal, {"displayName": new}))


def test_29_names_follow_the_source_until_somebody_names_an_app_here(stage: Stage) -> None:
    with stage.world(story()) as world:
        world.synced()
        apps = world.discovered_apps()
        unmanaged, managed, named = (
            apps[name]["id"] for name in ("Expenses", "Public Portal", "Legacy")
        )
        for app in (managed, named):
            world.post(f"/apps/{app}/manage")
        world.post(f"/apps/{named}", {"app": {"displayName": "Our Old One"}})
        rename(world, "Expenses", "Spesen")
        rename(world, "Public Portal", "Private Portal")
        rename(world, "Legacy", "Heritage")
        world.synced()
        assert name_of(world, unmanaged) == "Spesen"
        assert name_of(world, managed) == "Private Portal"
        assert name_of(world, named) == "Our Old One"
        world.post(f"/apps/{named}", {"app": {"displayName": ""}, "updateMask": "displayName"})
        assert name_of(world, named) == "Heritage"


def name_of(world: World, app_id: str) -> str:
    told: str = world.get(f"/apps/{app_id}")["app"]["displayName"]
    return told


def shown_to_people(directory: Directory) -> set[str]:
    """Names of the enterprise applications that Entra does not hide."""
    return {
        principal.props["displayName"]
        for principal in directory.objects[Kind.SERVICE_PRINCIPAL].values()
        if principal.props["servicePrincipalType"] != "ManagedIdentity"
        and HIDDEN not in (principal.props.get("tags") or ())
    }


def test_30_applications_appear_unmanaged_under_their_tenant_and_go_with_it(stage: Stage) -> None:
    with stage.world(story()) as world:
        world.synced()
        apps = world.discovered_apps()
        assert apps.keys() == shown_to_people(world.tenant.directory)
        assert {"Expenses", "Legacy", "Partner CRM"} <= apps.keys()
        assert "Gallery Notes" not in apps
        assert {app["parentAppId"] for app in apps.values()} == {world.app_id}
        assert not any(app["isManaged"] for app in apps.values())
        assert world.discovered_apps(managed=True) == {}
        listed = {app["id"] for app in world.pages("/apps")}
        assert listed.isdisjoint(app["id"] for app in apps.values())
        preview = world.get(f"/apps/{world.app_id}/deletion_preview")
        assert (preview["managedApps"], preview["unmanagedApps"]) == (0, len(apps))
        assert preview["accounts"] == str(len(world.accounts()))
        world.post(f"/apps/{apps['Expenses']['id']}/manage")
        preview = world.get(f"/apps/{world.app_id}/deletion_preview")
        assert (preview["managedApps"], preview["unmanagedApps"]) == (1, len(apps) - 1)
        world.synced()
        assert world.discovered_apps(managed=True).keys() == {"Expenses"}

        world.delete(f"/apps/{apps['Legacy']['id']}")
        world.synced()
        assert "Legacy" not in world.discovered_apps()
        world.post(f"/apps/{apps['Legacy']['id']}/restore")
        world.synced()
        assert world.discovered_apps()["Legacy"]["id"] == apps["Legacy"]["id"]


def test_30_deleting_the_tenants_app_tells_how_many_apps_go_with_it_and_they_do(
    stage: Stage,
) -> None:
    with stage.world(story()) as world:
        world.synced()
        apps, accounts, then = world.discovered_apps(), world.accounts(), world.at()
        before = world.get(f"/apps/{world.app_id}/deletion_preview")
        world.post(f"/apps/{apps['Expenses']['id']}/manage")
        outdated = world.client.request(
            "DELETE", f"/api/v1/apps/{world.app_id}", json={"expected": before}
        )
        assert (outdated.status_code, outdated.json()["code"]) == (400, 9)
        assert "1 managed" in outdated.json()["message"]
        assert world.accounts() == accounts

        preview = world.get(f"/apps/{world.app_id}/deletion_preview")
        assert (preview["managedApps"], preview["unmanagedApps"]) == (1, len(apps) - 1)
        assert preview["accounts"] == str(len(accounts))
        world.delete(f"/apps/{world.app_id}", {"expected": preview})
        assert world.discovered_apps() == world.discovered_apps(managed=True) == {}
        gone = {world.app_id, *(app["id"] for app in apps.values())}
        left = {app["id"] for app in world.pages("/apps")}
        left |= {app["id"] for app in world.search("apps", {"managed": False})}
        assert gone.isdisjoint(left)
        assert world.accounts().keys() == set()
        assert world.accounts(as_of=then).keys() == accounts.keys()
        assert world.connector()["deletedAt"] is not None


CREATE_ROLE, PROVISION, SKIP = (
    f"LINKED_GROUP_CHOICE_{word}" for word in ("CREATE_ROLE", "PROVISION", "SKIP")
)


def test_31_a_group_that_an_app_is_assigned_to_is_offered_and_a_role_made_of_it_follows_it(
    stage: Stage,
) -> None:
    with stage.world(story()) as world:
        world.synced()
        expenses = AppView(world.client, world.discovered_apps()["Expenses"]["id"])
        world.post(f"/apps/{expenses.app_id}/manage")
        world.server.work_off()
        (offered,) = world.pages(f"/apps/{expenses.app_id}/linked_groups")
        members = world.holders(finance := f"group:{world.id_of('SG-Finance')}:members")
        assert offered["displayName"] == "SG-Finance"
        assert [each["displayName"] for each in offered["assignedTo"]] == ["Expenses User"]
        assert offered["memberCount"] == str(len(members))
        assert not offered["immutable"]

        made = decide(expenses, offered, CREATE_ROLE)["entitlementId"]
        assert holders(expenses, made) == members.keys()
        uma, bob = world.id_of("uma"), world.id_of("bob")
        world.tenant.change(lambda d: d.add_member(d.id_of("SG-Finance"), uma))
        world.tenant.change(lambda d: d.remove_member(d.id_of("SG-Finance"), bob))
        then = world.at()
        world.synced()
        assert holders(expenses, made) == (members.keys() | {uma}) - {bob}
        assert holders(expenses, made) == world.holders(finance).keys()
        assert holders(expenses, made, then) == members.keys()


def test_31_to_provision_access_for_a_role_through_the_group_is_kept_for_whoever_grants_it(
    stage: Stage,
) -> None:
    """What granting Approver will do; nothing is granted yet."""
    with stage.world(story()) as world:
        world.synced()
        expenses = AppView(world.client, world.discovered_apps()["Expenses"]["id"])
        world.post(f"/apps/{expenses.app_id}/manage")
        (offered,) = world.pages(f"/apps/{expenses.app_id}/linked_groups")
        approver = next(
            each["id"]
            for each in world.entitlements().values()
            if each["displayName"] == "Expenses Approver"
        )
        kept = decide(expenses, offered, PROVISION, entitlementId=approver, triggerScim=True)
        assert (kept["entitlementId"], kept["triggerScim"]) == (approver, True)
        assert kept["membersEntitlementId"] == offered["membersEntitlementId"]
        world.synced()
        (after,) = world.pages(f"/apps/{expenses.app_id}/linked_groups")
        decided = ("choice", "entitlementId", "triggerScim", "decidedAt")
        assert [after[name] for name in decided] == [kept[name] for name in decided]
        skipped = decide(expenses, offered, SKIP)
        assert (skipped["choice"], skipped["entitlementId"]) == (SKIP, "")


def decide(app: AppView, group: Json, choice: str, **more: object) -> Json:
    path = f"/api/v1/apps/{app.app_id}/linked_groups/{group['groupId']}"
    reply: Json = answered(app.client.put(path, json={"choice": choice, **more}))["linkedGroup"]
    assert reply["choice"] == choice
    return reply


def holders(app: AppView, entitlement_id: str, as_of: str = "") -> set[str]:
    path = f"/apps/{app.app_id}/entitlements/{entitlement_id}/holders"
    return {held["principal"]["externalId"] for held in app.pages(path, as_of=as_of)}
