"""What the tasks of one service process share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ostiary.connector.connector import Finding
from ostiary.connector.definition import ConnectorDefinition
from ostiary.connector.progress import Ledger
from ostiary.connector.redaction import Redactor
from ostiary.connector.run import Run, unheeded
from ostiary.connector.service.clock import Clock
from ostiary.connector.service.outcome import Outcomes
from ostiary.connector.service.server import Server
from ostiary.connector.service.validity import Validity
from ostiary.connector.settings import Settings


@dataclass(frozen=True)
class Workplace:
    """`state` is locked for this process; within it, whoever opens the connector holds `turn`,
    because there is one image of the source."""

    definition: ConnectorDefinition
    settings: Settings
    environment: Mapping[str, str]
    redact: Redactor
    server: Server
    clock: Clock
    state: Path
    validity: Validity
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def outcomes(self) -> Outcomes:
        return Outcomes(self.server, self.clock, self.redact)

    def run(
        self,
        settings: Settings,
        ledger: Ledger,
        conceal: Callable[[str], None],
        found: Callable[[Sequence[Finding]], None] = unheeded,
    ) -> Run:
        return Run(
            self.definition,
            settings,
            self.environment,
            ledger,
            conceal,
            self.state,
            self.validity.record,
            found,
        )

    @contextmanager
    def concealing(self) -> Iterator[Callable[[str], None]]:
        """Masks what is learned inside, until the end: a process that runs for months learns a
        new access token every hour."""
        learned: list[str] = []

        def conceal(secret: str) -> None:
            learned.append(secret)
            self.redact.conceal(secret)

        try:
            yield conceal
        finally:
            for secret in learned:
                self.redact.forget(secret)
