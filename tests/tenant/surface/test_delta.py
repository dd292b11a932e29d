"""Delta rounds: what they tell, how they page, and how their tokens end."""

from random import Random
from urllib.parse import quote

import pytest

from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.directory.ids import stable_id
from ostiary.tenant.surface import Quirks
from tests.tenant.surface.api import Api
from tests.tenant.surface.conftest import Serve
from tests.tenant.surface.image import Image, follow
from tests.tenant.surface.tenant import (
    GLOBAL_ADMINS,
    READERS,
    add_user,
    built,
    empty,
    group,
    many_users,
)

A, B, C = (stable_id(name) for name in ("alice", "bob", "carol"))
FINANCE, EVERYONE, PAYROLL = (stable_id(name) for name in ("Finance", "Everyone", "Payroll"))
GROUPS = "/groups/delta?$select=displayName,members,owners"
PLAIN = Quirks(empty_every=0, repeat_every=0)


def with_groups(*sizes: int) -> Directory:
    """Groups of the given numbers of members, out of as many users as the largest has."""
    directory = many_users(max(sizes))
    users = list(directory.objects[Kind.USER])
    with directory.journal.paused():
        for number, size in enumerate(sizes):
            name = f"Group {number}"
            held = directory.create(Kind.GROUP, group(name), id=stable_id(name))
            for user in users[:size]:
                directory.add_member(held.id, user)
    return directory


async def test_first_round_tells_all_memberships_and_owners(api: Api) -> None:
    image = Image()
    await follow(api, image, GROUPS)
    assert image.linked(FINANCE) == {A, B, PAYROLL}
    assert image.linked(EVERYONE) == {FINANCE, C}
    assert image.linked(FINANCE, "owners") == {C}
    assert image.objects[FINANCE] == {"id": FINANCE, "displayName": "Finance"}


async def test_links_name_their_types(api: Api) -> None:
    rows = {row["id"]: row for row in (await api.get(GROUPS)).value}
    assert {"@odata.type": "#microsoft.graph.servicePrincipal", "id": PAYROLL} in rows[FINANCE][
        "members@delta"
    ]


async def test_members_come_unasked_and_owners_only_when_selected(api: Api) -> None:
    rows = {row["id"]: row for row in (await api.get("/groups/delta")).value}
    assert "members@delta" in rows[FINANCE]
    assert "owners@delta" not in rows[FINANCE]
    [row] = [
        row
        for row in (await api.get("/groups/delta?$select=displayName")).value
        if row["id"] == FINANCE
    ]
    assert row == {"id": FINANCE, "displayName": "Finance"}


async def test_quiet_round_tells_nothing_and_gives_a_new_link(api: Api) -> None:
    link, _ = await follow(api, Image(), GROUPS)
    answer = await api.get(link)
    assert answer.value == []
    assert answer.delta is not None
    assert answer.next is None


async def test_links_carry_nothing_but_the_token(api: Api) -> None:
    link, _ = await follow(api, Image(), GROUPS)
    assert link.split("?")[1].split("=")[0] == "$deltatoken"


async def test_changes_of_links_are_told_with_what_was_removed(api: Api) -> None:
    link, _ = await follow(api, Image(), GROUPS)
    api.directory.remove_member(FINANCE, B)
    api.directory.add_member(FINANCE, C)
    api.directory.add_owner(FINANCE, A)
    [row] = (await api.get(link)).value
    user = "#microsoft.graph.user"
    assert sorted(row["members@delta"], key=len) == [
        {"@odata.type": user, "id": C},
        {"@odata.type": user, "id": B, "@removed": {"reason": "deleted"}},
    ]
    assert row["owners@delta"] == [{"@odata.type": user, "id": A}]


async def test_only_selected_properties_fire(api: Api) -> None:
    link, _ = await follow(api, Image(), "/users/delta?$select=displayName")
    api.directory.update(A, {"jobTitle": "Clerk"})
    assert (await api.get(link)).value == []
    api.directory.update(A, {"displayName": "Al"})
    assert (await api.get(link)).value == [{"id": A, "displayName": "Al"}]


