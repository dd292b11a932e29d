"""The task to read the whole source and upload it (protocol reference 3.5 to 3.7)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog

from ostiary.baton.c1z import C1zWriter
from ostiary.baton.ids import ResourceBid, new_ksuid
from ostiary.baton.pb import connectorapi_v1 as pb
from ostiary.baton.pb.connector_v2 import ResourceId
from ostiary.connector.connector import SyncScope
from ostiary.connector.fields import Value
from ostiary.connector.progress import Ledger
from ostiary.connector.run import to_its_end
from ostiary.connector.scope import check_engine, scope_of, sync_type_of
from ostiary.connector.service.folder import outgoing
from ostiary.connector.service.heartbeats import alive
from ostiary.connector.service.outcome import RefusedTaskError
from ostiary.connector.service.remarks import Remarks
from ostiary.connector.service.workplace import Workplace
from ostiary.connector.settings import Settings
from ostiary.connector.state import working_folder
from ostiary.connector.status import ConnectorError
from ostiary.connector.summary import Summary

UPLOAD_PAUSES = (0.0, 1.0)
"""Seconds before the second and the third attempt."""

log = structlog.stdlib.get_logger("ostiary.connector.service")


class FullSync:
    """Handles one task. Syncs of one process take turns: there is one image of the source."""

    def __init__(self, place: Workplace, task: pb.Task) -> None:
        self._place = place
        self._id = task.id
        self._asked = task.sync_full
        self._ledger = Ledger()
        self._remarks = Remarks()

    async def run(self) -> None:
        """Ends with a result at the server. When the first heartbeat fails or hears that the task
        is cancelled there is no result, and the server gives the task again or not."""
        first = await self._first_heartbeat()
        if first is None:
            return
        outcomes = self._place.outcomes
        with self._place.concealing() as conceal:
            try:
                await alive(self._heartbeat, first, self._place.clock, self._sync(conceal))
            except (Exception, asyncio.CancelledError) as error:
                await outcomes.failed(self._id, error)
                if isinstance(error, asyncio.CancelledError):
                    raise
            else:
                await outcomes.succeeded(self._id, self._remarks)

    async def _first_heartbeat(self) -> pb.BatonServiceHeartbeatResponse | None:
        try:
            first = await self._place.server.heartbeat(self._id)
        except ConnectorError as error:
            log.warning("a sync is not begun: heartbeat failed", task=self._id, reason=str(error))
            return None
        if first.cancelled:
            log.info("a sync is not begun: the server cancelled it", task=self._id)
            return None
        return first

    async def _heartbeat(self) -> pb.BatonServiceHeartbeatResponse:
        ledger = self._ledger
        log.info(
            "syncing",
            task=self._id,
            phase=ledger.phase,
            requests=ledger.requests,
            objects={name: stream.objects for name, stream in ledger.streams.items()},
        )
        return await self._place.server.heartbeat(self._id)

    async def _sync(self, conceal: Callable[[str], None]) -> None:
        settings = asked_settings(self._asked, self._place.settings)
        scope = self._accepted(settings)
        file = outgoing(self._place.state) / f"{new_ksuid()}.c1z"
        try:
            async with self._place.turn:
                await self._write(file, settings, scope, conceal)
            self._ledger.phase = "Uploading"
            await self._upload(file)
        finally:
            file.unlink(missing_ok=True)

    def _accepted(self, settings: Settings) -> SyncScope:
        try:
            check_engine(settings)
            return scope_of(self._place.definition, settings)
        except ConnectorError as error:
            raise RefusedTaskError(error.status, error.message, remedy=error.remedy) from error

    async def _write(
        self, file: Path, settings: Settings, scope: SyncScope, conceal: Callable[[str], None]
    ) -> None:
        began = self._place.clock.now()
        run = self._place.run(settings, self._ledger, conceal, self._remarks.heed)
        folder = working_folder(settings)
        with C1zWriter(file, sync_type=sync_type_of(scope), keep=1, temp_dir=folder) as writer:
            if settings.get_bool("skip-full-sync"):
                async with run.connected(file):
                    log.info("nothing is read: --skip-full-sync is set", task=self._id)
                await to_its_end(writer.seal)
                return
            log.info("sync begins", task=self._id, sync_id=writer.sync_id)
            expand = not self._asked.skip_expand_grants
            sealed, outcome = await run.write(writer, scope, expand=expand)
        seconds = self._place.clock.now() - began
        title = self._place.definition.display_name
        summary = Summary(title, sealed, outcome, self._ledger, seconds)
        self._remarks.left_out += summary.notes()
        log.info("sync complete", task=self._id, **summary.fields())

    async def _upload(self, file: Path) -> None:
        for pause in UPLOAD_PAUSES:
            try:
                return await self._place.server.upload(self._id, file)
            except ConnectorError as error:
                log.warning("an upload failed", task=self._id, reason=str(error))
            await self._place.clock.sleep(pause)
        return await self._place.server.upload(self._id, file)


def asked_settings(asked: pb.Task.SyncFullTask, own: Settings) -> Settings:
    """The process's settings with what the task says over them; only the storage engine is the
    operator's to decide (protocol reference 3.6)."""
    changed: dict[str, Value] = {}
    if asked.sync_resource_type_ids:
        changed["sync-resource-types"] = tuple(asked.sync_resource_type_ids)
    if asked.targeted_sync_resources:
        changed["sync-resources"] = tuple(
            _bid(resource.id) for resource in asked.targeted_sync_resources
        )
    if asked.skip_entitlements_and_grants:
        changed["skip-entitlements-and-grants"] = True
    if asked.skip_grants:
        changed["skip-grants"] = True
    if asked.storage_engine and not own.given("storage-engine"):
        changed["storage-engine"] = asked.storage_engine
    return own.replaced(changed)


def _bid(target: ResourceId) -> str:
    try:
        return str(ResourceBid(target.resource_type, target.resource))
    except ValueError:
        return f"{target.resource_type}:{target.resource}"
