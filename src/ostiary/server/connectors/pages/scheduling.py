"""When a connector syncs, with the next times before anything is saved."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from ostiary.server.connectors.actions.registry import set_schedule
from ostiary.server.connectors.api.permissions import Manager, Viewer
from ostiary.server.connectors.pages.reading import Shown, shown
from ostiary.server.connectors.schedule import Schedule, ScheduleError
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.connectors.views import facts
from ostiary.server.connectors.views import scheduling as views
from ostiary.server.connectors.views.scheduling import Asked
from ostiary.server.web.shell import Shell, ShellOf

LONGEST = 100

router = APIRouter(
    prefix="/apps/{app_id}/connectors/{connector_id}/schedule", include_in_schema=False
)

Typed = Annotated[str, Form(max_length=LONGEST)]


@router.get("")
def show_schedule(shell: ShellOf, access: Viewer, app_id: str, connector_id: str) -> Response:
    """What is typed into the form comes back with its next times; nothing is saved by that."""
    page = shown(shell, app_id, connector_id)
    return _page(page, _typed(shell) or views.asked_of(page.connector.schedule))


@router.post("")
def save_schedule(
    shell: ShellOf,
    access: Manager,
    app_id: str,
    connector_id: str,
    kind: Typed,
    every: Typed = "",
    unit: Typed = "hours",
    cron: Typed = "",
    zone: Typed = "UTC",
) -> Response:
    page = shown(shell, app_id, connector_id)
    asked = Asked(kind, every, unit, cron, zone)
    try:
        schedule = views.schedule_of(asked, shell.now)
    except ScheduleError:
        return _page(page, asked, status=400)
    with shell.kernel.work(access.caller.actor) as unit_of_work:
        set_schedule(unit_of_work, page.connector.id, schedule)
    return shell.go(f"{page.path}/schedule", f"It syncs {facts.in_words(schedule)} from now on")


def _page(page: Shown, asked: Asked, status: int = 200) -> Response:
    problem, times, now = "", [], page.shell.now
    try:
        schedule = views.schedule_of(asked, now)
        times = views.next_times(schedule, now, _due_at(page.connector, schedule))
    except ScheduleError as error:
        problem = str(error)
    return page.page(
        "schedule",
        "connectors/schedule.html",
        status=status,
        form=views.form(f"{page.path}/schedule", asked, problem),
        times=times,
        words=facts.in_words(page.connector.schedule),
        paused=page.connector.paused_at is not None,
        on_demand=asked.kind == "demand",
    )


def _due_at(connector: Connector, schedule: Schedule | None) -> datetime | None:
    """None for a schedule that is not kept (yet)."""
    is_kept = schedule == connector.schedule and connector.paused_at is None
    return connector.due_at if is_kept else None


def _typed(shell: Shell) -> Asked | None:
    kind = shell.address.get("kind")
    if kind not in dict(views.KINDS):
        return None
    now = Asked(kind)
    given = {name: shell.address.get(name)[:LONGEST] or old for name, old in now.values.items()}
    given["every"] = given["every"] or "1"
    return Asked(**given)
