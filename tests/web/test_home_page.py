"""Home: what needs somebody now, what comes next, how much there is."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from ostiary.server.catalog.actions import create_app
from ostiary.server.connectors.actions.credentials import rotate_credential
from ostiary.server.connectors.actions.registry import NewConnector, create_connector
from ostiary.server.directory.jobs import refresh
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.roles import BASIC_USER, READ_ONLY_ADMINISTRATOR
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.access.asking import Story
from tests.server.auth.people import People
from tests.server.connectors.world import ADA
from tests.web.conftest import Reader, estate
from tests.web.test_access_pages import MOST_QUERIES, queries, said

DAY = timedelta(days=1)


def add_connector(kernel: Kernel, name: str, ends_in: timedelta | None, *owners: User) -> str:
    """With an agent's credential that ends in so long. The path of its page."""
    with kernel.work(ADA) as work:
        app_id = create_app(work, name)
        ids = [owner.public_id for owner in owners]
        connector = create_connector(work, NewConnector(app_id, "baton", name, owner_ids=ids))
        ends_at = None if ends_in is None else work.now + ends_in
        rotate_credential(work, connector.id, "ostiary.corp.test:8443", expires_at=ends_at)
    return f"/apps/{app_id}/connectors/{connector.id}"


def notices(page: str) -> list[str]:
    """Titles under "Needs attention", in their order."""
    found = re.search(r'id="attention".*?</section>', page, re.DOTALL)
    assert found
    return re.findall(r"<p>(?:<a [^>]*>)?<bdi>([^<]*)</bdi>", found[0])


def links(page: str) -> list[str]:
    return re.findall(r'href="([^"]+)"', page)


def test_a_newcomer_is_told_where_to_begin(admin: Reader) -> None:
    page = said(admin, "/")
    assert "Next steps" in page
    assert "/connectors/add" in links(page)
    assert "Add connector" in page
    assert "Needs attention" not in page
    assert "unknown" not in page


def test_credentials_that_end_soon_need_attention(kernel: Kernel, admin: Reader) -> None:
    add_connector(kernel, "Later", 90 * DAY)
    add_connector(kernel, "Never", None)
    soon = add_connector(kernel, "Soon", 9 * DAY)
    page = said(admin, "/")
    ending = [title for title in notices(page) if "credential" in title]
    assert len(ending) == 1
    assert re.fullmatch(r"The credential \S+ of Soon ends in 9 days", ending[0])
    assert soon in links(page)


@pytest.fixture
def lonely(story: Story, admin: Reader) -> Story:
    """A directory whose people are known, with two apps that nobody manages."""
    story.sync(estate(["Expenses", "Payroll"]))
    admin.post("/api/v1/directories", json={"appId": story.app})
    refresh(story.kernel)
    return story


def test_orphans_and_apps_that_wait_need_attention(
    lonely: Story, admin: Reader, people: People
) -> None:
    assert notices(said(admin, "/")) == ["2 apps wait to be managed"]
    bob = lonely.resource(("user", "bob"))
    admin.post(
        f"/api/v1/apps/{lonely.app}/app_users/{bob}",
        json={"appUser": {}, "updateMask": "identityUserId"},
    )
    page = said(admin, "/")
    assert notices(page) == ["1 account is orphaned", "2 apps wait to be managed"]
    assert {"/people/orphans", "/apps?tab=unmanaged", "/people"} <= set(links(page))
    reader = Reader(people, people.add("reader@corp.test", READ_ONLY_ADMINISTRATOR))
    assert notices(said(reader, "/")) == notices(page)
    basic = said(Reader(people, people.add("basic@corp.test", BASIC_USER)), "/")
    assert "orphaned" not in basic
    assert "Nothing here needs you now" in basic


def test_owners_are_told_of_their_own_connectors_without_a_query_for_each(
    kernel: Kernel, people: People
) -> None:
    bob = people.add("bob@corp.test", BASIC_USER)
    other = people.add("other@corp.test", BASIC_USER)
    add_connector(kernel, "Mine", None, bob)
    add_connector(kernel, "Nobody's", None)
    browser = Reader(people, bob)
    assert notices(said(browser, "/")) == ["Mine is not connected"]
    with queries(kernel) as few:
        said(browser, "/")
    for number in range(9):
        add_connector(kernel, f"Theirs {number}", None, other)
    with queries(kernel) as many:
        assert notices(said(browser, "/")) == ["Mine is not connected"]
    assert len(many) == len(few)


def test_who_has_nothing_to_look_after_is_led_to_their_own_access(people: People) -> None:
    browser = Reader(people, people.add("basic@corp.test", BASIC_USER))
    own = [link for link in links(said(browser, "/")) if link.startswith("/people/")]
    assert len(own) == 1
    assert "basic@corp.test" in said(browser, own[0])


def test_home_of_the_past_has_its_numbers_and_nothing_to_do(
    lonely: Story, admin: Reader, clock: FixedClock
) -> None:
    before = clock.now().date()
    clock.advance(3 * DAY)
    lonely.sync(estate(["Expenses", "Payroll", "Travel"]))
    page = said(admin, f"/?as_of={before}")
    assert "Needs attention" not in page
    assert "Next steps" not in page
    assert re.search(r"<strong>2</strong><span>Unmanaged apps", page)
    assert re.search(r"<strong>3</strong><span>Unmanaged apps", said(admin, "/"))
    assert "data-chart" in page


def sentence(page: str) -> str:
    """The title of the chart."""
    found = re.search("<figcaption>([^<]*)</figcaption>", page)
    assert found
    return found[1]


def test_grants_are_told_since_the_first_sync_until_a_window_is_known(
    lonely: Story, admin: Reader, clock: FixedClock
) -> None:
    clock.advance(timedelta(hours=2))
    page = said(admin, "/")
    assert sentence(page) == "4 grants since the first sync, 2 hours ago"
    values = re.search(r'"values": (\[[^\]]*\])', page)
    assert values
    assert json.loads(values[1]) == [None] * 29 + [4]
    assert page.count('<td class="figure">') == 1
    clock.advance(3 * DAY)
    lonely.sync(estate(["Expenses", "Payroll", "Travel"]))
    same_day = "2 more grants than on the day of the first sync, 3 days ago"
    assert sentence(said(admin, "/")) == same_day
    clock.advance(31 * DAY)
    lonely.sync(estate(["Expenses"]))
    assert sentence(said(admin, "/")) == "4 fewer grants than 29 days before"


def test_a_tile_of_one_thing_says_so_in_the_singular(lonely: Story, admin: Reader) -> None:
    lonely.sync(estate(["Expenses"]))
    page = said(admin, "/")
    assert "<strong>1</strong><span>Managed app</span>" in page
    assert "<strong>2</strong><span>Accounts</span>" in page
    assert "<strong>1</strong><span>Connector</span>" in said(admin, f"/apps/{lonely.app}")


def test_home_asks_the_database_seldom_and_never_counts_grants(
    lonely: Story, admin: Reader, kernel: Kernel
) -> None:
    for number in range(5):
        add_connector(kernel, f"Connector {number}", (number + 1) * DAY)
    with queries(kernel) as asked:
        page = said(admin, "/")
    assert "Credentials of 3 more connectors may end within a month" in notices(page)
    assert len(asked) <= MOST_QUERIES, len(asked)
    assert not [query for query in asked if re.search(r"\bgrants\b", query)]
