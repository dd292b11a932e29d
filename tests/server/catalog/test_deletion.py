"""Deleting apps with all that depends on them, and taking discovered ones back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ostiary.cli.main import app as commands
from ostiary.server.catalog.deletion import delete_app
from ostiary.server.catalog.store import apps
from ostiary.server.connectors.store import registry
from ostiary.server.ingest.jobs import refresh_access
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.work import UnitOfWork
from tests.server.access.asking import Story
from tests.server.auth.people import People
from tests.server.catalog.lasting import Lasting
from tests.server.ingest.tenants import Tenant

APPS = "/api/v1/apps"


def some_tenant() -> Tenant:
    tenant = Tenant()
    ada = tenant.user("ada")
    tenant.group("finance", ada)
    tenant.app("Expenses", ada)
    tenant.app("Legacy")
    return tenant


@pytest.fixture
def expenses(admin: Lasting, story: Story) -> str:
    """Managed, with a connector of its own."""
    story.sync(some_tenant())
    app = unmanaged(admin)["Expenses"]
    assert admin.post(f"{APPS}/{app}/manage", json={}).status_code == 200
    refresh_access(story.kernel, app_id=app)
    assert admin.post(f"{APPS}/{app}/connectors", json={"catalogId": "baton"}).status_code == 200
    return app


def unmanaged(admin: Lasting) -> dict[str, str]:
    found = admin.post("/api/v1/search/apps", json={"managed": False}).json()["list"]
    return {app["displayName"]: app["id"] for app in found}


def listed(reply: Any) -> list[Any]:
    assert reply.status_code == 200, reply.text
    rows: list[Any] = reply.json()["list"]
    return rows


def test_the_whole_family_goes_with_its_connectors_and_all_access(
    admin: Lasting, story: Story, expenses: str
) -> None:
    members = story.entitlement("group:finance:members")
    holders = f"{APPS}/{story.app}/entitlements/{members}/holders"
    assert len(listed(admin.get(holders))) == 1
    ada = story.resource(("user", "ada"))
    held = f"/api/v1/access/principals/{ada}/grants"
    before = {each["entitlement"]["externalId"] for each in listed(admin.get(held))}
    yesterday = story.clock.now().isoformat()

    preview = admin.get(f"{APPS}/{story.app}/deletion_preview").json()
    assert (preview["managedApps"], preview["unmanagedApps"]) == (1, 1)
    assert (preview["connectors"], preview["appsWithConnectors"]) == (1, 1)
    story.sync(some_tenant())
    gone = admin.request("DELETE", f"{APPS}/{story.app}", json={"expected": preview})
    assert gone.status_code == 200, gone.text

    assert listed(admin.get(APPS)) == []
    assert unmanaged(admin) == {}
    assert listed(admin.get(held)) == []
    assert listed(admin.get(holders)) == []
    assert listed(admin.post("/api/v1/search/entitlements", json={})) == []
    assert listed(admin.post("/api/v1/search/app_users", json={})) == []
    with story.kernel.read() as connection:
        assert registry.find_all(connection, expenses) == []
    then = {"as_of": yesterday}
    assert len(listed(admin.get(holders, params=then))) == 1
    kept = {each["entitlement"]["externalId"] for each in listed(admin.get(held, params=then))}
    assert kept == before
    entitlements = admin.post("/api/v1/search/entitlements", json={}, params=then)
    assert len(listed(entitlements)) > 0


def test_what_fails_on_the_way_undoes_all_of_it(story: Story) -> None:
    story.sync(some_tenant())

    def broken(work: UnitOfWork, app_ids: Sequence[str]) -> None:
        raise RuntimeError("a connector does not stop")

    with story.kernel.read() as connection:
        found = apps.find(connection, story.app)
        assert found is not None
        going = apps.cascade(connection, found.key)
    with pytest.raises(RuntimeError), story.kernel.work(SYSTEM) as work:
        delete_app(work, story.app, going, broken)
    assert len(story.holders("group:finance:members")) == 1


def test_a_deleted_discovered_app_stays_away_until_it_is_restored(
    admin: Lasting, story: Story, people: People
) -> None:
    tenant = some_tenant()
    story.sync(tenant)
    legacy = unmanaged(admin)["Legacy"]
    assert admin.delete(f"{APPS}/{legacy}").status_code == 200
    tenant.resources["app", "Legacy"] = "Legacy 2"
    story.sync(tenant)
    assert unmanaged(admin).keys() == {"Expenses"}
    restored = admin.post(f"{APPS}/{legacy}/restore").json()["app"]
    assert (restored["displayName"], restored["isManaged"]) == ("Legacy 2", False)
    assert unmanaged(admin) == {"Expenses": unmanaged(admin)["Expenses"], "Legacy 2": legacy}
    assert admin.post(f"{APPS}/{legacy}/restore").status_code == 404
    assert "catalog.app.restore" in people.audit_actions()


def test_what_went_with_its_parent_or_was_made_here_does_not_come_back(
    admin: Lasting, story: Story
) -> None:
    story.sync(some_tenant())
    legacy = unmanaged(admin)["Legacy"]
    assert admin.delete(f"{APPS}/{story.app}").status_code == 200
    for app in (legacy, story.app):
        refused = admin.post(f"{APPS}/{app}/restore")
        assert (refused.status_code, refused.json()["code"]) == (400, 9)


def test_the_command_wants_the_name_typed(
    admin: Lasting, story: Story, expenses: str, tmp_path: Path
) -> None:
    environment = {
        "OSTIARY_DATABASE_URL": story.kernel.database.url,
        "OSTIARY_DATA_DIR": str(tmp_path),
    }

    def delete(*words: str, typed: str = "") -> tuple[int, str]:
        words = ("apps", "delete", "Entra", *words)
        result = CliRunner().invoke(commands, words, env=environment, input=typed)
        return result.exit_code, result.output

    code, told = delete(typed="entra\n")
    assert (code, "nothing was deleted" in told) == (1, True)
    assert "1 unmanaged, 1 managed" in told
    assert admin.get(f"{APPS}/{expenses}").status_code == 200
    code, told = delete("--confirm", "Entra")
    assert (code, told.splitlines()[-1]) == (0, "Deleted 3 apps.")
    assert admin.get(f"{APPS}/{expenses}").status_code == 404
