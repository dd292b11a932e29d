"""`/people/sources`: the apps that people come from, and the condition under which they do."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.responses import Response

from ostiary.server.directory import actions
from ostiary.server.directory.rules import expressions
from ostiary.server.directory.rules.assembly import Directory
from ostiary.server.directory.store import assembling, directories, sources
from ostiary.server.directory.store.directories import Stored
from ostiary.server.directory.store.sources import Source
from ostiary.server.directory.views import sections
from ostiary.server.directory.views import sources as views
from ostiary.server.directory.views.sources import Effect
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import AppError, Code, not_found
from ostiary.server.web.components.forms import Form as FormModel
from ostiary.server.web.components.tables import Found, Wanted
from ostiary.server.web.lists import list_page
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell, ShellOf

SOURCES = "/people/sources"

router = APIRouter(prefix=SOURCES, include_in_schema=False)

Viewer = Annotated[Access, requires(Permission.USERS_VIEW)]
Manager = Annotated[Access, requires(Permission.USERS_MANAGE)]
Condition = Annotated[str, Form(max_length=20_000)]
Issuer = Annotated[str, Form(max_length=2000)]
Expected = Annotated[int, Form(ge=0)]


@router.get("")
def list_sources(shell: ShellOf, access: Viewer) -> Response:
    def read(connection: Connection, wanted: Wanted) -> Found[Source]:
        found = sources.every(connection)
        return Found(found[wanted.offset : wanted.offset + wanted.size], len(found), len(found))

    title = sections.SOURCES
    return list_page(
        shell,
        "directory/list.html",
        title.title,
        views.SOURCES,
        read,
        tabs=sections.tabs(shell, title),
        note="Sources have no past: these are the settings of now." if shell.as_of else "",
        actions=[Crumb("Add source", f"{SOURCES}/add")] if _may_change(shell) else [],
    )


@router.get("/add")
def choose_app(shell: ShellOf, access: Manager) -> Response:
    with shell.kernel.read() as connection:
        apps = sources.candidates(connection)
    return shell.page(
        "directory/add_source.html",
        "Add source",
        crumbs=[sections.SOURCES],
        apps=[(name, views.path(app_id)) for app_id, name in apps],
    )


@router.get("/{app_id}")
def show_source(shell: ShellOf, access: Viewer, app_id: str) -> Response:
    """Facts and the settings; also of an app that could become a source."""
    with shell.kernel.read() as connection:
        stored = directories.find(connection, app_id)
    return _page(shell, app_id, _form_of(app_id, stored))


@router.post("/{app_id}/preview")
def preview(
    shell: ShellOf, access: Manager, app_id: str, condition: Condition = "", issuer: Issuer = ""
) -> Response:
    """Whom saving would add and remove. Nothing is saved."""
    form = views.form(app_id, condition, issuer)
    try:
        with shell.kernel.read() as connection:
            stored = directories.find(connection, app_id)
            wanted = _wanted(app_id, stored, condition)
            actions.check_issuer(issuer.strip())
            found = views.effect(assembling.preview_saving(connection, wanted))
    except AppError as error:
        return _page(shell, app_id, _refused(form, condition, issuer, error), status=error.status)
    return _page(shell, app_id, form, effect=found, condition=condition, issuer=issuer)


@router.post("/{app_id}")
def save(
    shell: ShellOf,
    access: Manager,
    app_id: str,
    added: Expected,
    removed: Expected,
    condition: Condition = "",
    issuer: Issuer = "",
) -> Response:
    """Only what was previewed: where the numbers changed meanwhile, they are shown again."""
    form = views.form(app_id, condition, issuer)
    try:
        with shell.kernel.work(access.caller.actor) as unit:
            stored = directories.find(unit.connection, app_id)
            wanted = _wanted(app_id, stored, condition)
            actions.save_previewed(unit, wanted, _mappings(stored), issuer.strip(), added, removed)
    except AppError as error:
        return _page(shell, app_id, _refused(form, condition, issuer, error), status=error.status)
    return shell.go(SOURCES, "Saved. People and owners follow in the background.")


@router.get("/{app_id}/remove")
def ask_to_remove(shell: ShellOf, access: Manager, app_id: str) -> Response:
    with shell.kernel.read() as connection:
        stored = _stored(connection, app_id)
        found = views.effect(assembling.preview_removing(connection, app_id))
    return shell.page(
        "directory/remove_source.html",
        f"Stop taking people from {stored.app_name}",
        crumbs=[sections.SOURCES, Crumb(stored.app_name, views.path(app_id))],
        effect=found,
        action=f"{views.path(app_id)}/remove",
        back=views.path(app_id),
    )


@router.post("/{app_id}/remove")
def remove(shell: ShellOf, access: Manager, app_id: str) -> Response:
    with shell.kernel.work(access.caller.actor) as unit:
        actions.remove_directory(unit, app_id)
    return shell.go(SOURCES, "Removed. People and owners follow in the background.")


def _page(
    shell: Shell,
    app_id: str,
    form: FormModel,
    *,
    effect: Effect | None = None,
    status: int = 200,
    **typed: str,
) -> Response:
    with shell.kernel.read() as connection:
        app = directories.find_app(connection, app_id)
        found = next((each for each in sources.every(connection) if each.id == app_id), None)
    if app is None:
        raise not_found(f"There is no app {app_id}.")
    values: dict[str, Any] = {"typed": typed, "effect": effect}
    return shell.page(
        "directory/source.html",
        app.display_name,
        crumbs=[sections.SOURCES],
        status=status,
        facts=views.facts(found) if found else [],
        is_new=found is None,
        form=form if _may_change(shell) else None,
        save=views.path(app_id),
        remove=f"{views.path(app_id)}/remove" if found and _may_change(shell) else "",
        fields=views.FIELDS,
        examples=views.EXAMPLES,
        **values,
    )


def _form_of(app_id: str, stored: Stored | None) -> FormModel:
    if stored is None:
        return views.form(app_id, "", "")
    return views.form(app_id, stored.directory.condition, stored.sign_in_issuer)


def _refused(form: FormModel, condition: str, issuer: str, error: AppError) -> FormModel:
    values = {"condition": condition, "issuer": issuer}
    if error.code is not Code.INVALID_ARGUMENT:
        return form.refused(values, {}, error.message)
    name = "issuer" if "issuer" in error.message else "condition"
    return form.refused(values, {name: error.message})


def _wanted(app_id: str, stored: Stored | None, condition: str) -> Directory:
    """What is stored, with another condition, which is checked."""
    condition = condition.strip()
    if condition:
        expressions.condition(condition)
    if stored is None:
        return Directory(app_id, condition)
    return Directory(app_id, condition, stored.directory.merge_cases, stored.directory.mappings)


def _mappings(stored: Stored | None) -> dict[str, Any]:
    return stored.mappings if stored else {}


def _stored(connection: Connection, app_id: str) -> Stored:
    stored = directories.find(connection, app_id)
    if stored is None:
        raise not_found("This app is no source of people.")
    return stored


def _may_change(shell: Shell) -> bool:
    return shell.as_of is None and shell.allows(Permission.USERS_MANAGE)
