"""The one way to write: a unit of work, with its audit entries and jobs in the same transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ostiary.server.kernel import audit, ids
from ostiary.server.kernel.actor import Actor
from ostiary.server.kernel.clock import Clock
from ostiary.server.kernel.context import request_id
from ostiary.server.kernel.database import Database
from ostiary.server.kernel.secrets import Keyring
from ostiary.server.kernel.settings import Settings

_DEFER = sa.text(
    """
    SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[ROW(
        :queue, :task, :priority, :lock, :queueing_lock, CAST(:args AS jsonb), NULL
    )::procrastinate_job_to_defer_v1]))
    """
)
_ALREADY_QUEUED = sa.text(
    "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE queueing_lock = :lock AND status = 'todo')"
)


@dataclass
class UnitOfWork:
    """What one actor does in one transaction, all of it at the instant `now`."""

    connection: sa.Connection
    now: datetime
    actor: Actor
    _entries: list[audit.Entry] = field(default_factory=list)
    _afterwards: list[Callable[[], None]] = field(default_factory=list)

    def new_id(self) -> str:
        return ids.new_id(self.now)

    def audit(
        self,
        action: str,
        object_type: str,
        object_id: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """`action` is `<slice>.<noun>.<verb>`. Values under secret names are masked."""
        self._entries.append(
            audit.Entry(
                self.now, self.actor, action, object_type, object_id, before, after, request_id()
            )
        )

    def defer(
        self,
        task: str,
        *,
        queue: str = "default",
        lock: str | None = None,
        queueing_lock: str | None = None,
        priority: int = 0,
        **args: Any,
    ) -> None:
        """A worker runs the task after the commit; `args` are what JSON holds.

        Of jobs with the same `lock` one runs at a time; while one with the same `queueing_lock`
        waits, no second is queued.
        """
        if queueing_lock and self._is_queued(queueing_lock):
            return
        self.connection.execute(
            _DEFER,
            {
                "queue": queue,
                "task": task,
                "priority": priority,
                "lock": lock,
                "queueing_lock": queueing_lock,
                "args": json.dumps(args),
            },
        )

    def after_commit(self, callback: Callable[[], None]) -> None:
        """For waking sleepers in this process; lost when the process dies, so never for work."""
        self._afterwards.append(callback)

    def _is_queued(self, lock: str) -> bool:
        """Two at once would break the queue's unique index, so the second waits for the first."""
        self.connection.execute(
            sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(lock, 0x0571A58)))
        )
        return bool(self.connection.scalar(_ALREADY_QUEUED, {"lock": lock}))


@dataclass(frozen=True)
class Kernel:
    """Everything that every slice needs; made once per process by the composition root."""

    settings: Settings
    database: Database
    clock: Clock
    secrets: Keyring

    @contextmanager
    def work(self, actor: Actor) -> Iterator[UnitOfWork]:
        """Commits when the block ends well, undoes everything when it raises."""
        with self.database.writing() as connection:
            unit = UnitOfWork(connection, self.clock.now(), actor)
            yield unit
            audit.append(connection, unit._entries)
        for callback in unit._afterwards:
            callback()

    def read(self) -> AbstractContextManager[sa.Connection]:
        """A read-only connection that sees one moment of the database."""
        return self.database.reading()
