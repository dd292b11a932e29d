from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ostiary.server.kernel.actor import SYSTEM, Actor
from ostiary.server.kernel.audit_log import Anchor, Filter, Verdict, entries, verify
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.context import within_request
from ostiary.server.kernel.model import audit_entries
from ostiary.server.kernel.work import Kernel
from tests.server.postgres import reset

ADA = Actor("user", "1srOrx2ZWZBpBUvZwXKQmoEYga2", "Ada")


def note(kernel: Kernel, *numbers: int, actor: Actor = ADA) -> None:
    for number in numbers:
        with kernel.work(actor) as work:
            work.audit("catalog.app.rename", "app", f"app-{number}", {"name": "x"}, {"name": "y"})


def verdict(kernel: Kernel, expected: Anchor | None = None) -> Verdict:
    with kernel.read() as connection:
        return verify(connection, expected)


def tamper(kernel: Kernel, *statements: str) -> None:
    """As somebody who may do anything with the database."""
    with kernel.database.engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(sa.text(statement))


def test_an_untouched_log_is_whole(kernel: Kernel) -> None:
    note(kernel, 1, 2, 3)
    found = verdict(kernel)
    assert (found.entries, found.head.sequence, found.problems) == (3, 3, ())


@pytest.mark.parametrize(
    "assignment",
    [
        "at = at + interval '1 microsecond'",
        "actor_kind = 'system'",
        "actor_id = 'somebody'",
        "actor_name = 'Eve'",
        "action = 'catalog.app.delete'",
        "object_type = 'user'",
        "object_id = 'app-9'",
        "before = NULL",
        """after = '{"name":"z"}'""",
        "request_id = 'r'",
        "hash = sha256('')",
    ],
)
def test_an_altered_entry_is_found(kernel: Kernel, assignment: str) -> None:
    note(kernel, 1, 2, 3, 4)
    tamper(kernel, f"UPDATE audit_entries SET {assignment} WHERE sequence = 3")
    assert verdict(kernel).problems[0] == "entry 3 is not what was written"


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        ("sequence = 1", "entry 1 is missing"),
        ("sequence IN (2, 3)", "entries 2 to 3 are missing"),
        ("sequence = 4", "entry 4 is missing"),
        ("sequence > 0", "entries 1 to 4 are missing"),
    ],
)
def test_a_removed_entry_is_found(kernel: Kernel, condition: str, problem: str) -> None:
    note(kernel, 1, 2, 3, 4)
    tamper(kernel, f"DELETE FROM audit_entries WHERE {condition}")
    assert verdict(kernel).problems == (problem,)


def test_a_removed_entry_is_found_even_if_the_others_close_ranks(kernel: Kernel) -> None:
    note(kernel, 1, 2, 3, 4)
    tamper(
        kernel,
        "DELETE FROM audit_entries WHERE sequence = 2",
        "UPDATE audit_entries SET sequence = 2 WHERE sequence = 3",
        "UPDATE audit_entries SET sequence = 3 WHERE sequence = 4",
        "UPDATE audit_head SET sequence = 3",
    )
    assert verdict(kernel).problems == (
        "entry 2 is not what was written",
        "entry 3 is not what was written",
    )


def test_entries_in_another_order_are_found(kernel: Kernel) -> None:
    note(kernel, 1, 2, 3, 4)
    tamper(
        kernel,
        "UPDATE audit_entries SET sequence = 9 WHERE sequence = 2",
        "UPDATE audit_entries SET sequence = 2 WHERE sequence = 3",
        "UPDATE audit_entries SET sequence = 3 WHERE sequence = 9",
    )
    assert "entry 2 is not what was written" in verdict(kernel).problems


def test_a_log_cut_off_with_its_head_is_found_by_an_anchor(kernel: Kernel) -> None:
    note(kernel, 1, 2, 3)
    anchor = verdict(kernel).head
    tamper(
        kernel,
        "DELETE FROM audit_entries WHERE sequence = 3",
        "UPDATE audit_head SET sequence = 2, "
        "hash = (SELECT hash FROM audit_entries WHERE sequence = 2)",
    )
    assert verdict(kernel).problems == ()
    assert verdict(kernel, anchor).problems == (f"entry {anchor} is not in the log",)


