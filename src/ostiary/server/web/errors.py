"""Refusals as pages, for whoever asked for one; clients of the API get JSON as before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ostiary.server.kernel.context import request_id
from ostiary.server.kernel.errors import AppError
from ostiary.server.web import as_of
from ostiary.server.web.shell import DRAWER, Shell, Web, html, new_nonce, shell_around

Handler = Callable[[Request, Exception], Awaitable[Response]]

TITLES = {
    400: "This does not work",
    403: "You may not see this",
    404: "There is nothing here",
    503: "Not available now",
}
NOT_FOUND = "It may have been removed, or the address is not whole. Search finds what is here."
NOT_FOUND_THEN = "It may have come later, or been removed before. Look whether it is here now."
ADVICE = {
    500: "Try again. If it happens again, tell whoever runs this server the number below.",
    503: "Try again in a minute.",
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
            return await error_page(request, told.status_code, _message(error))
        except AppError:
            return told  # no page can be drawn, such as before the web's files are built

    return answer


async def error_page(request: Request, status: int, message: str) -> Response:
    """Inside the shell, for who is signed in."""
    title = TITLES.get(status, "Something went wrong")
    values: dict[str, Any] = {"message": message, "number": request_id()}
    shell = await _shell(request, status)
    past = shell is not None and bool(shell.address.get(as_of.PARAMETER))
    values |= {"past": past, "advice": _advice(request, status, past=past)}
    if shell is not None:
        return shell.page("web/error.html", title, status=status, **values)
    web: Web = request.app.state.web
    nonce = new_nonce()
    layout = "web/drawer.html" if DRAWER in request.headers else "web/lone.html"
    drawn = web.templates.get_template("web/error.html").render(
        shell=None, nonce=nonce, layout=layout, title=title, **values
    )
    return html(drawn, nonce, status)


async def _shell(request: Request, status: int) -> Shell | None:
    """Where the server itself fails, nothing more is asked of it."""
    shell: Shell | None = getattr(request.state, "shell", None)
    if shell is None and status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return await run_in_threadpool(shell_around, request)
    return shell


def _advice(request: Request, status: int, *, past: bool) -> str:
    if status == HTTPStatus.NOT_FOUND and request.method == "GET":
        return NOT_FOUND_THEN if past else NOT_FOUND
    return ADVICE.get(status, "")


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
