"""`/connectors/add`: from the catalogue over the app and the owners to settings that work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.catalog.store import app_choice
from ostiary.server.connectors.api.permissions import Creator
from ostiary.server.connectors.catalogue.kinds import Kind, find_kind, kinds
from ostiary.server.connectors.configuration.names import AUTH_METHOD
from ostiary.server.connectors.configuration.saving import approve, draft, hosted_kind, keep
from ostiary.server.connectors.configuration.schema import Schema
from ostiary.server.connectors.oauth.offering import OAUTH
from ostiary.server.connectors.pages import adding_choices as choices
from ostiary.server.connectors.pages import owning
from ostiary.server.connectors.pages.adding_catalogue import cards
from ostiary.server.connectors.pages.adding_choices import HOSTED, NEW, SELF, Choice
from ostiary.server.connectors.pages.configuring_findings import Complaint, complaint
from ostiary.server.connectors.pages.configuring_forms import TENANT, settings_form
from ostiary.server.connectors.pages.configuring_sent import Sent
from ostiary.server.connectors.pages.configuring_signing_in import checked_tenant, sign_in_path
from ostiary.server.connectors.pages.configuring_values import sent_values
from ostiary.server.connectors.pages.configuring_words import saved_toast
from ostiary.server.connectors.pages.reading import path_of
from ostiary.server.connectors.views.changing import owners_field
from ostiary.server.kernel.authz.enforcement import Access
from ostiary.server.kernel.errors import AppError, not_found
from ostiary.server.web.components.forms import Field
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell, ShellOf

CONNECTORS = Crumb("Connectors", "/connectors")
ADD = Crumb("Add connector", "/connectors/add")
NOBODY = "Without any, you own it."

router = APIRouter(prefix="/connectors/add", include_in_schema=False)


def _only_now(shell: Shell) -> Response | None:
    """Where a page of the past leads to: nothing can be added there."""
    if shell.as_of is None:
        return None
    return shell.go(str(shell.present), "Connectors are added now, not in the past")


@router.get("")
def show_catalogue(shell: ShellOf, access: Creator) -> Response:
    if (now := _only_now(shell)) is not None:
        return now
    query = shell.address.get("q").strip()
    found = cards(kinds(shell.kernel.settings), query)
    return shell.page(
        "connectors/catalogue.html",
        ADD.title,
        crumbs=[CONNECTORS],
        query=query,
        cards=found,
        app=shell.address.get("app"),
    )


@router.get("/{kind_name}")
def ask_where(shell: ShellOf, access: Creator, kind_name: str) -> Response:
    """Which app it fills, who owns it, who runs it."""
    if (now := _only_now(shell)) is not None:
        return now
    kind = _kind(shell, kind_name)
    choice = Choice.of(shell.address, kind)
    with shell.kernel.read() as connection:
        choice = choices.started(connection, choice, kind, shell.address)
        people = owning.shown(connection, choice.owners or [access.caller.user.public_id])
    return _where_page(shell, access, kind, choice, owners_field(people, NOBODY))


@router.post("/{kind_name}")
def choose_where(shell: ShellOf, access: Creator, kind_name: str, sent: Sent) -> Response:
    kind = _kind(shell, kind_name)
    into = sent.get("into", NEW)
    choice = Choice(
        into=into if into in (choices.MANAGED, choices.UNMANAGED) else NEW,
        name=sent.get("name", ""),
        app_id=sent.get(into, ""),
        run=SELF if not kind.hosted or sent.get("run") == SELF else HOSTED,
    )
    typed = sent.get("owners", "")
    with shell.kernel.read() as connection:
        choice, wrong = choices.problems(connection, access, choice)
        named = owning.named(connection, typed)
    if wrong or named.problem:
        owners = replace(owners_field([], NOBODY), value=typed, error=named.problem)
        return _where_page(shell, access, kind, choice, owners, wrong)
    choice = replace(choice, owners=named.ids)
    last = "settings" if choice.run == HOSTED else "self-hosted"
    return shell.go(f"/connectors/add/{kind.catalog_id}/{last}?{choice.query}")


@router.get("/{kind_name}/settings")
def ask_settings(shell: ShellOf, access: Creator, kind_name: str) -> Response:
    if (now := _only_now(shell)) is not None:
        return now
    kind, schema = hosted_kind(shell.kernel.settings, _kind(shell, kind_name).catalog_id)
    choice = _chosen(shell, access, kind)
    if choice is None:
        return _back(shell, kind)
    return _settings_page(shell, kind, schema, choice)


@router.post("/{kind_name}/settings")
def add_hosted(shell: ShellOf, access: Creator, kind_name: str, sent: Sent) -> Response:
    """Tried out first: nothing is created when the settings do not work."""
    kernel, actor = shell.kernel, access.caller.actor
    kind, schema = hosted_kind(kernel.settings, _kind(shell, kind_name).catalog_id)
    choice = _chosen(shell, access, kind)
    if choice is None:
        return _back(shell, kind)
    values, tenant = sent_values(schema, sent), sent.get(TENANT, "").strip()
    try:
        if values.get(AUTH_METHOD) == OAUTH:
            checked_tenant(tenant)
            options = draft(kernel, kind.catalog_id, values).values
            with kernel.work(actor) as work:
                connector = choices.make(work, access, kind, choice)
            return shell.go(sign_in_path(connector, options, tenant))
        written = draft(kernel, kind.catalog_id, values)
        verdict = approve(kernel, actor, written)
        with kernel.work(actor) as work:
            connector = choices.make(work, access, kind, choice)
            keep(work, kernel, connector.id, written)
    except AppError as error:
        told = complaint(error, schema, values)
        typed = {**values, TENANT: tenant}
        return _settings_page(shell, kind, schema, choice, typed, told, error.status)
    return shell.go(path_of(connector), saved_toast(verdict, first=True))


@router.get("/{kind_name}/self-hosted")
def ask_self_hosted(shell: ShellOf, access: Creator, kind_name: str) -> Response:
    if (now := _only_now(shell)) is not None:
        return now
    kind = _kind(shell, kind_name)
    choice = _chosen(shell, access, kind)
    if choice is None:
        return _back(shell, kind)
    return shell.page(
        "connectors/add_self_hosted.html",
        f"Add {kind.display_name}",
        crumbs=[CONNECTORS, ADD],
        kind=kind,
        choice=choice,
        where=_where(shell, choice),
        action=str(shell.address),
    )


@router.post("/{kind_name}/self-hosted")
def add_self_hosted(shell: ShellOf, access: Creator, kind_name: str) -> Response:
    """Its credential is made where it is shown: on the connector's own page."""
    kind = _kind(shell, kind_name)
    choice = _chosen(shell, access, kind)
    if choice is None:
        return _back(shell, kind)
    with shell.kernel.work(access.caller.actor) as work:
        connector = choices.make(work, access, kind, replace(choice, run=SELF))
    told = "Connector added. Make a credential for it, then start it."
    return shell.go(f"{path_of(connector)}/credentials", told)


