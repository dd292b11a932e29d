"""`/health`, `/ready` and `/metrics`: for what watches the server."""

from __future__ import annotations

from ipaddress import ip_address

from fastapi import APIRouter, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response

from ostiary.server.kernel.errors import denied
from ostiary.server.kernel.metrics import Metrics
from ostiary.server.kernel.migration import is_current
from ostiary.server.kernel.queue import sizes
from ostiary.server.kernel.rest import KernelOf

router = APIRouter(include_in_schema=False)


@router.get("/health")
async def health() -> JSONResponse:
    """The process answers. Says nothing about what it needs."""
    return JSONResponse({"status": "ok"})


@router.get("/ready")
def ready(kernel: KernelOf) -> JSONResponse:
    """200 when it can do its work; 503 and why, when it cannot."""
    try:
        current = is_current(kernel.database)
    except SQLAlchemyError:
        return _not_ready("the database does not answer")
    return JSONResponse({"status": "ready"}) if current else _not_ready("migrations are missing")


@router.get("/metrics")
def metrics(request: Request, kernel: KernelOf) -> Response:
    """Only for callers on this machine that no proxy stands in for."""
    caller = request.client.host if request.client else ""
    if not _is_loopback(caller) or "x-forwarded-for" in request.headers:
        raise denied("metrics are only told to this machine")
    collected: Metrics = request.app.state.metrics
    with kernel.read() as connection:
        collected.queue(sizes(connection))
    return Response(collected.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _not_ready(reason: str) -> JSONResponse:
    return JSONResponse({"status": "not ready", "reason": reason}, 503)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
