"""One sync into one file, then the process ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from ostiary.baton.c1z import C1zWriter, SealedSync, SyncType
from ostiary.baton.ids import ResourceBid, parse_bid
from ostiary.baton.pb.connector_v2 import ResourceId
from ostiary.connector.connector import Connector, Finding, SyncScope
from ostiary.connector.context import RunContext
from ostiary.connector.definition import ConnectorDefinition
from ostiary.connector.expansion.expand import max_depth_from
from ostiary.connector.interrupts import Interrupts
from ostiary.connector.progress import Ledger
from ostiary.connector.settings import Settings
from ostiary.connector.state import claimed, output_path, state_folder, working_folder
from ostiary.connector.status import ConnectorError, Status
from ostiary.connector.summary import Summary
from ostiary.connector.sync import Sync, SyncOutcome

KEEP_SYNCS = 2


@dataclass(frozen=True)
class OneShot:
    """A run that has its settings. `conceal` masks a value wherever something is shown."""

    definition: ConnectorDefinition
    settings: Settings
    environment: Mapping[str, str]
    ledger: Ledger
    conceal: Callable[[str], None]

    def run(self) -> Summary:
        """The whole run; `ConnectorError` (Canceled) when a signal stopped it, nothing written."""
        began = time.monotonic()
        _check_engine(self.settings)
        scope = scope_of(self.definition, self.settings)
        output = output_path(self.settings)
        folder = working_folder(self.settings)
        interrupts = Interrupts()
        with (
            claimed(state_folder(self.settings, output)) as state,
            C1zWriter(
                output,
                sync_type=sync_type_of(scope),
                keep=keep_from(self.environment.get("BATON_KEEP_SYNC_COUNT", "")),
                temp_dir=folder,
            ) as writer,
        ):
            try:
                sealed, outcome = asyncio.run(self._sync(scope, writer, state, interrupts))
            except BaseException as error:
                if not interrupts.received and not isinstance(error, asyncio.CancelledError):
                    raise
                message = f"Stopped before the end: nothing was written to {output}."
                raise ConnectorError(Status.CANCELED, message) from error
        title = self.definition.display_name
        return Summary(title, sealed, outcome, self.ledger, time.monotonic() - began)

    async def _sync(
        self, scope: SyncScope, writer: C1zWriter, state: Path, interrupts: Interrupts
    ) -> tuple[SealedSync, SyncOutcome]:
        task = asyncio.current_task()
        assert task is not None
        context = RunContext(
            state_dir=state,
            file=writer.output,
            progress=self.ledger,
            log=structlog.stdlib.get_logger(f"connector.{self.definition.name}"),
            conceal=self.conceal,
        )
        with interrupts.cancelling(task):
            async with self.definition.open(self.settings, context) as connector:
                self.ledger.phase = "Checking access"
                check(await connector.validate())
                depth = max_depth_from(self.environment.get("BATON_GRAPH_EXPAND_MAX_DEPTH", ""))
                sync = Sync(self.definition, connector, writer, scope, self.ledger, max_depth=depth)
                outcome = await sync.run()
                interrupts.hold()
                self.ledger.phase = "Packing the file"
                sealed = await asyncio.to_thread(writer.seal)
                await _commit(connector)
        return sealed, outcome


async def _commit(connector: Connector) -> None:
    """A baseline that cannot be kept costs the next run time, and this one nothing."""
    log = structlog.stdlib.get_logger("ostiary.connector")
    try:
        await connector.commit()
    except Exception as error:
        log.warning(
            "the file is complete, but the next run has to read everything again",
            reason=str(error),
            exc_info=True,
        )


def check(findings: Sequence[Finding]) -> None:
    """Log what was found; `ConnectorError` with every error finding when there is one."""
    log = structlog.stdlib.get_logger("ostiary.connector")
    errors = [finding for finding in findings if finding.severity == "error"]
    for finding in findings:
        if finding.severity == "notice":
            log.warning(finding.message, feature=finding.feature, remedy=finding.remedy)
        elif finding.severity == "ok":
            log.debug(finding.message, feature=finding.feature)
    if len(errors) == 1:
        raise ConnectorError(errors[0].code, errors[0].message, remedy=errors[0].remedy)
    if errors:
        listed = "\n".join(f"  {e.feature}: {e.message} {e.remedy}".rstrip() for e in errors)
        raise ConnectorError(errors[0].code, f"{len(errors)} checks failed:\n{listed}")


def scope_of(definition: ConnectorDefinition, settings: Settings) -> SyncScope:
    """What the flags ask for; `ConnectorError` (InvalidArgument) for what does not exist."""
    types = settings.get_list("sync-resource-types")
    for name in types:
        if name not in definition.type_ids:
            raise ConnectorError(
                Status.INVALID_ARGUMENT,
                f"invalid resource type {name!r} in filter",
                remedy=f"{definition.name} has: {', '.join(sorted(definition.type_ids))}.",
            )
    selected = frozenset(types) or None
    bids = settings.get_list("sync-resources")
    return SyncScope(
        resource_types=selected,
        resources=tuple(_target(bid, selected or definition.type_ids) for bid in bids),
        entitlements=not settings.get_bool("skip-entitlements-and-grants"),
        grants=not settings.get_bool("skip-grants"),
    )


def sync_type_of(scope: SyncScope) -> SyncType:
    if scope.resources:
        return SyncType.PARTIAL
    return SyncType.FULL if scope.entitlements else SyncType.RESOURCES_ONLY


def keep_from(text: str) -> int:
    """The value of BATON_KEEP_SYNC_COUNT, or the default when it is no positive number."""
    return int(text) if text.isdecimal() and int(text) > 0 else KEEP_SYNCS


def _target(text: str, selected: frozenset[str]) -> ResourceId:
    try:
        bid = parse_bid(text)
    except ValueError as error:
        raise _no_target(text, str(error)) from error
    if not isinstance(bid, ResourceBid):
        raise _no_target(text, "it names no resource")
    if bid.resource_type not in selected:
        raise _no_target(text, f"the resource type {bid.resource_type!r} is not synced")
    return ResourceId(resource_type=bid.resource_type, resource=bid.resource_id)


def _no_target(text: str, reason: str) -> ConnectorError:
    return ConnectorError(
        Status.INVALID_ARGUMENT,
        f"--sync-resources cannot use {text}: {reason}.",
        remedy="Write a resource as bid:r:<type>/<id>.",
    )


def _check_engine(settings: Settings) -> None:
    if settings.get_str("storage-engine") == "pebble":
        raise ConnectorError(
            Status.INVALID_ARGUMENT,
            "The storage engine pebble cannot be written here: only Go programs have it.",
            remedy="Leave --storage-engine out or give sqlite, which every reader understands.",
        )
