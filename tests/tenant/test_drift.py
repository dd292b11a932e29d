from collections import Counter
from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.drift import drift
from ostiary.tenant.stories import story
from ostiary.tenant.truth import export_truth
from tests.tenant.graph_schema import mismatches

Lists = dict[str, list[str]]
seeds = st.integers(min_value=0, max_value=10**6)
few = settings(max_examples=25, deadline=None, derandomize=True)


def drifted(seed: int, steps: int = 150) -> Directory:
    tenant = story()
    drift(tenant, seed, steps)
    return tenant


def lists(links: dict[str, dict[str, None]]) -> Lists:
    return {holder: list(held) for holder, held in links.items() if held}


def replay(tenant: Directory, baseline: Lists, relation: str) -> Lists:
    """The lists a reader of nothing but the journal would arrive at."""
    seen = {holder: dict.fromkeys(held) for holder, held in baseline.items()}
    for change in tenant.journal:
        if change.what in ("created", "deleted", "purged", "restored"):
            seen.pop(change.object_id, None)
        elif change.target and change.what == f"{relation}+":
            seen.setdefault(change.object_id, {})[change.target] = None
        elif change.target and change.what == f"{relation}-":
            seen.get(change.object_id, {}).pop(change.target, None)
    return {holder: list(held) for holder, held in seen.items() if held}


def without(lists: Lists, kinds: set[Kind], tenant: Directory) -> Lists:
    return {one: held for one, held in lists.items() if tenant.index[one].kind not in kinds}


def test_the_same_seed_makes_the_same_changes() -> None:
    first, second, other = story(), story(), story()
    told = drift(first, 7, 200)
    assert told == drift(second, 7, 200)
    assert told != drift(other, 8, 200)
    assert len(told) == 200
    assert export_truth(first) == export_truth(second)


def test_drift_reaches_every_kind_of_change() -> None:
    whats: Counter[str] = Counter()
    for seed in range(6):
        whats.update(one.what.partition(":")[0] for one in drifted(seed, 300).journal)
    assert set(whats) == {
        "created",
        "deleted",
        "purged",
        "restored",
        "property",
        "members+",
        "members-",
        "owners+",
        "owners-",
        "manager",
        "appRole+",
        "appRole-",
    }


@few
@given(seeds)
def test_members_and_owners_follow_from_the_journal_alone(seed: int) -> None:
    tenant = story()
    members, owners = lists(tenant.members), lists(tenant.owners)
    drift(tenant, seed, 150)
    replayed = without(replay(tenant, members, "members"), {Kind.DIRECTORY_ROLE}, tenant)
    assert replayed == lists(tenant.members)
    assert replay(tenant, owners, "owners") == lists(tenant.owners)


@few
@given(seeds)
def test_members_of_directory_roles_follow_from_the_journal_alone(seed: int) -> None:
    tenant = story()
    before = {
        role: members
        for role in tenant.objects[Kind.DIRECTORY_ROLE]
        if (members := tenant.members_of_role(role))
    }
    drift(tenant, seed, 150)
    replayed = replay(tenant, before, "members")
    for role in tenant.objects[Kind.DIRECTORY_ROLE]:
        assert sorted(replayed.get(role, [])) == sorted(tenant.members_of_role(role))


@few
@given(seeds)
def test_managers_and_app_roles_follow_from_the_journal_alone(seed: int) -> None:
    tenant = story()
    managers: dict[str, str | None] = dict(tenant.managers)
    assigned = {one for held in tenant.app_role_assignments.values() for one in held}
    drift(tenant, seed, 150)
    for change in tenant.journal:
        if change.what == "manager":
            managers[change.object_id] = change.target
        elif change.what in ("deleted", "purged"):
            managers.pop(change.object_id, None)
        elif change.what == "appRole+":
            assigned.add(change.target or "")
        elif change.what == "appRole-":
            assigned.remove(change.target or "")
    assert {user: boss for user, boss in managers.items() if boss} == tenant.managers
    assert assigned == {one for held in tenant.app_role_assignments.values() for one in held}


@few
@given(seeds)
def test_no_property_changes_unjournaled(seed: int) -> None:
    tenant = story()
    before: dict[str, dict[str, Any]] = {
        one.id: deepcopy(one.props) for one in tenant.index.values()
    }
    drift(tenant, seed, 150)
    told = {(one.object_id, one.property_name) for one in tenant.journal if one.property_name}
    for object_id, old in before.items():
        now = tenant.find(object_id)
        if now is not None:
            changed = {name for name in old | now.props if old.get(name) != now.props.get(name)}
            assert {(object_id, name) for name in changed} <= told


@few
@given(seeds)
def test_no_link_dangles(seed: int) -> None:
    tenant = drifted(seed)
    for links in (tenant.members, tenant.owners):
        for holder, held in links.items():
            assert {holder, *held} <= tenant.index.keys()
    assert tenant.managers.keys() | set(tenant.managers.values()) <= tenant.index.keys()
    for resource, assignments in tenant.app_role_assignments.items():
        assert {resource} | {
            one.principal_id for one in assignments.values()
        } <= tenant.index.keys()
    for table in (tenant.eligibility_instances, tenant.assignment_instances):
        assert all(one.principal_id in tenant.index for one in table.values())
    origins = {one.origin_id for one in tenant.assignment_instances.values()}
    assert origins == tenant.role_assignments.keys()
    assert set(tenant.severed) == set(tenant.deleted)
    assert not tenant.index.keys() & tenant.deleted.keys()


@few
@given(seeds)
def test_licences_follow_from_paths_and_seats_from_licences(seed: int) -> None:
    tenant = drifted(seed)
    used: Counter[str] = Counter()
    for user in tenant.objects[Kind.USER].values():
        states = user.props.get("licenseAssignmentStates") or []
        held = {one["skuId"] for one in user.props.get("assignedLicenses") or []}
        assert held == {one["skuId"] for one in states if one["state"] == "Active"}
        used.update(held)
        for one in states:
            through = one["assignedByGroup"]
            if through:
                assert user.id in tenant.members[through]
                licences = tenant.get(through).props["assignedLicenses"]
                assert one["skuId"] in {licence["skuId"] for licence in licences}
    assert {sku_id: sku.consumed for sku_id, sku in tenant.skus.items()} == {
        sku_id: used[sku_id] for sku_id in tenant.skus
    }


@few
@given(seeds)
def test_what_drift_makes_is_what_graph_could_return(seed: int) -> None:
    tenant = drifted(seed)
    objects = [*tenant.index.values(), *tenant.deleted.values()]
    assert [wrong for one in objects for wrong in mismatches(one.kind, one.props, one.kind)] == []


@few
@given(seeds)
def test_nobody_becomes_their_own_boss(seed: int) -> None:
    managers = drifted(seed).managers
    for start in managers:
        seen, at = {start}, managers.get(start)
        while at is not None:
            assert at not in seen
            seen.add(at)
            at = managers.get(at)


def test_drift_spares_the_app_a_connector_signs_in_as() -> None:
    for seed in range(5):
        tenant = drifted(seed, 300)
        assert tenant.find(tenant.id_of("OurIntegration", Kind.SERVICE_PRINCIPAL))
        assert tenant.find(tenant.id_of("Microsoft Graph"))
