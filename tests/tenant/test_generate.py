from collections import Counter
from random import Random

import pytest

from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.directory.builtin_roles import GLOBAL_ADMINISTRATOR
from ostiary.tenant.drift import drift
from ostiary.tenant.generate import generate
from ostiary.tenant.generate.sampling import skewed_sizes
from ostiary.tenant.truth import export_truth
from tests.tenant.graph_schema import mismatches


@pytest.fixture(scope="module")
def tenant() -> Directory:
    """Read only; the tenant of the published measurements."""
    return generate(users=10_000, groups=2_000, memberships=88_000)


def member_links(tenant: Directory) -> int:
    return sum(map(len, tenant.members.values()))


def owner_links(tenant: Directory) -> int:
    return sum(len(tenant.owners.get(one, ())) for one in tenant.objects[Kind.GROUP])


def test_numbers_are_exactly_those_asked_for(tenant: Directory) -> None:
    assert len(tenant.objects[Kind.USER]) == 10_000
    assert len(tenant.objects[Kind.GROUP]) == 2_000
    assert len(tenant.objects[Kind.SERVICE_PRINCIPAL]) == 300
    assert len(tenant.role_definitions) == 130
    assert GLOBAL_ADMINISTRATOR in tenant.role_definitions
    assert member_links(tenant) + owner_links(tenant) == 88_000


def test_a_fifth_of_the_service_principals_overflow_an_expand(tenant: Directory) -> None:
    assert sum(len(held) >= 20 for held in tenant.app_role_assignments.values()) == 60


def test_the_seed_decides_everything() -> None:
    def truth(seed: int) -> dict[str, object]:
        return export_truth(generate(users=200, groups=40, memberships=900, seed=seed))

    first = truth(3)
    assert first == truth(3)
    assert first["members"] != truth(4)["members"]


def test_about_one_member_in_fifty_is_not_a_user(tenant: Directory) -> None:
    kinds = Counter(tenant.get(one).kind for held in tenant.members.values() for one in held)
    assert set(kinds) == {
        Kind.USER,
        Kind.GROUP,
        Kind.DEVICE,
        Kind.ORG_CONTACT,
        Kind.SERVICE_PRINCIPAL,
    }
    assert 0.015 < 1 - kinds[Kind.USER] / kinds.total() < 0.025


def test_few_groups_hold_most_members(tenant: Directory) -> None:
    sizes = sorted(map(len, tenant.members.values()), reverse=True)
    assert sizes[0] > 5_000
    assert sum(sizes[:200]) > sum(sizes) / 2
    assert min(sizes) >= 1


def test_groups_nest_and_some_in_circles(tenant: Directory) -> None:
    groups = tenant.objects[Kind.GROUP]
    inner = {one: [m for m in tenant.members[one] if m in groups] for one in groups}
    assert any(
        third
        for first in inner.values()
        for second in first
        for third in inner[second]
        if inner[third]
    )
    assert any(one in inner[other] for one, held in inner.items() for other in held)


def test_no_link_dangles_and_nothing_holds_itself(tenant: Directory) -> None:
    for links in (tenant.members, tenant.owners):
        for holder, held in links.items():
            assert {holder, *held} <= tenant.index.keys()
            assert holder not in held
    for resource, assignments in tenant.app_role_assignments.items():
        assert resource in tenant.index
        for one in assignments.values():
            assert one.principal_id in tenant.index


def test_every_object_is_one_graph_could_return(tenant: Directory) -> None:
    for live in tenant.objects.values():
        for one in list(live.values())[:400]:
            assert list(mismatches(one.kind, one.props, one.kind)) == []


def test_logins_are_unique(tenant: Directory) -> None:
    names = [one.props["userPrincipalName"] for one in tenant.objects[Kind.USER].values()]
    assert len(set(names)) == len(names)


def test_licences_agree_with_groups_and_seats(tenant: Directory) -> None:
    used: Counter[str] = Counter()
    for user in tenant.objects[Kind.USER].values():
        used.update(one["skuId"] for one in user.props.get("assignedLicenses") or ())
        for one in user.props.get("licenseAssignmentStates") or ():
            if one["assignedByGroup"]:
                assert user.id in tenant.members[one["assignedByGroup"]]
    assert used
    assert {one.sku_id: one.consumed for one in tenant.skus.values()} == {
        sku_id: used[sku_id] for sku_id in tenant.skus
    }


def test_roles_are_active_eligible_activated_and_scoped(tenant: Directory) -> None:
    types = {one.assignment_type for one in tenant.assignment_instances.values()}
    assert types == {"Assigned", "Activated"}
    assert tenant.eligibility_instances
    assert any(one.directory_scope_id != "/" for one in tenant.role_assignments.values())


def test_a_generated_tenant_is_a_baseline_that_can_drift() -> None:
    tenant = generate(users=300, groups=60, memberships=2_000, service_principals=20)
    untouched = generate(users=300, groups=60, memberships=2_000, service_principals=20)
    assert tenant.journal.version == 0
    assert len(drift(tenant, 5, 100)) == 100
    shared = untouched.objects[Kind.USER]
    changed = {one.object_id for one in tenant.journal}
    for user_id, user in tenant.objects[Kind.USER].items():
        if user_id in shared and user_id not in changed:
            assert user.props == shared[user_id].props


def test_more_roles_than_are_built_in_are_made_up_with_custom_ones() -> None:
    tenant = generate(users=50, groups=10, memberships=100, service_principals=5, roles=140)
    assert len(tenant.role_definitions) == 140
    assert sum(not one.is_built_in for one in tenant.role_definitions.values()) == 10


def test_sizes_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        skewed_sizes(Random(1), count=10, total=5, largest=100)
    with pytest.raises(ValueError, match="cannot hold"):
        skewed_sizes(Random(1), count=10, total=500, largest=20)


@pytest.mark.parametrize(
    ("count", "total", "largest"), [(1, 1, 1), (7, 7, 9), (7, 63, 9), (50, 999, 400)]
)
def test_sizes_add_up_within_their_bounds(count: int, total: int, largest: int) -> None:
    sizes = skewed_sizes(Random(2), count, total, largest)
    assert (len(sizes), sum(sizes)) == (count, total)
    assert 1 <= min(sizes) <= max(sizes) <= largest


@pytest.mark.scale
def test_a_large_tenant_has_what_was_ordered() -> None:
    tenant = generate(users=100_000, groups=20_000, memberships=1_500_000, service_principals=3_000)
    assert member_links(tenant) + owner_links(tenant) == 1_500_000
    assert len(tenant.objects[Kind.USER]) == 100_000
    assert sum(len(held) > 10_000 for held in tenant.members.values()) > 10
    assert sum(len(held) >= 20 for held in tenant.app_role_assignments.values()) == 600
