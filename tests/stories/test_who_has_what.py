"""Stories about who has what, and through what: one tenant that is synced once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from ostiary.tenant.directory.builtin_roles import GLOBAL_ADMINISTRATOR, USER_ADMINISTRATOR
from ostiary.tenant.stories import story
from ostiary.tenant.stories.foundation import E5, ENTRA_P2
from tests.stories.asking import Json, answered
from tests.stories.truth import assert_truth
from tests.stories.world import Stage, World


@pytest.fixture(scope="module")
def world(stage: Stage) -> Iterator[World]:
    with stage.world(story()) as world:
        world.synced()
        yield world


def members(world: World, group: str) -> str:
    return f"group:{world.id_of(group)}:members"


def sources(held: Json) -> list[str]:
    return [source["entitlement"]["displayName"] for source in held["sources"]]


def account(world: World, login: str) -> str:
    """Our id of somebody's account."""
    told: str = world.accounts()[world.id_of(login)]["id"]
    return told


def test_what_is_shown_is_what_is_so_in_the_tenant(world: World) -> None:
    assert_truth(world)


def test_20_bob_is_in_the_outer_group_through_the_inner_one_alone(world: World) -> None:
    bob = world.id_of("bob")
    nested = world.holders(members(world, "SG-Nested"))
    assert not nested[bob]["direct"]
    assert sources(nested[bob]) == ["SG-Finance member"]
    assert world.paths(members(world, "SG-Nested"), account(world, "bob")) == [
        ["SG-Finance member", "SG-Nested member"]
    ]
    assert nested[world.id_of("carol")]["direct"]
    finance = world.holders(members(world, "SG-Finance"))
    assert (finance[bob]["direct"], sources(finance[bob])) == (True, [])


def test_20_the_grants_of_c1_tell_the_same(world: World) -> None:
    entitlements = world.entitlements()
    nested = entitlements[members(world, "SG-Nested")]["id"]
    finance = entitlements[members(world, "SG-Finance")]["id"]
    grants = world.pages(f"/apps/{world.app_id}/entitlements/{nested}/grants")
    bob = account(world, "bob")
    (held,) = (grant for grant in grants if grant["appUserId"] == bob)
    assert not held["direct"]
    assert held["grantSources"] == [{"appId": world.app_id, "id": finance}]


def test_21_groups_that_hold_each_other_show_everybody_once(world: World) -> None:
    amir, bela, first, second = map(world.id_of, ("amir", "bela", "SG-Cycle-A", "SG-Cycle-B"))
    for group, own, other in (("SG-Cycle-A", amir, bela), ("SG-Cycle-B", bela, amir)):
        path = f"/apps/{world.app_id}/entitlements/{entitlement_of(world, group)}/holders"
        shown = [held["principal"]["externalId"] for held in world.pages(path)]
        assert len(shown) == len(set(shown))
        held = world.holders(members(world, group))
        assert held.keys() - {first, second} == {amir, bela}
        assert held[own]["direct"]
        assert not held[other]["direct"]
    ring = {world.id_of(f"SG-Ring-{place}") for place in (1, 2, 3)}
    for group in ring:
        held = world.holders(f"group:{group}:members")
        assert held.keys() - ring == {world.id_of("chloe")}


def entitlement_of(world: World, group: str) -> str:
    told: str = world.entitlements()[members(world, group)]["id"]
    return told


def test_22_an_eligible_role_is_not_an_active_one(world: World) -> None:
    active = f"directory_role:{GLOBAL_ADMINISTRATOR}:assigned"
    eligible = f"directory_role:{GLOBAL_ADMINISTRATOR}:eligible"
    alice, carol = world.id_of("alice"), world.id_of("carol")
    holders, candidates = world.holders(active), world.holders(eligible)
    assert alice in candidates
    assert alice not in holders
    assert carol in holders
    assert carol not in candidates
    assert "ends_at" not in holders[carol]["metadata"]
    entitlements = world.entitlements()
    for name, held in ((eligible, candidates[alice]), (active, holders[carol])):
        reviewed = {"entitlementRefs": [{"id": entitlements[name]["id"]}]}
        found = world.search("grants", {"appIds": [world.app_id], **reviewed})
        views = [each["appEntitlementUserBinding"] for each in found]
        assert held["principal"]["id"] in {view["appUserId"] for view in views}


