"""One run of a connector: opened, checked, read into a file, sealed, remembered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import structlog

from ostiary.baton.c1z import C1zWriter, SealedSync
from ostiary.connector.connector import Connector, Finding, SyncScope
from ostiary.connector.context import RunContext
from ostiary.connector.definition import ConnectorDefinition
from ostiary.connector.expansion.expand import max_depth_from
from ostiary.connector.progress import Ledger
from ostiary.connector.settings import Settings
from ostiary.connector.status import ConnectorError
from ostiary.connector.sync import Sync, SyncOutcome

T = TypeVar("T")


def unheeded(_: object = None) -> None:
    pass


@dataclass(frozen=True)
class Run:
    """A run that has its settings and its state directory, which is locked for this process.

    `conceal` masks a value wherever something is shown. `checked` hears how checking the
    credentials ended: with None, or with what is wrong. `found` hears what it found on the way.
    """

    definition: ConnectorDefinition
    settings: Settings
    environment: Mapping[str, str]
    ledger: Ledger
    conceal: Callable[[str], None]
    state: Path
    checked: Callable[[Exception | None], None] = unheeded
    found: Callable[[Sequence[Finding]], None] = unheeded

    @asynccontextmanager
    async def connected(self, file: Path) -> AsyncIterator[Connector]:
        """The connector with its credentials checked. `file` is where the sync goes."""
        context = RunContext(
            state_dir=self.state,
            file=file,
            progress=self.ledger,
            log=structlog.stdlib.get_logger(f"connector.{self.definition.name}"),
            conceal=self.conceal,
        )
        async with self.definition.open(self.settings, context) as connector:
            self.ledger.phase = "Checking access"
            try:
                findings = await connector.validate()
                self.found(findings)
                check(findings)
            except Exception as error:
                self.checked(error)
                raise
            self.checked(None)
            yield connector

    async def write(
        self,
        writer: C1zWriter,
        scope: SyncScope,
        *,
        expand: bool = True,
        sealing: Callable[[], None] = unheeded,
    ) -> tuple[SealedSync, SyncOutcome]:
        """A whole sync. `sealing` is called when all is read and the file is about to be packed."""
        depth = max_depth_from(self.environment.get("BATON_GRAPH_EXPAND_MAX_DEPTH", ""))
        async with self.connected(writer.output) as connector:
            sync = Sync(
                self.definition,
                connector,
                writer,
                scope,
                self.ledger,
                max_depth=depth,
                expand=expand,
            )
            outcome = await sync.run()
            sealing()
            self.ledger.phase = "Packing the file"
            sealed = await to_its_end(writer.seal)
            await _commit(connector)
        return sealed, outcome


async def to_its_end(function: Callable[[], T]) -> T:
    """Run in a thread. A cancellation takes effect only when the thread is done, for nobody may
    take away what it works on."""
    work = asyncio.ensure_future(asyncio.to_thread(function))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        while not work.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({work})
        work.exception()
        raise


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