def _kind(shell: Shell, name: str) -> Kind:
    kind = find_kind(shell.kernel.settings, name)
    if kind is None:
        raise not_found(f"There is no kind of connectors called {name}.")
    return kind


def _chosen(shell: Shell, access: Access, kind: Kind) -> Choice | None:
    """What the address says, if it (still) can be had."""
    choice = Choice.of(shell.address, kind)
    with shell.kernel.read() as connection:
        found, wrong = choices.problems(connection, access, choice)
    return None if wrong else found


def _back(shell: Shell, kind: Kind) -> Response:
    query = Choice.of(shell.address, kind).query
    told = "Choose again: what was chosen is not there any more"
    return shell.go(f"/connectors/add/{kind.catalog_id}?{query}", told)


def _where(shell: Shell, choice: Choice) -> str:
    """The app in words."""
    if choice.into == NEW:
        return choice.name
    with shell.kernel.read() as connection:
        found = app_choice.choice(connection, choice.app_id)
    return found.name if found else ""


def _where_page(
    shell: Shell,
    access: Access,
    kind: Kind,
    choice: Choice,
    owners: Field,
    wrong: Mapping[str, str] | None = None,
) -> Response:
    with shell.kernel.read() as connection:
        offered = choices.offered(connection, access)
    return shell.page(
        "connectors/add.html",
        f"Add {kind.display_name}",
        crumbs=[CONNECTORS, ADD],
        status=400 if wrong or owners.error else 200,
        kind=kind,
        choice=choice,
        offered=offered,
        owners=owners,
        wrong=wrong or {},
    )


def _settings_page(
    shell: Shell,
    kind: Kind,
    schema: Schema,
    choice: Choice,
    typed: Mapping[str, str] | None = None,
    told: Complaint | None = None,
    status: int = 200,
) -> Response:
    told = told or Complaint()
    return shell.page(
        "connectors/add_settings.html",
        f"Add {kind.display_name}",
        crumbs=[CONNECTORS, ADD],
        status=status,
        kind=kind,
        choice=choice,
        where=_where(shell, choice),
        form=settings_form(schema, {}, typed=typed, errors=told.fields),
        told=told,
        action=str(shell.address),
    )