def test_22_an_activation_shows_when_it_ends_and_ends_then(stage: Stage) -> None:
    active = f"directory_role:{GLOBAL_ADMINISTRATOR}:assigned"
    eligible = f"directory_role:{GLOBAL_ADMINISTRATOR}:eligible"
    with stage.world(story()) as world:
        world.synced()
        alice, directory = world.id_of("alice"), world.tenant.directory
        end = directory.clock.now() + timedelta(hours=2)
        world.tenant.change(lambda d: d.activate_role(alice, GLOBAL_ADMINISTRATOR, end=end))
        world.synced()
        held = world.holders(active)[alice]
        assert held["metadata"]["assignment_type"] == "Activated"
        assert datetime.fromisoformat(held["metadata"]["ends_at"]) == end
        assert alice in world.holders(eligible)
        during = world.at()
        world.tenant.change(lambda d: d.clock.advance(2 * 3600))
        world.synced()
        assert alice not in world.holders(active)
        assert alice in world.holders(active, as_of=during)
        assert alice in world.holders(eligible)
        (stretch,) = world.history(active, held["principal"]["id"])
        assert stretch["endedAt"] is not None


def test_23_a_role_held_through_a_group_cannot_be_revoked_from_its_members(world: World) -> None:
    role = f"directory_role:{USER_ADMINISTRATOR}:assigned"
    holders = world.holders(role)
    group = holders[world.id_of("SG-Admins")]
    assert (group["direct"], group["immutableReason"]) == (True, None)
    for login in ("dana", "sven"):
        held = holders[world.id_of(login)]
        assert not held["direct"]
        assert held["immutableReason"] is not None
        assert sources(held) == ["SG-Admins member"]
        paths = world.paths(role, held["principal"]["id"])
        assert paths == [["SG-Admins member", "User Administrator"]]


def test_25_a_licence_of_a_group_is_inherited_and_one_of_a_person_is_not(world: World) -> None:
    bob = world.id_of("bob")
    through_group = world.holders(f"license:{E5}:assigned")[bob]
    own = world.holders(f"license:{ENTRA_P2}:assigned")[bob]
    assert not through_group["direct"]
    assert sources(through_group) == ["SG-Finance member"]
    assert through_group["immutableReason"] is not None
    assert (own["direct"], sources(own), own["immutableReason"]) == (True, [], None)


def test_26_a_guest_is_external_while_nobody_trusts_her_domain(world: World) -> None:
    trust(world, "corp.example")
    try:
        eve, bob = account(world, "Eve"), account(world, "bob")
        external = outside(world, "APP_USER_DOMAIN_EXTERNAL")
        assert external[eve]["isExternal"]
        assert bob not in external
        inside = outside(world, "APP_USER_DOMAIN_TRUSTED")
        assert not inside[bob]["isExternal"]
        assert eve not in inside
        assert world.accounts()[world.id_of("Eve")]["profile"]["userType"] == "Guest"
        trust(world, "corp.example", "partner.example")
        assert eve not in outside(world, "APP_USER_DOMAIN_EXTERNAL")
    finally:
        trust(world)


def trust(world: World, *domains: str) -> None:
    answered(world.client.put("/api/v1/settings/domains", json={"newDomains": domains}))


def outside(world: World, domain: str) -> dict[str, Json]:
    """Accounts without an owner, as all are where no directory is, by their ids."""
    wanted = {"appIds": [world.app_id], "appUserDomains": [domain]}
    found = world.search("orphaned_app_users", wanted)
    return {view["appUser"]["id"]: view["appUser"] for view in found}


def test_27_a_disabled_account_keeps_its_grants_and_is_found_by_them(world: World) -> None:
    dave = world.accounts()[world.id_of("dave")]
    assert dave["status"]["status"] == "STATUS_DISABLED"
    assert members(world, "SG-Finance") in world.held_by(dave["id"])
    disabled = world.find_accounts(appUserStatuses=["STATUS_DISABLED"])
    assert dave["id"] in {each["id"] for each in disabled}
    assert {each["status"]["status"] for each in disabled} == {"STATUS_DISABLED"}
    wanted = {"appIds": [world.app_id], "appUserIds": [each["id"] for each in disabled]}
    with_access = {
        found["appEntitlementUserBinding"]["appUserId"] for found in world.search("grants", wanted)
    }
    assert dave["id"] in with_access
