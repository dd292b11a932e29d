"""What becomes of sessions and keys when a directory says that somebody is gone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from ostiary.server.directory import actions
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth import user_store, users
from ostiary.server.kernel.auth.user_store import User
from tests.server.directory.conftest import Clients
from tests.server.directory.test_refresh import ALICE, BOB
from tests.server.directory.world import ADA, App, Said, World

DISABLED = Said(BOB.emails, BOB.login, "Bob", status="disabled")


@pytest.fixture
def entra(world: World) -> App:
    entra = world.directory("Entra")
    world.sync(entra, {"alice-id": ALICE, "bob-id": BOB})
    return entra


def sign_in_of(world: World, name: str) -> User:
    with world.kernel.read() as connection:
        return users.find(connection, world.people(gone=True)[name].id)


def with_key(clients: Clients, browser: TestClient) -> TestClient:
    made = browser.post("/api/v1/iam/personal_clients", json={}).json()
    form = {
        "grant_type": "client_credentials",
        "client_id": made["client"]["clientId"],
        "client_secret": made["clientSecret"],
    }
    token = clients.people.anonymous().post("/auth/v1/token", data=form).json()["access_token"]
    return clients.people.bearer(token)


def told(world: World, action: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    with world.kernel.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT object_id, before::text, after::text FROM audit_entries "
            f"WHERE action = '{action}' ORDER BY sequence"
        )
        return [(row[0], json.loads(row[1]), json.loads(row[2])) for row in rows]


def tighten(world: World, entra: App) -> None:
    world.configure(entra, "account.displayName != 'Bob'")
    world.refresh_everything()


def disable(world: World, entra: App) -> None:
    world.sync(entra, {"alice-id": ALICE, "bob-id": DISABLED})


def remove(world: World, entra: App) -> None:
    world.sync(entra, {"alice-id": ALICE})


@pytest.mark.parametrize(
    ("leave", "now"), [(disable, "disabled"), (remove, "deleted"), (tighten, "deleted")]
)
def test_who_leaves_is_out_at_once_and_the_log_tells_of_each(
    world: World, clients: Clients, entra: App, leave: Any, now: str
) -> None:
    bob = sign_in_of(world, "Bob")
    browser = clients.people.session_of(bob)
    key = with_key(clients, browser)
    assert key.get("/api/v1/auth/introspect").status_code == 200
    leave(world, entra)
    assert browser.get("/api/v1/auth/introspect").status_code == 401
    assert key.get("/api/v1/auth/introspect").status_code == 401
    assert world.rows("web_sessions") == []
    because = f"the person is {now} in the directory"
    assert told(world, "auth.user.set_status") == [
        (bob.public_id, {"status": "enabled"}, {"status": "disabled", "because": because})
    ]
    world.configure(entra)
    world.sync(entra, {"alice-id": ALICE, "bob-id": BOB})
    assert sign_in_of(world, "Bob").status == "enabled"
    assert browser.get("/api/v1/auth/introspect").status_code == 401
    assert told(world, "auth.user.set_status")[1][2]["status"] == "enabled"


def test_who_signed_in_by_a_provider_first_leaves_with_the_directory_account(
    world: World, entra: App
) -> None:
    with world.kernel.work(SYSTEM) as unit:
        users.create_person(unit, "carol@corp.example", "Carol", "oidc")
    staff = {"alice-id": ALICE, "bob-id": BOB}
    carol = Said(["carol@corp.example"], name="Carol")
    world.sync(entra, {**staff, "carol-id": carol})

    def status() -> str:
        with world.kernel.read() as connection:
            found = user_store.find_by_email(connection, "carol@corp.example")
        assert found is not None
        return found.status

    assert status() == "enabled"
    gone = Said(["carol@corp.example"], name="Carol", status="disabled")
    world.sync(entra, {**staff, "carol-id": gone})
    assert status() == "disabled"
    world.sync(entra, staff)
    assert status() == "disabled"
    world.sync(entra, {**staff, "carol-id": carol})
    assert status() == "enabled"
    world.sync(entra, staff)
    assert status() == "disabled"


def test_a_new_address_to_sign_in_with_is_told_with_the_old_one(world: World, entra: App) -> None:
    bob = sign_in_of(world, "Bob")
    renamed = Said(["robert@corp.example"], BOB.login, "Bob")
    world.sync(entra, {"alice-id": ALICE, "bob-id": renamed})
    assert told(world, "auth.user.rename") == [
        (
            bob.public_id,
            {"email": "bob@corp.example", "display_name": "Bob"},
            {"email": "robert@corp.example", "display_name": "Bob"},
        )
    ]


def test_removing_the_directory_keeps_the_last_administrator_and_no_session_of_others(
    world: World, clients: Clients, entra: App
) -> None:
    alice, bob = sign_in_of(world, "Alice"), sign_in_of(world, "Bob")
    with world.kernel.work(SYSTEM) as unit:
        users.promote_first(unit, alice)
    hers, his = clients.people.session_of(alice), clients.people.session_of(bob)
    with world.kernel.work(ADA) as unit:
        actions.remove_directory(unit, entra.public_id)
    world.refresh_everything()
    assert hers.get("/api/v1/auth/introspect").status_code == 200
    assert his.get("/api/v1/auth/introspect").status_code == 401
    assert [user for user, _, _ in told(world, "auth.user.set_status")] == [bob.public_id]
