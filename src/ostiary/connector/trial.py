"""The command `check`: whether the settings and the credentials work, and what they let one read.

Nothing is synced and nothing is kept.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog

from ostiary.connector.connector import Finding
from ostiary.connector.context import RunContext
from ostiary.connector.definition import ConnectorDefinition
from ostiary.connector.faults import explained
from ostiary.connector.progress import Ledger
from ostiary.connector.settings import Settings
from ostiary.connector.status import ConnectorError, Status

MARKS = {"ok": "ok     ", "notice": "notice ", "error": "error  "}


@dataclass(frozen=True)
class Verdict:
    findings: Sequence[Finding]

    @property
    def status(self) -> Status:
        """That of the first error."""
        errors = (finding.code for finding in self.findings if finding.severity == "error")
        return next(errors, Status.OK)

    def document(self) -> dict[str, Any]:
        """`status` is `OK` or the label of a gRPC code; absent words are empty."""
        return {
            "status": self.status.label,
            "findings": [
                {**asdict(finding), "code": _code(finding).label} for finding in self.findings
            ],
        }

    def __str__(self) -> str:
        """As `check` prints it for people."""
        return "\n".join(f"{MARKS[finding.severity]}{_words(finding)}" for finding in self.findings)

    def json(self) -> str:
        return json.dumps(self.document(), indent=2, ensure_ascii=False)


def try_out(
    definition: ConnectorDefinition, settings: Settings, conceal: Callable[[str], None]
) -> Verdict:
    """A failure to get as far as findings is the one finding."""
    with tempfile.TemporaryDirectory(prefix="baton-check-") as folder:
        context = RunContext(
            state_dir=Path(folder),
            file=Path(folder) / "sync.c1z",
            progress=Ledger(),
            log=structlog.stdlib.get_logger(f"connector.{definition.name}"),
            conceal=conceal,
        )
        try:
            return Verdict(asyncio.run(_findings(definition, settings, context)))
        except Exception as error:
            return refused(explained(error))


def refused(error: ConnectorError) -> Verdict:
    finding = Finding("error", "", error.message, error.remedy, error.status, error.cause)
    return Verdict([finding])


async def _findings(
    definition: ConnectorDefinition, settings: Settings, context: RunContext
) -> Sequence[Finding]:
    async with definition.open(settings, context) as connector:
        return await connector.validate()


def _code(finding: Finding) -> Status:
    return finding.code if finding.severity == "error" else Status.OK


def _words(finding: Finding) -> str:
    feature = f"{finding.feature}: " if finding.feature else ""
    return f"{feature}{finding.message} {finding.remedy}".rstrip()
