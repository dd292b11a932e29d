"""Every route with every role, and with none. A route that the table lacks fails it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from ostiary.server.kernel.authz.enforcement import OPERATIONAL_ROUTES
from ostiary.server.kernel.authz.roles import ROLES
from tests.server.auth.people import People
from tests.server.auth.route_table import ROUTES

NOBODYS = "000000000000000000000000000"
REFUSALS = {401, 403}
HANDLERS_OWN_REFUSALS = {
    "POST /auth/v1/token",
    "POST /auth/v1/device_authorization",
    "POST /auth/sign_in",
    "POST /auth/start",
    "POST /auth/password",
    "GET /auth/oidc/callback",
}
"""Public, but what is sent here proves nothing."""


def routes_of(app: FastAPI) -> Iterator[str]:
    for route in iter_route_contexts(app.routes):
        path = getattr(route, "path", "")
        if path not in OPERATIONAL_ROUTES:
            yield from (
                f"{method} {path}" for method in sorted(getattr(route, "methods", ()) or ())
            )


def status_of(client: TestClient, route: str) -> int:
    method, path = route.split(" ")
    return client.request(method, re.sub(r"{[^}]*}", NOBODYS, path), json={}).status_code


def test_the_table_has_every_route_and_no_other(app: FastAPI) -> None:
    assert set(routes_of(app)) == set(ROUTES)


def test_every_route_refuses_who_is_not_signed_in(people: People) -> None:
    caller = people.anonymous()
    wrong = {
        route: status
        for route, allowed in ROUTES.items()
        if route not in HANDLERS_OWN_REFUSALS
        and ((status := status_of(caller, route)) == 401) == ("anonymous" in allowed)
    }
    assert wrong == {}


def test_every_route_lets_through_exactly_the_roles_of_the_table(people: People) -> None:
    wrong = []
    for role in ROLES:
        user = people.add(f"{role.name}@corp.test", role)
        for route, allowed in ROUTES.items():
            if route in HANDLERS_OWN_REFUSALS:
                continue
            status = status_of(people.session_of(user), route)
            passed = status not in REFUSALS
            if passed != (role.name in allowed) or status >= 500:
                wrong.append((role.name, route, status))
    assert wrong == []
