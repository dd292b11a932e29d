"""One sync into one file, then the process ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from ostiary.baton.c1z import C1zWriter, SealedSync
from ostiary.connector.connector import SyncScope
from ostiary.connector.definition import ConnectorDefinition
from ostiary.connector.interrupts import Interrupts
from ostiary.connector.progress import Ledger
from ostiary.connector.run import Run
from ostiary.connector.scope import check_engine, scope_of, sync_type_of
from ostiary.connector.settings import Settings
from ostiary.connector.state import claimed, output_path, state_folder, working_folder
from ostiary.connector.status import ConnectorError, Status
from ostiary.connector.summary import Summary
from ostiary.connector.sync import SyncOutcome

log = structlog.stdlib.get_logger("ostiary.connector")
KEEP_SYNCS = 2
LARGE_FILE = 128 * 1024 * 1024
"""Bytes from which a file's earlier sync is kept only on request: docs/adr/0009."""


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
        check_engine(self.settings)
        scope = scope_of(self.definition, self.settings)
        output = output_path(self.settings)
        folder = working_folder(self.settings)
        interrupts = Interrupts()
        with (
            claimed(state_folder(self.settings, output)) as state,
            C1zWriter(
                output,
                sync_type=sync_type_of(scope),
                keep=keep_from(self.environment.get("BATON_KEEP_SYNC_COUNT", ""), output),
                temp_dir=folder,
            ) as writer,
        ):
            run = Run(
                self.definition, self.settings, self.environment, self.ledger, self.conceal, state
            )
            try:
                sealed, outcome = asyncio.run(_sync(run, scope, writer, interrupts))
            except BaseException as error:
                if not interrupts.received and not isinstance(error, asyncio.CancelledError):
                    raise
                message = f"Stopped before the end: nothing was written to {output}."
                raise ConnectorError(Status.CANCELED, message) from error
        title = self.definition.display_name
        return Summary(title, sealed, outcome, self.ledger, time.monotonic() - began)


async def _sync(
    run: Run, scope: SyncScope, writer: C1zWriter, interrupts: Interrupts
) -> tuple[SealedSync, SyncOutcome]:
    task = asyncio.current_task()
    assert task is not None
    with interrupts.cancelling(task):
        return await run.write(writer, scope, sealing=interrupts.hold)


def keep_from(text: str, output: Path) -> int:
    """How many full syncs the file is to hold: as BATON_KEEP_SYNC_COUNT says, else the default."""
    if text.isdecimal() and int(text) > 0:
        return int(text)
    if output.exists() and output.stat().st_size >= LARGE_FILE:
        log.info(
            "the earlier sync is not kept: the file is large", kept_by="BATON_KEEP_SYNC_COUNT=2"
        )
        return 1
    return KEEP_SYNCS
