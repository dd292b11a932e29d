"""`/people/sources`: the apps that people come from, and the condition under which they do."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.responses import Response

from ostiary.server.directory import actions
from ostiary.server.directory.store import assembling, directories, sources
from ostiary.server.directory.store.directories import Stored
from ostiary.server.directory.store.sources import Source
from ostiary.server.directory.views import effect as effects
from ostiary.server.directory.views import sections
from ostiary.server.directory.views import sources as views
from ostiary.server.directory.views.sources import Settings
from ostiary.server.kernel.auth.api.permissions import Administrator, Viewer
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import AppError, not_found
from ostiary.server.web.components.forms import Form as FormModel
from ostiary.server.web.components.tables import Found, Wanted
from ostiary.server.web.lists import found_in, list_page
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell, ShellOf

SOURCES = "/people/sources"

router = APIRouter(prefix=SOURCES, include_in_schema=False)

Text = Annotated[str, Form(max_length=20_000)]
Expected = Annotated[int, Form(ge=0)]


def _typed(condition: Text = "", pairs: Text = "", issuer: Text = "") -> Settings:
    return Settings(condition.strip(), pairs, issuer.strip())


Typed = Annotated[Settings, Depends(_typed)]


@router.get("")
def list_sources(shell: ShellOf, access: Viewer) -> Response:
    def read(connection: Connection, wanted: Wanted) -> Found[Source]:
        return found_in(wanted, sources.every(connection))

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
def choose_app(shell: ShellOf, access: Administrator) -> Response:
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
    return _page(shell, app_id, views.form(app_id, Settings.of(stored)))


@router.post("/{app_id}/preview")
def preview(shell: ShellOf, access: Administrator, app_id: str, typed: Typed) -> Response:
    """Whom saving would add and remove. Nothing is saved."""
    form = views.form(app_id, typed)
    if wrong := typed.wrong():
        return _page(shell, app_id, form.refused(vars(typed), wrong), status=400)
    with shell.kernel.read() as connection:
        stored = directories.find(connection, app_id)
        wanted = typed.directory(app_id, stored)
        before = stored.directory.merge_cases if stored else wanted.merge_cases
        found = effects.effect(
            assembling.preview_saving(connection, wanted),
            merges_anew=before != wanted.merge_cases,
        )
    saving = effects.saving(views.path(app_id), found, vars(typed))
    return _page(shell, app_id, form, effect=found, saving=saving)


@router.post("/{app_id}")
def save(
    shell: ShellOf,
    access: Administrator,
    app_id: str,
    typed: Typed,
    added: Expected,
    removed: Expected,
) -> Response:
    """Only what was previewed: where the numbers changed meanwhile, they are shown again."""
    form = views.form(app_id, typed)
    if wrong := typed.wrong():
        return _page(shell, app_id, form.refused(vars(typed), wrong), status=400)
    try:
        with shell.kernel.work(access.caller.actor) as unit:
            stored = directories.find(unit.connection, app_id)
            wanted, mappings = typed.directory(app_id, stored), stored.mappings if stored else {}
            actions.save_previewed(unit, wanted, mappings, typed.issuer, added, removed)
    except AppError as error:
        refused = form.refused(vars(typed), {}, error.message)
        return _page(shell, app_id, refused, status=error.status)
    return shell.go(SOURCES, "Saved. People and owners follow in the background.")


@router.get("/{app_id}/remove")
def ask_to_remove(shell: ShellOf, access: Administrator, app_id: str) -> Response:
    with shell.kernel.read() as connection:
        stored = _stored(connection, app_id)
        found = effects.effect(assembling.preview_removing(connection, app_id))
    return shell.page(
        "directory/remove_source.html",
        f"Stop taking people from {stored.app_name}",
        crumbs=[sections.SOURCES, Crumb(stored.app_name, views.path(app_id))],
        effect=found,
        removing=effects.removing(views.path(app_id), found),
    )


@router.post("/{app_id}/remove")
def remove(shell: ShellOf, access: Administrator, app_id: str) -> Response:
    with shell.kernel.work(access.caller.actor) as unit:
        actions.remove_directory(unit, app_id)
    return shell.go(SOURCES, "Removed. People and owners follow in the background.")


def _page(
    shell: Shell,
    app_id: str,
    form: FormModel,
    *,
    effect: effects.Effect | None = None,
    saving: FormModel | None = None,
    status: int = 200,
) -> Response:
    with shell.kernel.read() as connection:
        app = directories.find_app(connection, app_id)
        found = next((each for each in sources.every(connection) if each.id == app_id), None)
    if app is None:
        raise not_found(f"There is no app {app_id}.")
    may_change = _may_change(shell)
    return shell.page(
        "directory/source.html",
        app.display_name,
        crumbs=[sections.SOURCES],
        status=status,
        facts=views.facts(found) if found else [],
        is_new=found is None,
        form=form if may_change else None,
        effect=effect,
        saving=saving,
        remove=f"{views.path(app_id)}/remove" if found and may_change else "",
        fields=views.FIELDS,
        examples=views.EXAMPLES,
    )


def _stored(connection: Connection, app_id: str) -> Stored:
    stored = directories.find(connection, app_id)
    if stored is None:
        raise not_found("This app is no source of people.")
    return stored


def _may_change(shell: Shell) -> bool:
    return shell.as_of is None and shell.allows(Permission.USERS_MANAGE)
