"""Pages as text: what they say, escape and carry along."""

from __future__ import annotations

import csv
import io
import re
from base64 import b64encode
from datetime import timedelta

import pytest

from ostiary.server.kernel.authz.roles import (
    APPLICATION_ADMINISTRATOR,
    BASIC_USER,
    READ_ONLY_ADMINISTRATOR,
    SUPER_ADMINISTRATOR,
)
from ostiary.server.kernel.clock import FixedClock
from tests.server.access.asking import Story
from tests.server.auth.people import People
from tests.web.conftest import Reader, estate

SCRIPT = "<script>alert(1)</script>"
ATTRIBUTE = "\" autofocus onfocus=alert(1) x='"
REVERSED = "refund \u202etxt.exe"
LONG = "N" * 1000
HOSTILE = [SCRIPT, ATTRIBUTE, REVERSED, LONG, "财务 بيانات Ναύς", "{{ 7 * 7 }}", "=1+1", "@SUM(A1)"]
UNMANAGED = "/apps?tab=unmanaged"


def test_hostile_names_are_text(story: Story, admin: Reader) -> None:
    story.sync(estate(HOSTILE))
    page = admin.get(UNMANAGED).text
    assert SCRIPT not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert ATTRIBUTE not in page
    assert "{{ 7 * 7 }}" in page
    assert LONG in page
    assert f'<bdi class="text">{REVERSED}</bdi>' in page


def test_what_is_searched_for_comes_back_as_text(story: Story, admin: Reader) -> None:
    for path in (f"/apps?q={SCRIPT}", f"/search?q={SCRIPT}"):
        answer = admin.get(path)
        assert answer.status_code == 200
        assert SCRIPT not in answer.text
        assert "&lt;script&gt;" in answer.text


def test_a_page_runs_only_scripts_with_its_nonce(admin: Reader) -> None:
    first, second = admin.get("/"), admin.get("/")
    policies = [each.headers["content-security-policy"] for each in (first, second)]
    nonces = [re.findall("'nonce-([^']+)'", policy) for policy in policies]
    assert set(nonces[0]).isdisjoint(nonces[1])
    assert "unsafe" not in policies[0]
    scripts = re.findall(r"<script[^>]*>", first.text)
    assert scripts
    assert all(f'nonce="{nonces[0][0]}"' in script for script in scripts)
    assert not re.search(r"\son\w+=|\sstyle=|javascript:|https?://", first.text)


@pytest.mark.parametrize("path", ["/", "/apps", "/apps/nothing-here", "/api/v1/apps"])
def test_every_answer_says_what_browsers_must_not_do(admin: Reader, path: str) -> None:
    headers = admin.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_browsers_stay_on_tls_but_for_addresses_that_have_a_plain_port(people: People) -> None:
    named = people.anonymous(base_url="https://ostiary.example").get("/auth/sign_in")
    assert named.headers["strict-transport-security"] == "max-age=31536000"
    for base in ("https://127.0.0.1:8443", "https://localhost:8443", "http://ostiary.example"):
        answer = people.anonymous(base_url=base).get("/auth/sign_in")
        assert "strict-transport-security" not in answer.headers


