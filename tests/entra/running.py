"""Running the connector as its program does, and reading back what it wrote."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ostiary.baton.annotations import has
from ostiary.baton.c1z import C1zReader
from ostiary.baton.pb import connector_v2 as v2
from ostiary.connector.cli import run
from ostiary.connector.definition import ConnectorDefinition
from ostiary.entra.definition import DEFINITION
from ostiary.tenant.server import SimulatedTenant


@dataclass(frozen=True)
class Outcome:
    """How a run ended. ``summary`` holds the fields of the closing log line of a sealed sync."""

    code: int
    stdout: str
    stderr: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stderr.splitlines() if line.startswith("{")]

    @property
    def error(self) -> dict[str, Any]:
        """The fields of the one line that tells why a run failed.

        The tenant, which logs in the same process, may have complained of hang-ups; its lines
        have no code.
        """
        (line,) = (line for line in self.lines if line["level"] == "error" and "code" in line)
        return line

    @property
    def summary(self) -> dict[str, Any]:
        return next(line for line in reversed(self.lines) if "requests" in line)


@dataclass(frozen=True)
class Found:
    """The ids in a file, in the same shape as what is expected of it."""

    resources: frozenset[str]
    entitlements: frozenset[str]
    direct: frozenset[str]
    expanded: frozenset[str]
    immutable: frozenset[str]


def sync(
    tenant: SimulatedTenant,
    file: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    definition: ConnectorDefinition = DEFINITION,
) -> Outcome:
    """One run of the connector in this process; the tenant serves from its own thread."""
    out, err = io.StringIO(), io.StringIO()
    words = ["--file", str(file), "--log-format", "json", *arguments]
    variables = {**tenant.environment, **(environment or {})}
    with patch.dict(os.environ, variables), redirect_stdout(out), redirect_stderr(err):
        code = run(definition, words)
    return Outcome(code, out.getvalue(), err.getvalue())


def read(file: Path) -> Found:
    """The newest finished sync of a file."""
    with C1zReader(file) as reader:
        entitlements = list(reader.entitlements())
        grants = list(reader.grants())
        return Found(
            frozenset(_key(resource.id) for resource in reader.resources()),
            frozenset(entitlement.id for entitlement in entitlements),
            frozenset(grant.id for grant in grants if _is_direct(grant)),
            frozenset(grant.id for grant in grants),
            frozenset(e.id for e in entitlements if has(e.annotations, v2.EntitlementImmutable)),
        )


def _key(resource: v2.ResourceId) -> str:
    return f"{resource.resource_type}:{resource.resource}"


def _is_direct(grant: v2.Grant) -> bool:
    """Expansion names the sources of what it adds; a direct grant has none, or itself too."""
    sources = grant.sources.sources
    return not sources or grant.entitlement.id in sources


def contents(file: Path) -> dict[str, bytes]:
    """Everything a file says: each record by kind and id, as deterministic bytes."""
    with C1zReader(file) as reader:
        kinds: dict[str, Iterable[Any]] = {
            "type": reader.resource_types(),
            "entitlement": reader.entitlements(),
            "grant": reader.grants(),
        }
        found = {
            f"resource {_key(resource.id)}": resource.SerializeToString(deterministic=True)
            for resource in reader.resources()
        }
        for kind, records in kinds.items():
            for record in records:
                found[f"{kind} {record.id}"] = record.SerializeToString(deterministic=True)
    return found
