"""`ostiary connectors create --kind`, `configure`, `check`: connectors that the server runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ostiary.cli.connectors import facts
from ostiary.cli.connectors.finding import app_for, find_connector
from ostiary.cli.connectors.giving import given_settings
from ostiary.cli.opening import CONSOLE
from ostiary.server.connectors.actions import registry
from ostiary.server.connectors.actions.registry import NewConnector
from ostiary.server.connectors.configuration.findings import Verdict
from ostiary.server.connectors.configuration.saving import (
    approve,
    draft,
    hosted_kind,
    keep,
    readable,
    tried,
)
from ostiary.server.kernel.work import Kernel


def create(
    kernel: Kernel,
    kind_name: str,
    name: str,
    app: str | None,
    words: Sequence[str],
    files: Sequence[str],
) -> dict[str, Any]:
    """AppError when the settings do not work; then nothing was created."""
    kind, schema = hosted_kind(kernel.settings, kind_name)
    given = given_settings(schema, kind.prefix, words, files, {})
    written = draft(kernel, kind.catalog_id, given)
    approve(kernel, CONSOLE, written)
    with kernel.work(CONSOLE) as unit:
        app_id = app_for(unit, name, app)
        connector = registry.create_connector(unit, NewConnector(app_id, kind.catalog_id, name))
        keep(unit, kernel, connector.id, written)
        return facts.record_of(unit.connection, connector)


def configure(
    kernel: Kernel, name: str, words: Sequence[str], files: Sequence[str]
) -> dict[str, Any]:
    """Changes what is given; the rest stays."""
    with kernel.read() as connection:
        connector = find_connector(connection, name)
    kind, schema = hosted_kind(kernel.settings, connector.catalog_id)
    _, stored = readable(kernel, connector)
    given = given_settings(schema, kind.prefix, words, files, stored)
    written = draft(kernel, connector.catalog_id, given, connector, partial=True)
    approve(kernel, CONSOLE, written, connector)
    with kernel.work(CONSOLE) as unit:
        kept = keep(unit, kernel, connector.id, written)
        return facts.record_of(unit.connection, kept)


def check(kernel: Kernel, name: str) -> Verdict:
    """What is stored, tried out now."""
    with kernel.read() as connection:
        connector = find_connector(connection, name)
    return tried(kernel, draft(kernel, connector.catalog_id, {}, connector, partial=True))
