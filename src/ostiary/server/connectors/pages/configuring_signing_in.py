"""Connecting a tenant by signing in to it: the three steps, to Microsoft and back."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from ostiary.server.connectors.actions.authorizing import open_attempt
from ostiary.server.connectors.api.oauth import (
    browser_of,
    entra_connector,
    options_for,
    outcome_of,
    outcome_reply,
    taken,
)
from ostiary.server.connectors.api.permissions import Manager, ManagerByBody
from ostiary.server.connectors.configuration.findings import Verdict
from ostiary.server.connectors.configuration.names import AUTH_METHOD
from ostiary.server.connectors.configuration.saving import hosted_kind
from ostiary.server.connectors.configuration.trying import BAD_REQUEST
from ostiary.server.connectors.oauth import returning
from ostiary.server.connectors.oauth.login import GUID
from ostiary.server.connectors.oauth.returning import Phase
from ostiary.server.connectors.pages import reading
from ostiary.server.connectors.pages.configuring_findings import Complaint
from ostiary.server.connectors.pages.configuring_forms import TENANT
from ostiary.server.connectors.pages.configuring_sent import Sent
from ostiary.server.connectors.pages.configuring_words import saved_toast
from ostiary.server.connectors.store import oauth as store
from ostiary.server.connectors.store.oauth import Authorization
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.connectors.views.signing_in import steps
from ostiary.server.kernel.authz.enforcement import Access
from ostiary.server.kernel.errors import AppError, failed_precondition, invalid
from ostiary.server.web.shell import Shell, ShellOf

PATH = "/apps/{app_id}/connectors/{connector_id}/sign-in"

router = APIRouter(include_in_schema=False)


def sign_in_path(connector: Connector, options: Mapping[str, str], tenant: str = "") -> str:
    """The page with the steps. Options are in its address; secrets are never among them."""
    chosen = {name: value for name, value in options.items() if name != AUTH_METHOD}
    query = urlencode({**chosen, **({TENANT: tenant} if tenant else {})})
    return f"{reading.path_of(connector)}/sign-in{'?' if query else ''}{query}"


def checked_tenant(tenant: str) -> str:
    """AppError, as of any other field, unless it is empty or a GUID."""
    if tenant and not GUID.fullmatch(tenant):
        reason = "A tenant ID is a GUID, as the Overview page of the tenant shows it"
        violation = {"field": TENANT, "description": reason}
        raise invalid(f"{reason}.", {"@type": BAD_REQUEST, "fieldViolations": [violation]})
    return tenant.lower()


@router.get(PATH)
def show_steps(shell: ShellOf, access: Manager, app_id: str, connector_id: str) -> Response:
    connector = entra_connector(shell.kernel, app_id, connector_id)
    return _steps_page(shell, connector, dict(shell.address.items))


@router.post(PATH)
def sign_in(
    shell: ShellOf, access: Manager, app_id: str, connector_id: str, sent: Sent
) -> Response:
    kernel = shell.kernel
    connector = entra_connector(kernel, app_id, connector_id)
    tenant = checked_tenant(sent.get(TENANT, ""))
    options = options_for(kernel, connector, _options(shell, connector, sent))
    return _leave(shell, access, connector, options, tenant)


@router.post(f"{PATH}/consent")
def give_consent(
    shell: ShellOf, access: Manager, app_id: str, connector_id: str, sent: Sent
) -> Response:
    connector = entra_connector(shell.kernel, app_id, connector_id)
    known = _authorization(shell, connector)
    if known is None:
        raise failed_precondition("Somebody has to sign in to the tenant first.")
    options = _options(shell, connector, sent)
    return _leave(shell, access, connector, options, known.tenant_id, consent=True)


@router.get("/oauth/connectors/callback")
def come_back(shell: ShellOf, access: ManagerByBody, request: Request) -> Response:
    """Browsers get a page, programs JSON."""
    answer = dict(request.query_params)
    if "text/html" not in request.headers.get("accept", ""):
        connector, attempt = taken(shell.kernel, access, answer)
        outcome = outcome_of(shell.kernel, access, connector, attempt, answer)
        headers = {"Cache-Control": "no-store"}
        return JSONResponse(outcome_reply(connector, outcome), headers=headers)
    try:
        connector, attempt = taken(shell.kernel, access, answer)
    except AppError as error:
        return shell.page(
            "connectors/not_signed_in.html",
            "Not connected",
            status=error.status,
            problem=str(error),
        )
    try:
        outcome = outcome_of(shell.kernel, access, connector, attempt, answer)
    except AppError as error:
        told = Complaint(problem=str(error))
        return _steps_page(shell, connector, attempt.options, told, error.status)
    match outcome.phase:
        case Phase.CONNECTED:
            return shell.go(reading.path_of(connector), saved_toast(outcome.verdict, first=True))
        case Phase.CONSENTED:
            told_now = "Consent is given. Sign in once more."
            return shell.go(sign_in_path(connector, attempt.options), told_now)
    told = _without_consent(outcome.verdict)
    return _steps_page(shell, connector, attempt.options, told, consented=False)


def _leave(
    shell: Shell,
    access: Access,
    connector: Connector,
    options: Mapping[str, str],
    tenant: str,
    *,
    consent: bool = False,
) -> Response:
    """A page that goes on to Microsoft by itself: a form that is answered with a redirect may, by
    the policy of our pages (form-action), lead nowhere else than to ourselves."""
    kernel = shell.kernel
    with kernel.work(access.caller.actor) as work:
        attempt = open_attempt(
            work,
            connector.id,
            browser_of(access),
            kernel.secrets,
            consent=consent,
            tenant=tenant,
            options=options,
        )
    url = (returning.consent_url if consent else returning.sign_in_url)(kernel, attempt)
    response = shell.page(
        "connectors/leaving.html",
        "On to Microsoft",
        url=url,
        back=sign_in_path(connector, options, tenant),
    )
    response.headers["Refresh"] = f"0; url={url}"
    return response


def _steps_page(
    shell: Shell,
    connector: Connector,
    values: Mapping[str, str],
    told: Complaint | None = None,
    status: int = 200,
    *,
    consented: bool | None = None,
) -> Response:
    """`consented`: what has just been found out, whatever was said before."""
    known = _authorization(shell, connector)
    options = _options(shell, connector, values)
    if tenant := values.get(TENANT, ""):
        options = {**options, TENANT: tenant}
    given = consented if consented is not None else bool(known and known.consented_at)
    return reading.shown(shell, connector.app_id, connector.id).page(
        "settings",
        "connectors/sign_in.html",
        status=status,
        steps=steps(f"{reading.path_of(connector)}/sign-in", known, consented=given),
        known=known,
        hidden=[(name, value) for name, value in options.items() if name != AUTH_METHOD],
        told=told or Complaint(),
    )


def _options(shell: Shell, connector: Connector, sent: Mapping[str, str]) -> dict[str, str]:
    """What of it are settings of the connector."""
    _, schema = hosted_kind(shell.kernel.settings, connector.catalog_id)
    return {name: value for name, value in sent.items() if name in schema.fields}


def _authorization(shell: Shell, connector: Connector) -> Authorization | None:
    with shell.kernel.read() as connection:
        return store.find_authorization(connection, connector.key)


def _without_consent(verdict: Verdict | None) -> Complaint:
    found = verdict.findings if verdict else ()
    return Complaint(
        "You are signed in, but the tenant has not let this server's application in, or not to "
        "all that it reads.",
        findings=found,
    )
