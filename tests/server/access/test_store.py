from __future__ import annotations

from datetime import timedelta

from ostiary.server.access import store
from tests.server.access.asking import Story, names
from tests.server.ingest.tenants import CONNECTOR, Held, Tenant


def nested() -> Tenant:
    """Bob is in finance, finance is in nested; nested may use the app. Alice is in nested."""
    tenant = Tenant()
    bob, alice = tenant.user("bob"), tenant.user("alice")
    finance = tenant.group("finance", bob)
    outer = tenant.group("nested", alice)
    tenant.hold(outer, ("group", "finance"), Held(through=(finance,)))
    tenant.inherit(outer, bob, finance)
    app = tenant.app("expenses")
    tenant.hold(app, ("group", "nested"), Held(through=(outer,)))
    tenant.hold(app, alice, Held(sources={outer: True}))
    tenant.hold(app, bob, Held(sources={outer: False}))
    return tenant


def test_nested_membership_is_inherited_and_says_from_where(story: Story) -> None:
    story.sync(nested())
    told = {g.principal.display_name: g for g in story.holders("group:nested:members")}
    assert not told["bob"].direct
    assert [source.entitlement.external_id for source in told["bob"].sources] == [
        "group:finance:members"
    ]
    assert told["bob"].sources[0].direct
    assert told["bob"].immutable_reason == ""
    assert told["alice"].direct
    assert told["alice"].sources == []
    assert told["alice"].immutable_reason is None
    direct = story.holders("group:nested:members", direct=True)
    assert names(direct) == ["alice", "finance"]
    assert names(story.holders("group:nested:members", direct=False)) == ["bob"]


def test_every_path_is_told(story: Story) -> None:
    tenant = nested()
    finance, outer, app = "group:finance:members", "group:nested:members", "app:expenses:assigned"
    story.sync(tenant)
    assert story.paths(app, ("user", "bob")) == [[finance, outer, app]]
    assert story.paths(app, ("user", "alice")) == [[outer, app]]
    assert story.paths(finance, ("user", "bob")) == [[finance]]

    tenant.hold(app, ("user", "bob"), Held(sources={app: True, outer: False}))
    later = story.sync(tenant)
    assert story.paths(app, ("user", "bob")) == [[app], [finance, outer, app]]
    before = later - timedelta(minutes=1)
    assert story.paths(app, ("user", "bob"), before) == [[finance, outer, app]]


def test_the_group_that_a_path_goes_through_is_named(story: Story) -> None:
    story.sync(nested())
    with story.kernel.read() as connection:
        told = store.explain(
            connection,
            story.entitlement("app:expenses:assigned"),
            story.resource(("user", "bob")),
        )
    (path,) = told.paths
    assert [step.via.display_name if step.via else None for step in path] == [
        None,
        "finance",
        "nested",
    ]


def test_groups_in_each_other_end(story: Story) -> None:
    tenant = Tenant()
    user = tenant.user("u")
    a, b = tenant.group("a", user), tenant.group("b")
    tenant.hold(a, ("group", "b"), Held(through=(b,)))
    tenant.hold(b, ("group", "a"), Held(through=(a,)))
    tenant.inherit(b, user, a)
    tenant.hold(a, user, Held(sources={a: True, b: False}))
    story.sync(tenant)
    assert story.paths(b, user) == [[a, b]]
    assert story.paths(a, user) == [[a]]
    assert len(story.holders(b)) == 2


def test_inherited_access_without_edges_is_told_by_its_sources(story: Story) -> None:
    tenant = Tenant()
    user = tenant.user("u")
    group, app = tenant.group("g", user), tenant.app("x")
    tenant.inherit(app, user, group)
    story.sync(tenant)
    assert story.paths(app, user) == [[group, app]]


def test_what_nobody_holds_has_no_explanation(story: Story) -> None:
    tenant = Tenant()
    tenant.user("u")
    tenant.app("x")
    story.sync(tenant)
    with story.kernel.read() as connection:
        told = store.explain(
            connection, story.entitlement("app:x:assigned"), story.resource(("user", "u"))
        )
    assert (told.grant, told.paths) == (None, [])


def test_pages_join_to_the_whole_now_and_then(story: Story) -> None:
    tenant = Tenant()
    app = tenant.app("x", *[tenant.user(f"u{number:02}") for number in range(23)])
    first = story.sync(tenant)
    for number in range(0, 23, 3):
        tenant.remove(("user", f"u{number:02}"))
    tenant.hold(app, ("user", "u01"), Held(metadata="changed"))
    story.sync(tenant)
    for at, count in ((None, 15), (first, 23)):
        seen, after = [], ""
        with story.kernel.read() as connection:
            while True:
                page = store.who_has(connection, story.entitlement(app), at=at, after=after, size=4)
                seen += names(page.items)
                after = page.next
                if not after:
                    break
            assert store.count_holders(connection, story.entitlement(app), at=at) == count
        assert len(seen) == count
        assert len(set(seen)) == count


