"""Grant expansion: against a naive reference, and case by case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ostiary.baton.annotations import has, pack
from ostiary.baton.c1z import C1zReader, C1zWriter, GrantSheet
from ostiary.baton.pb import connector_v2 as pb
from ostiary.connector.entitlements import assignment_entitlement, entitlement_stub
from ostiary.connector.expansion import Expander
from ostiary.connector.resources import group_resource
from ostiary.connector.status import ConnectorError, Status
from tests.connector.expansion_reference import Nesting, Principal, Sources, Tenant

USER = pb.ResourceType(id="user", traits=[pb.ResourceType.TRAIT_USER])
GROUP = pb.ResourceType(id="group", traits=[pb.ResourceType.TRAIT_GROUP])


def entitlement(group: str) -> pb.Entitlement:
    return assignment_entitlement(group_resource("group", group, group), "members")


def grant(group: str, who: Principal, *annotations: pb.GrantExpandable) -> pb.Grant:
    held = entitlement_stub(entitlement(group))
    return pb.Grant(
        id=f"{held.id}:{who[0]}:{who[1]}",
        entitlement=held,
        principal=pb.Resource(id=pb.ResourceId(resource_type=who[0], resource=who[1])),
        annotations=[pack(message) for message in annotations],
    )


def nested(nesting: Nesting) -> pb.GrantExpandable:
    return pb.GrantExpandable(
        entitlement_ids=[entitlement(nesting.child).id],
        shallow=nesting.shallow,
        resource_type_ids=sorted(nesting.types),
    )


def grants_of(tenant: Tenant) -> Iterator[pb.Grant]:
    for group in tenant.members:
        for who in sorted(tenant.members[group]):
            yield grant(group, who)
    for place, nesting in enumerate(tenant.nestings):
        made = grant(nesting.parent, ("group", nesting.child), nested(nesting))
        made.id += f":{place}"
        yield made


def expand(
    path: Path, groups: Iterable[str], grants: Iterable[pb.Grant], depth: int = 20
) -> Expander:
    with C1zWriter(path) as writer:
        writer.put_resource_types([USER, GROUP])
        writer.put_resources(group_resource("group", group, group) for group in groups)
        writer.put_entitlements(map(entitlement, groups))
        writer.put_grants(grants)
        expander = Expander(writer.begin_expansion(), max_depth=depth)
        for _ in expander.steps():
            pass
        writer.seal()
    return expander


def sources_in(path: Path) -> dict[tuple[str, Principal], Sources]:
    """Sources by group and principal; several grants of one pair must agree."""
    found: dict[tuple[str, Principal], Sources] = {}
    with C1zReader(path) as reader:
        for made in reader.grants():
            key = (
                made.entitlement.resource.id.resource,
                (made.principal.id.resource_type, made.principal.id.resource),
            )
            sources = {
                name.split(":")[1]: source.is_direct
                for name, source in made.sources.sources.items()
            }
            assert found.setdefault(key, sources) == sources
    return found


GROUPS = ("a", "b", "c", "d", "e", "f")
people = st.sampled_from([("user", "u1"), ("user", "u2"), ("user", "u3"), ("bot", "b1")])
nestings = st.builds(
    Nesting,
    child=st.sampled_from(GROUPS),
    parent=st.sampled_from(GROUPS),
    shallow=st.sampled_from([False, False, True]),
    types=st.sampled_from([(), (), ("user",), ("user", "bot"), ("bot", "group")]).map(frozenset),
)
tenants = st.builds(
    Tenant,
    members=st.fixed_dictionaries({group: st.frozensets(people, max_size=2) for group in GROUPS}),
    nestings=st.lists(nestings, max_size=12).map(tuple),
)


@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(tenant=tenants)
def test_expansion_equals_the_closure_by_definition(tmp_path: Path, tenant: Tenant) -> None:
    path = tmp_path / "x.c1z"
    path.unlink(missing_ok=True)
    before = list(grants_of(tenant))
    expander = expand(path, GROUPS, before)
    assert sources_in(path) == tenant.expanded()
    pairs = {(made.entitlement.id, made.principal.id.SerializeToString()) for made in before}
    assert expander.result.created == len(tenant.expanded()) - len(pairs)


def test_a_nested_groups_user_holds_the_outer_entitlement(tmp_path: Path) -> None:
    path = tmp_path / "x.c1z"
    nesting = Nesting("inner", "outer")
    expand(
        path,
        ["outer", "inner"],
        [
            grant("outer", ("group", "inner"), nested(nesting)),
            grant("inner", ("user", "u1")),
        ],
    )
    with C1zReader(path) as reader:
        made = {found.id: found for found in reader.grants(entitlement="group:outer:members")}
    assert set(made) == {"group:outer:members:group:inner", "group:outer:members:user:u1"}
    created = made["group:outer:members:user:u1"]
    assert has(created.annotations, pb.GrantImmutable)
    assert {name: s.is_direct for name, s in created.sources.sources.items()} == {
        "group:inner:members": True
    }
    kept = made["group:outer:members:group:inner"]
    assert has(kept.annotations, pb.GrantExpandable)
    assert not kept.sources.sources


def test_two_groups_in_a_cycle_share_members_but_do_not_vouch_for_each_other(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.c1z"
    users = frozenset({"user"})
    expand(
        path,
        ["a", "b"],
        [
            grant("a", ("group", "b"), nested(Nesting("b", "a", types=users))),
            grant("b", ("group", "a"), nested(Nesting("a", "b", types=users))),
            grant("a", ("user", "u1")),
        ],
    )
    found = sources_in(path)
    assert found["a", ("user", "u1")] == {}
    assert found["b", ("user", "u1")] == {"a": True}
    assert ("a", ("group", "a")) not in found


def test_sources_that_the_connector_gave_are_kept_and_decide_what_is_direct(tmp_path: Path) -> None:
    path = tmp_path / "x.c1z"
    sourced = grant("b", ("user", "u1"))
    sourced.sources.sources["elsewhere:x:y"].is_direct = True
    own = grant("b", ("user", "u2"))
    own.sources.sources["group:b:members"].is_direct = True
    expand(
        path,
        ["a", "b", "c"],
        [
            grant("a", ("group", "b"), nested(Nesting("b", "a"))),
            grant("c", ("group", "b"), nested(Nesting("b", "c", shallow=True))),
            sourced,
            own,
        ],
    )
    found = sources_in(path)
    assert found["a", ("user", "u1")] == {"b": False}
    assert found["a", ("user", "u2")] == {"b": True}
    assert ("c", ("user", "u1")) not in found
    assert found["c", ("user", "u2")] == {"b": True}


def test_an_edge_from_an_entitlement_that_is_not_there_is_dropped_and_counted(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.c1z"
    lost = Nesting("gone", "a")
    expander = expand(path, ["a"], [grant("a", ("group", "gone"), nested(lost))])
    assert (expander.result.dropped, expander.result.created) == (1, 0)


def test_an_edge_from_somebody_elses_entitlement_fails(tmp_path: Path) -> None:
    wrong = grant("a", ("group", "b"), nested(Nesting("c", "a")))
    with pytest.raises(ConnectorError, match="group:c:members, which belongs to group:c") as caught:
        expand(tmp_path / "x.c1z", ["a", "b", "c"], [wrong])
    assert caught.value.status is Status.INTERNAL


def chain(length: int) -> list[pb.Grant]:
    names = [f"g{place}" for place in range(length + 1)]
    links = [
        grant(outer, ("group", inner), nested(Nesting(inner, outer)))
        for outer, inner in pairwise(names)
    ]
    return [*links, grant(names[-1], ("user", "u1"))]


def test_nesting_beyond_the_limit_fails_and_says_how_to_go_on(tmp_path: Path) -> None:
    groups = [f"g{place}" for place in range(6)]
    expand(tmp_path / "fits.c1z", groups, chain(5), depth=5)
    with pytest.raises(ConnectorError, match="BATON_GRAPH_EXPAND_MAX_DEPTH=5") as caught:
        expand(tmp_path / "deep.c1z", groups, chain(5), depth=4)
    assert caught.value.status is Status.FAILED_PRECONDITION
    assert not (tmp_path / "deep.c1z").exists()


def test_a_long_chain_needs_no_recursion(tmp_path: Path) -> None:
    groups = [f"g{place}" for place in range(301)]
    expander = expand(tmp_path / "x.c1z", groups, chain(300), depth=300)
    assert expander.result.created == 300 + 300 * 299 // 2


def test_a_large_sheet_is_expanded_without_losing_anyone(tmp_path: Path) -> None:
    path = tmp_path / "x.c1z"
    crowd = [f"u{number}" for number in range(12_345)]
    with C1zWriter(path) as writer:
        writer.put_entitlements([entitlement("outer"), entitlement("inner")])
        writer.put_grants([GrantSheet(entitlement_stub(entitlement("inner")), "user", crowd)])
        writer.put_grants(
            [
                grant("outer", ("group", "inner"), nested(Nesting("inner", "outer"))),
                *(grant("outer", ("user", name)) for name in crowd[:6000]),
            ]
        )
        expander = Expander(writer.begin_expansion())
        steps = sum(1 for _ in expander.steps())
        writer.seal()
    assert (expander.result.created, expander.result.joined) == (6345, 6000)
    assert steps > 2
    found = sources_in(path)
    assert found["outer", ("user", "u0")] == {"outer": True, "inner": True}
    assert found["outer", ("user", "u12344")] == {"inner": True}
    assert len(found) == 12_345 * 2 + 1
