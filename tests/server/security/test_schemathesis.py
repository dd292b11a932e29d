"""Whatever the OpenAPI document allows, and some of what it forbids, sent by an administrator to
every route: nothing is a server error, and answers are what the document says.

FUZZ_EXAMPLES=100 looks deeper than the suite does.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, BaseSchema, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.responses import JSONResponse
from starlette.testclient import TestClient

from ostiary.server.app import create_app as create_server
from ostiary.server.catalog.actions import create_app
from ostiary.server.catalog.store import inventory
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.connectors.actions.registry import NewConnector, create_connector
from ostiary.server.ingest.actions import apply_sync
from ostiary.server.kernel.authz.roles import SUPER_ADMINISTRATOR
from ostiary.server.kernel.work import Kernel
from tests.server.auth.people import People
from tests.server.connectors.world import ADA
from tests.server.ingest.tenants import Tenant

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "2"))
"""For each operation, within what the document allows and against it."""
SLOW = {"POST /auth/start", "POST /auth/password", "POST /auth/sign_in"}
"""They hash passwords; what people may send there has tests of its own."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
Operation = APIOperation[Any, Any, Any, Any]


@pytest.fixture
def app(kernel: Kernel) -> FastAPI:
    return create_server(kernel)


def known(kernel: Kernel, folder: Path) -> dict[str, str]:
    """By name of a path parameter: an id under which there is something."""
    tenant = Tenant()
    tenant.group("red", tenant.user("ann"), tenant.user("bob"))
    with kernel.work(ADA) as work:
        app_id = create_app(work, "Demo")
        connector = create_connector(work, NewConnector(app_id, "", "Demo"))
    apply_sync(kernel, connector.id, tenant.write(folder / "sync.c1z"))
    with kernel.read() as connection:
        asked = Asked().among("a.public_id", "apps", [app_id])
        entitlement = inventory.entitlements(connection, asked)[-1]
    return {
        "app_id": app_id,
        "connector_id": connector.id,
        "entitlement_id": entitlement.id,
        "app_entitlement_id": entitlement.id,
    }


def sent(client: TestClient, case: Case[Any]) -> Any:
    words = case.as_transport_kwargs(base_url="https://127.0.0.1:8443")
    words.pop("session", None)
    return client.request(
        words["method"],
        words["url"],
        params=words.get("params"),
        headers=dict(words.get("headers") or {}),
        content=words.get("data") if isinstance(words.get("data"), bytes | str) else None,
        data=words.get("data") if isinstance(words.get("data"), dict) else None,
        json=words.get("json"),
    )


def operations_of(document: BaseSchema) -> list[Operation]:
    results = list(document.get_all_operations())
    unreadable = [result.err() for result in results if not isinstance(result, Ok)]
    assert not unreadable
    return [result.ok() for result in results if isinstance(result, Ok)]


def modes(operation: Operation) -> list[GenerationMode]:
    """In a path everything is a text, so that nothing there is against the document."""
    says_more = operation.body or operation.query
    return list(GenerationMode) if says_more else [GenerationMode.POSITIVE]


def complaints(operation: Operation, people: People, ids: dict[str, str]) -> list[str]:
    """What an administrator finds wrong with one operation."""
    user = people.add(f"root-{people.new_nonce()}@corp.test", SUPER_ADMINISTRATOR)
    client = people.session_of(user)
    found = []
    for mode in modes(operation):
        try:
            _fuzz(operation, mode, client, ids)
        except Unsatisfiable:  # nothing that could be sent is against the document
            continue
        except (Exception, BaseExceptionGroup) as error:
            found.append(f"{operation.label}: {type(error).__name__} {error}")
    return found


def _fuzz(
    operation: Operation, mode: GenerationMode, client: TestClient, ids: dict[str, str]
) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
    def fuzzed(case: Case[Any], real: bool) -> None:
        if real:
            told = {name: ids[name] for name in case.path_parameters if name in ids}
            case.path_parameters.update(told)
        case.validate_response(sent(client, case), checks=CHECKS)

    fuzzed()


def test_no_request_is_a_server_error_and_answers_are_what_the_document_says(
    kernel: Kernel, app: FastAPI, tmp_path: Path
) -> None:
    document = schemathesis.openapi.from_dict(app.openapi())
    people, ids = People(kernel, app), known(kernel, tmp_path)
    operations = operations_of(document)
    assert len(operations) > 80
    wrong = [
        complaint
        for operation in operations
        if operation.label not in SLOW
        for complaint in complaints(operation, people, ids)
    ]
    assert not wrong, "\n\n".join(wrong)


def test_a_server_error_and_an_answer_of_another_shape_are_noticed(kernel: Kernel) -> None:
    bad = FastAPI()

    @bad.get("/crash")
    def crash() -> int:
        raise RuntimeError("a stone")

    @bad.get("/lie", response_model=int)
    def lie() -> JSONResponse:
        return JSONResponse("text")

    document = schemathesis.openapi.from_dict(bad.openapi())
    people = People(kernel, bad)
    found = [complaints(each, people, {}) for each in operations_of(document)]
    assert [bool(each) for each in found] == [True, True]
