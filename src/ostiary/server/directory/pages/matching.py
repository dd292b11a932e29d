"""`/apps/{app_id}/settings/matching`: how the accounts of an app find their owners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from ostiary.server.catalog import settings_views
from ostiary.server.catalog.pages import APPS, found_app
from ostiary.server.catalog.views import app_tabs, standing
from ostiary.server.directory import actions
from ostiary.server.directory.api.accounts import Manager
from ostiary.server.directory.rules.matching import Case, Mode
from ostiary.server.directory.store import directories, matching_preview
from ostiary.server.directory.store.matching_preview import Effect
from ostiary.server.directory.views import matching as views
from ostiary.server.directory.views.written import cases_of, pairs_of
from ostiary.server.kernel.errors import AppError, invalid
from ostiary.server.web.components.forms import Form as FormModel
from ostiary.server.web.shell import Shell, ShellOf

router = APIRouter(prefix="/apps/{app_id}/settings/matching", include_in_schema=False)


@router.get("")
def show_matching(shell: ShellOf, access: Manager, app_id: str) -> Response:
    with shell.kernel.read() as connection:
        mode, cases = directories.matching(connection, app_id)
    return _page(shell, app_id, views.form(app_id, mode, pairs_of(cases)))


@router.post("")
def set_matching(
    shell: ShellOf,
    access: Manager,
    app_id: str,
    mode: Annotated[str, Form()],
    pairs: Annotated[str, Form(max_length=20_000)] = "",
    confirmed: Annotated[str, Form()] = "",
) -> Response:
    """First what it would change; what is confirmed is saved."""
    form = views.form(app_id, mode, pairs)
    try:
        wanted, cases = _wanted(mode, pairs)
        if confirmed:
            with shell.kernel.work(access.caller.actor) as unit:
                actions.set_matching(unit, app_id, wanted, cases)
            return shell.go(views.path(app_id), "Saved: owners were looked for anew")
        with shell.kernel.read() as connection:
            effect = matching_preview.preview(connection, app_id, wanted, cases)
    except AppError as error:
        values = {"mode": mode, "pairs": pairs}
        refused = form.refused(values, {"pairs": error.message})
        return _page(shell, app_id, refused, status=error.status)
    return _page(shell, app_id, views.confirm_form(app_id, mode, pairs, effect), effect)


def _wanted(mode: str, pairs: str) -> tuple[Mode, Sequence[Case]]:
    """Pairs count only where they are asked for."""
    if mode not in dict(views.MODES):
        raise invalid("Choose narrow, broad or custom matching.")
    cases = cases_of(pairs) if mode == "custom" else ()
    if mode == "custom" and not cases:
        raise invalid("Custom matching needs a pair at least.")
    return mode, cases


def _page(
    shell: Shell, app_id: str, form: FormModel, effect: Effect | None = None, status: int = 200
) -> Response:
    with shell.kernel.read() as connection:
        app = found_app(connection, app_id, None)
        directory = directories.find(connection, app_id)
    return shell.page(
        "directory/matching.html",
        f"Matching of {app.display_name}",
        crumbs=[APPS],
        status=status,
        app=app,
        chips=[standing(app)],
        tabs=app_tabs(shell, app_id, "settings"),
        sections=settings_views.tabs(app_id, "matching"),
        is_directory=directory is not None,
        effects=views.effects(effect) if effect else [],
        form=form,
    )
