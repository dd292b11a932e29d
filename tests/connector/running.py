"""Running the fake connector inside a test."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ostiary.baton.c1z import C1zReader
from ostiary.connector.cli import run
from tests.connector.fake import CREDENTIALS, FakeConnector, Make, definition


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """Log lines, when they were JSON."""
        return [json.loads(line) for line in self.err.splitlines()]

    @property
    def last(self) -> dict[str, Any]:
        return self.records[-1]


@dataclass
class Runner:
    folder: Path
    capsys: pytest.CaptureFixture[str]

    @property
    def file(self) -> Path:
        return self.folder / "out.c1z"

    def __call__(
        self, *words: str, make: Make = FakeConnector, environment: dict[str, str] | None = None
    ) -> Ran:
        variables = CREDENTIALS | (environment or {})
        arguments = words if "--file" in words else ("--file", str(self.file), *words)
        code = run(definition(make), arguments, variables)
        captured = self.capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    def content(self, sync_id: str | None = None) -> Content:
        return read(self.file, sync_id)


@dataclass
class Content:
    sync_type: str
    parent_sync_id: str
    types: list[str]
    resources: list[str]
    entitlements: list[str]
    grants: dict[str, dict[str, bool]]


def read(path: Path, sync_id: str | None = None) -> Content:
    with C1zReader(path, sync_id=sync_id) as reader:
        return Content(
            reader.sync.sync_type,
            reader.sync.parent_sync_id,
            [found.id for found in reader.resource_types()],
            [f"{r.id.resource_type}:{r.id.resource}" for r in reader.resources()],
            [found.id for found in reader.entitlements()],
            {
                found.id: {name: s.is_direct for name, s in found.sources.sources.items()}
                for found in reader.grants()
            },
        )


def syncs(path: Path) -> list[str]:
    with C1zReader(path) as reader:
        return [run.sync_id for run in reader.syncs]


def altered(change: Callable[[FakeConnector], None]) -> Make:
    """A maker of fakes with something changed."""

    def make(settings: Any, context: Any) -> FakeConnector:
        connector = FakeConnector(settings, context)
        change(connector)
        return connector

    return make
