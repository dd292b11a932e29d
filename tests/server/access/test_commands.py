"""`ostiary access` and `ostiary apps`, on tenants that connectors brought."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ostiary.cli.main import app
from tests.server.access.asking import Story
from tests.server.ingest.tenants import Held, Tenant

Command = Callable[..., Result]

APP = "app:expenses:assigned"
FINANCE = "group:finance:members"


@pytest.fixture
def ostiary(story: Story, tmp_path: Path) -> Command:
    url = story.kernel.database.url
    environment = {"OSTIARY_DATABASE_URL": url, "OSTIARY_DATA_DIR": str(tmp_path)}

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, words, env=environment)

    return run


@pytest.fixture
def tenant(story: Story) -> Tenant:
    """Synced at ten: bob is in finance, which may use expenses; so may ada, by herself."""
    tenant = Tenant()
    ada, bob = tenant.user("ada"), tenant.user("bob")
    finance = tenant.group("finance", bob)
    expenses = tenant.app("expenses", ada)
    tenant.hold(expenses, ("group", "finance"), Held(through=(finance,)))
    tenant.inherit(expenses, bob, finance)
    story.sync(tenant)
    return tenant


def objects(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_who_has_something_and_how(ostiary: Command, tenant: Tenant) -> None:
    rows = objects(ostiary("access", "who", APP, "--json"))
    assert {row["principal"]: row["direct"] for row in rows} == {
        "ada": True,
        "bob": False,
        "finance": True,
    }
    inherited = objects(ostiary("access", "who", APP, "--inherited", "--json"))
    assert [(row["principal"], row["sources"]) for row in inherited] == [("bob", [FINANCE])]
    table = ostiary("access", "who", APP).stdout.splitlines()
    assert table[0].split() == ["Principal", "Type", "Entitlement", "Resource", "Direct", "Since"]
    assert sorted(line.split()[0] for line in table[1:]) == ["ada", "bob", "finance"]


def test_tables_call_an_entitlement_by_its_name_and_tell_ids_when_asked(
    ostiary: Command, story: Story, tenant: Tenant
) -> None:
    named = "May claim expenses"
    tenant.entitlements[APP] = (tenant.entitlements[APP][0], named)
    story.sync(tenant)
    (row,) = objects(ostiary("access", "who", APP, "--inherited", "--json"))
    assert (row["entitlement"], row["entitlement_name"]) == (APP, named)
    for asked in (("who", APP), ("what", "bob"), ("diff", "2026-03-02T09:00:00")):
        table = ostiary("access", *asked).stdout
        assert named in table
        assert APP not in table
        wide = ostiary("access", *asked, "--wide").stdout
        assert named in wide
        assert APP in wide
        assert row["entitlement_id"] in wide


@pytest.mark.parametrize("name", ["bob", "BOB@example.com"])
def test_what_somebody_has_by_any_of_their_names(
    ostiary: Command, tenant: Tenant, name: str
) -> None:
    rows = objects(ostiary("access", "what", name, "--json"))
    assert {row["entitlement"] for row in rows} == {APP, FINANCE, "credential:access"}


def test_access_is_explained(ostiary: Command, tenant: Tenant) -> None:
    told = ostiary("access", "explain", APP, "bob")
    assert told.stdout == "bob → finance (members) → expenses (assigned)\n"
    (answer,) = objects(ostiary("access", "explain", APP, "bob", "--json"))
    assert answer["paths"] == [[FINANCE, APP]]
    missing = ostiary("access", "explain", FINANCE, "ada")
    assert (missing.exit_code, missing.stdout) == (1, "They do not hold it.\n")


def test_the_past_and_what_changed_since(ostiary: Command, story: Story, tenant: Tenant) -> None:
    del tenant.grants[APP, ("user", "ada")]
    story.sync(tenant)
    now = objects(ostiary("access", "who", APP, "--direct", "--json"))
    assert [row["principal"] for row in now] == ["finance"]
    past = ostiary("access", "who", APP, "--direct", "--as-of", "2026-03-02T10:30:00", "--json")
    assert sorted(row["principal"] for row in objects(past)) == ["ada", "finance"]
    changes = objects(ostiary("access", "diff", "2026-03-02T10:30:00", "--json"))
    assert [(row["change"], row["principal"], row["entitlement"]) for row in changes] == [
        ("removed", "ada", APP)
    ]
    for asked in (("who", APP), ("what", "ada")):
        since = objects(ostiary("access", *asked, "--diff", "2026-03-02T10:30:00", "--json"))
        assert [(row["change"], row["principal"]) for row in since] == [("removed", "ada")]
    assert (
        objects(ostiary("access", "what", "bob", "--diff", "2026-03-02T10:30:00", "--json")) == []
    )
    both = ostiary("access", "who", APP, "--diff", "2026-03-02T10:30:00", "--direct")
    assert both.exit_code == 2
    backwards = ostiary("access", "diff", "2026-03-02T10:30:00", "2026-03-01T10:30:00")
    assert backwards.exit_code == 2
    future = ostiary("access", "who", APP, "--as-of", "2999-01-01T00:00:00")
    assert (future.exit_code, future.stdout) == (2, "")


def test_unknown_and_ambiguous_names_are_refused(
    ostiary: Command, story: Story, tenant: Tenant
) -> None:
    unknown = ostiary("access", "what", "zoe")
    assert (unknown.exit_code, unknown.stderr) == (1, "There is no account or group zoe.\n")
    tenant.group("ada")
    story.sync(tenant)
    either = ostiary("access", "what", "ada")
    assert either.exit_code == 1
    assert story.resource(("user", "ada")) in either.stderr
    assert story.resource(("group", "ada")) in either.stderr


def test_apps_are_listed_shown_and_managed(ostiary: Command, tenant: Tenant) -> None:
    (entra,) = objects(ostiary("apps", "list", "--json"))
    assert (entra["name"], entra["accounts"], entra["managed"]) == ("Entra", 2, True)
    (expenses,) = objects(ostiary("apps", "list", "--unmanaged", "--json"))
    assert (expenses["name"], expenses["parent"]) == ("expenses", entra["id"])
    (shown,) = objects(ostiary("apps", "show", "ENTRA", "--json"))
    assert shown["contents"]["accounts"] == 2
    assert shown["deleted_with_it"]["unmanaged"] == 1
    assert "2 accounts" in ostiary("apps", "show", "entra").stdout

    managed = ostiary("apps", "manage", "Expenses")
    assert managed.stdout == "expenses is managed now.\n"
    again = ostiary("apps", "manage", "Expenses")
    assert again.exit_code == 1
    assert "managed already" in again.stderr
    nothing = ostiary("apps", "manage", "Nothing")
    assert (nothing.exit_code, nothing.stderr) == (1, "Nothing: no app\n")
    names = [row["name"] for row in objects(ostiary("apps", "list", "--json"))]
    assert names == ["Entra", "expenses"]
