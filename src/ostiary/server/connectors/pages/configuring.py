"""`/apps/{app_id}/connectors/{connector_id}/settings`: changed, tried out and checked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.connectors.api.permissions import Manager
from ostiary.server.connectors.configuration.names import AUTH_METHOD
from ostiary.server.connectors.configuration.rules import Values
from ostiary.server.connectors.configuration.saving import approve, draft, keep, readable, tried
from ostiary.server.connectors.configuration.schema import Schema
from ostiary.server.connectors.oauth.offering import OAUTH
from ostiary.server.connectors.pages import reading
from ostiary.server.connectors.pages.configuring_findings import Complaint, complaint, judged
from ostiary.server.connectors.pages.configuring_forms import TENANT, settings_form
from ostiary.server.connectors.pages.configuring_sent import Sent
from ostiary.server.connectors.pages.configuring_signing_in import checked_tenant, sign_in_path
from ostiary.server.connectors.pages.configuring_values import sent_values
from ostiary.server.connectors.pages.configuring_words import saved_on, saved_toast
from ostiary.server.connectors.pages.reading import Shown
from ostiary.server.connectors.store import oauth, registry
from ostiary.server.connectors.store.oauth import Authorization
from ostiary.server.kernel.errors import AppError, failed_precondition
from ostiary.server.web.shell import Shell, ShellOf

PATH = "/apps/{app_id}/connectors/{connector_id}/settings"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class _Settings:
    """Of one connector; `stored` has its secrets. `authorization`: who signed in for it."""

    shown: Shown
    schema: Schema
    stored: Values
    saved: str
    authorization: Authorization | None

    @property
    def signed_in(self) -> bool:
        """It works with the sign-in that somebody completed."""
        done = self.authorization is not None and self.authorization.authorized_at is not None
        return done and self.stored.get(AUTH_METHOD) == OAUTH

    def page(
        self,
        typed: Mapping[str, str] | None = None,
        told: Complaint | None = None,
        status: int = 200,
        *,
        checked: bool = False,
    ) -> Response:
        told = told or Complaint()
        return self.shown.page(
            "settings",
            "connectors/settings.html",
            status=status,
            form=settings_form(
                self.schema, self.stored, saved=self.saved, typed=typed, errors=told.fields
            ),
            told=told,
            checked=checked,
            authorization=self.authorization if self.signed_in else None,
        )


@router.get(PATH)
def show_settings(shell: ShellOf, access: Manager, app_id: str, connector_id: str) -> Response:
    if shell.as_of is not None:
        return shell.go(str(shell.present), "Settings are shown as they are now")
    return _settings(shell, app_id, connector_id).page()


@router.post(PATH)
def change_settings(
    shell: ShellOf, access: Manager, app_id: str, connector_id: str, sent: Sent
) -> Response:
    """Tried out first: nothing changes when they do not work."""
    kernel, actor = shell.kernel, access.caller.actor
    found = _settings(shell, app_id, connector_id)
    connector, values = found.shown.connector, sent_values(found.schema, sent)
    tenant = sent.get(TENANT, "").strip()
    try:
        if values.get(AUTH_METHOD) == OAUTH and not found.signed_in:
            checked_tenant(tenant)
            options = draft(kernel, connector.catalog_id, values, connector).values
            return shell.go(sign_in_path(connector, options, tenant))
        written = draft(kernel, connector.catalog_id, values, connector)
        verdict = approve(kernel, actor, written, connector)
        with kernel.work(actor) as work:
            keep(work, kernel, connector.id, written)
    except AppError as error:
        told = complaint(error, found.schema, values)
        return found.page({**values, TENANT: tenant}, told, error.status)
    return shell.go(found.shown.path, saved_toast(verdict, first=not found.stored))


@router.post(f"{PATH}/check")
def check_settings(shell: ShellOf, access: Manager, app_id: str, connector_id: str) -> Response:
    """Of what is stored, such as after a permission was granted; nothing is changed."""
    found = _settings(shell, app_id, connector_id)
    connector = found.shown.connector
    try:
        written = draft(shell.kernel, connector.catalog_id, {}, connector, partial=True)
        told = judged(tried(shell.kernel, written), found.schema, found.stored)
    except AppError as error:
        told = complaint(error, found.schema, found.stored)
    return found.page(told=told, checked=True)


def _settings(shell: Shell, app_id: str, connector_id: str) -> _Settings:
    shown = reading.shown(shell, app_id, connector_id)
    if shown.connector.deleted_at is not None:
        raise failed_precondition("The connector was deleted.")
    schema, stored = readable(shell.kernel, shown.connector)
    with shell.kernel.read() as connection:
        saved = registry.configured_at(connection, shown.connector.key)
        authorization = oauth.find_authorization(connection, shown.connector.key)
    return _Settings(shown, schema, stored, saved_on(saved), authorization)