async def test_minimal_answers_leave_out_what_did_not_change(api: Api) -> None:
    link, _ = await follow(api, Image(), "/users/delta?$select=displayName,userType,jobTitle")
    api.directory.update(A, {"jobTitle": "Clerk"})
    minimal = {"Prefer": "return=minimal"}
    assert (await api.get(link, headers=minimal)).value == [{"id": A, "jobTitle": "Clerk"}]
    [row] = (await api.get(link)).value
    assert row == {"id": A, "displayName": "Alice", "userType": "Member", "jobTitle": "Clerk"}


async def test_property_cleared_is_told_as_null(api: Api) -> None:
    api.directory.update(A, {"jobTitle": "Clerk"})
    link, _ = await follow(api, Image(), "/users/delta?$select=jobTitle")
    api.directory.update(A, {"jobTitle": None})
    assert (await api.get(link)).value == [{"id": A, "jobTitle": None}]


async def test_deleted_restored_and_purged(api: Api) -> None:
    link, _ = await follow(api, Image(), "/users/delta?$select=displayName")
    api.directory.soft_delete(B)
    deleted = await api.get(link)
    assert deleted.value == [{"id": B, "@removed": {"reason": "changed"}}]
    api.directory.restore(B)
    restored = await api.get(deleted.delta or "")
    assert restored.value == [{"id": B, "displayName": "Bob"}]
    api.directory.purge(B)
    assert (await api.get(restored.delta or "")).value == [
        {"id": B, "@removed": {"reason": "deleted"}}
    ]


async def test_first_round_may_tell_of_what_is_deleted(api: Api) -> None:
    api.directory.soft_delete(B)
    rows = (await api.get("/users/delta?$select=displayName")).value
    assert {"id": B, "@removed": {"reason": "changed"}} in rows


async def test_manager_is_told_with_the_one_before(api: Api) -> None:
    image = Image()
    link, _ = await follow(api, image, "/users/delta?$select=displayName,manager")
    assert image.linked(A, "manager") == {C}
    api.directory.set_manager(A, B)
    link, _ = await follow(api, image, link)
    assert image.linked(A, "manager") == {B}
    api.directory.clear_manager(A)
    await follow(api, image, link)
    assert image.linked(A, "manager") == set()


async def test_directory_roles_tell_members_of_built_in_roles(api: Api) -> None:
    image = Image()
    link, _ = await follow(api, image, "/directoryRoles/delta")
    [role] = image.objects
    assert image.objects[role]["roleTemplateId"] == GLOBAL_ADMINS
    assert image.linked(role) == {C}
    api.directory.assign_role(A, READERS)
    await follow(api, image, link)
    assert sorted(map(len, image.links.values())) == [1, 1]


async def test_latest_gives_only_a_link_from_now_on(api: Api) -> None:
    answer = await api.get("/users/delta?$select=displayName&$deltatoken=latest")
    assert answer.value == []
    add_user(api.directory, "dave")
    assert (await api.get(answer.delta or "")).ids == [stable_id("dave")]


async def test_200_users_come_on_a_page(serve: Serve) -> None:
    api = await serve(directory=many_users(450), quirks=PLAIN)
    pages = await api.pages("/users/delta?$select=displayName&$top=5")
    assert [len(page.value) for page in pages] == [200, 200, 50]
    assert len({each for page in pages for each in page.ids}) == 450


async def test_large_group_is_cut_and_told_again_on_every_page(serve: Serve) -> None:
    api = await serve(directory=with_groups(1234, 3, 1), quirks=PLAIN)
    image = Image()
    _, pages = await follow(api, image, GROUPS)
    told = [sum(len(row.get("members@delta", ())) for row in page.value) for page in pages]
    assert told == [500, 500, 238]
    assert len(image.linked(stable_id("Group 0"))) == 1234
    assert len(image.linked(stable_id("Group 1"))) == 3
    times_told = [row["id"] for page in pages for row in page.value].count(stable_id("Group 0"))
    assert times_told == 3


