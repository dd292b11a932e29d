"""What was changed about a connector, when and by whom."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.connectors.api.permissions import Viewer
from ostiary.server.connectors.pages.reading import shown
from ostiary.server.connectors.views import trail
from ostiary.server.kernel.audit_log import Filter, entries
from ostiary.server.web.components.detail import Detail
from ostiary.server.web.shell import ShellOf

MOST = 200

router = APIRouter(prefix="/apps/{app_id}/connectors/{connector_id}", include_in_schema=False)


@router.get("/changes")
def show_changes(shell: ShellOf, access: Viewer, app_id: str, connector_id: str) -> Response:
    """Of settings it names the fields and no value."""
    page = shown(shell, app_id, connector_id)
    wanted = Filter(object_type="connector", object_id=connector_id)
    with shell.kernel.read() as connection:
        found = entries(connection, wanted, limit=MOST)
    name = page.connector.display_name
    detail = Detail(
        name,
        lead=page.lead,
        chips=page.chips,
        tabs=page.tabs("changes"),
        note=f"The newest {MOST} changes; the system log has all." if len(found) == MOST else "",
        events=trail.events(dict(each) for each in found),
    )
    return shell.page("web/detail.html", f"Changes of {name}", crumbs=page.crumbs, detail=detail)
