"""The only place where the slices are put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from ostiary.server.access import pages as access_pages
from ostiary.server.access import routes as access
from ostiary.server.catalog import entitlement_pages, linked_pages, resource_pages, settings_pages
from ostiary.server.catalog import pages as catalog_pages
from ostiary.server.catalog import routes as catalog
from ostiary.server.connectors import pages as connector_pages
from ostiary.server.connectors import routes as connectors
from ostiary.server.connectors.actions.of_apps import delete_connectors
from ostiary.server.connectors.changes import Changes
from ostiary.server.connectors.directory import ConnectorClients
from ostiary.server.connectors.hosting.supervisor import Supervisor
from ostiary.server.connectors.jobs import jobs as connector_jobs
from ostiary.server.connectors.warning_jobs import jobs as connector_warnings
from ostiary.server.directory import pages as people_pages
from ostiary.server.directory import routes as directory
from ostiary.server.directory.jobs import jobs as directory_jobs
from ostiary.server.directory.store.sign_ins import recognize
from ostiary.server.explore import pages as explore_pages
from ostiary.server.gateway.listener import tls_listener
from ostiary.server.home import pages as home_pages
from ostiary.server.ingest.jobs import jobs as ingest_jobs
from ostiary.server.kernel import http
from ostiary.server.kernel.auth import routes as auth
from ostiary.server.kernel.auth.authentication import default_authentication
from ostiary.server.kernel.auth.greeting import greet_first_administrator
from ostiary.server.kernel.auth.jobs import jobs as auth_upkeep
from ostiary.server.kernel.auth.oidc import configured_oidc
from ostiary.server.kernel.authz.enforcement import check_declarations
from ostiary.server.kernel.health import router as health
from ostiary.server.kernel.jobs import Jobs
from ostiary.server.kernel.listener import HttpListener
from ostiary.server.kernel.metrics import Metrics
from ostiary.server.kernel.service import Service
from ostiary.server.kernel.sockets import Sockets
from ostiary.server.kernel.system_log import router as system_log
from ostiary.server.kernel.upkeep import jobs as upkeep
from ostiary.server.kernel.work import Kernel
from ostiary.server.kernel.worker import Worker
from ostiary.server.notify import api as notify
from ostiary.server.notify.jobs import jobs as notify_jobs
from ostiary.server.notify.metrics import MailMetrics
from ostiary.server.notify.service import MailService
from ostiary.server.settings import pages as server_settings
from ostiary.server.systemlog import pages as log_pages
from ostiary.server.systemlog.jobs import jobs as log_jobs
from ostiary.server.web.install import OWN_PAGES
from ostiary.server.web.install import install as install_web
from ostiary.server.web.search import Command, Finder

ROUTERS: tuple[APIRouter, ...] = (
    *directory.ROUTERS,
    *auth.ROUTERS,
    system_log,
    *catalog.ROUTERS,
    *access.ROUTERS,
    *connectors.ROUTERS,
    notify.router,
)
"""The slices' REST APIs. Where paths clash, the first one wins."""

PAGES: tuple[APIRouter, ...] = (
    home_pages.router,
    settings_pages.router,
    catalog_pages.router,
    entitlement_pages.router,
    resource_pages.router,
    linked_pages.router,
    *access_pages.ROUTERS,
    *connector_pages.PAGES,
    *people_pages.ROUTERS,
    *explore_pages.ROUTERS,
    log_pages.router,
    *server_settings.ROUTERS,
)
"""The slices' HTML pages."""

FINDERS: tuple[Finder, ...] = (
    *people_pages.FINDERS,
    *catalog_pages.FINDERS,
    *access_pages.FINDERS,
    *connector_pages.FINDERS,
)
"""What the palette (Ctrl-K) searches, in this order."""

COMMANDS: tuple[Command, ...] = server_settings.COMMANDS
"""What the palette offers to do."""

JOBS: tuple[Jobs, ...] = (
    upkeep,
    auth_upkeep,
    notify_jobs,
    connector_jobs,
    connector_warnings,
    ingest_jobs,
    directory_jobs,
    log_jobs,
)
"""What the slices do in the background."""

WORKER_SERVICES: tuple[Callable[[Kernel], Service], ...] = (
    Supervisor,
    MailService,
)
"""What else runs where work is done, such as the supervisor of hosted connectors."""

GREETINGS: tuple[Callable[[Kernel], str | None], ...] = (greet_first_administrator,)
"""Lines for the operator once the server runs, such as the link for the first administrator."""


def create_app(kernel: Kernel, metrics: Metrics | None = None) -> FastAPI:
    """Everything that is answered over HTTP."""
    app = _bare_app(kernel, metrics or Metrics())
    app.state.authentication = default_authentication(configured_oidc(), recognize)
    app.state.authentication.clients.register(ConnectorClients())
    app.state.delete_connectors = delete_connectors
    app.state.changes = Changes(kernel.database.url)
    app.router.routes.extend(_routes())
    install_web(app, FINDERS, COMMANDS)
    check_declarations(app)
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Worked out once, however many applications a process makes, as tests do by the hundred: what
    three hundred routes take and give is most of the work."""
    together = APIRouter(responses=http.REFUSALS)
    for router in (*ROUTERS, *OWN_PAGES, *PAGES):
        together.include_router(router)
    return tuple(together.routes)


def services(kernel: Kernel, sockets: Sockets) -> Iterator[Service]:
    """What this process runs, by its role. A worker answers health checks and nothing else."""
    settings, metrics = kernel.settings, Metrics()
    web = create_app(kernel, metrics) if settings.runs_web else _bare_app(kernel, metrics)
    yield HttpListener(web, sockets.http, settings.shutdown_seconds)
    if sockets.tls is not None:
        yield tls_listener(kernel, web, sockets.tls)
        yield _changes(web)
    if settings.runs_worker:
        yield Worker(kernel, JOBS, metrics)
        yield from (build(kernel) for build in WORKER_SERVICES)


def greetings(kernel: Kernel) -> list[str]:
    return [line for greet in GREETINGS if (line := greet(kernel))]


def _changes(web: FastAPI) -> Changes:
    """What pages follow: it ends with the server, and they do with it."""
    changes: Changes = web.state.changes
    return changes


def _bare_app(kernel: Kernel, metrics: Metrics) -> FastAPI:
    app = FastAPI(
        title="Ostiary",
        version=version("ostiary"),
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=http.REFUSALS,
    )
    app.state.kernel = kernel
    app.state.metrics = metrics
    metrics.registry.register(MailMetrics(kernel))
    http.install(app, kernel.clock, metrics)
    app.include_router(health)
    return app
