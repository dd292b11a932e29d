"""What happens when a browser comes back from Entra."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from ostiary.server.connectors.actions.authorizing import (
    Attempt,
    Browser,
    note_authorized,
    note_consent,
    note_sign_in,
    open_attempt,
)
from ostiary.server.connectors.actions.hosting import read_values
from ostiary.server.connectors.configuration.findings import Verdict
from ostiary.server.connectors.configuration.names import AUTH_METHOD
from ostiary.server.connectors.configuration.saving import Draft, draft, keep, tried
from ostiary.server.connectors.configuration.trying import refusal
from ostiary.server.connectors.oauth.login import GUID, Login, Person
from ostiary.server.connectors.oauth.offering import OAUTH, offered_application
from ostiary.server.connectors.oauth.refusals import refused
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.actor import Actor
from ostiary.server.kernel.work import Kernel

CONSENT_MISSING: Final = frozenset({"consent_missing", "app_unknown", "permission_missing"})
"""Causes that an administrator's consent removes."""


class Phase(StrEnum):
    """What comes next: consent, then the second sign-in, then nothing."""

    CONSENT_NEEDED = "consent_needed"
    CONSENTED = "consented"
    CONNECTED = "connected"


@dataclass(frozen=True)
class Outcome:
    phase: Phase
    tenant_id: str
    verdict: Verdict | None = None
    consent_url: str = ""


def redirect_uri(kernel: Kernel) -> str:
    """What the operator registers with the application."""
    return f"{kernel.settings.link_base}/oauth/connectors/callback"


def sign_in_url(kernel: Kernel, attempt: Attempt) -> str:
    return _login(kernel, attempt).url


def consent_url(kernel: Kernel, attempt: Attempt) -> str:
    return _login(kernel, attempt).consent_url


def options_of(values: Mapping[str, str]) -> dict[str, str]:
    """Settings that were chosen for this way to sign in; none of another way."""
    return dict(values) if values.get(AUTH_METHOD) == OAUTH else {AUTH_METHOD: OAUTH}


def consented(kernel: Kernel, actor: Actor, attempt: Attempt, answer: Mapping[str, str]) -> Outcome:
    if answer.get("admin_consent", "").lower() != "true":
        raise refused("consent_denied", _reason(answer))
    with kernel.work(actor) as work:
        note_consent(work, attempt, answer.get("tenant", ""))
    return Outcome(Phase.CONSENTED, attempt.tenant)


def signed_in(
    kernel: Kernel,
    actor: Actor,
    browser: Browser,
    connector: Connector,
    attempt: Attempt,
    answer: Mapping[str, str],
) -> Outcome:
    """Connected, or what an administrator has to do first. AppError for everything else."""
    if not answer.get("code"):
        raise refused("sign_in_denied", _reason(answer))
    login = _login(kernel, attempt)
    person = login.person(answer["code"], kernel.clock.now())
    _check_tenant(kernel, connector, attempt, person)
    with kernel.work(actor) as work:
        note_sign_in(work, attempt, person, login.application.client_id)
    written = draft(kernel, connector.catalog_id, attempt.options, connector)
    written = replace(written, tenant_id=person.tenant_id)
    verdict = tried(kernel, written)
    if not verdict.errors:
        return _connected(kernel, actor, attempt, person, written, verdict)
    if not {finding.cause for finding in verdict.errors} <= CONSENT_MISSING:
        raise refusal(verdict)
    with kernel.work(actor) as work:
        asked = open_attempt(
            work,
            connector.id,
            browser,
            kernel.secrets,
            consent=True,
            tenant=person.tenant_id,
        )
    url = consent_url(kernel, asked)
    return Outcome(Phase.CONSENT_NEEDED, person.tenant_id, verdict, url)


def _connected(
    kernel: Kernel,
    actor: Actor,
    attempt: Attempt,
    person: Person,
    written: Draft,
    verdict: Verdict,
) -> Outcome:
    with kernel.work(actor) as work:
        note_authorized(work, attempt, person)
        keep(work, kernel, attempt.connector_id, written)
    return Outcome(Phase.CONNECTED, person.tenant_id, verdict)


def _check_tenant(kernel: Kernel, connector: Connector, attempt: Attempt, person: Person) -> None:
    """The tenant that was asked for, and the one that the connector has read so far."""
    with kernel.read() as connection:
        stored = read_values(connection, connector.key, kernel.secrets)
    for wanted in (attempt.tenant, stored.get("entra-tenant-id", "")):
        if GUID.fullmatch(wanted) and wanted.lower() != person.tenant_id:
            raise refused("tenant_mismatch")


def _login(kernel: Kernel, attempt: Attempt) -> Login:
    return Login(offered_application(), redirect_uri(kernel), attempt.secret, attempt.tenant)


def _reason(answer: Mapping[str, str]) -> str:
    return answer.get("error_description", "") or answer.get("error", "")
