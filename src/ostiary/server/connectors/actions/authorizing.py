"""Letting somebody sign in to a tenant for a connector, and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from ostiary.server.connectors.actions.locking import locked
from ostiary.server.connectors.model import SIGN_IN_PURPOSE
from ostiary.server.connectors.oauth.login import Person, state_of
from ostiary.server.connectors.oauth.refusals import refused
from ostiary.server.connectors.store import oauth as store
from ostiary.server.kernel.auth.digests import digest, new_token
from ostiary.server.kernel.secrets import Keyring
from ostiary.server.kernel.work import UnitOfWork

LIFETIME: Final = timedelta(minutes=15)
"""What somebody may take between leaving for Entra and coming back."""


@dataclass(frozen=True)
class Attempt:
    """`consent`: an administrator is asked to let the application in, rather than to sign in.
    `options` are settings of the connector, `tenant` the only one that will do, if set."""

    connector_id: str
    secret: str
    consent: bool
    tenant: str
    options: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Attempt({self.connector_id})"


@dataclass(frozen=True)
class Browser:
    """Whose it is, and what only this session of theirs has."""

    user_id: str
    session: str


def open_attempt(
    work: UnitOfWork,
    connector_id: str,
    browser: Browser,
    secrets: Keyring,
    *,
    consent: bool = False,
    tenant: str = "",
    options: Mapping[str, str] | None = None,
) -> Attempt:
    """For one way there and back, within LIFETIME."""
    connector = locked(work, connector_id)
    attempt = Attempt(connector_id, new_token(), consent, tenant, dict(options or {}))
    kept = {name: getattr(attempt, name) for name in ("secret", "consent", "tenant", "options")}
    store.forget_sign_ins(work.connection, work.now)
    store.add_sign_in(
        work.connection,
        digest(state_of(attempt.secret)),
        connector.key,
        user_id=browser.user_id,
        session_digest=digest(browser.session),
        sealed=secrets.encrypt(json.dumps(kept), SIGN_IN_PURPOSE),
        expires_at=work.now + LIFETIME,
    )
    return attempt


def take(work: UnitOfWork, state: str, browser: Browser, secrets: Keyring) -> Attempt | Exception:
    """The attempt that `state` belongs to, which is over from now on whoever asks; else why not,
    which the caller raises after the commit."""
    found = store.take_sign_in(work.connection, digest(state))
    if found is None:
        return refused("state_unknown")
    if found.expires_at <= work.now:
        return refused("state_expired")
    if (found.user_id, found.session) != (browser.user_id, digest(browser.session)):
        return refused("state_of_another")
    kept: dict[str, Any] = json.loads(secrets.decrypt_text(found.sealed, SIGN_IN_PURPOSE))
    return Attempt(found.connector_id, **kept)


def note_sign_in(work: UnitOfWork, attempt: Attempt, person: Person, client_id: str) -> None:
    """Says nothing about whether the tenant may be used. AppError for another tenant than before,
    which another person may have meant for another connector."""
    connector = locked(work, attempt.connector_id)
    before = store.find_authorization(work.connection, connector.key)
    authorized = before.authorized_at if before else None
    if authorized and before and before.tenant_id != person.tenant_id:
        raise refused("tenant_mismatch")
    same = before is not None and before.tenant_id == person.tenant_id
    store.put_authorization(
        work.connection,
        connector.key,
        tenant_id=person.tenant_id,
        client_id=client_id,
        user_id=work.actor.id,
        subject=person.subject,
        login=person.login,
        name=person.name,
        signed_in_at=work.now,
        consented_at=before.consented_at if before and same else None,
        authorized_at=authorized,
    )
    work.audit("connectors.oauth.sign_in", "connector", connector.id, None, _shown(person))


def note_consent(work: UnitOfWork, attempt: Attempt, tenant_id: str) -> None:
    """As the browser says; the next sign-in finds out whether it is so."""
    connector = locked(work, attempt.connector_id)
    if not attempt.tenant or tenant_id.lower() != attempt.tenant:
        raise refused("tenant_mismatch")
    store.update_authorization(work.connection, connector.key, consented_at=work.now)
    work.audit(
        "connectors.oauth.consent", "connector", connector.id, None, {"tenantId": attempt.tenant}
    )


def note_authorized(work: UnitOfWork, attempt: Attempt, person: Person) -> None:
    """The application works in the tenant."""
    connector = locked(work, attempt.connector_id)
    store.update_authorization(work.connection, connector.key, authorized_at=work.now)
    work.audit("connectors.oauth.authorize", "connector", connector.id, None, _shown(person))


def _shown(person: Person) -> dict[str, str]:
    return {"tenantId": person.tenant_id, "subject": person.subject, "login": person.login}
