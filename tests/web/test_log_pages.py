"""The system log as a page: what was done by whom, and whether it is as it was written."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from ostiary.server.kernel.actor import Actor
from ostiary.server.kernel.authz.roles import BASIC_USER, READ_ONLY_ADMINISTRATOR
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from ostiary.server.systemlog.actions import VERIFY
from ostiary.server.systemlog.jobs import verify, verify_nightly
from ostiary.server.systemlog.rules import changes
from tests.server.auth.people import People
from tests.web.conftest import Reader
from tests.web.test_access_pages import queries, said
from tests.web.test_pages import SCRIPT

MOST_QUERIES = 20
ZOE = Actor("operator", "zoe", "Zoe")


@pytest.fixture
def written(kernel: Kernel, clock: FixedClock) -> FixedClock:
    """Three things that Zoe did on three days."""
    for day, name in enumerate(("first", "second", SCRIPT)):
        with kernel.work(ZOE) as unit:
            state = {"name": name, "limit": {"most": day}, "kept": "same"}
            before = {"name": "old", "kept": "same"}
            unit.audit("test.thing.change", "thing", f"thing{day}", before, state)
        clock.advance(timedelta(days=1))
    return clock


def verified(kernel: Kernel) -> None:
    """As a worker does it."""
    query = "SELECT args FROM procrastinate_jobs WHERE task_name = :task ORDER BY id DESC LIMIT 1"
    with kernel.read() as connection:
        args = connection.scalars(sa.text(query), {"task": VERIFY}).one()
    verify(kernel, args["key"])


def tamper(kernel: Kernel, statement: str) -> None:
    with kernel.database.writing() as connection:
        connection.execute(sa.text("ALTER TABLE audit_entries DISABLE TRIGGER USER"))
        connection.execute(sa.text(statement))


def numbers(page: str) -> list[int]:
    """Of the entries on a page, from its top."""
    return [int(each) for each in re.findall(r'data-href="/log/(\d+)', page)]


def test_the_newest_comes_first_and_is_told_with_its_words(
    written: FixedClock, admin: Reader
) -> None:
    page = said(admin, "/log")
    shown = numbers(page)
    assert shown == sorted(shown, reverse=True)
    assert "test.thing.change" in page
    assert "Zoe" in page
    assert numbers(said(admin, "/log?sort=at")) == sorted(shown)


def test_entries_are_found_by_actor_event_object_and_day(
    written: FixedClock, admin: Reader
) -> None:
    last = written.now().date()
    first, second, third = sorted(numbers(said(admin, "/log?actor=zoe")))
    assert numbers(said(admin, "/log?action=test.thing.change")) == [third, second, first]
    assert numbers(said(admin, "/log?type=thing&object_id=thing1")) == [second]
    assert numbers(said(admin, "/log?object_id=thing1")) == [second]
    days = f"since={last - timedelta(days=2)}&until={last - timedelta(days=2)}"
    assert numbers(said(admin, f"/log?actor=zoe&{days}")) == [second]
    assert numbers(said(admin, f"/log?actor=zoe&since={last}")) == []
    assert re.search(r"1 of \d+ entries", said(admin, f"/log?{days}"))
    assert "Nothing matches these filters" in said(
        admin, "/log?action=test.thing.change&q=&object_id=x"
    )


def test_a_day_that_is_none_is_refused(admin: Reader) -> None:
    assert admin.get("/log?since=yesterday").status_code == 400
    assert admin.get("/log/nothing").status_code == 404
    assert admin.get(f"/log/{10**30}").status_code == 404


def test_an_entry_says_what_was_before_and_after(written: FixedClock, admin: Reader) -> None:
    number = numbers(said(admin, "/log?object_id=thing2"))[0]
    page = said(admin, f"/log/{number}")
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page
    cells = re.findall(r"<tr><th scope=\"row\"><bdi>([^<]+)</bdi></th>", page)
    assert cells == ["limit.most", "name", "kept"]
    assert "1 more value without a change" in page
    drawer = admin.get(f"/log/{number}", headers={"x-ostiary-drawer": "1"}).text
    assert '<nav class="sidebar"' not in drawer


def test_an_entry_leads_to_the_people_and_programs_it_is_about(admin: Reader) -> None:
    service = admin.post("/settings/keys", data={"display_name": "CI"}).headers["location"]
    admin.post(f"{service}/roles", data={"basic_user": "on"})
    for kind in ("user", "service_principal"):
        entries = numbers(said(admin, f"/log?type={kind}"))
        assert entries
        for number in entries:
            page = said(admin, f"/log/{number}")
            [link] = re.findall(rf'href="([^"]+)">(?:<bdi[^>]*>)?{kind}<', page)
            assert admin.get(link).status_code == 200, (kind, link)


def test_what_differs_comes_first_and_nested_values_have_dotted_names() -> None:
    found = changes({"a": 1, "b": {"c": [1], "d": None}}, {"a": 1, "b": {"c": ["x", "y"]}})
    assert [(each.name, each.before, each.after) for each in found] == [
        ("b.c", "[1]", "x, y"),
        ("b.d", "null", None),
        ("a", "1", "1"),
    ]
    assert changes(None, None) == []


def test_the_log_as_a_file(written: FixedClock, admin: Reader) -> None:
    admin.post("/preferences/columns", data={"table": "log", "column": ["actor", "object"]})
    text = admin.get("/log?actor=zoe&format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["Object id"] for row in rows] == ["thing2", "thing1", "thing0"]
    assert {row["By"] for row in rows} == {"Zoe"}


def test_the_past_shows_what_was_written_by_then(written: FixedClock, admin: Reader) -> None:
    day = (written.now() - timedelta(days=3)).date()
    page = said(admin, f"/log?actor=zoe&as_of={day}")
    assert len(numbers(page)) == 1
    assert "Verify now" not in page
    assert f"as_of={day}" in page


def test_a_whole_log_is_proven(kernel: Kernel, written: FixedClock, admin: Reader) -> None:
    assert "It was never verified" in said(admin, "/log")
    assert admin.post("/log/verify").status_code == 303
    page = said(admin, "/log")
    assert "Being verified" in page
    assert "Verify now" not in page
    again = admin.post("/log/verify")
    assert again.status_code == 303
    verified(kernel)
    page = said(admin, "/log")
    assert "Whole" in page
    assert "Up to entry" in page
    assert re.search("asked by <bdi>super", page, re.IGNORECASE)
    assert "systemlog.chain.verify" in page
    assert "Verify now" in page


def test_the_first_broken_entry_is_named(
    kernel: Kernel, written: FixedClock, admin: Reader
) -> None:
    number = numbers(said(admin, "/log?object_id=thing1"))[0]
    tamper(kernel, f"UPDATE audit_entries SET actor_name = 'Ann' WHERE sequence = {number}")
    admin.post("/log/verify")
    verified(kernel)
    page = said(admin, "/log")
    assert "Broken" in page
    assert f"entry {number} is not what was written" in page


def test_a_log_that_was_cut_off_and_went_on_is_found_out(
    kernel: Kernel, written: FixedClock, admin: Reader
) -> None:
    """The chain alone cannot tell, but the proof before knows its end."""
    verify_nightly(kernel)
    verified(kernel)
    tamper(
        kernel,
        "WITH gone AS (DELETE FROM audit_entries WHERE object_type = 'thing' RETURNING sequence) "
        "DELETE FROM audit_entries WHERE sequence > (SELECT min(sequence) FROM gone)",
    )
    tamper(
        kernel,
        "UPDATE audit_head h SET (sequence, hash) = (SELECT sequence, hash FROM audit_entries "
        "ORDER BY sequence DESC LIMIT 1) WHERE EXISTS (SELECT FROM audit_entries)",
    )
    tamper(
        kernel,
        "UPDATE audit_head SET sequence = 0, hash = decode(repeat('00', 32), 'hex') "
        "WHERE NOT EXISTS (SELECT FROM audit_entries)",
    )
    verify_nightly(kernel)
    verified(kernel)
    assert "is not in the log" in said(admin, "/log")


def test_a_verification_that_died_with_its_worker_can_be_asked_again(
    kernel: Kernel, clock: FixedClock, admin: Reader
) -> None:
    admin.post("/log/verify")
    clock.advance(timedelta(hours=2))
    assert "Verify now" in said(admin, "/log")


def test_readers_may_prove_the_log_and_others_see_nothing_of_it(
    people: People, written: FixedClock
) -> None:
    reader = Reader(people, people.add("reader@corp.test", READ_ONLY_ADMINISTRATOR))
    assert "Verify now" in said(reader, "/log")
    basic = Reader(people, people.add("basic@corp.test", BASIC_USER))
    assert basic.get("/log").status_code == 403


def test_no_page_of_the_log_asks_the_database_often(
    kernel: Kernel, written: FixedClock, admin: Reader
) -> None:
    for path in ("/log", "/log?object_id=thing1&as_of=2026-03-03", "/log/1"):
        with queries(kernel) as asked:
            said(admin, path)
        assert 1 < len(asked) <= MOST_QUERIES, (path, len(asked))
