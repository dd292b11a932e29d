"""Stories about what operators choose to see, and what a tenant's licences allow."""

from __future__ import annotations

from ostiary.server.connectors.rules import SyncState
from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.stories import story
from ostiary.tenant.stories.app_builder import foreign_app
from ostiary.tenant.stories.builder import Builder
from ostiary.tenant.stories.small import DOMAIN
from tests.entra.expected import Shown
from tests.stories.truth import assert_truth
from tests.stories.world import Stage, World

SKIP_AD_GROUPS = {"BATON_SKIP_AD_GROUPS": "true"}
INCLUDE_ON_PREM = {"BATON_INCLUDE_ON_PREM_GROUP_MEMBERS": "true"}
FIRST_PARTY = 400
MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
"""The tenant that owns first-party applications."""


def hidden_memberships(directory: Directory) -> int:
    """Of on-premises users in groups that are not on-premises themselves."""
    return sum(
        bool(directory.objects[Kind.USER][member].props.get("onPremisesSyncEnabled"))
        for group, members in directory.members.items()
        if group in directory.objects[Kind.GROUP]
        and not directory.get(group).props.get("onPremisesSyncEnabled")
        for member in members
        if member in directory.objects[Kind.USER]
    )


def left_out(world: World) -> dict[str, int]:
    """By subject, of the newest sync."""
    counts: dict[str, int] = {}
    for line in world.journal():
        if line.message == "Sync started.":
            return counts
        if "subject" in line.details:
            counts[line.details["subject"]] = line.details["count"]
    return counts


def test_19_without_ad_groups_their_users_stay_and_show_as_members_only_when_asked_for(
    stage: Stage,
) -> None:
    with stage.world(story(), SKIP_AD_GROUPS) as world:
        world.synced()
        frank, project = world.id_of("frank"), f"group:{world.id_of('M365-Project')}:members"
        assert world.id_of("SG-OnPrem") not in world.resources("Group")
        assert frank in world.accounts()
        assert world.holders(project).keys() == {world.id_of("bob"), world.id_of("Eve")}
        hidden = hidden_memberships(world.tenant.directory)
        assert left_out(world)["memberships of on-premises users in cloud groups"] == hidden > 0
        assert left_out(world)["groups"] == 1
        assert_truth(world, Shown(skip_ad_groups=True))
        world.agent.set_up_again(INCLUDE_ON_PREM)
        world.synced()
        assert frank in world.holders(project)
        assert "memberships of on-premises users in cloud groups" not in left_out(world)
        assert world.id_of("SG-OnPrem") not in world.resources("Group")
        assert_truth(world, Shown(skip_ad_groups=True, include_on_prem_group_members=True))


def test_24_a_free_tenant_is_connected_and_told_what_its_licences_leave_out(stage: Stage) -> None:
    asked = {"BATON_SIGN_IN_ACTIVITY": "true"}
    with stage.world(story(), asked, premium=None) as world:
        world.synced()
        assert world.status() == "SYNC_STATUS_DONE"
        assert not [name for name in world.entitlements() if ":eligible" in name]
        told = [line.message for line in world.journal() if line.level == "warning"]
        assert any("no Microsoft Entra ID P2 or Governance licence" in text for text in told)
        (sign_ins,) = (text for text in told if "accounts' last sign-ins" in text)
        assert "no Microsoft Entra ID P1 or P2 licence" in sign_ins
        assert_truth(world, Shown(pim=False))


def with_first_party_apps() -> Directory:
    directory = story()
    build = Builder(directory, DOMAIN)
    for number in range(FIRST_PARTY):
        foreign_app(build, f"First Party {number}", owner=MICROSOFT)
    return directory


def test_28_apps_that_nobody_is_assigned_to_go_when_skipped_and_come_back_as_they_were(
    stage: Stage,
) -> None:
    with stage.world(with_first_party_apps()) as world:
        world.synced()
        before, apps = world.resources("Enterprise application"), world.discovered_apps()
        assert len(before) > FIRST_PARTY
        assert "First Party 7" in apps
        world.agent.set_up_again({"BATON_SKIP_UNASSIGNED_APPS": "true"})
        held = world.sync()
        assert held.state is SyncState.HELD  # for the server it is a large loss like any other
        world.confirm()
        assigned = {
            app for app, held in world.tenant.directory.app_role_assignments.items() if held
        }
        assert world.resources("Enterprise application").keys() == before.keys() & assigned
        assert "First Party 7" not in world.discovered_apps()
        assert "Expenses" in world.discovered_apps()
        world.agent.set_up_again({"BATON_SKIP_UNASSIGNED_APPS": "false"})
        world.synced()
        after = world.resources("Enterprise application")
        assert ids(after) == ids(before)
        assert ids(world.discovered_apps()) == ids(apps)


def ids(things: dict[str, dict[str, str]]) -> dict[str, str]:
    return {name: thing["id"] for name, thing in things.items()}
