"""What an app's pages say beyond accounts and entitlements: resources, what was granted and revoked
when, its linked groups and its settings."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from ostiary.server.access.store import feed as store_of_feed
from ostiary.server.access.store.feed import FeedFilter
from ostiary.server.catalog import immutability
from ostiary.server.directory.jobs import refresh
from ostiary.server.ingest.actions import apply_sync
from ostiary.server.kernel.authz.roles import APPLICATION_ADMINISTRATOR, READ_ONLY_ADMINISTRATOR
from ostiary.server.kernel.clock import FixedClock
from tests.server.access.asking import Story
from tests.server.auth.people import People
from tests.server.catalog.test_linked_groups import some_tenant
from tests.server.ingest.tenants import Held, Tenant, connect
from tests.web.conftest import Reader
from tests.web.test_access_pages import MOST_QUERIES, account, entitlement, finance, queries, said

FINANCE = ("group", "Finance")
OTHER = "0other0other0other0other0ot"
RESOURCE_TABS = ("", "/holders", "/access", "/inside", "/past", "/history", "/changes")


def resource(story: Story, admin: Reader, kind: str, name: str) -> str:
    """The page of a resource that is no account."""
    found = admin.post("/api/v1/search/app_resources", json={"query": name}).json()["list"]
    ours = story.resource((kind, name))
    [each] = [each["appResource"] for each in found if each["appResource"]["id"] == ours]
    return f"/apps/{story.app}/resources/{each['appResourceTypeId']}/{ours}"


@pytest.fixture
def groups(story: Story, admin: Reader) -> str:
    """The page of the group Finance, which Nested contains and in which Bob is."""
    tenant = finance()
    tenant.parents[FINANCE] = ("group", "Nested")
    story.sync(tenant)
    return resource(story, admin, *FINANCE)


def test_resources_are_listed_by_type_and_counted(story: Story, admin: Reader, groups: str) -> None:
    tenant = finance()
    tenant.app("Expenses")
    tenant.parents[FINANCE] = ("group", "Nested")
    story.sync(tenant)
    listed = f"/apps/{story.app}/resources"
    page = said(admin, listed)
    assert "5 resources" in page
    assert groups in page
    assert "<strong>3</strong><span>Group</span>" in page
    assert account(story, "bob") not in page
    kind = groups.split("/")[-2]
    assert "3 of 5 resources" in said(admin, f"{listed}?type={kind}")
    assert "1 of 5 resources" in said(admin, f"{listed}?q=fin")


def test_a_resource_says_what_it_gives_to_whom_and_what_is_inside(
    story: Story, admin: Reader, groups: str
) -> None:
    page = said(admin, groups)
    assert "Group in Entra" in page
    assert entitlement(story, "group:Finance:members") in page
    assert "1 entitlement<" in page
    nested = resource(story, admin, "group", "Nested")
    assert nested in page
    assert groups in said(admin, f"{nested}/inside")
    holders = said(admin, f"{nested}/holders")
    assert "3 holders" in holders
    assert "through Finance" in holders
    assert entitlement(story, "group:Nested:members") in said(admin, f"{groups}/access")
    assert groups in said(admin, entitlement(story, "group:Finance:members"))


def test_a_resource_has_a_past_a_history_and_differences(
    story: Story, admin: Reader, groups: str, clock: FixedClock
) -> None:
    before = clock.now().date()
    clock.advance(timedelta(days=3))
    changed = finance("carl")
    changed.remove(("user", "bob"))
    changed.resources[FINANCE] = "Money"
    story.sync(changed)
    assert "1 past grant<" in said(admin, f"{groups}/past")
    assert "Name changed" in said(admin, f"{groups}/history")
    assert "Finance before, Money now" in said(admin, f"{groups}/history")
    difference = said(admin, f"{groups}/changes?since={before}")
    assert "2 differences" in difference
    then = said(admin, f"{groups}/holders?as_of={before}")
    assert "bob" in then
    assert "carl" not in then
    assert "Finance" in said(admin, f"{groups}?as_of={before}")


def test_pages_of_resources_ask_the_database_rarely(
    story: Story, admin: Reader, groups: str
) -> None:
    for path in (f"/apps/{story.app}/resources", *(f"{groups}{tab}" for tab in RESOURCE_TABS)):
        for address in (path, f"{path}?as_of={story.clock.now():%Y-%m-%dT%H:%M:%S}"):
            with queries(story.kernel) as asked:
                said(admin, address)
            assert 1 < len(asked) <= MOST_QUERIES, (address, len(asked))


def test_a_resource_of_another_type_or_app_is_none(admin: Reader, groups: str) -> None:
    app, kind, key = groups.split("/")[2], *groups.split("/")[-2:]
    for path in (f"/apps/{app}/resources/{key}/{key}", f"/apps/{kind}/resources/{kind}/{key}"):
        assert admin.get(path).status_code == 404


@pytest.fixture
def feed(story: Story, clock: FixedClock) -> str:
    """Of an app in which Bob lost everything and Carl came three days later."""
    story.sync(finance())
    clock.advance(timedelta(days=3))
    changed = finance("carl")
    changed.remove(("user", "bob"))
    story.sync(changed)
    return f"/apps/{story.app}/feed"


def test_the_feed_tells_what_was_granted_and_revoked_by_which_sync(
    story: Story, admin: Reader, feed: str
) -> None:
    rows = list(
        csv.reader(io.StringIO(admin.get(f"{feed}?format=csv").content.decode("utf-8-sig")))
    )
    assert rows[0] == ["Who", "Change", "Entitlement", "Of", "How", "When", "By"]
    newest = [row for row in rows[1:] if row[0] in ("bob", "carl") and row[3] == "Finance"]
    assert [row[:2] for row in newest] == [
        ["carl", "Granted"],
        ["bob", "Revoked"],
        ["bob", "Granted"],
    ]
    assert {row[6] for row in newest} == {"Sync"}
    assert newest[0][5] == newest[1][5] > newest[2][5]
    with story.kernel.read() as connection:
        found = store_of_feed.read(
            connection, FeedFilter(story.app, query="carl"), at=None, offset=0, size=9
        )
    assert found[1] == 4
    assert {each.sync_id for each in found[0] if each.synced} != {""}


def test_the_feed_is_filtered_by_all_that_one_asks_for(
    story: Story, admin: Reader, feed: str, clock: FixedClock
) -> None:
    everything = said(admin, feed)
    total = re.search(r"(\d+) events<", everything)
    assert total
    of = f"of {total[1]} events<"
    bob, nested = story.resource(("user", "bob")), story.entitlement("group:Nested:members")
    assert f"4 {of}" in said(admin, f"{feed}?q=bob&change=revoked")
    assert f"8 {of}" in said(admin, f"{feed}?account={bob}")
    page = said(admin, f"{feed}?account={bob}&entitlement={nested}")
    assert f"2 {of}" in page
    assert "Who: <bdi>bob</bdi>" in page
    assert f"0 {of}" in said(admin, f"{feed}?q=nobody-of-this-name")
    assert "Accounts of" not in said(admin, f"{feed}?type=group&change=granted")
    yesterday = (clock.now() - timedelta(days=1)).date()
    since = said(admin, f"{feed}?since={yesterday}")
    assert "8 events<" in since
    then = said(admin, f"{feed}?as_of={yesterday}")
    assert "carl" not in then
    assert "Revoked</span>" not in then


def test_what_changes_one_thing_of_a_view_keeps_the_others(
    story: Story, admin: Reader, feed: str, clock: FixedClock
) -> None:
    days = {"since": "2026-03-02", "as_of": f"{clock.now() - timedelta(days=1):%Y-%m-%d}"}
    narrowed = {"change": "granted", "type": "group", "q": "a", "size": "25"}
    page = said(admin, f"{feed}?{urlencode({**days, **narrowed, 'page': '2'})}")
    sent = [sent_by(form) for form in forms_of(page)]
    assert len(sent) == 3, "as of another day, of other days, filtered otherwise"
    for each in sent:
        assert each == {**days, **narrowed}
    returned = re.search(r'name="return_to" value="([^"]+)"', page)
    csv_link = re.search(r'href="([^"]+format=csv[^"]*)"', page)
    since_then = re.search(r'href="([^"]+)">From then to today<', page)
    assert returned
    assert csv_link
    assert since_then
    assert query_of(returned[1]) == {**days, **narrowed, "page": "2"}
    assert query_of(csv_link[1]) == {**days, **narrowed, "format": "csv"}
    assert query_of(since_then[1]) == {"since": days["as_of"], **narrowed}


def forms_of(page: str) -> list[str]:
    """Those that lead to another address."""
    found = re.findall(r'<form[^>]*method="get".*?</form>', page, re.DOTALL)
    return [form for form in found if "data-bulk" not in form]


def sent_by(form: str) -> dict[str, str]:
    """What a browser makes of it, as far as it is filled in."""
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        field = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if field["type"] != "checkbox" or " checked" in tag:
            sent[field["name"]] = field["value"]
    return sent


def query_of(href: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(unescape(href)).query))


def test_the_feed_asks_the_database_rarely(story: Story, admin: Reader, feed: str) -> None:
    bob = story.resource(("user", "bob"))
    for address in (feed, f"{feed}?q=a&type=group&change=granted&account={bob}"):
        with queries(story.kernel) as asked:
            said(admin, address)
        assert 1 < len(asked) <= MOST_QUERIES, (address, len(asked))


@pytest.fixture
def expenses(story: Story, admin: Reader) -> str:
    """The managed app Expenses, which the group SG-Finance may use."""
    story.sync(some_tenant())
    found = admin.post("/api/v1/search/apps", json={"managed": False, "query": "Expenses"}).json()
    app: str = found["list"][0]["id"]
    assert admin.post(f"/api/v1/apps/{app}/manage", json={}).status_code == 200
    return f"/apps/{app}"


def test_what_is_written_in_the_settings_survives_syncs(
    story: Story, admin: Reader, expenses: str
) -> None:
    settings = f"{expenses}/settings"
    written = {"name": "Travel costs", "description": "For all who travel"}
    assert admin.post(settings, data=written).status_code == 303
    story.sync(some_tenant())
    page = said(admin, settings)
    assert "Travel costs" in page
    assert ">For all who travel</textarea>" in page
    admin.post(settings, data={**written, "name": ""})
    assert ">Expenses</bdi>" in said(admin, settings)
    refused = admin.post(settings, data={**written, "name": "N" * 513})
    assert refused.status_code == 400
    assert "A name has at most 512 characters." in refused.text


def test_owners_are_added_and_removed_one_by_one(
    admin: Reader, people: People, expenses: str
) -> None:
    owner = people.add("owner@corp.test", APPLICATION_ADMINISTRATOR)
    owners = f"{expenses}/settings/owners"
    nobody = admin.post(owners, data={"owner": "nobody@corp.test"})
    assert nobody.status_code == 404
    assert "Nobody here has the e-mail address nobody@corp.test." in nobody.text
    for each in ("owner@corp.test", "super@corp.test"):
        assert admin.post(owners, data={"owner": each}).status_code == 303
    page = said(Reader(people, owner), f"{expenses}/settings")
    assert "super@corp.test" in page
    gone = Reader(people, owner).post(f"{owners}/remove", data={"owner": owner.public_id})
    assert gone.headers["location"] == "/apps"
    assert Reader(people, owner).get(f"{expenses}/settings").status_code == 403


def test_deleting_says_what_goes_along_and_asks_to_type(
    story: Story, admin: Reader, expenses: str
) -> None:
    settings = f"/apps/{story.app}/settings"
    page = said(admin, settings)
    assert "With it go 1 managed app, 1 unmanaged app" in page
    hidden = dict(re.findall(r'name="(unmanaged|managed|with_connectors)" value="(\d+)"', page))
    assert hidden == {"unmanaged": "1", "managed": "1", "with_connectors": "0"}
    mistyped = admin.post(f"{settings}/delete", data={**hidden, "typed": "Entrance"})
    assert mistyped.status_code == 400
    outdated = {**hidden, "unmanaged": "7", "typed": "Entra"}
    assert admin.post(f"{settings}/delete", data=outdated).status_code == 400
    assert admin.post(f"{settings}/delete", data={**hidden, "typed": "Entra"}).status_code == 303
    assert admin.get(expenses).status_code == 404


def test_a_discovered_app_that_was_deleted_comes_back(admin: Reader, expenses: str) -> None:
    nothing_with_it = {"unmanaged": "0", "managed": "0", "with_connectors": "0"}
    admin.post(f"{expenses}/settings/delete", data={**nothing_with_it, "typed": "Expenses"})
    assert admin.get(expenses).status_code == 404
    key = expenses.rpartition("/")[2]
    assert f'value="{key}"' in said(admin, "/apps/deleted")
    assert "Restore 1 app" in said(admin, f"/apps/restore?selected={key}")
    admin.post("/apps/restore", data={"selected": [key]})
    assert "Nothing to restore" in said(admin, "/apps/deleted")
    assert "Unmanaged" in said(admin, expenses)


def test_settings_are_for_those_who_may_change_them(
    people: People, admin: Reader, expenses: str
) -> None:
    reader = Reader(people, people.add("reader@corp.test", READ_ONLY_ADMINISTRATOR))
    assert f"{expenses}/settings" in said(admin, expenses)
    assert f"{expenses}/settings" not in said(reader, expenses)
    assert reader.get(f"{expenses}/settings").status_code == 403
    assert "/apps/deleted" not in said(reader, "/apps")


def test_linked_groups_are_set_up_after_saying_what_it_does(
    story: Story, admin: Reader, expenses: str
) -> None:
    group = story.resource(("group", "SG-Finance"))
    groups = f"{expenses}/linked_groups"
    assert "Not set up" in said(admin, groups)
    asked = said(admin, f"{groups}/set_up?selected={group}")
    assert "SG-Finance, 2 accounts" in asked
    assert "Makes 1 role of this app. 2 accounts in the group hold it from now on" in asked
    story.clock.advance(timedelta(minutes=1))
    choice = {"selected": [group], "choice": "create_role", "role_name": "Approvers"}
    assert admin.post(f"{groups}/set_up", data=choice).headers["location"] == groups
    page = said(admin, groups)
    assert ">Approvers<" in page
    role = re.search(rf'href="({expenses}/entitlements/\w+)"', page)
    assert role
    assert "2 holders" in said(admin, role[1])
    assert '<bdi class="text">Ostiary</bdi>' in said(admin, f"{expenses}/feed")
    admin.post(f"{groups}/set_up", data={"selected": [group], "choice": "undecided"})
    assert "Not set up" in said(admin, groups)


def test_access_is_provisioned_for_what_one_chooses(
    story: Story, admin: Reader, expenses: str
) -> None:
    group = story.resource(("group", "SG-Finance"))
    set_up = f"{expenses}/linked_groups/set_up"
    choice = {"selected": [group], "choice": "provision"}
    refused = admin.post(set_up, data=choice)
    assert refused.status_code == 400
    assert "An entitlement is named where access to it is provisioned" in refused.text
    assert '<option value="provision" selected>' in refused.text
    assigned = story.entitlement("app:Expenses:assigned")
    assert f'<option value="{assigned}">' in refused.text
    admin.post(set_up, data={**choice, "entitlement": assigned, "scim": "on"})
    page = said(admin, f"{expenses}/linked_groups?choice=provision")
    assert "1 of 1 linked group<" in page
    assert f'<option value="{assigned}" selected>' in said(admin, f"{set_up}?selected={group}")


def test_many_linked_groups_are_set_up_at_once(story: Story, admin: Reader) -> None:
    tenant = some_tenant()
    names = [f"SG-{number}" for number in range(3)]
    for name in names:
        members = tenant.group(name, ("user", "cy"))
        tenant.hold("app:Expenses:assigned", ("group", name), Held(through=(members,)))
    story.sync(tenant)
    found = admin.post("/api/v1/search/apps", json={"managed": False, "query": "Expenses"}).json()
    app = f"/apps/{found['list'][0]['id']}"
    refused = said(admin, f"{app}/linked_groups")
    assert "Manage this app first" in refused
    assert f'href="/apps/manage?selected={app[6:]}"' in refused
    assert "See linked groups" in said(admin, f"{app}/entitlements")
    admin.post("/apps/manage", data={"selected": [app[6:]], "owner": "super@corp.test"})
    chosen = [story.resource(("group", name)) for name in names]
    asked = said(admin, f"{app}/linked_groups/set_up?{'&'.join(f'selected={c}' for c in chosen)}")
    assert "Set up 3 groups" in asked
    admin.post(f"{app}/linked_groups/set_up", data={"selected": chosen, "choice": "skip"})
    assert "3 of 4 linked groups" in said(admin, f"{app}/linked_groups?choice=skip")


def test_readers_see_linked_groups_and_are_offered_nothing(
    people: People, admin: Reader, expenses: str, clock: FixedClock
) -> None:
    reader = Reader(people, people.add("reader@corp.test", READ_ONLY_ADMINISTRATOR))
    page = said(reader, f"{expenses}/linked_groups")
    assert "SG-Finance" in page
    assert "/set_up" not in page
    before = clock.now().date()
    clock.advance(timedelta(days=3))
    assert "/set_up" not in said(admin, f"{expenses}/linked_groups?as_of={before}")


def test_an_entitlement_is_named_and_owned_here(story: Story, admin: Reader, groups: str) -> None:
    held, other = (entitlement(story, f"group:{name}:members") for name in ("Finance", "Nested"))
    written = {"name": "Money people", "alias": "money", "slug": "", "description": "Of finance"}
    assert f"{held}/settings" in said(admin, held)
    assert admin.post(f"{held}/settings", data=written).status_code == 303
    story.sync(finance())
    page = said(admin, held)
    assert ">Money people</bdi>" in page
    assert ">money</bdi>" in page
    taken = admin.post(f"{other}/settings", data={**written, "name": ""})
    assert taken.status_code == 409
    assert "Another entitlement has the alias money." in taken.text
    admin.post(f"{held}/settings/owners", data={"owner": "super@corp.test"})
    owners = said(admin, f"{held}/settings")
    [owner] = re.findall(r'name="owner" value="(\w+)"', owners)
    admin.post(f"{held}/settings/owners/remove", data={"owner": owner})
    assert "Nobody by name" in said(admin, f"{held}/settings")


@pytest.mark.parametrize(
    ("code", "told", "said"),
    [
        ("dynamic_group", "membershipRule", "A rule in the source decides"),
        ("brand_new_code", "Because of the moon.", "Because of the moon."),
        (None, "", "Its connector says that it cannot be changed, and not why."),
        ("dynamic_group", None, ""),
    ],
)
def test_codes_say_in_words_why_nobody_can_be_granted_something(
    code: str | None, told: str | None, said: str
) -> None:
    assert immutability.reason(code, told).startswith(said)
    assert bool(immutability.reason(code, told)) == bool(said)


def test_matching_says_what_would_change_before_it_is_saved(
    story: Story, admin: Reader, tmp_path: Path
) -> None:
    story.sync(finance())
    assert admin.post("/api/v1/directories", json={"appId": story.app}).status_code == 200
    refresh(story.kernel)
    assert "This app is a directory" in said(admin, f"/apps/{story.app}/settings/matching")
    connect(story.kernel, OTHER, "Other")
    tenant = Tenant()
    tenant.user("bob")
    tenant.user("nobody")
    story.clock.advance(timedelta(hours=1))
    file = tenant.write(tmp_path / "other.c1z")
    assert apply_sync(story.kernel, OTHER, file).state == "applied"
    app = admin.post("/api/v1/search/apps", json={"query": "Other"}).json()["list"][0]["id"]
    refresh(story.kernel)
    matching = f"/apps/{app}/settings/matching"
    pairs = {"mode": "custom", "pairs": 'account.username + "x" = user.email'}
    shown = admin.post(matching, data=pairs)
    assert "1 account would lose their owner" in shown.text
    assert "1 account would stay" in shown.text
    assert "Save: 1 account would change" in shown.text
    assert '<option value="narrow" selected>' in said(admin, matching)
    assert admin.post(matching, data={**pairs, "confirmed": "1"}).status_code == 303
    assert '<option value="custom" selected>' in said(admin, matching)
    assert "0 of 2 accounts" in said(admin, f"/apps/{app}/accounts?owned=yes")
    for wrong in ("", "account.email", "account.email = = ="):
        assert admin.post(matching, data={"mode": "custom", "pairs": wrong}).status_code == 400
