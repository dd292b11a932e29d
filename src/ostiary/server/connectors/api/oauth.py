"""Connecting a tenant by signing in to it with the operator's own application.

Our own routes: C1 documents none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import Field

from ostiary.server.connectors.actions.authorizing import (
    LIFETIME,
    Attempt,
    Browser,
    open_attempt,
    take,
)
from ostiary.server.connectors.actions.hosting import read_values
from ostiary.server.connectors.api.config_messages import MOST_FIELDS, CheckReply
from ostiary.server.connectors.api.permissions import Manager, Viewer, find, owns
from ostiary.server.connectors.catalogue.kinds import ENTRA
from ostiary.server.connectors.configuration.names import AUTH_METHOD
from ostiary.server.connectors.configuration.saving import draft
from ostiary.server.connectors.oauth import returning
from ostiary.server.connectors.oauth.application import operator_application
from ostiary.server.connectors.oauth.login import GUID
from ostiary.server.connectors.oauth.offering import OAUTH, offered_application
from ostiary.server.connectors.oauth.returning import Outcome, Phase, redirect_uri
from ostiary.server.connectors.store import oauth as store
from ostiary.server.connectors.store import registry
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.authz.enforcement import Access
from ostiary.server.kernel.errors import denied, failed_precondition, invalid
from ostiary.server.kernel.rest import KernelOf, Message, Timestamp
from ostiary.server.kernel.work import Kernel

router = APIRouter(
    prefix="/api/v1/apps/{app_id}/connectors/{connector_id}/oauth", tags=["Connector"]
)


class StartRequest(Message):
    """`tenantId`: the only tenant that will do; without it, whose account signs in says which.
    `values` are the connector's options, by field name."""

    tenant_id: str = Field(default="", max_length=36)
    values: dict[str, str] = Field(default_factory=dict, max_length=MOST_FIELDS)


class Started(Message):
    """Where to send the browser that asked, within the time given."""

    url: str
    expires_at: Timestamp


class AuthorizationReply(Message):
    """`offered`: the operator has an application. `redirectUri` is what to register with it.
    `login` and `name` are of the person in the tenant, `userId` is whom it was here."""

    offered: bool
    redirect_uri: str
    tenant_id: str = ""
    user_id: str = ""
    login: str = ""
    name: str = ""
    signed_in_at: Timestamp | None = None
    consented_at: Timestamp | None = None
    authorized_at: Timestamp | None = None


class OutcomeReply(Message):
    """`check` is what the connector's program says of the tenant."""

    phase: Phase
    app_id: str
    connector_id: str
    tenant_id: str
    consent_url: str = ""
    check: CheckReply | None = None


@router.get("")
def get_authorization(
    kernel: KernelOf, access: Viewer, app_id: str, connector_id: str
) -> AuthorizationReply:
    """Who signed in to which tenant for the connector, and whether that was enough."""
    with kernel.read() as connection:
        connector = find(connection, app_id, connector_id)
        found = store.find_authorization(connection, connector.key)
    known: dict[str, Any] = {}
    if found is not None:
        names = AuthorizationReply.model_fields.keys() - {"offered", "redirect_uri"}
        known = {name: getattr(found, name) for name in names}
    return AuthorizationReply(
        offered=connector.catalog_id == ENTRA and operator_application() is not None,
        redirect_uri=redirect_uri(kernel),
        **known,
    )


@router.post("/start")
def start(
    kernel: KernelOf,
    access: Manager,
    app_id: str,
    connector_id: str,
    request: Annotated[StartRequest | None, Body()] = None,
) -> Started:
    """A URL for this person, in this browser, once. Signing in a second time goes the same way."""
    asked = request or StartRequest()
    if asked.tenant_id and not GUID.fullmatch(asked.tenant_id):
        raise invalid("A tenant id is a GUID, as the Overview page of the tenant shows it.")
    connector = entra_connector(kernel, app_id, connector_id)
    options = options_for(kernel, connector, asked.values)
    with kernel.work(access.caller.actor) as work:
        attempt = open_attempt(
            work,
            connector.id,
            browser_of(access),
            kernel.secrets,
            tenant=asked.tenant_id.lower(),
            options=options,
        )
        expires_at = work.now + LIFETIME
    return Started(url=returning.sign_in_url(kernel, attempt), expires_at=expires_at)