def test_what_somebody_has_spans_accounts_and_pages(story: Story) -> None:
    tenant = Tenant()
    one, two = tenant.user("one"), tenant.user("two")
    for number in range(5):
        tenant.app(f"a{number}", one, two)
    at = story.sync(tenant)
    tenant.remove(("app", "a0"))
    story.sync(tenant)
    people = [story.resource(one), story.resource(two)]
    with story.kernel.read() as connection:
        first = store.what_has(connection, people, size=6)
        second = store.what_has(connection, people, size=6, after=first.next)
        then = store.what_has(connection, people, at=at)
    held = [(g.principal.display_name, g.entitlement.external_id) for g in first.items]
    held += [(g.principal.display_name, g.entitlement.external_id) for g in second.items]
    assert second.next == ""
    every = ["credential:access", *(f"app:a{number}:assigned" for number in range(1, 5))]
    assert sorted(held) == sorted((who, what) for who in ("one", "two") for what in every)
    assert len(then.items) == 12


def test_the_past_shows_the_names_of_the_past(story: Story) -> None:
    tenant = Tenant()
    user = tenant.user("u")
    app = tenant.app("x", user)
    then = story.sync(tenant)
    tenant.resources[user] = "renamed"
    story.sync(tenant)
    assert names(story.holders(app)) == ["renamed"]
    assert names(story.holders(app, then)) == ["u"]


def test_history_tells_every_stretch_and_unbroken_holding_since_when(story: Story) -> None:
    tenant = Tenant()
    user = tenant.user("u")
    app = tenant.app("x", user)
    granted = story.sync(tenant)
    tenant.hold(app, user, Held(metadata="until Friday"))
    changed = story.sync(tenant)
    del tenant.grants[app, user]
    revoked = story.sync(tenant)
    tenant.hold(app, user)
    again = story.sync(tenant)
    with story.kernel.read() as connection:
        told = store.grant_history(connection, story.entitlement(app), story.resource(user))
    assert [(g.granted_at, g.since, g.ended_at) for g in told] == [
        (granted, granted, changed),
        (granted, changed, revoked),
        (again, again, None),
    ]
    assert told[1].metadata == {"note": "until Friday"}


def test_differences_between_two_instants_are_net(story: Story) -> None:
    tenant = Tenant()
    kept, gone, changed, passing = (tenant.user(name) for name in ("kept", "gone", "chg", "pass"))
    app = tenant.app("x", kept, gone, changed)
    start = story.sync(tenant)
    del tenant.grants[app, gone]
    del tenant.grants[app, kept]
    tenant.hold(app, passing)
    story.sync(tenant)
    tenant.hold(app, kept)
    del tenant.grants[app, passing]
    tenant.hold(app, changed, Held(metadata="else"))
    tenant.hold(app, tenant.user("new"))
    end = story.sync(tenant)
    story.sync(Tenant({("user", "kept"): "kept"}))
    with story.kernel.read() as connection:
        first = store.differences(connection, start, end, app_id=story.app, size=2)
        rest = store.differences(connection, start, end, app_id=story.app, after=first.next)
        none = store.differences(connection, end, end)
        mine = store.differences(connection, start, end, principal_ids=[story.resource(gone)])
    told = {(d.change, d.grant.principal.display_name) for d in first.items + rest.items}
    assert told == {("added", "new"), ("removed", "gone"), ("changed", "chg")}
    assert len(first.items) == 2
    assert none.items == []
    assert [d.change for d in mine.items] == ["removed"]
    (chg,) = [d for d in first.items + rest.items if d.change == "changed"]
    assert chg.before is not None
    assert (chg.before.metadata, chg.grant.metadata) == ({}, {"note": "else"})


def test_counts_are_those_of_the_instant(story: Story) -> None:
    tenant = Tenant()
    user = tenant.user("u")
    tenant.app("x", user, tenant.user("v"))
    then = story.sync(tenant)
    tenant.remove(("user", "v"))
    story.sync(tenant)
    with story.kernel.read() as connection:
        now = store.count_by_type(connection, CONNECTOR)
        before = store.count_by_type(connection, CONNECTOR, at=then)
        never = store.count_by_type(connection, CONNECTOR, at=then - timedelta(hours=2))
    assert now["grants"] == {"app": 1}
    assert now["accounts"] == {"user": 1}
    assert before["resources"] == {"app": 1, "user": 2}
    assert before["grants"] == {"app": 2}
    assert never == {}
