"""`/static/…`: files named by their content, which browsers keep for a year."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from ostiary.server.kernel.authz.enforcement import public
from ostiary.server.web.assets import Assets

router = APIRouter(include_in_schema=False)


@router.get("/static/{name}", dependencies=[public("scripts and styles hold nobody's data")])
def static_file(request: Request, name: str) -> Response:
    assets: Assets = request.app.state.web.assets
    file = assets.file(name, request.headers.get("accept-encoding", ""))
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Vary": "Accept-Encoding",
    }
    if file.encoding:
        headers["Content-Encoding"] = file.encoding
    return Response(file.content, media_type=file.media_type, headers=headers)
