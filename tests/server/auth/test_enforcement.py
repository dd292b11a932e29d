from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import pytest
import sqlalchemy as sa
from fastapi import APIRouter, FastAPI
from starlette.routing import Mount

from ostiary.server.app import create_app
from ostiary.server.kernel.auth.caller import Caller
from ostiary.server.kernel.authz.enforcement import (
    Access,
    UndeclaredRouteError,
    check_declarations,
    public,
    requires,
)
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.authz.roles import (
    APPLICATION_ADMINISTRATOR,
    BASIC_USER,
    CONNECTOR_ADMINISTRATOR,
    READ_ONLY_ADMINISTRATOR,
)
from ostiary.server.kernel.work import Kernel
from tests.server.auth.people import People


def is_named_mine(_connection: sa.Connection, _caller: Caller, path: Mapping[str, str]) -> bool:
    return path["id"] == "mine"


router = APIRouter(prefix="/test")
Manager = Annotated[
    Access,
    requires(Permission.CONNECTORS_MANAGE, own=is_named_mine, owner_with=Permission.WORK),
]


@router.post("/connectors/{id}")
def manage(access: Manager) -> bool:
    return access.everything


@router.get("/connectors")
def view(access: Annotated[Access, requires(Permission.CONNECTORS_VIEW, filtered=True)]) -> bool:
    return access.everything


@pytest.fixture
def app(app: FastAPI) -> FastAPI:
    app.include_router(router)
    check_declarations(app)
    return app


def undeclared() -> None:
    """A handler."""


@pytest.mark.parametrize(
    "dependencies",
    [
        [],
        [requires(Permission.EXPLORE), requires(Permission.APPS_ADOPT)],
        [public("a page"), requires(Permission.EXPLORE)],
        [requires(Permission.APPS_VIEW)],
    ],
    ids=["nothing", "two permissions", "public and a permission", "own objects left open"],
)
def test_a_route_without_one_complete_declaration_keeps_the_server_down(
    kernel: Kernel, dependencies: list[object]
) -> None:
    app = create_app(kernel)
    inner = APIRouter()
    inner.add_api_route("/x", undeclared, dependencies=dependencies)  # type: ignore[arg-type]
    outer = APIRouter(prefix="/deep")
    outer.include_router(inner)
    app.include_router(outer)
    with pytest.raises(UndeclaredRouteError, match="/deep/x"):
        check_declarations(app)


def test_what_cannot_declare_a_permission_keeps_the_server_down(kernel: Kernel) -> None:
    app = create_app(kernel)
    app.router.routes.append(Mount("/files", app=FastAPI()))
    with pytest.raises(UndeclaredRouteError, match="/files"):
        check_declarations(app)


def test_a_basic_user_is_refused_and_the_refusal_is_recorded(people: People) -> None:
    """Scenario 2."""
    bob = people.browser_of("bob@corp.test", BASIC_USER)
    reply = bob.get("/test/connectors?secret=1")
    assert (reply.status_code, reply.json()["code"]) == (403, 7)
    with people.kernel.read() as connection:
        entry = connection.exec_driver_sql(
            "SELECT actor_name, action, object_id, after FROM audit_entries"
            " ORDER BY sequence DESC LIMIT 1"
        ).one()
    assert entry == (
        "bob@corp.test",
        "auth.access.refuse",
        "GET /test/connectors",
        {"permission": "connectors:view", "client_id": ""},
    )


def test_a_role_for_own_objects_reaches_those_only(people: People) -> None:
    admin = people.browser_of("app@corp.test", APPLICATION_ADMINISTRATOR)
    assert admin.post("/test/connectors/mine").json() is False
    assert admin.post("/test/connectors/theirs").status_code == 403
    assert admin.get("/test/connectors").json() is False


def test_a_role_for_everything_reaches_everything(people: People) -> None:
    admin = people.browser_of("con@corp.test", CONNECTOR_ADMINISTRATOR)
    assert admin.post("/test/connectors/theirs").json() is True
    assert admin.get("/test/connectors").json() is True


def test_an_owner_without_the_role_manages_what_is_hers(people: People) -> None:
    """Scenario 7: owners hold no role elsewhere."""
    dana = people.browser_of("dana@corp.test", BASIC_USER)
    assert dana.post("/test/connectors/mine").status_code == 200
    assert dana.post("/test/connectors/theirs").status_code == 403


def test_somebody_who_may_only_read_manages_nothing_even_as_an_owner(people: People) -> None:
    reader = people.browser_of("reader@corp.test", READ_ONLY_ADMINISTRATOR)
    assert reader.post("/test/connectors/mine").status_code == 403


def test_several_roles_give_what_any_of_them_gives(people: People) -> None:
    both = people.browser_of("both@corp.test", READ_ONLY_ADMINISTRATOR, APPLICATION_ADMINISTRATOR)
    assert both.get("/test/connectors").json() is True
    assert both.post("/test/connectors/mine").status_code == 200
