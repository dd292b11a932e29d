"""Stories about the applications that a tenant brings along."""

from __future__ import annotations

from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.stories import story
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