@router.post("/consent")
def start_consent(kernel: KernelOf, access: Manager, app_id: str, connector_id: str) -> Started:
    """A URL where an administrator of the tenant that was signed in to lets the application in."""
    connector = entra_connector(kernel, app_id, connector_id)
    with kernel.work(access.caller.actor) as work:
        known = store.find_authorization(work.connection, connector.key)
        if known is None:
            raise failed_precondition("Somebody has to sign in to the tenant first.")
        attempt = open_attempt(
            work,
            connector.id,
            browser_of(access),
            kernel.secrets,
            consent=True,
            tenant=known.tenant_id,
        )
        expires_at = work.now + LIFETIME
    return Started(url=returning.consent_url(kernel, attempt), expires_at=expires_at)


def taken(kernel: Kernel, access: Access, answer: Mapping[str, str]) -> tuple[Connector, Attempt]:
    """What this answer of Entra belongs to, which is over from now on. AppError for nothing, or
    for what is somebody else's."""
    with kernel.work(access.caller.actor) as work:
        attempt = take(work, answer.get("state", ""), browser_of(access), kernel.secrets)
    if not isinstance(attempt, Attempt):
        raise attempt
    return _still_theirs(kernel, access, attempt), attempt


def outcome_of(
    kernel: Kernel,
    access: Access,
    connector: Connector,
    attempt: Attempt,
    answer: Mapping[str, str],
) -> Outcome:
    """AppError for what is neither connected nor helped by consent."""
    actor = access.caller.actor
    if attempt.consent:
        return returning.consented(kernel, actor, attempt, answer)
    browser = browser_of(access)
    return returning.signed_in(kernel, actor, browser, connector, attempt, answer)


def _still_theirs(kernel: Kernel, access: Access, attempt: Attempt) -> Connector:
    with kernel.read() as connection:
        connector = registry.find(connection, attempt.connector_id)
        assert connector is not None
        if connector.deleted_at is not None:
            raise failed_precondition("The connector was deleted.")
        if not (access.everything or owns(connection, access.caller, connector)):
            raise denied(f"this needs the permission {access.permission} for that connector")
    return connector


def entra_connector(kernel: Kernel, app_id: str, connector_id: str) -> Connector:
    """AppError unless it can be connected this way."""
    with kernel.read() as connection:
        connector = find(connection, app_id, connector_id)
    if connector.deleted_at is not None or connector.catalog_id != ENTRA:
        raise failed_precondition("Only Entra connectors are connected by signing in.")
    offered_application()
    return connector


def options_for(kernel: Kernel, connector: Connector, asked: Mapping[str, str]) -> dict[str, str]:
    """Complete and well-formed; AppError with what is wrong."""
    with kernel.read() as connection:
        stored = read_values(connection, connector.key, kernel.secrets)
    wanted = {**returning.options_of(stored), **asked, AUTH_METHOD: OAUTH}
    return dict(draft(kernel, connector.catalog_id, wanted, connector).values)


def browser_of(access: Access) -> Browser:
    if not access.caller.csrf_token:
        raise failed_precondition("Signing in to a tenant begins and ends in one browser.")
    return Browser(access.caller.user.public_id, access.caller.csrf_token)


def outcome_reply(connector: Connector, outcome: Outcome) -> dict[str, Any]:
    reply = OutcomeReply(
        phase=outcome.phase,
        app_id=connector.app_id,
        connector_id=connector.id,
        tenant_id=outcome.tenant_id,
        consent_url=outcome.consent_url,
        check=CheckReply.of(outcome.verdict) if outcome.verdict else None,
    )
    return reply.model_dump(mode="json")
