from __future__ import annotations

import pytest
import sqlalchemy as sa

from ostiary.server.kernel.actor import Actor
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.model import audit_entries, audit_head, encryption_keys
from ostiary.server.kernel.work import Kernel

ADA = Actor("user", "1srOrx2ZWZBpBUvZwXKQmoEYga2", "Ada")
JOBS = sa.text("SELECT task_name, queueing_lock, args FROM procrastinate_jobs ORDER BY id")


def test_a_unit_of_work_writes_rows_audit_entries_and_jobs_together(
    kernel: Kernel, clock: FixedClock
) -> None:
    with kernel.work(ADA) as work:
        work.connection.execute(encryption_keys.insert().values(key_id="k", first_used_at=work.now))
        work.audit("kernel.key.use", "key", "k", None, {"keyId": "k"})
        work.defer("kernel.something", number=3)
    with kernel.read() as connection:
        key = connection.execute(sa.select(encryption_keys)).one()
        entry = connection.execute(sa.select(audit_entries)).one()
        job = connection.execute(JOBS).one()
    assert key.first_used_at == clock.now()
    assert (entry.sequence, entry.at, entry.actor_id) == (1, clock.now(), ADA.id)
    assert (entry.action, entry.before, entry.after) == ("kernel.key.use", None, {"keyId": "k"})
    assert (job.task_name, job.args) == ("kernel.something", {"number": 3})


def test_a_unit_of_work_that_fails_leaves_nothing_behind(kernel: Kernel) -> None:
    called: list[str] = []

    def fail() -> None:
        with kernel.work(ADA) as work:
            row = {"key_id": "k", "first_used_at": work.now}
            work.connection.execute(encryption_keys.insert().values(row))
            work.audit("kernel.key.use", "key", "k")
            work.defer("kernel.something")
            work.after_commit(lambda: called.append("woken"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with kernel.read() as connection:
        assert connection.execute(sa.select(encryption_keys)).all() == []
        assert connection.execute(sa.select(audit_entries)).all() == []
        assert connection.execute(sa.select(audit_head.c.sequence)).scalar_one() == 0
        assert connection.execute(JOBS).all() == []
    assert called == []


def test_a_callback_runs_after_the_commit(kernel: Kernel) -> None:
    seen: list[int] = []

    def look() -> None:
        with kernel.read() as connection:
            seen.append(len(connection.execute(sa.select(audit_entries)).all()))

    with kernel.work(ADA) as work:
        work.audit("kernel.key.use", "key", "k")
        work.after_commit(look)
    assert seen == [1]


def test_one_job_waits_per_queueing_lock(kernel: Kernel) -> None:
    with kernel.work(ADA) as work:
        work.defer("sync", queueing_lock="connector 1", number=1)
        work.defer("sync", queueing_lock="connector 1", number=2)
    with kernel.work(ADA) as work:
        work.defer("sync", queueing_lock="connector 1", number=3)
        work.defer("sync", queueing_lock="connector 2", number=4)
    with kernel.read() as connection:
        assert [job.args["number"] for job in connection.execute(JOBS)] == [1, 4]


def test_a_reader_cannot_write(kernel: Kernel) -> None:
    with pytest.raises(sa.exc.InternalError, match="read-only"), kernel.read() as connection:
        connection.execute(audit_head.update().values(sequence=7))


def test_a_reader_sees_one_moment(kernel: Kernel) -> None:
    count = sa.select(sa.func.count()).select_from(audit_entries)
    with kernel.read() as connection:
        before = connection.scalar(count)
        with kernel.work(ADA) as work:
            work.audit("kernel.key.use", "key", "k")
        assert connection.scalar(count) == before == 0
    with kernel.read() as connection:
        assert connection.scalar(count) == 1
