"""Questions about everybody's access: what each finds and leaves out, to whom, and of when."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest

from ostiary.server.directory.jobs import refresh
from ostiary.server.explore.questions import QUESTIONS
from ostiary.server.explore.rules import depths, urgency
from ostiary.server.kernel.auth import user_store
from ostiary.server.kernel.authz.roles import APPLICATION_ADMINISTRATOR, READ_ONLY_ADMINISTRATOR
from ostiary.server.kernel.clock import FixedClock
from tests.server.access.asking import Story
from tests.server.auth.people import People
from tests.server.ingest.tenants import Held
from tests.web.conftest import Reader
from tests.web.estates import Estate, telling
from tests.web.test_access_pages import MOST_QUERIES, queries, said
from tests.web.test_pages import SCRIPT

TRUSTED = "/api/v1/settings/domains"


@pytest.fixture
def told(story: Story, clock: FixedClock) -> Estate:
    """Taken in once."""
    estate = telling(clock.now())
    story.sync(estate)
    return estate


def names(page: str) -> list[str]:
    """What the rows of a list are called, from its top."""
    return re.findall(r'<th scope="row" class="name"><a [^>]+>\s*<bdi class="text">([^<]+)<', page)


def answer(reader: Reader, question: str) -> list[str]:
    return names(said(reader, f"/explore/{question}"))


def number(reader: Reader, question: str) -> str:
    return re.sub(r"<[^>]+>", "", said(reader, f"/explore/{question}/count")).strip()


def test_every_question_stands_on_the_page_and_is_counted(told: Estate, admin: Reader) -> None:
    page = said(admin, "/explore")
    for question in QUESTIONS:
        assert question.title in page
        assert f'hx-get="/explore/{question.key}/count"' in page
        listed = said(admin, question.path)
        assert re.search(rf"\b{number(admin, question.key)} \w+", listed), question.key


def test_disabled_accounts_with_access(told: Estate, admin: Reader) -> None:
    told.disabled.add(told.user("eve"))
    assert answer(admin, "disabled") == ["dan"]


def test_external_people_are_guests_and_who_is_outside_the_trusted_domains(
    told: Estate, admin: Reader
) -> None:
    assert answer(admin, "external") == ["gus"]
    made = admin.put(TRUSTED, json={"newDomains": ["corp.test"]})
    assert made.status_code == 200, made.text
    assert set(answer(admin, "external")) == {"ann", "bob", "carol", "dan", "gus"}


def test_standing_privilege_leaves_out_what_ends_or_was_activated(
    told: Estate, admin: Reader
) -> None:
    page = said(admin, "/explore/standing?kind=role")
    assert names(page) == ["carol"]
    assert "1 of 3 grants" in page
    assert set(answer(admin, "standing")) == {"bob", "carol", "dan"}


def test_eligible_leaves_out_who_was_seen_active_and_claims_no_more(
    told: Estate, admin: Reader
) -> None:
    page = said(admin, "/explore/eligible")
    assert names(page) == ["ann"]
    assert "is not known" in page


def test_entitlements_without_owner(told: Estate, story: Story, admin: Reader) -> None:
    before = answer(admin, "ownerless")
    path = f"/api/v1/apps/{story.app}/entitlements/{story.entitlement('app:Expenses:assigned')}"
    with story.kernel.read() as connection:
        owner = user_store.find_by_email(connection, "super@corp.test")
    assert owner
    made = admin.put(f"{path}/owners", json={"userIds": [owner.public_id]})
    assert made.status_code == 200, made.text
    assert len(answer(admin, "ownerless")) == len(before) - 1


def test_groups_by_the_longest_chain_below(told: Estate, admin: Reader) -> None:
    page = said(admin, "/explore/nested")
    assert names(page) == ["Outer", "Nested"]
    assert names(said(admin, "/explore/nested?sort=name")) == ["Nested", "Outer"]
    assert names(said(admin, "/explore/nested?q=NEST")) == ["Nested"]


def test_apps_nobody_uses_are_not_those_of_which_nothing_is_known(
    told: Estate, story: Story, admin: Reader, clock: FixedClock
) -> None:
    assert answer(admin, "unused") == ["Legacy"]
    told.signed_in[("user", "ann")] = clock.now() - timedelta(days=200)
    story.sync(told)
    page = said(admin, "/explore/unused")
    assert names(page) == ["Entra", "Legacy"]
    assert names(said(admin, "/explore/unused?why=quiet")) == ["Entra"]
    assert names(said(admin, "/explore/unused?standing=unmanaged")) == ["Legacy"]
    told.signed_in[("user", "bob")] = clock.now() - timedelta(days=2)
    story.sync(told)
    assert answer(admin, "unused") == ["Legacy"]


def test_secrets_that_end_soon(told: Estate, admin: Reader) -> None:
    assert answer(admin, "secrets") == ["ends soon"]
    assert names(said(admin, "/explore/secrets?ends=ended&ends=quarter&sort=-ends")) == [
        "ends later",
        "is over",
    ]


def test_answers_of_the_past(told: Estate, story: Story, admin: Reader, clock: FixedClock) -> None:
    day = clock.now().date()
    clock.advance(timedelta(days=2))
    told.disabled.clear()
    told.remove(("user", "carol"))
    told.remove(("group", "Nested"))
    story.sync(told)
    for question in ("disabled", "nested"):
        assert answer(admin, question) == []
        then = said(admin, f"/explore/{question}?as_of={day}")
        assert len(names(then)) > 0
        assert f"as_of={day}" in then
    assert "carol" in names(said(admin, f"/explore/standing?as_of={day}"))
    assert "carol" not in answer(admin, "standing")
    for each in QUESTIONS:
        said(admin, f"/explore/{each.key}/count?as_of={day}")
        said(admin, f"{each.path}?as_of={day}")


def test_an_answer_as_a_file(told: Estate, admin: Reader) -> None:
    text = admin.get("/explore/standing?kind=role&format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["Who"], row["Entitlement"]) for row in rows] == [("carol", "assigned")]


def test_hostile_names_are_text_in_every_answer(told: Estate, story: Story, admin: Reader) -> None:
    told.resources = dict.fromkeys(told.resources, SCRIPT)
    story.sync(told)
    for question in QUESTIONS:
        page = said(admin, question.path)
        assert SCRIPT not in page
        assert "&lt;script&gt;" in page, question.key


def test_only_those_who_explore_see_any_of_it(told: Estate, people: People) -> None:
    reader = Reader(people, people.add("reader@corp.test", READ_ONLY_ADMINISTRATOR))
    assert answer(reader, "disabled") == ["dan"]
    other = Reader(people, people.add("other@corp.test", APPLICATION_ADMINISTRATOR))
    for path in ("/explore", "/explore/disabled", "/explore/disabled/count"):
        assert other.get(path).status_code == 403


@pytest.fixture
def bob(told: Estate, story: Story, admin: Reader) -> str:
    """The page of the map about Bob, who is in Finance."""
    made = admin.post("/api/v1/directories", json={"appId": story.app})
    assert made.status_code == 200
    refresh(story.kernel)
    found = re.search(r'href="(/explore/map/people/\w+)"', said(admin, "/explore/map?q=BOB"))
    assert found
    return found[1]


def below(page: str) -> dict[str, str]:
    """Where what is under each of the nodes comes from."""
    found = re.findall(r'<details hx-get="([^"]+)".*?<summary>.*?<bdi>([^<]+)</bdi>', page)
    return {title: address.replace("&amp;", "&") for address, title in found}


def leaves(page: str) -> set[str]:
    return set(re.findall(r'<span class="leaf">.*?<bdi>([^<]+)</bdi>', page))


def test_the_map_leads_from_a_person_to_all_they_reach(bob: str, admin: Reader) -> None:
    accounts = below(said(admin, bob))
    assert set(accounts) == {"bob"}
    held = said(admin, accounts["bob"])
    assert set(below(held)) == {"Finance"}
    assert leaves(held) == {"User Administrator", "Access to Entra"}
    nested = said(admin, below(held)["Finance"])
    assert set(below(nested)) == {"Nested"}
    outer = said(admin, below(nested)["Nested"])
    assert leaves(outer) == {"Outer"}
    assert "<html" not in outer


def test_what_reaches_direct_members_only_ends_there(
    told: Estate, story: Story, bob: str, admin: Reader
) -> None:
    """Gus is in Nested himself, Bob through Finance: only Gus gets Expenses."""
    expenses = told.app("Expenses")
    told.hold(expenses, ("group", "Nested"), Held(through=("group:Nested:members",)))
    told.shallow.add((expenses, ("group", "Nested")))
    story.sync(told)
    nested = f"/explore/map/entitlements/{story.entitlement('group:Nested:members')}"
    assert leaves(said(admin, nested)) == {"Expenses", "Outer"}
    assert leaves(said(admin, f"{nested}?indirectly=1")) == {"Outer"}


def test_the_map_of_the_past(
    told: Estate, story: Story, bob: str, admin: Reader, clock: FixedClock
) -> None:
    day = clock.now().date()
    clock.advance(timedelta(days=2))
    told.remove(("group", "Nested"))
    story.sync(told)
    finance = f"/explore/map/entitlements/{story.entitlement('group:Finance:members')}"
    assert below(said(admin, finance)) == {}
    then = said(admin, f"{finance}?as_of={day}")
    assert f"as_of={day}" in below(then)["Nested"]
    assert set(below(said(admin, f"{bob}?as_of={day}"))) == {"bob"}


def test_the_map_knows_nobody_else(admin: Reader) -> None:
    assert admin.get("/explore/map/people/nobody").status_code == 404
    assert "Nobody here is called" in said(admin, "/explore/map?q=zzz")
    assert "holds nothing directly" in said(admin, "/explore/map/accounts/nobody")


def test_there_are_no_other_questions(admin: Reader) -> None:
    assert admin.get("/explore/everything").status_code == 404
    assert admin.get("/explore/everything/count").status_code == 404


def test_no_answer_asks_the_database_often(told: Estate, story: Story, admin: Reader) -> None:
    for question in QUESTIONS:
        for path in (question.path, f"/explore/{question.key}/count"):
            with queries(story.kernel) as asked:
                said(admin, path)
            assert 1 < len(asked) <= MOST_QUERIES, (path, len(asked))


def test_a_chain_ends_before_it_comes_round() -> None:
    found = depths({1: [2, 3], 2: [3], 3: [4]})
    assert found.deepest(2) == [1, 2]
    assert found.chain(1) == [2, 3, 4]
    round_ = depths({1: [2], 2: [1], 5: [5]})
    assert round_.chain(1) == [2]
    assert round_.chain(2) == [1]
    assert round_.levels == {1: 1, 2: 1}
    ring = depths({1: [2], 2: [3], 3: [1]})
    assert ring.levels == {1: 2, 2: 1, 3: 2}
    assert [ring.chain(each) for each in (1, 2, 3)] == [[2, 3], [3], [1, 2]]
    assert 5 not in round_.levels
    deep = depths({number: [number + 1] for number in range(3000)})
    assert deep.levels[0] == 3000


def test_how_near_an_end_is(clock: FixedClock) -> None:
    now = clock.now()
    days = [(-1, "ended"), (0, "ended"), (7, "week"), (8, "month"), (30, "month"), (31, "quarter")]
    for distance, word in days:
        assert urgency(now + timedelta(days=distance), now) == word


def test_people_who_left_leave_orphans(told: Estate, story: Story, admin: Reader) -> None:
    assert number(admin, "orphans") == "5"
    made = admin.post("/api/v1/directories", json={"appId": story.app})
    assert made.status_code == 200
    refresh(story.kernel)
    assert number(admin, "orphans") == "1"
    assert admin.get("/explore/orphans").headers["location"] == "/people/orphans"