async def test_owners_follow_members_across_pages(serve: Serve) -> None:
    directory = with_groups(500)
    for user in list(directory.objects[Kind.USER])[:7]:
        directory.add_owner(stable_id("Group 0"), user)
    api = await serve(directory=directory, quirks=PLAIN)
    image = Image()
    _, pages = await follow(api, image, GROUPS)
    assert len(pages) == 2
    assert len(image.linked(stable_id("Group 0"), "owners")) == 7


async def test_empty_pages_and_repeats_change_nothing(serve: Serve) -> None:
    directory = with_groups(*[30] * 120)
    api = await serve(directory=directory, quirks=Quirks(empty_every=2, repeat_every=3))
    image = Image()
    _, pages = await follow(api, image, GROUPS)
    assert any(not page.value for page in pages)
    told = [row["id"] for page in pages for row in page.value]
    assert len(told) > len(set(told))
    assert all(len(image.linked(each)) == 30 for each in directory.objects[Kind.GROUP])


async def test_same_link_gives_the_same_page_again(serve: Serve) -> None:
    api = await serve(directory=with_groups(1200), quirks=PLAIN)
    second = (await api.get(GROUPS)).next or ""
    assert (await api.get(second)).value == (await api.get(second)).value


@pytest.mark.parametrize("seed", range(8))
async def test_changes_between_pages_are_never_lost(serve: Serve, seed: int) -> None:
    directory = with_groups(700, 40, 1100, 5)
    api = await serve(directory=directory, quirks=Quirks(empty_every=4, repeat_every=3))
    chance, image = Random(seed), Image()
    link: str | None = GROUPS
    for _ in range(3):
        while link:
            page = await api.get(link)
            image.merge(page.value)
            link = page.next
            churn(directory, chance)
        link = page.delta
    await follow(api, image, link or "")
    for each in directory.objects[Kind.GROUP]:
        assert image.linked(each) == set(directory.members.get(each, ())), each
    assert set(image.objects) == set(directory.objects[Kind.GROUP])


def churn(directory: Directory, chance: Random) -> None:
    users = list(directory.objects[Kind.USER])
    for held in list(directory.objects[Kind.GROUP]):
        for user in chance.sample(users, 3):
            change = chance.choice([directory.add_member, directory.remove_member])
            change(held, user)
    groups = list(directory.objects[Kind.GROUP])
    match chance.randrange(5):
        case 0 if len(groups) > 2:
            directory.soft_delete(chance.choice(groups))
        case 1 if directory.deleted:
            directory.restore(chance.choice(list(directory.deleted)))
        case 2:
            new = directory.create(Kind.GROUP, group("New"))
            directory.add_member(new.id, chance.choice(users))


async def test_filter_follows_chosen_ids_only(api: Api) -> None:
    query = quote(f"id eq '{A}' or id eq '{FINANCE}'")
    answer = await api.get(f"/users/delta?$select=displayName&$filter={query}")
    assert answer.ids == [A]
    api.directory.update(B, {"displayName": "Robert"})
    assert (await api.get(answer.delta or "")).value == []


async def test_more_than_fifty_ids_are_refused(api: Api) -> None:
    query = quote(" or ".join(f"id eq '{stable_id(str(number))}'" for number in range(51)))
    assert (await api.get(f"/users/delta?$filter={query}")).error[1] == "Request_UnsupportedQuery"


@pytest.mark.parametrize(
    "option", ["$orderby=displayName", "$expand=members", "$filter=displayName%20eq%20'x'"]
)
async def test_unsupported_options_are_refused(api: Api, option: str) -> None:
    answer = await api.get(f"/groups/delta?{option}")
    assert answer.error[:2] == (400, "Request_UnsupportedQuery")


async def test_token_older_than_seven_days_is_forgotten(api: Api) -> None:
    link, _ = await follow(api, Image(), GROUPS)
    api.directory.clock.advance(7 * 24 * 3600)
    assert (await api.get(link)).error == (
        400,
        "syncStateNotFound",
        "The sync state generation is not found. The delta token is expired and data must be "
        "synchronized again.",
    )


