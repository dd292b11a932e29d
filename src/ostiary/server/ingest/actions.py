"""Taking in what connectors upload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from ostiary.baton.c1z import C1zError, SyncRun
from ostiary.server.ingest import rules
from ostiary.server.ingest.applying import Application, Applied, TargetId
from ostiary.server.ingest.archive import Archive
from ostiary.server.ingest.holding import (
    drop_held_file,
    held_folder,
    keep_held_file,
    unpacking_folder,
)
from ostiary.server.ingest.refusing import unreadable
from ostiary.server.ingest.rules import Drop, HoldLimits, RefusedError
from ostiary.server.ingest.store import history
from ostiary.server.ingest.store.history import Feed, Record
from ostiary.server.ingest.store.inventory import Scope
from ostiary.server.ingest.store.staging import savepoint
from ostiary.server.kernel.actor import Actor
from ostiary.server.kernel.errors import not_found
from ostiary.server.kernel.work import Kernel, UnitOfWork

log = structlog.get_logger("ostiary.server.ingest")

_APART = timedelta(microseconds=1)
"""The least time between two syncs of one connector."""


@dataclass(frozen=True)
class Sync:
    """How an upload is to be taken.

    `at`: the instant from which it is true, by default the time of the call. `sync_id`: which sync
    of the file, by default its newest. `targets`: what a targeted sync was asked for; without any
    the sync has to be a full one. `confirmed`: large drops are meant.
    """

    at: datetime | None = None
    sync_id: str | None = None
    targets: Sequence[TargetId] = ()
    confirmed: bool = False


@dataclass(frozen=True)
class SyncOutcome:
    """`replayed`: this sync was recorded before and nothing was done now."""

    record: Record
    replayed: bool = False

    @property
    def state(self) -> rules.State:
        return self.record.state

    @property
    def reason(self) -> str:
        return self.record.reason


class _HeldBackError(Exception):
    def __init__(self, applied: Applied, drops: list[Drop]) -> None:
        super().__init__("a large drop")
        self.applied = applied
        self.drops = drops


def apply_sync(
    kernel: Kernel,
    connector_id: str,
    path: Path,
    sync: Sync | None = None,
    *,
    limits: HoldLimits | None = None,
) -> SyncOutcome:
    """Takes in a .c1z that a connector uploaded: applied, held or refused, always recorded.

    All of it becomes visible at once or nothing does. The same sync again changes nothing.
    `AppError` NotFound when the catalogue does not know the connector.
    """
    sync = sync or Sync()
    actor = Actor("connector", connector_id)
    folder = unpacking_folder(kernel.settings)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with Archive(path, folder) as archive:
            run = rules.choose_run(archive.runs, sync.sync_id, targeted=bool(sync.targets))
            with kernel.work(actor) as work:
                taking = _Taking(kernel, work, connector_id, run, sync, limits or HoldLimits())
                return taking.take(archive)
    except C1zError as error:
        log.warning("ingest.unreadable", connector=connector_id, error=str(error))
        refusal = unreadable(error, path)
    except RefusedError as error:
        refusal = error
    with kernel.work(actor) as work:
        return _refuse(work, connector_id, refusal)


class _Taking:
    """One sync of one connector in one unit of work."""

    def __init__(
        self,
        kernel: Kernel,
        work: UnitOfWork,
        connector_id: str,
        run: SyncRun,
        sync: Sync,
        limits: HoldLimits,
    ) -> None:
        self._kernel = kernel
        self._work = work
        self._run = run
        self._sync = sync
        self._limits = limits
        self._feed = _locked(work, connector_id)

    def take(self, archive: Archive) -> SyncOutcome:
        connection = self._work.connection
        known = history.applied(connection, self._feed.id, self._run.sync_id)
        held = history.held(connection, self._feed.id)
        if known is None and held and not self._sync.confirmed:
            known = held if held.sync_id == self._run.sync_id else None
        if known is not None:
            return SyncOutcome(known, replayed=True)
        before = history.newest_applied(connection, self._feed.id)
        at = self._instant(before)
        try:
            with savepoint(connection):
                record = self._apply(archive, before, at)
        except _HeldBackError as error:
            record = self._hold(archive.path, error, before, at)
        self._replace(held)
        history.add(connection, self._feed.id, record)
        self._audit(record)
        return SyncOutcome(record)

    def _instant(self, before: Record | None) -> datetime:
        """Waiting for the sync before may have taken until after the unit of work began."""
        at = self._sync.at or self._work.now
        if before is None or at > before.at:
            return at
        if self._sync.at is not None and at < before.at:
            raise RefusedError(
                "outdated", f"The sync is of {at:%F %T}; a newer one, of {before.at:%F %T}, came."
            )
        return before.at + _APART

    def _apply(self, archive: Archive, before: Record | None, at: datetime) -> Record:
        scope = Scope(self._feed.id, at, targeted=bool(self._sync.targets))
        applied = Application(self._work, archive, self._run, scope).apply(self._sync.targets)
        record = self._record(applied, before, at)
        if before and self._feed.hold_large_drops and not self._sync.confirmed:
            drops = rules.large_drops(record.counts, record.deltas, self._limits)
            if drops:
                raise _HeldBackError(applied, drops)
        return record

    def _hold(
        self, upload: Path, held: _HeldBackError, before: Record | None, at: datetime
    ) -> Record:
        record = self._record(held.applied, before, at)
        folder = held_folder(self._kernel.settings)
        kept = keep_held_file(upload, folder, record.public_id)
        reason = "The sync would remove " + ", ".join(str(drop) for drop in held.drops) + "."
        counts = before.counts if before else {}
        return replace(record, state="held", reason=reason, held_file=str(kept), counts=counts)

    def _record(self, applied: Applied, before: Record | None, at: datetime) -> Record:
        took = self._kernel.clock.now() - self._work.now
        return Record(
            public_id=self._work.new_id(),
            sync_id=self._run.sync_id,
            kind=str(self._run.sync_type),
            state="applied",
            at=at,
            recorded_at=self._work.now,
            duration_ms=took // timedelta(milliseconds=1),
            counts=rules.counts_after(before.counts if before else {}, applied.deltas),
            deltas=applied.deltas,
            dropped=applied.dropped,
            reason="",
            held_file=None,
        )

    def _replace(self, held: Record | None) -> None:
        if held is None:
            return
        is_it = held.sync_id == self._run.sync_id
        history.end_hold(self._work.connection, held, "confirmed" if is_it else "superseded")
        self._work.after_commit(lambda: drop_held_file(held.held_file))

    def _audit(self, record: Record) -> None:
        log.info("ingest.sync", connector=self._feed.connector_id, state=record.state)
        self._work.audit(
            f"ingest.sync.{record.state}",
            "connector",
            self._feed.connector_id,
            after={
                "sync": record.public_id,
                "deltas": {
                    kind: {name: asdict(delta) for name, delta in types.items()}
                    for kind, types in record.deltas.items()
                },
                "reason": record.reason,
            },
        )


def _refuse(work: UnitOfWork, connector_id: str, refusal: RefusedError) -> SyncOutcome:
    feed = _locked(work, connector_id)
    before = history.newest_applied(work.connection, feed.id)
    record = Record(
        public_id=work.new_id(),
        sync_id="",
        kind="",
        state="refused",
        at=work.now,
        recorded_at=work.now,
        duration_ms=0,
        counts=before.counts if before else {},
        deltas={},
        dropped={},
        reason=refusal.message,
        held_file=None,
    )
    history.add(work.connection, feed.id, record)
    work.audit(
        "ingest.sync.refused",
        "connector",
        connector_id,
        after={"sync": record.public_id, "reason": refusal.message},
    )
    return SyncOutcome(record)


def _locked(work: UnitOfWork, connector_id: str) -> Feed:
    feed = history.lock_feed(work.connection, connector_id)
    if feed is None:
        raise not_found(f"There is no connector {connector_id}.")
    return feed
