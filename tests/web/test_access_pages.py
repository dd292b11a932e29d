"""Pages that answer who has what: what they say, to whom, of when, and with how many queries."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from ostiary.server.directory.jobs import refresh
from ostiary.server.ingest.actions import Sync
from ostiary.server.kernel.authz.roles import (
    APPLICATION_ADMINISTRATOR,
    BASIC_USER,
    READ_ONLY_ADMINISTRATOR,
)
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.access.asking import Story
from tests.server.auth.people import People
from tests.server.ingest.tenants import Held, Key, Tenant
from tests.web.conftest import Reader
from tests.web.test_pages import ATTRIBUTE, HOSTILE, REVERSED, SCRIPT

MOST_QUERIES = 20
BOB = ("user", "bob")


def finance(*more_members: str) -> Tenant:
    """Bob is in Finance, which is in Nested, which is in Outer; Ann is in Nested herself."""
    tenant = Tenant()
    bob, ann = tenant.user("bob"), tenant.user("ann")
    members = tenant.group("Finance", bob, *(tenant.user(name) for name in more_members))
    nested = tenant.group("Nested", ann)
    outer = tenant.group("Outer")
    tenant.hold(nested, ("group", "Finance"), Held(through=(members,)))
    tenant.hold(outer, ("group", "Nested"), Held(through=(nested,)))
    for member in (bob, *(("user", name) for name in more_members)):
        tenant.inherit(nested, member, members)
        tenant.inherit(outer, member, nested)
    tenant.inherit(outer, ann, nested)
    return tenant


@pytest.fixture
def outer(story: Story, admin: Reader) -> str:
    """The page of the outermost group's entitlement, of a tenant that is a directory."""
    story.sync(finance())
    made = admin.post("/api/v1/directories", json={"appId": story.app})
    assert made.status_code == 200, made.text
    refresh(story.kernel)
    return entitlement(story, "group:Outer:members")


def entitlement(story: Story, name: str) -> str:
    return f"/apps/{story.app}/entitlements/{story.entitlement(name)}"


def account(story: Story, name: str) -> str:
    return f"/apps/{story.app}/accounts/{story.resource(('user', name))}"


def person(admin: Reader, name: str) -> str:
    found = re.search(rf'href="(/people/\w+)">\s*<bdi class="text">{name}<', said(admin, "/people"))
    assert found
    return found[1]


def said(reader: Reader, path: str) -> str:
    answer = reader.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def every_page(story: Story, admin: Reader, outer: str) -> list[str]:
    bob, ours = account(story, "bob"), person(admin, "bob")
    tabs = ("", "/past", "/history", "/changes")
    return [
        f"/apps/{story.app}/entitlements",
        f"/apps/{story.app}/accounts",
        f"{outer}/holders/{story.resource(BOB)}",
        "/people",
        f"{ours}/access",
        *(f"{base}{tab}" for base in (outer, bob, ours) for tab in tabs),
    ]


