"""Refusals as pages, for whoever asked for one; clients of the API get JSON as before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ostiary.server.kernel.context import request_id
from ostiary.server.kernel.errors import AppError
from ostiary.server.web.shell import DRAWER, Web, html, new_nonce

Handler = Callable[[Request, Exception], Awaitable[Response]]

TITLES = {
    400: "This does not work",
    403: "You may not see this",
    404: "There is nothing here",
    503: "Not available now",
}
NOT_PAGES = ("/api/", "/auth/v1/", "/auth/session", "/static/")


def install(app: FastAPI) -> None:
    """Around the handlers that are there by now, which find the words and the status."""
    for kind, handler in list(app.exception_handlers.items()):
        if isinstance(kind, type):
            app.add_exception_handler(kind, _as_page(handler))  # type: ignore[arg-type]


def wants_page(request: Request) -> bool:
    """A browser that goes somewhere, or our own script."""
    if request.url.path.startswith(NOT_PAGES):
        return False
    by_script = "hx-request" in request.headers or DRAWER in request.headers
    return by_script or "text/html" in request.headers.get("accept", "")


def _as_page(handler: Handler) -> Handler:
    async def answer(request: Request, error: Exception) -> Response:
        told = await handler(request, error)
        if not wants_page(request):
            return told
        if told.status_code == HTTPStatus.UNAUTHORIZED:
            return _to_sign_in(request)
        try:
            return error_page(request, told.status_code, _message(error))
        except AppError:
            return told  # no page can be drawn, such as before the web's files are built

    return answer


def error_page(request: Request, status: int, message: str) -> Response:
    web: Web = request.app.state.web
    nonce = new_nonce()
    drawn = web.templates.get_template("web/error.html").render(
        nonce=nonce,
        title=TITLES.get(status, "Something went wrong"),
        message=message,
        number=request_id(),
        in_drawer=DRAWER in request.headers,
    )
    return html(drawn, nonce, status)


def _message(error: Exception) -> str:
    """Ours were written for people; the framework's say less."""
    text = getattr(error, "message", "")
    return text[:1].upper() + text[1:] if isinstance(text, str) else ""


def _to_sign_in(request: Request) -> Response:
    """A script is told where to go; what it asked for is a part of a page."""
    if "hx-request" in request.headers or DRAWER in request.headers:
        return Response(status_code=204, headers={"HX-Redirect": "/auth/sign_in"})
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = here if request.method == "GET" else "/"
    return RedirectResponse(f"/auth/sign_in?return_to={quote(back)}", 303)
