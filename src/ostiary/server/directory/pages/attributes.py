"""`/people/attributes`: what of the sources becomes which attribute of people."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from starlette.responses import Response

from ostiary.server.directory import actions
from ostiary.server.directory.rules.assembly import Directory
from ostiary.server.directory.rules.attributes import mappings_of
from ostiary.server.directory.store import accounts, assembling, directories
from ostiary.server.directory.store.coverage import coverage
from ostiary.server.directory.store.directories import Stored
from ostiary.server.directory.views import attributes as views
from ostiary.server.directory.views import sections
from ostiary.server.directory.views.attributes import Row, Sample
from ostiary.server.directory.views.effect import Effect, effect, saving
from ostiary.server.kernel.auth.api.permissions import Administrator, Viewer
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import AppError, Code, not_found
from ostiary.server.web.components.forms import Form as FormModel
from ostiary.server.web.components.tables import Found, Wanted
from ostiary.server.web.lists import found_in, list_page
from ostiary.server.web.shell import Shell, ShellOf

ATTRIBUTES = "/people/attributes"
LOOKED_AT = 200

router = APIRouter(prefix=ATTRIBUTES, include_in_schema=False)

Expected = Annotated[int, Form(ge=0)]


def _typed(
    mapping: Annotated[str, Form(max_length=10)] = "usual",
    origins: Annotated[str, Form(max_length=20_000)] = "",
) -> dict[str, str]:
    return {"mapping": mapping, "origins": origins}


Typed = Annotated[dict[str, str], Depends(_typed)]


@router.get("")
def list_attributes(shell: ShellOf, access: Viewer) -> Response:
    with shell.kernel.read() as connection:
        known = coverage(connection)
        rows = views.rows(directories.every(connection), known)

    def read(_connection: Connection, wanted: Wanted) -> Found[Row]:
        return found_in(wanted, rows)

    title = sections.ATTRIBUTES
    return list_page(
        shell,
        "directory/list.html",
        title.title,
        views.listing(known["people"]),
        read,
        tabs=sections.tabs(shell, title),
        note="Mappings have no past: these are the ones of now."
        if shell.as_of
        else "Of several sources the one with the lowest number counts first.",
        actions=[],
    )


@router.get("/{app_id}/{name}")
def show_attribute(shell: ShellOf, access: Viewer, app_id: str, name: str) -> Response:
    with shell.kernel.read() as connection:
        stored = _stored(connection, app_id, name)
        seen = _sample(connection, stored, name, stored.mappings)
    return _page(shell, stored, name, views.form(stored, name), seen)


@router.post("/{app_id}/{name}/preview")
def preview(
    shell: ShellOf, access: Administrator, app_id: str, name: str, typed: Typed
) -> Response:
    """What the first accounts would give, and whom it would add and remove. Nothing is saved."""
    with shell.kernel.read() as connection:
        stored = _stored(connection, app_id, name)
        try:
            mappings = _mappings(stored, name, typed)
        except AppError as error:
            return _refused(shell, stored, name, typed, error)
        found = effect(assembling.preview_saving(connection, _wanted(stored, mappings)))
        seen = _sample(connection, stored, name, mappings)
    form = views.form(stored, name).refused(typed, {})
    saves = saving(views.path(app_id, name), found, typed)
    return _page(shell, stored, name, form, seen, effect=found, saving=saves)


@router.post("/{app_id}/{name}")
def save(
    shell: ShellOf,
    access: Administrator,
    app_id: str,
    name: str,
    typed: Typed,
    added: Expected,
    removed: Expected,
) -> Response:
    with shell.kernel.read() as connection:
        stored = _stored(connection, app_id, name)
    try:
        mappings = _mappings(stored, name, typed)
        wanted = _wanted(stored, mappings)
        with shell.kernel.work(access.caller.actor) as unit:
            actions.save_previewed(unit, wanted, mappings, stored.sign_in_issuer, added, removed)
    except AppError as error:
        return _refused(shell, stored, name, typed, error)
    return shell.go(ATTRIBUTES, "Saved. People follow in the background.")


def _page(
    shell: Shell,
    stored: Stored,
    name: str,
    form: FormModel,
    seen: Sample | None,
    *,
    effect: Effect | None = None,
    saving: FormModel | None = None,
    status: int = 200,
) -> Response:
    may_change = shell.as_of is None and shell.allows(Permission.USERS_MANAGE)
    return shell.page(
        "directory/attribute.html",
        f"{views.TITLES[name]} from {stored.app_name}",
        crumbs=[sections.ATTRIBUTES],
        status=status,
        form=form if may_change else None,
        origins=[views.line(origin) for origin in views.origins_of(stored, name)],
        sample=seen,
        effect=effect,
        saving=saving,
    )


def _refused(
    shell: Shell, stored: Stored, name: str, typed: Mapping[str, str], error: AppError
) -> Response:
    wrong = error.code is Code.INVALID_ARGUMENT
    errors, problem = ({"origins": error.message}, "") if wrong else ({}, error.message)
    form = views.form(stored, name).refused(typed, errors, problem)
    return _page(shell, stored, name, form, None, status=error.status)


def _mappings(stored: Stored, name: str, typed: Mapping[str, str]) -> dict[str, Any]:
    usual = typed["mapping"] == "usual"
    return views.changed(stored, name, usual=usual, text=typed["origins"])


def _sample(
    connection: Connection, stored: Stored, name: str, mappings: dict[str, object]
) -> Sample:
    known = islice(accounts.of_apps(connection, [stored.directory.app_id]), LOOKED_AT)
    return views.sample(mappings, name, (each.account for each in known))


def _wanted(stored: Stored, mappings: dict[str, object]) -> Directory:
    old = stored.directory
    return Directory(old.app_id, old.condition, old.merge_cases, mappings_of(mappings))


def _stored(connection: Connection, app_id: str, name: str) -> Stored:
    stored = directories.find(connection, app_id)
    if stored is None or name not in views.TITLES:
        raise not_found("There is no such attribute of a source of people.")
    return stored