def test_an_anchor_of_earlier_holds_while_the_log_grows(kernel: Kernel) -> None:
    note(kernel, 1, 2)
    anchor = Anchor.parse(str(verdict(kernel).head))
    note(kernel, 3)
    assert verdict(kernel, anchor).problems == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET actor_name = 'Eve'",
        "DELETE FROM audit_entries",
        "TRUNCATE audit_entries",
    ],
)
def test_the_database_refuses_to_change_entries(kernel: Kernel, statement: str) -> None:
    note(kernel, 1)
    with (
        pytest.raises(sa.exc.DBAPIError, match="neither changed nor removed"),
        kernel.database.engine.begin() as connection,
    ):
        connection.execute(sa.text(statement))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(state=st.dictionaries(st.text(), json_values, max_size=4), name=st.text())
@hypothesis_settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_whatever_people_write_can_be_logged_and_verified(
    kernel: Kernel, state: dict[str, Any], name: str
) -> None:
    reset(kernel.database)
    with kernel.work(Actor("user", "id", name)) as work:
        work.audit("catalog.app.create", "app", name, None, state)
    assert verdict(kernel).problems == ()


def test_writers_at_the_same_time_make_one_chain(kernel: Kernel) -> None:
    threads = [threading.Thread(target=note, args=(kernel, *range(10))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = verdict(kernel)
    assert (found.entries, found.problems) == (40, ())


def test_a_long_piece_of_work_keeps_nobody_from_writing(kernel: Kernel) -> None:
    with kernel.work(SYSTEM) as long:
        long.audit("ingest.sync.finish", "sync", "first noted, last committed")
        note(kernel, 1)
    with kernel.read() as connection:
        found = entries(connection, Filter(), limit=10)
    assert [entry["object_id"] for entry in found] == ["first noted, last committed", "app-1"]


def test_values_under_the_names_of_secrets_are_not_logged(kernel: Kernel) -> None:
    with kernel.work(ADA) as work:
        secret = {"clientSecret": "s3cret", "tokens": {"refresh_token": "t0ken"}, "name": "x"}
        work.audit("connectors.connector.create", "connector", "c", None, secret)
    with kernel.read() as connection:
        [entry] = entries(connection, Filter(), limit=1)
    assert entry["after"] == {
        "clientSecret": "***",
        "tokens": {"refresh_token": "***"},
        "name": "x",
    }


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(), [4, 3, 2, 1]),
        (Filter(actor=ADA.id), [3, 2, 1]),
        (Filter(actor="Ostiary"), [4]),
        (Filter(action="catalog"), [4, 3, 2, 1]),
        (Filter(action="catalog.app.rename"), [4, 3, 2, 1]),
        (Filter(action="cat"), []),
        (Filter(object_type="app", object_id="app-2"), [2]),
        (Filter(request_id="request-3"), [3]),
    ],
)
def test_entries_are_listed_newest_first_and_filtered(
    kernel: Kernel, wanted: Filter, expected: list[int]
) -> None:
    note(kernel, 1, 2)
    with within_request("request-3"):
        note(kernel, 3)
    note(kernel, 4, actor=SYSTEM)
    with kernel.read() as connection:
        found = entries(connection, wanted, limit=10)
    assert [entry["sequence"] for entry in found] == expected


def test_entries_are_listed_by_time(kernel: Kernel, clock: FixedClock) -> None:
    for number in range(1, 5):
        note(kernel, number)
        clock.advance(timedelta(hours=1))
    start = clock.now() - timedelta(hours=4)
    wanted = Filter(since=start + timedelta(hours=1), until=start + timedelta(hours=3))
    with kernel.read() as connection:
        found = entries(connection, wanted, limit=10)
        older = entries(connection, Filter(), limit=10, before=3)
    assert [entry["sequence"] for entry in found] == [3, 2]
    assert [entry["sequence"] for entry in older] == [2, 1]


def test_an_entry_carries_the_request_it_belongs_to(kernel: Kernel) -> None:
    with within_request("r-1"):
        note(kernel, 1)
    with kernel.read() as connection:
        assert connection.scalar(sa.select(audit_entries.c.request_id)) == "r-1"