@contextmanager
def queries(kernel: Kernel) -> Iterator[list[str]]:
    """What is asked of the database from now on."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    sa.event.listen(kernel.database.engine, "before_cursor_execute", note)
    yield asked
    sa.event.remove(kernel.database.engine, "before_cursor_execute", note)


def test_no_page_asks_the_database_often(story: Story, admin: Reader, outer: str) -> None:
    for path in every_page(story, admin, outer):
        for address in (path, f"{path}?as_of={story.clock.now():%Y-%m-%dT%H:%M:%S}"):
            with queries(story.kernel) as asked:
                said(admin, address)
            assert 1 < len(asked) <= MOST_QUERIES, (address, len(asked))


def test_an_entitlement_says_who_has_it_and_through_what(
    story: Story, admin: Reader, outer: str
) -> None:
    page = said(admin, outer)
    assert "Entitlement of Outer in Entra" in page
    assert "3 holders" in page
    assert "through Nested" in page
    assert f'href="{resource(story, ("group", "Nested"))}"' in page
    assert 'title="2 March 2026' in page
    direct = said(admin, f"{outer}?way=direct")
    assert "1 of 3 holders" in direct
    assert account(story, "bob") not in direct
    assert "2 of 3 holders" in said(admin, f"{outer}?type=user")


def test_an_explanation_is_the_path_in_boxes_and_in_words(
    story: Story, admin: Reader, outer: str
) -> None:
    page = said(admin, f"{outer}/holders/{story.resource(BOB)}")
    assert "bob, through Finance, inside Nested, holds members of Outer" in page
    inner = page[page.index('<figure class="path">') :]
    links = re.findall(r'<a class="step" href="([^"]+)"', inner)
    assert links == [
        person(admin, "bob"),
        account(story, "bob"),
        entitlement(story, "group:Finance:members"),
        entitlement(story, "group:Nested:members"),
        outer,
    ]
    through = page[page.index(">Through</dt>") :].partition("</dd>")[0]
    nested = entitlement(story, "group:Nested:members")
    assert re.findall(r'<a href="([^"]+)"[^>]*>\s*<bdi class="text">Nested<', through) == [nested]


def test_more_paths_than_five_are_folded_the_shortest_first(story: Story, admin: Reader) -> None:
    tenant = Tenant()
    bob = tenant.user("bob")
    inner = [tenant.group(f"Inner {number}", bob) for number in range(6)]
    outer = tenant.group("Outer", bob)
    for number, members in enumerate(inner):
        tenant.hold(outer, ("group", f"Inner {number}"), Held(through=(members,)))
    tenant.hold(outer, bob, Held(sources=dict.fromkeys([outer, *inner], True)))
    story.sync(tenant)
    page = said(admin, f"{entitlement(story, 'group:Outer:members')}/holders/{story.resource(BOB)}")
    shown, _, folded = page.partition("<summary>2 more paths</summary>")
    assert shown.count('<figure class="path">') == 5
    assert folded.count('<figure class="path">') == 2
    assert shown.index("bob, holds members of Outer directly") < shown.index("bob, through Inner")


def test_what_ended_is_in_the_past_and_in_the_difference(
    story: Story, admin: Reader, outer: str, clock: FixedClock
) -> None:
    before = clock.now().date()
    clock.advance(timedelta(days=3))
    changed = finance("carl")
    changed.remove(BOB)
    story.sync(changed)
    refresh(story.kernel)
    carl = account(story, "carl")
    assert "bob" in said(admin, f"{outer}/past")
    assert "1 past grant<" in said(admin, f"{outer}/past")
    then = said(admin, f"{outer}?as_of={before}")
    assert "bob" in then
    assert "carl" not in then
    assert f'href="/people?as_of={before}"' in then
    difference = said(admin, f"{outer}/changes?since={before}")
    assert "2 differences" in difference
    assert f'<input type="hidden" name="since" value="{before}">' in difference
    assert ">Gained<" in difference
    assert ">Lost<" in difference
    assert "1 of 2 differences" in said(admin, f"{outer}/changes?since={before}&change=added")
    assert "4 differences" in said(admin, f"{carl}/changes?since={before}")
    assert "4 differences" in said(admin, f"{person(admin, 'carl')}/changes?since={before}")
    assert "No difference" in said(admin, f"{outer}/changes?since={clock.now().date()}")
    why = said(admin, f"{outer}/holders/{story.resource(BOB)}")
    assert "Not held now" in why
    assert ">Lost<" in why


def test_what_is_gone_is_shown_as_it_was_last(
    story: Story, admin: Reader, outer: str, clock: FixedClock
) -> None:
    before = clock.now().date()
    clock.advance(timedelta(days=3))
    changed = finance()
    changed.remove(BOB)
    changed.remove(("group", "Outer"))
    gone = {
        outer: ("/past", "3 past grants<", "bob"),
        account(story, "bob"): ("/past", "4 past grants<", "Outer"),
        resource(story, ("group", "Outer")): ("/holders", "0 holders<", "Nobody has this"),
    }
    story.sync(changed, Sync(confirmed=True))
    refresh(story.kernel)
    clock.advance(timedelta(days=3))
    for path, (tab, count, named) in gone.items():
        page = said(admin, path)
        assert ">Gone</span>" in page
        assert re.search('Gone since</dt><dd>\\s*<time datetime="2026-03-05', page)
        assert "/people/accounts/owner" not in page
        told = said(admin, f"{path}{tab}")
        assert count in told
        assert named in told
        assert "Gone from the source" in said(admin, f"{path}/history")
        assert ">Gone</span>" not in said(admin, f"{path}?as_of={before}")
        assert admin.get(f"{path}?as_of={clock.now():%Y-%m-%dT%H:%M:%S}").status_code == 404
    assert admin.get(f"{outer}/settings").status_code == 404


def resource(story: Story, key: Key) -> str:
    with story.kernel.read() as connection:
        kind = connection.scalar(
            sa.text("SELECT public_id FROM resource_types WHERE external_id = :type"),
            {"type": key[0]},
        )
    return f"/apps/{story.app}/resources/{kind}/{story.resource(key)}"


def test_days_in_the_wrong_order_are_refused(admin: Reader, outer: str, clock: FixedClock) -> None:
    clock.advance(timedelta(days=3))
    answer = admin.get(f"{outer}/changes?since={clock.now().date()}&as_of=2026-03-02")
    assert answer.status_code == 400
    assert "The first day comes after the second one" in answer.text


def test_a_person_has_what_all_their_accounts_have(story: Story, admin: Reader, outer: str) -> None:
    bob = person(admin, "bob")
    overview = said(admin, bob)
    assert account(story, "bob") in overview
    assert "Entra, attribute" in overview
    page = said(admin, f"{bob}/access")
    assert "4 grants" in page
    assert outer in page
    assert "through Nested" in page


def test_accounts_are_filtered_by_what_is_asked(story: Story, admin: Reader, outer: str) -> None:
    accounts = f"/apps/{story.app}/accounts"
    assert "2 accounts" in said(admin, accounts)
    assert "1 of 2 accounts" in said(admin, f"{accounts}?q=BOB")
    assert "0 of 2 accounts" in said(admin, f"{accounts}?status=disabled")
    assert "0 of 2 accounts" in said(admin, f"{accounts}?owned=no")
    assert "2 of 2 accounts" in said(admin, f"{accounts}?type=user")


def test_people_see_themselves_and_nobody_else(
    story: Story, admin: Reader, people: People, outer: str
) -> None:
    user = people.add("basic@corp.test", BASIC_USER)
    basic = Reader(people, user)
    page = said(basic, f"/people/{user.public_id}/access")
    assert "No access" in page
    for path in every_page(story, admin, outer):
        assert basic.get(path).status_code == 403, path
    found = said(basic, "/search?q=bob")
    assert "/accounts/" not in found
    assert "/people/" not in found


def test_owners_see_their_apps_and_no_people(
    story: Story, admin: Reader, people: People, outer: str
) -> None:
    user = people.add("owner@corp.test", APPLICATION_ADMINISTRATOR)
    owner = Reader(people, user)
    assert owner.get(outer).status_code == 403
    admin.post(f"/api/v1/apps/{story.app}/owners/{user.public_id}", json={})
    page = said(owner, outer)
    assert "3 holders" in page
    assert "/people/" not in page
    assert "/people/" not in said(owner, f"{outer}/holders/{story.resource(BOB)}")
    assert owner.get(person(admin, "bob")).status_code == 403


def test_search_finds_people_accounts_and_entitlements(admin: Reader, outer: str) -> None:
    page = said(admin, "/search?q=bob")
    assert 'href="/people/' in page
    assert "/accounts/" in page
    assert outer in said(admin, "/search?q=members")


def test_hostile_names_are_text_everywhere(story: Story, admin: Reader) -> None:
    tenant = Tenant()
    for name in HOSTILE:
        tenant.group(name, tenant.user(name))
    story.sync(tenant)
    made = admin.post("/api/v1/directories", json={"appId": story.app})
    assert made.status_code == 200
    refresh(story.kernel)
    paths = [f"/apps/{story.app}/entitlements", f"/apps/{story.app}/accounts", "/people"]
    for name in (SCRIPT, ATTRIBUTE, REVERSED):
        held = entitlement(story, f"group:{name}:members")
        key = story.resource(("user", name))
        paths += [held, f"{held}/holders/{key}", account(story, name), f"{held}/changes"]
    for path in paths:
        page = said(admin, path)
        assert SCRIPT not in page, path
        assert ATTRIBUTE not in page, path


def test_a_csv_file_of_holders_is_what_the_page_shows(admin: Reader, outer: str) -> None:
    answer = admin.get(f"{outer}?sort=-name&format=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["Who", "Person", "Type", "Status", "How", "Since"]
    assert [row[0] for row in rows[1:]] == ["Nested", "bob", "ann"]
    assert rows[2][4] == "through Nested"


def test_readers_see_everything(people: People, story: Story, admin: Reader, outer: str) -> None:
    reader = Reader(people, people.add("reader@corp.test", READ_ONLY_ADMINISTRATOR))
    for path in every_page(story, admin, outer):
        said(reader, path)