async def test_forced_resync_is_410_with_where_to_start_over(api: Api) -> None:
    link, _ = await follow(api, Image(), GROUPS)
    api.surface.backend.force_resync("groups")
    answer = await api.get(link)
    assert answer.status == 410
    location = answer.headers["Location"]
    assert location.endswith("/v1.0/groups/delta?$deltatoken=")
    assert len((await api.get(location)).value) == 2


async def test_token_of_another_set_is_refused(api: Api) -> None:
    link, _ = await follow(api, Image(), GROUPS)
    assert (await api.get(link.replace("/groups/", "/users/"))).status == 400


async def test_delta_lags_and_catches_up(serve: Serve) -> None:
    api = await serve(lag=60.0)
    link, _ = await follow(api, Image(), GROUPS)
    api.directory.add_member(FINANCE, C)
    early = await api.get(link)
    assert early.value == []
    api.directory.clock.advance(60)
    assert (await api.get(early.delta or "")).ids == [FINANCE]


async def test_one_stream_tells_users_groups_and_app_role_assignments(api: Api) -> None:
    kinds = " or ".join(
        f"isof('microsoft.graph.{kind}')" for kind in ("user", "group", "appRoleAssignment")
    )
    select = "microsoft.graph.user/displayName,microsoft.graph.group/members"
    path = f"/directoryObjects/delta?$filter={quote(kinds)}&$select={select}"
    image = Image()
    link, _ = await follow(api, image, path)
    types = [row["@odata.type"].rpartition(".")[2] for row in image.objects.values()]
    assert sorted(types) == ["appRoleAssignment", "group", "group", "user", "user", "user"]
    assert image.linked(EVERYONE) == {FINANCE, C}
    held = api.directory.app_role_assignment(B, PAYROLL, stable_id("payroll role"))
    assert held is not None
    api.directory.remove_app_role(PAYROLL, held.id)
    new = api.directory.assign_app_role(C, PAYROLL, stable_id("payroll role"))
    await follow(api, image, link)
    assert image.gone == {held.id: "deleted"}
    assert image.objects[new.id]["principalId"] == C


async def test_app_role_assignments_need_users_in_the_stream(api: Api) -> None:
    kind = quote("isof('microsoft.graph.appRoleAssignment')")
    assert (await api.get(f"/directoryObjects/delta?$filter={kind}")).status == 400


async def test_each_kind_in_the_stream_asks_for_its_own_permission(api: Api) -> None:
    api.roles = {"User.Read.All"}
    users = quote("isof('microsoft.graph.user')")
    both = quote("isof('microsoft.graph.user') or isof('microsoft.graph.group')")
    assert (await api.get(f"/directoryObjects/delta?$filter={users}")).status == 200
    assert (await api.get(f"/directoryObjects/delta?$filter={both}")).status == 403


async def test_credentials_are_followed_without_their_keys(api: Api) -> None:
    image = Image()
    link, _ = await follow(
        api, image, "/servicePrincipals/delta?$select=displayName,keyCredentials"
    )
    assert image.objects[PAYROLL]["keyCredentials"][0]["key"] is None
    api.directory.update(PAYROLL, {"keyCredentials": []})
    assert (await api.get(link)).value[0]["keyCredentials"] == []


async def test_applications_are_followed(serve: Serve) -> None:
    directory = empty()
    api = await serve(directory=directory)
    link, _ = await follow(api, Image(), "/applications/delta")
    directory.create(Kind.APPLICATION, {"displayName": "New"}, id=PAYROLL)
    assert (await api.get(link)).ids == [PAYROLL]


async def test_built_tenant_is_told_the_same_by_users_delta_and_list(api: Api) -> None:
    image = Image()
    await follow(api, image, "/users/delta?$select=displayName")
    assert (
        set(image.objects) == set((await api.get("/users")).ids) == set(built().objects[Kind.USER])
    )
