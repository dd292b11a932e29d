"""Pages of the directory: whose accounts are whose, where people come from, what stands on Home."""

from __future__ import annotations

import csv
import io
import re

import pytest

from ostiary.server.directory import actions
from ostiary.server.directory.jobs import refresh
from ostiary.server.directory.store.listed_orphans import ORDERS
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.authz.roles import (
    APPLICATION_ADMINISTRATOR,
    BASIC_USER,
    READ_ONLY_ADMINISTRATOR,
)
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.auth.people import People
from tests.server.directory.world import App, Said, World
from tests.web.conftest import Reader
from tests.web.test_access_pages import MOST_QUERIES, queries, said
from tests.web.test_pages import HOSTILE, SCRIPT

ORPHANS = "/people/orphans"
BY_HAND = "/people/owners"
SOURCES = "/people/sources"
ATTRIBUTES = "/people/attributes"
FINANCE = "account.profile.department == 'Finance'"


def person(name: str, **profile: str) -> Said:
    return Said([f"{name.lower()}@corp.test"], name.lower(), name, profile=profile)


class Estate:
    """Directory "Entra" with Alice, Bob and Dave, who is disabled; app "Payroll" with an account of
    each of the latter two, and three accounts that are nobody's."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.entra = world.app("Entra")
        self.report_people(Dave="disabled")
        world.configure(self.entra)
        world.refresh_everything()
        self.payroll = world.app("Payroll")
        self.report_accounts()

    def report_people(self, **statuses: str) -> None:
        people = {
            "Alice": person("Alice", department="Finance", jobTitle="CFO", employeeId="7"),
            "Bob": person("Bob", managerEmail="alice@corp.test", department="Finance"),
            "Dave": person("Dave", department="Sales"),
        }
        for name, status in statuses.items():
            people[name] = Said(
                people[name].emails, people[name].login, name, status, people[name].profile
            )
        self.world.report(self.entra, people)

    def report_accounts(self, *names: str) -> None:
        nobodys = {
            "svc-backup": Said(["svc-backup@corp.test"], "svc-backup", "svc-backup"),
            "eve": Said(["eve@elsewhere.test"], "eve", "eve", "disabled"),
            "kiosk": Said([], "kiosk", "kiosk"),
        }
        of_people = {name: person(name) for name in ("Bob", "Dave")}
        more = {name: Said([], name, name) for name in names}
        self.world.sync(self.payroll, {**of_people, **nobodys, **more})

    def id_of(self, name: str, app: App | None = None) -> str:
        return self.world.account(app or self.payroll, name).id

    def person(self, name: str) -> str:
        return self.world.people(gone=True)[name].id


@pytest.fixture
def world(kernel: Kernel, clock: FixedClock) -> World:
    return World(kernel, clock)


@pytest.fixture
def estate(world: World) -> Estate:
    return Estate(world)


def rows(page: str) -> list[str]:
    """Names in the first column."""
    found = re.findall(r'<th scope="row" class="name">(.*?)</th>', page, re.DOTALL)
    return [re.sub(r"<[^>]*>", "", each).strip() for each in found]


def test_orphans_are_accounts_without_owner_or_of_somebody_who_is_out(
    estate: Estate, admin: Reader
) -> None:
    page = said(admin, ORPHANS)
    assert "5 orphaned accounts" in page
    assert rows(page) == ["Dave", "Dave", "eve", "kiosk", "svc-backup"]
    assert page.count("Owner disabled") == 1 + 2
    assert rows(said(admin, f"{ORPHANS}?why=none&sort=-name")) == ["svc-backup", "kiosk", "eve"]
    assert rows(said(admin, f"{ORPHANS}?app={estate.entra.public_id}")) == ["Dave"]
    assert rows(said(admin, f"{ORPHANS}?status=disabled")) == ["Dave", "eve"]
    assert rows(said(admin, f"{ORPHANS}?q=SVC")) == ["svc-backup"]


def test_orphans_are_sorted_by_any_column(estate: Estate, admin: Reader) -> None:
    for order in ORDERS:
        page = said(admin, f"{ORPHANS}?sort=-{order}")
        assert sorted(rows(page)) == ["Dave", "Dave", "eve", "kiosk", "svc-backup"], order
    assert rows(said(admin, f"{ORPHANS}?sort=owner"))[:2] == ["Dave", "Dave"]


def test_external_is_whose_domain_is_not_trusted(estate: Estate, admin: Reader) -> None:
    page = said(admin, ORPHANS)
    assert "No domain is trusted yet" in page
    assert 'name="domain"' not in page
    refused = admin.post("/people/domains", data={"domains": "corp.test\nno domain!"})
    assert refused.status_code == 400
    assert "is no domain" in refused.text
    done = admin.post("/people/domains", data={"domains": "corp.test"})
    assert done.headers["location"] == ORPHANS
    page = said(admin, f"{ORPHANS}?domain=external")
    assert rows(page) == ["eve"]
    assert "External is whose address is not in corp.test" in page
    assert "4 of 5 orphaned accounts" in said(admin, f"{ORPHANS}?domain=trusted")


def test_an_owner_is_searched_for_and_stays_when_syncs_come(estate: Estate, admin: Reader) -> None:
    account = estate.id_of("svc-backup")
    asked = f"/people/accounts/owner?selected={account}"
    assert "svc-backup" in said(admin, asked)
    assert "alice@corp.test" not in said(admin, asked)
    assert "alice@corp.test · CFO · Finance" in said(admin, f"{asked}&q=ali")
    assert "Nobody who is enabled matches" in said(admin, f"{asked}&q=dave")
    unsure = admin.post("/people/accounts/owner", data={"selected": account})
    assert unsure.status_code == 400
    assert "Choose who the owner is." in unsure.text
    form = {"selected": account, "person": estate.person("Alice")}
    done = admin.post("/people/accounts/owner", data=form)
    assert done.headers["location"] == ORPHANS
    assert "4 orphaned accounts" in said(admin, ORPHANS)
    estate.report_accounts("newcomer")
    page = said(admin, BY_HAND)
    assert rows(page) == ["svc-backup"]
    assert "Alice" in page
    own_page = said(admin, f"/apps/{estate.payroll.public_id}/accounts/{account}")
    assert "set by hand" in own_page
    asked = f"/people/accounts/reset?selected={account}&amp;back=account"
    assert f'href="{asked}"' in own_page
    back = {"selected": account, "back": "account"}
    done = admin.post("/people/accounts/reset", data=back)
    assert done.headers["location"] == f"/apps/{estate.payroll.public_id}/accounts/{account}"
    assert "Nobody answers for this account." in said(admin, done.headers["location"])


def test_what_was_set_by_hand_goes_back_to_the_rules(estate: Estate, admin: Reader) -> None:
    bobs = estate.id_of("Bob")
    taken = {"selected": bobs, "person": "nobody"}
    assert admin.post("/people/accounts/owner", data=taken).status_code == 303
    estate.report_accounts()
    assert "Nobody, by hand" in said(admin, f"{ORPHANS}?why=cleared&q=bob")
    asked = said(admin, f"/people/accounts/reset?selected={bobs}")
    assert "Let rules decide who owns Bob" in asked
    done = admin.post("/people/accounts/reset", data={"selected": bobs})
    assert done.headers["location"] == BY_HAND
    assert "No owner is set by hand" in said(admin, BY_HAND)
    assert estate.world.owner(estate.payroll, "Bob") == "Bob"


def test_many_accounts_get_an_owner_and_a_type_at_once(
    estate: Estate, admin: Reader, people: People
) -> None:
    chosen = [estate.id_of(name) for name in ("svc-backup", "kiosk")]
    asked = admin.get("/people/accounts/type", params={"selected": chosen}).text
    assert "Set type of 2 accounts" in asked
    typed = {"selected": chosen, "account_type": "service"}
    assert admin.post("/people/accounts/type", data=typed).status_code == 303
    assert rows(said(admin, f"{ORPHANS}?type=service")) == ["kiosk", "svc-backup"]
    wrong = admin.post("/people/accounts/type", data={**typed, "account_type": "god"})
    assert wrong.status_code == 400
    owned = {"selected": chosen, "person": estate.person("Bob")}
    assert admin.post("/people/accounts/owner", data=owned).status_code == 303
    assert rows(said(admin, ORPHANS)) == ["Dave", "Dave", "eve"]
    assert people.audit_actions().count("directory.account.set_owner") == 2


def test_owners_of_an_app_decide_about_its_accounts_only(
    estate: Estate, admin: Reader, people: People
) -> None:
    user = people.add("owner@corp.test", APPLICATION_ADMINISTRATOR)
    owner = Reader(people, user)
    chosen = [estate.id_of("kiosk"), estate.id_of("Dave", estate.entra)]
    refused = owner.get("/people/accounts/owner", params={"selected": chosen})
    assert refused.status_code == 400
    admin.post(f"/api/v1/apps/{estate.payroll.public_id}/owners/{user.public_id}", json={})
    page = owner.get("/people/accounts/owner", params={"selected": chosen, "q": "ali"}).text
    assert "Set owner of kiosk" in page
    assert "alice@corp.test" not in page
    exact = {"selected": chosen, "q": "alice@corp.test"}
    assert "Alice" in owner.get("/people/accounts/owner", params=exact).text
    form = {"selected": chosen, "person": estate.person("Alice")}
    assert owner.post("/people/accounts/owner", data=form).status_code == 303
    assert estate.world.owner(estate.payroll, "kiosk") == "Alice"
    assert estate.world.owner(estate.entra, "Dave") == "Dave"


def test_readers_see_orphans_and_are_offered_nothing(estate: Estate, people: People) -> None:
    reader = Reader(people, people.add("reader@corp.test", READ_ONLY_ADMINISTRATOR))
    source = f"{SOURCES}/{estate.entra.public_id}"
    mapping = f"{ATTRIBUTES}/{estate.entra.public_id}/manager"
    payroll = f"/apps/{estate.payroll.public_id}/accounts"
    account = f"{payroll}/{estate.id_of('kiosk')}"
    for path in (
        payroll,
        account,
        ORPHANS,
        BY_HAND,
        "/people/domains",
        SOURCES,
        source,
        ATTRIBUTES,
        mapping,
    ):
        page = said(reader, path)
        assert "/people/accounts/" not in page
        assert '<form method="post" action="/people' not in page
    basic = Reader(people, people.add("basic@corp.test", BASIC_USER))
    assert basic.get(ORPHANS).status_code == 403


def test_orphans_of_the_past_can_be_seen_and_not_changed(
    estate: Estate, admin: Reader, clock: FixedClock
) -> None:
    before = f"{clock.now():%Y-%m-%dT%H:%M:%S.%f}Z"
    estate.world.set_owner(estate.payroll, "kiosk", "Alice")
    estate.report_people(Bob="disabled", Dave="disabled")
    estate.world.refresh_everything()
    assert "6 orphaned accounts" in said(admin, ORPHANS)
    page = said(admin, f"{ORPHANS}?as_of={before}")
    assert rows(page) == ["Dave", "Dave", "eve", "kiosk", "svc-backup"]
    assert "/people/accounts/" not in page


def test_sources_stand_in_their_precedence_with_what_they_bring(
    estate: Estate, admin: Reader
) -> None:
    page = said(admin, SOURCES)
    assert rows(page) == ["Entra"]
    assert "All human accounts" in page
    assert re.search(r'data-title="Part of somebody">\s*3\s*<', page)
    source = said(admin, f"{SOURCES}/{estate.entra.public_id}")
    assert "By e-mail address, then by employee id" in source
    assert "without guests of an Entra tenant" in source


def test_a_condition_is_previewed_with_numbers_and_names_and_saves_nothing(
    estate: Estate, admin: Reader
) -> None:
    path = f"{SOURCES}/{estate.entra.public_id}"
    before = estate.world.everything()
    seen = admin.post(f"{path}/preview", data={"condition": FINANCE})
    assert seen.status_code == 200
    assert re.search(r"<strong>1</strong> would be removed", seen.text)
    assert "Dave (dave@corp.test)" in seen.text
    assert "Save: remove 1 person<" in seen.text
    assert estate.world.everything() == before
    wrong = admin.post(f"{path}/preview", data={"condition": "account.nosuch == 1"})
    assert wrong.status_code == 400
    assert "nosuch" in re.search(r'id="error-condition">([^<]*)<', wrong.text)[1]  # type: ignore[index]
    unclear = admin.post(f"{path}/preview", data={"condition": "account.profile.jobTitle == 'CFO'"})
    assert "For <strong>2 accounts</strong> the condition has no value" in unclear.text


def test_what_was_previewed_is_what_is_saved(estate: Estate, admin: Reader) -> None:
    path = f"{SOURCES}/{estate.entra.public_id}"
    form = {"condition": FINANCE, "issuer": "https://sts.test/v2.0", "added": "0", "removed": "1"}
    estate.report_people(Alice="enabled")
    other = admin.post(path, data={**form, "removed": "2"})
    assert other.status_code == 409
    assert "changed since the preview" in other.text
    assert "All human accounts" in said(admin, SOURCES)
    done = admin.post(path, data=form)
    assert done.headers["location"] == SOURCES
    refresh(estate.world.kernel)
    assert set(estate.world.people()) == {"Alice", "Bob", "Super"}
    page = said(admin, path)
    assert "account.profile.department == &#39;Finance&#39;" in page
    assert "https://sts.test/v2.0" in page


def test_how_accounts_merge_is_previewed_and_set_with_pairs_of_keys(
    estate: Estate, admin: Reader
) -> None:
    """Names make one person of two accounts that share no address."""
    namesake = Said(["alice.two@corp.test"], "alice2", "Alice", "enabled", {})
    hr = estate.world.app("HR")
    estate.world.report(hr, {"Alice": namesake})
    path = f"{SOURCES}/{hr.public_id}"
    admin.post(path, data={"added": "1", "removed": "0"})
    refresh(estate.world.kernel)
    assert len(rows(said(admin, "/people?q=Alice"))) == 2
    pairs = "account.email = user.email\naccount.displayName = user.displayName"
    seen = admin.post(f"{path}/preview", data={"pairs": pairs}).text
    assert "Save: remove 1 person<" in seen
    assert "Accounts of all sources look anew" in seen
    assert 'name="pairs" value="account.email = user.email' in seen
    done = admin.post(path, data={"pairs": pairs, "added": "0", "removed": "1"})
    assert done.status_code == 303, done.text
    refresh(estate.world.kernel)
    assert "By 2 pairs of keys" in said(admin, path)
    page = said(admin, "/people?q=Alice")
    assert rows(page) == ["Alice"]
    alice = re.search(r'class="name"><a href="(/people/\w+)"', page)
    assert alice
    assert "Finance (from Entra)" in said(admin, alice[1])


def test_what_is_wrong_with_a_source_is_said_at_each_field_at_once(
    estate: Estate, admin: Reader
) -> None:
    path = f"{SOURCES}/{estate.entra.public_id}"
    wrong = {
        "condition": "account.issuer == 1",
        "pairs": "\naccount.email == user.email",
        "issuer": "http://sts.test",
    }
    told = admin.post(f"{path}/preview", data=wrong)
    assert told.status_code == 400
    errors = dict(re.findall(r'id="error-(\w+)">([^<]+)<', told.text))
    assert errors.keys() == wrong.keys()
    assert errors["pairs"].startswith("Line 2:")
    assert admin.post(path, data={**wrong, "added": "0", "removed": "0"}).status_code == 400
    assert "All human accounts" in said(admin, SOURCES)


def test_an_app_becomes_a_source_and_ceases_to_be_one(estate: Estate, admin: Reader) -> None:
    path = f"{SOURCES}/{estate.payroll.public_id}"
    assert f'href="{path}"' in said(admin, f"{SOURCES}/add")
    assert "Not a source of people yet" in said(admin, path)
    seen = admin.post(f"{path}/preview", data={})
    assert "Save: add 3 people<" in seen.text
    admin.post(path, data={"added": "3", "removed": "0"})
    refresh(estate.world.kernel)
    assert rows(said(admin, SOURCES)) == ["Entra", "Payroll"]
    assert f'href="{path}"' not in said(admin, f"{SOURCES}/add")
    asked = said(admin, f"{path}/remove")
    assert "Stop: remove 3 people<" in asked
    assert "svc-backup" in asked
    assert admin.post(f"{path}/remove").status_code == 303
    assert rows(said(admin, SOURCES)) == ["Entra"]


def test_attributes_say_which_source_and_of_how_many_people(estate: Estate, admin: Reader) -> None:
    page = said(admin, ATTRIBUTES)
    assert rows(page)[:3] == ["Manager", "Department", "Title"]
    assert "managerId, then managerEmail, then supervisorEmail, then manager" in page
    assert "Known (of 3 people)" in page
    department = said(admin, f"{ATTRIBUTES}/{estate.entra.public_id}/department")
    assert "3 of the first 3 accounts have a value" in department


def test_a_mapping_is_previewed_by_example_and_then_saved(estate: Estate, admin: Reader) -> None:
    path = f"{ATTRIBUTES}/{estate.entra.public_id}/department"
    form = {"mapping": "own", "origins": "= account.profile.department + '!'\nunit"}
    before = estate.world.everything()
    seen = admin.post(f"{path}/preview", data=form).text
    assert "3 of the first 3 accounts would have a value" in seen
    assert "Finance!" in seen
    assert estate.world.everything() == before
    wrong = admin.post(f"{path}/preview", data={**form, "origins": "unit\n\n= account.nosuch"})
    assert wrong.status_code == 400
    assert "Line 3: not a CEL expression" in wrong.text
    stale = admin.post(path, data={**form, "added": "5", "removed": "0"})
    assert stale.status_code == 409
    saved = admin.post(path, data={**form, "added": "0", "removed": "0"})
    assert saved.headers["location"] == ATTRIBUTES
    refresh(estate.world.kernel)
    assert estate.world.people()["Alice"].department == "Finance!"
    assert "Set here" in said(admin, ATTRIBUTES)
    usual = {"mapping": "usual", "added": "0", "removed": "0"}
    assert admin.post(path, data=usual).status_code == 303
    assert "Set here" not in said(admin, ATTRIBUTES)


def test_a_person_says_how_accounts_were_matched_and_who_reports(
    estate: Estate, admin: Reader, people: People
) -> None:
    estate.world.set_owner(estate.payroll, "kiosk", "Bob")
    bob, alice = (f"/people/{estate.person(name)}" for name in ("Bob", "Alice"))
    page = said(admin, bob)
    assert rows(page) == ["Bob", "Bob", "kiosk"]
    assert {"Made from it", "E-mail", "By hand"} <= set(re.findall(r"<span>([^<]*)</span>", page))
    assert "Can sign in" in page
    assert "Basic User" in page
    assert f'href="{alice}"' in page
    assert f'href="{SOURCES}/{estate.entra.public_id}"' in page
    assert rows(said(admin, f"{alice}/reports")) == ["Bob"]
    assert "No reports" in said(admin, f"{bob}/reports")
    dave = f"/people/{estate.person('Dave')}"
    assert "Cannot sign in" in said(admin, dave)
    basic = Reader(people, people.add("basic@corp.test", BASIC_USER))
    assert basic.get(f"{alice}/reports").status_code == 403


def test_a_persons_attributes_say_which_value_counts(estate: Estate, admin: Reader) -> None:
    several = person("Alice", department="Finance", jobTitle="CFO", title="Boss")
    estate.world.sync(estate.entra, {"Alice": several})
    page = said(admin, f"/people/{estate.person('Alice')}/attributes")
    told = re.findall(r"<tr data-row.*?</tr>", page, re.DOTALL)
    titles = [re.sub(r"<[^>]*>|\s+", " ", row).split() for row in told if "Title" in row]
    assert titles == [
        ["Title", "CFO", "Counts", "Entra", "jobTitle"],
        ["Title", "Boss", "Fallback", "Entra", "title"],
    ]


def test_without_a_source_the_page_says_what_to_do(world: World, admin: Reader) -> None:
    page = said(admin, SOURCES)
    assert "No source of people yet" in page
    assert f'href="{SOURCES}/add"' in page
    assert "No app is left that could be one" in said(admin, f"{SOURCES}/add")


def test_a_csv_file_of_orphans_is_what_the_list_shows(estate: Estate, admin: Reader) -> None:
    answer = admin.get(f"{ORPHANS}?app={estate.payroll.public_id}&format=csv")
    told = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert told[0][:3] == ["Account", "App", "Status"]
    assert [row[0] for row in told[1:]] == ["Dave", "eve", "kiosk", "svc-backup"]


def test_hostile_names_are_text_on_pages_of_the_directory(estate: Estate, admin: Reader) -> None:
    estate.report_accounts(*HOSTILE)
    account = estate.id_of(SCRIPT)
    for path in (
        ORPHANS,
        f"{ORPHANS}?q={SCRIPT}",
        f"/people/accounts/owner?selected={account}&q={SCRIPT}",
        f"/people/accounts/type?selected={account}",
        f"/people/accounts/reset?selected={account}",
    ):
        page = said(admin, path)
        assert SCRIPT not in page, path
        assert "&lt;script&gt;" in page, path


def test_no_page_of_the_directory_asks_the_database_often(estate: Estate, admin: Reader) -> None:
    account = estate.id_of("svc-backup")
    with estate.world.kernel.work(SYSTEM) as unit:
        actions.set_trusted_domains(unit, ["corp.test"])
    for path in (
        "/",
        "/people",
        f"{ORPHANS}?domain=external",
        f"{ORPHANS}?as_of={estate.world.clock.now():%Y-%m-%dT%H:%M:%S}Z",
        BY_HAND,
        ATTRIBUTES,
        f"{ATTRIBUTES}/{estate.entra.public_id}/manager",
        SOURCES,
        f"{SOURCES}/add",
        f"{SOURCES}/{estate.entra.public_id}",
        f"{SOURCES}/{estate.entra.public_id}/remove",
        *(f"/people/{estate.person('Alice')}{tab}" for tab in ("", "/attributes", "/reports")),
        "/people/domains",
        f"/people/accounts/owner?selected={account}&q=a",
        f"/people/accounts/type?selected={account}",
    ):
        with queries(estate.world.kernel) as asked:
            said(admin, path)
        assert 1 < len(asked) <= MOST_QUERIES, (path, len(asked))