def test_who_is_not_signed_in_is_led_there_and_back(people: People) -> None:
    browser = people.anonymous()
    answer = browser.get("/apps?q=x", headers={"accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/auth/sign_in?return_to=/apps%3Fq%3Dx"
    assert browser.get("/apps").status_code == 401


def test_a_part_of_a_page_is_told_to_sign_in_as_a_whole(people: People) -> None:
    answer = people.anonymous().get("/apps", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/auth/sign_in")


def test_a_refusal_is_a_page_for_people_and_json_for_programs(admin: Reader) -> None:
    page = admin.get("/apps/nothing-here")
    assert page.status_code == 404
    assert "There is no app nothing-here." in page.text
    assert page.headers["x-request-id"] in page.text
    api = admin.get("/api/v1/apps/nothing-here")
    assert api.json()["code"] == 5


def test_a_form_without_the_sessions_token_changes_nothing(people: People) -> None:
    browser = people.browser_of("ann@corp.test", BASIC_USER)
    del browser.headers["x-csrf-token"]
    answer = browser.post("/preferences/columns", data={"table": "apps", "column": "owners"})
    assert answer.status_code == 403


def test_the_sidebar_says_what_is_hidden(people: People) -> None:
    basic = Reader(people, people.add("basic@corp.test", BASIC_USER))
    reader = Reader(people, people.add("reader@corp.test", READ_ONLY_ADMINISTRATOR))
    page = basic.get("/").text
    assert re.search(r"Hidden from you: [^<]*Apps", page)
    assert 'href="/apps"' not in page
    assert "Hidden from you" not in reader.get("/").text


def test_who_owns_nothing_sees_a_list_with_nothing(story: Story, people: People) -> None:
    story.sync(estate(["Expenses"]))
    owner = Reader(people, people.add("owner@corp.test", APPLICATION_ADMINISTRATOR))
    assert "No app is managed yet" in owner.get("/apps").text
    assert "Expenses" not in owner.get(UNMANAGED).text
    assert "Expenses" not in owner.get("/search?q=Exp").text


def test_readers_are_not_offered_to_manage(story: Story, people: People) -> None:
    story.sync(estate(["Expenses"]))
    reader = Reader(people, people.add("reader@corp.test", READ_ONLY_ADMINISTRATOR))
    page = reader.get(UNMANAGED).text
    assert "Expenses" in page
    assert "/apps/manage" not in page


def test_a_list_says_how_many_there_are_and_how_many_match(story: Story, admin: Reader) -> None:
    story.sync(estate([f"App {number}" for number in range(60)]))
    assert "60 unmanaged apps" in admin.get(UNMANAGED).text
    page = admin.get(f"{UNMANAGED}&q=app+5").text
    assert "11 of 60 unmanaged apps" in page
    assert "51 to 60 of 60" in admin.get(f"{UNMANAGED}&page=2").text
    assert "Nothing matches these filters" in admin.get(f"{UNMANAGED}&q=nothing").text


def test_a_csv_file_is_what_the_list_shows_and_runs_no_formula(story: Story, admin: Reader) -> None:
    story.sync(estate([*HOSTILE, "Expenses"]))
    admin.post(
        "/preferences/columns",
        data={"table": "unmanaged-apps", "column": "parent", "return_to": UNMANAGED},
    )
    answer = admin.get(f"{UNMANAGED}&q=S&sort=-name&format=csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="unmanaged-apps.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["App", "Discovered through"]
    assert sorted(rows[1:]) == sorted(
        [name, "Entra"] for name in ("Expenses", "'@SUM(A1)", SCRIPT, ATTRIBUTE)
    )


def test_columns_that_somebody_chose_stay_theirs(
    story: Story, admin: Reader, people: People
) -> None:
    story.sync(estate(["Expenses"]))
    other = Reader(people, people.add("other@corp.test", READ_ONLY_ADMINISTRATOR))
    choice = {"table": "apps", "column": ["created", "no such column"], "return_to": "/apps?q=E"}
    answer = admin.post("/preferences/columns", data=choice)
    assert answer.headers["location"] == "/apps?q=E"
    assert headers_of(admin.get("/apps").text) == ["App", "First seen"]
    assert "Owners" in headers_of(other.get("/apps").text)
    admin.post("/preferences/columns", data={"table": "apps", "reset": "1"})
    assert "Owners" in headers_of(admin.get("/apps").text)


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test", "/\\evil.test"])
def test_a_choice_leads_nowhere_else(admin: Reader, elsewhere: str) -> None:
    answer = admin.post("/preferences/columns", data={"table": "apps", "return_to": elsewhere})
    assert answer.headers["location"] == "/"


def test_the_past_is_carried_along_and_cannot_be_changed(
    story: Story, admin: Reader, clock: FixedClock
) -> None:
    story.sync(estate(["Expenses"]))
    before = clock.now().date()
    clock.advance(timedelta(days=3))
    story.sync(estate(["Expenses", "Newcomer"]))
    page = admin.get(f"{UNMANAGED}&as_of={before}").text
    assert "as it was at the end of 2 March 2026 (UTC)" in page
    assert "Expenses" in page
    assert "Newcomer" not in page
    assert f'href="/?as_of={before}"' in page
    assert "/apps/manage" not in page
    assert "Newcomer" in admin.get(UNMANAGED).text


@pytest.mark.parametrize("when", ["2027-01-01", "yesterday", "2026-13-01", "0000-00-00"])
def test_an_instant_that_is_none_is_refused(admin: Reader, when: str) -> None:
    assert admin.get(f"/apps?as_of={when}").status_code == 400


def test_marked_apps_are_managed_with_an_owner(story: Story, admin: Reader) -> None:
    story.sync(estate(["Expenses", "Payroll", "Travel"]))
    ids = re.findall(r'name="selected" value="(\w+)"', admin.get(UNMANAGED).text)[:2]
    asked = admin.get("/apps/manage", params={"selected": ids})
    assert "Manage 2 apps" in asked.text
    form = {"selected": ids, "owner": "nobody@corp.test"}
    refused = admin.post("/apps/manage", data=form)
    assert refused.status_code == 404
    assert "Nobody here has the e-mail address nobody@corp.test." in refused.text
    done = admin.post("/apps/manage", data={**form, "owner": "super@corp.test"})
    assert (done.status_code, done.headers["location"]) == (303, "/apps")
    assert "Expenses" in admin.get("/apps").text
    assert "1 unmanaged app<" in admin.get(UNMANAGED).text


def test_what_was_done_is_told_once(story: Story, people: People) -> None:
    story.sync(estate(["Expenses"]))
    browser = people.browser_of("super@corp.test", SUPER_ADMINISTRATOR)
    ids = re.findall(r'name="selected" value="(\w+)"', browser.get(UNMANAGED).text)
    browser.post("/apps/manage", data={"selected": ids, "owner": "super@corp.test"})
    assert "1 app managed from now on" in browser.get("/apps").text
    assert "1 app managed from now on" not in browser.get("/apps").text


def test_a_toast_that_is_not_ours_is_not_told(people: People) -> None:
    browser = people.browser_of("ann@corp.test", BASIC_USER)
    for forged in ("YWxsIHlvdXIgYmFzZQ==", b64encode(b"x" * 32 + b"all your base").decode(), "%"):
        browser.cookies.set("ostiary_toast", forged)
        assert "all your base" not in browser.get("/").text


def test_a_row_opens_as_a_drawer_without_the_shell(story: Story, admin: Reader) -> None:
    page = admin.get(f"/apps/{story.app}").text
    drawer = admin.get(f"/apps/{story.app}", headers={"x-ostiary-drawer": "1"}).text
    assert '<nav class="sidebar"' in page
    assert '<nav class="sidebar"' not in drawer
    assert ">Entra</bdi>" in drawer


def headers_of(page: str) -> list[str]:
    found = re.findall(r'<th scope="col"[^>]*>(?:<a [^>]*>)?([^<]+)', page)
    return [title.strip() for title in found]
