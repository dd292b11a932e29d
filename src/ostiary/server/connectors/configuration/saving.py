"""From what a client sends to a configuration that its program has approved, and that is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ostiary.server.connectors.actions.hosting import Line, note_refusal, read_values
from ostiary.server.connectors.actions.registry import save_config
from ostiary.server.connectors.catalogue.describing import describe
from ostiary.server.connectors.catalogue.kinds import Kind, find_kind
from ostiary.server.connectors.configuration.findings import Verdict
from ostiary.server.connectors.configuration.names import own_names
from ostiary.server.connectors.configuration.rules import (
    Values,
    merged,
    problems,
    secret_values,
    shown,
)
from ostiary.server.connectors.configuration.schema import Schema
from ostiary.server.connectors.configuration.trying import malformed, refusal, try_out
from ostiary.server.connectors.oauth.offering import for_program
from ostiary.server.connectors.store import registry
from ostiary.server.connectors.store.oauth import tenant_of
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.actor import Actor
from ostiary.server.kernel.errors import conflict, not_found
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel, UnitOfWork


@dataclass(frozen=True)
class Draft:
    """`values` are complete and well-formed, with secrets. `sealed` is what was stored before.
    `tenant_id` is of the sign-in that was completed for the connector."""

    kind: Kind
    values: Mapping[str, str]
    secrets: tuple[str, ...]
    sealed: bytes | None
    tenant_id: str = ""

    def __repr__(self) -> str:
        return f"Draft({self.kind.name}, {sorted(self.values)})"


def hosted_kind(settings: Settings, catalog_id: str) -> tuple[Kind, Schema]:
    """AppError for a kind that nobody here knows how to run."""
    kind = find_kind(settings, catalog_id)
    if kind is None:
        raise not_found(
            f"This server runs no connectors of the kind {catalog_id}; "
            "OSTIARY_CONNECTOR_PROGRAMS names further programs."
        )
    return kind, Schema.of(describe(settings, kind).configuration)


def draft(
    kernel: Kernel,
    catalog_id: str,
    sent: Mapping[str, str],
    connector: Connector | None = None,
    *,
    partial: bool = False,
) -> Draft:
    """AppError with every problem of what was sent, seen against the kind's own form.

    Secrets that are not sent stay as they are stored; with `partial`, so does everything else.
    """
    kind, schema = hosted_kind(kernel.settings, catalog_id)
    before, sealed = _stored(kernel, connector)
    named = own_names(sent, schema.fields, kind.prefix)
    wanted = {**shown(schema, before), **named} if partial else named
    values, faults = merged(schema, before, wanted)
    if faults := [*faults, *problems(schema, values)]:
        raise malformed(list(dict.fromkeys(faults)))
    secrets = tuple(secret_values(schema, values))
    return Draft(kind, values, secrets, sealed, _tenant(kernel, connector))


def tried(kernel: Kernel, written: Draft) -> Verdict:
    """What the program itself says, which asks the source of its data."""
    values = for_program(written.values, written.tenant_id)
    _, schema = hosted_kind(kernel.settings, written.kind.catalog_id)
    return try_out(kernel.settings, written.kind, values, secret_values(schema, values))


def approve(
    kernel: Kernel, actor: Actor, written: Draft, connector: Connector | None = None
) -> Verdict:
    """AppError with the causes when the program cannot work with it; then nothing is stored but a
    line in the log of the connector, if there is one already."""
    verdict = tried(kernel, written)
    if verdict.errors:
        if connector is not None:
            with kernel.work(actor) as work:
                note_refusal(work, connector.key, _told(verdict))
        raise refusal(verdict)
    return verdict


def keep(work: UnitOfWork, kernel: Kernel, connector_id: str, written: Draft) -> Connector:
    """AppError when somebody else was faster."""
    connector = registry.lock(work.connection, connector_id)
    if connector and registry.read_config(work.connection, connector.key) != written.sealed:
        raise conflict("Somebody else changed the configuration meanwhile.")
    return save_config(work, connector_id, written.values, kernel.secrets)


def readable(kernel: Kernel, connector: Connector) -> tuple[Schema, Values]:
    """The form of its kind, and what is stored, secrets included."""
    _, schema = hosted_kind(kernel.settings, connector.catalog_id)
    return schema, _stored(kernel, connector)[0]


def _stored(kernel: Kernel, connector: Connector | None) -> tuple[dict[str, str], bytes | None]:
    if connector is None:
        return {}, None
    with kernel.read() as connection:
        sealed = registry.read_config(connection, connector.key)
        return read_values(connection, connector.key, kernel.secrets), sealed


def _tenant(kernel: Kernel, connector: Connector | None) -> str:
    if connector is None:
        return ""
    with kernel.read() as connection:
        return tenant_of(connection, connector.key)


def _told(verdict: Verdict) -> Line:
    causes = [finding.model_dump(mode="json") for finding in verdict.errors]
    words = " ".join(str(finding) for finding in verdict.errors)
    return Line("warning", f"A configuration was refused. {words}", {"findings": causes})
