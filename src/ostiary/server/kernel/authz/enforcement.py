"""The one place where permission is asked for. A route that declares none keeps the server down."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import sqlalchemy as sa
import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute, iter_route_contexts

from ostiary.server.kernel.auth.authentication import authenticated
from ostiary.server.kernel.auth.caller import Caller
from ostiary.server.kernel.authz.permissions import Permission, Reach
from ostiary.server.kernel.authz.roles import ROLES
from ostiary.server.kernel.errors import denied
from ostiary.server.kernel.rest import KernelOf
from ostiary.server.kernel.work import Kernel

Connection = sa.Connection
"""For the signatures of `Ownership` checks, where SQL has no place."""

Ownership = Callable[[sa.Connection, Caller, Mapping[str, str]], bool]
"""Whether what the path names belongs to the caller. Gets the path's parameters."""

OPERATIONAL_ROUTES = frozenset({"/api/v1/openapi.json", "/health", "/ready", "/metrics"})
"""Open to all: the description of the API, and what the kernel's health module guards itself."""

LIMITED = frozenset(
    permission
    for role in ROLES
    for permission, reach in role.allowances.items()
    if Reach.ALL not in reach
)
"""Permissions that some role has for a part of the objects only."""

log = structlog.get_logger("ostiary.server.authz")


class UndeclaredRouteError(RuntimeError):
    """Routes that do not say, or do not say completely, who may use them."""


@dataclass(frozen=True)
class Access:
    """A request that was let through, and how far it reaches."""

    caller: Caller
    permission: Permission
    reach: frozenset[Reach]

    @property
    def everything(self) -> bool:
        """Otherwise the handler filters by what is the caller's own."""
        return Reach.ALL in self.reach


@dataclass(frozen=True)
class Public:
    reason: str

    def __call__(self) -> None:
        """Lets everybody pass."""


@dataclass(frozen=True)
class Requirement:
    permission: Permission
    own: Ownership | None
    owner_with: Permission | None
    filtered: bool

    def __call__(
        self,
        request: Request,
        kernel: KernelOf,
        caller: Annotated[Caller, Depends(authenticated)],
    ) -> Access:
        reach = caller.reach(self.permission)
        if not self._allows(kernel, caller, reach, request.path_params):
            _record_refusal(kernel, caller, self.permission, request)
            raise denied(
                f"this needs the permission {self.permission}; {_who_has(self.permission)}"
            )
        return Access(caller, self.permission, reach)

    def _allows(
        self,
        kernel: Kernel,
        caller: Caller,
        reach: frozenset[Reach],
        path_params: Mapping[str, str],
    ) -> bool:
        if Reach.ALL in reach or (reach and self.filtered):
            return True
        if self.own is None:
            return False
        if not reach and not (self.owner_with and caller.reach(self.owner_with)):
            return False
        with kernel.read() as connection:
            return self.own(connection, caller, path_params)


def requires(
    permission: Permission,
    *,
    own: Ownership | None = None,
    owner_with: Permission | None = None,
    filtered: bool = False,
) -> Any:
    """A dependency that gives the handler its `Access`, or refuses and records the refusal.

    Roles that have the permission for their own objects pass where `own` says so, or always where
    the handler filters by `access.reach` (`filtered`). Owners without the permission pass where
    `own` says so, if they have the permission `owner_with`.
    """
    return Depends(Requirement(permission, own, owner_with, filtered))


def public(reason: str) -> Any:
    """A dependency that says that everybody may use a route, and why."""
    return Depends(Public(reason))


def declaration_of(route: Any) -> Requirement | Public | None:
    """`route` is one of `iter_route_contexts`. None unless there is exactly one."""
    found = [
        dependency.call
        for dependency in route.dependant.dependencies
        if isinstance(dependency.call, Requirement | Public)
    ]
    return found[0] if len(found) == 1 else None


def check_declarations(app: FastAPI, exempt: Collection[str] = OPERATIONAL_ROUTES) -> None:
    """UndeclaredRouteError names every wrong route. `exempt` are paths."""
    wrong = []
    for route in iter_route_contexts(app.routes):
        if getattr(route, "path", None) in exempt:
            continue
        if not isinstance(route.original_route, APIRoute):
            wrong.append(f"{route.original_route!r} cannot declare a permission")
        elif problem := _problem(declaration_of(route)):
            wrong.append(f"{sorted(route.methods or ())} {route.path} {problem}")
    if wrong:
        raise UndeclaredRouteError("; ".join(wrong))


def _problem(declaration: Requirement | Public | None) -> str:
    if declaration is None:
        return "must declare exactly one permission, or that it is public"
    if isinstance(declaration, Public):
        return ""
    if declaration.permission in LIMITED and not (declaration.own or declaration.filtered):
        return f"must say how {declaration.permission} is limited to own objects"
    return ""


def _who_has(permission: Permission) -> str:
    """For all objects, whoever owns them."""
    names = [
        role.display_name
        for role in ROLES
        if Reach.ALL in role.allowances.get(permission, frozenset())
    ]
    if len(names) == 1:
        return f"the role {names[0]} has it"
    return f"the roles {', '.join(names[:-1])} and {names[-1]} have it"


def _record_refusal(
    kernel: Kernel, caller: Caller, permission: Permission, request: Request
) -> None:
    log.warning(
        "access.refused", user=caller.actor.id, permission=permission, path=request.url.path
    )
    with kernel.work(caller.actor) as unit:
        unit.audit(
            "auth.access.refuse",
            "route",
            f"{request.method} {request.url.path}",
            after={"permission": permission, "client_id": caller.client_id},
        )
