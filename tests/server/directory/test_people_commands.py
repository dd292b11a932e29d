"""`ostiary people` on the data of a server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ostiary.cli import opening
from ostiary.cli.main import app
from ostiary.cli.people.showing import show_preview
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel
from tests.server.directory.test_refresh import BOB, TENANT
from tests.server.directory.world import App, Said, World

Command = Callable[..., Result]


@pytest.fixture
def ostiary(world: World, monkeypatch: pytest.MonkeyPatch) -> Command:
    """At the test's clock: what the console writes must not lie in the future of syncs."""

    @contextmanager
    def opened(_settings: Settings) -> Iterator[Kernel]:
        world.clock.advance(timedelta(minutes=1))
        yield world.kernel

    monkeypatch.setattr(opening, "open_existing_kernel", opened)

    def run(*words: str, answer: str | None = None) -> Result:
        return CliRunner().invoke(app, ("people", *words), input=answer)

    return run


@pytest.fixture
def entra(world: World) -> App:
    entra = world.directory("Entra")
    world.sync(entra, TENANT)
    return entra


def objects(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def names(result: Result) -> list[str]:
    return [each["name"] for each in objects(result)]


def test_people_are_listed_and_searched(ostiary: Command, entra: App) -> None:
    assert names(ostiary("list", "--json")) == ["Alice", "Bob", "Dave", "Eve"]
    assert names(ostiary("list", "gmail", "--json")) == ["Eve"]
    assert names(ostiary("list", "--status", "disabled", "--json")) == ["Dave"]
    [alice] = objects(ostiary("list", "--department", "IT", "--json"))
    assert (alice["directories"], alice["roles"]) == ("Entra", "basic_user")
    head, *rows = ostiary("list").stdout.splitlines()
    assert head.split() == [
        "Name",
        "Email",
        "Status",
        "Department",
        "Title",
        "Directories",
        "Roles",
    ]
    assert [row.split()[0] for row in rows] == ["Alice", "Bob", "Dave", "Eve"]


@pytest.mark.parametrize("name", ["BOB", "Bob@corp.example"])
def test_a_person_is_shown_with_the_source_of_everything(
    ostiary: Command, world: World, entra: App, name: str
) -> None:
    mail = world.app("Mail")
    world.sync(mail, {"1": BOB})
    [bob] = objects(ostiary("show", name, "--json"))
    assert (bob["name"], bob["managers"], bob["title"]) == ("Bob", ["Alice"], "Clerk")
    title = bob["attributes"]["job_title"]
    assert (title["value"], title["sources"][0]["app"], title["sources"][0]["key"]) == (
        "Clerk",
        "Entra",
        "jobTitle",
    )
    told = [(each["app"], each["type"], each["because"]) for each in bob["accounts"]]
    assert sorted(told) == [("Entra", "user", "created"), ("Mail", "user", "email")]
    shown = ostiary("show", name).stdout
    assert "Entra: jobTitle" in shown
    assert "Accounts: 2" in shown
    assert "Access: none" in shown


def test_access_of_a_person_is_that_of_all_their_accounts(
    ostiary: Command, world: World, entra: App
) -> None:
    mail = world.app("Mail")
    world.sync(mail, {"1": BOB, "2": Said(["bob@corp.example"], "b", "Robert")})
    runner = CliRunner()
    asked = runner.invoke(app, ("access", "what", "bob@corp.example", "--json"))
    assert (asked.exit_code, asked.stdout) == (0, "")
    world.set_owner(mail, "Robert", None)
    unowned = runner.invoke(app, ("access", "what", "Robert", "--json"))
    assert unowned.exit_code == 0
    assert runner.invoke(app, ("access", "what", "nobody", "--json")).exit_code == 1


def test_names_of_nobody_and_of_several_are_refused(
    ostiary: Command, world: World, entra: App
) -> None:
    nobody = ostiary("show", "zoe")
    assert (nobody.exit_code, nobody.stderr) == (1, "There is nobody called zoe.\n")
    world.sync(entra, {**TENANT, "bob-2": Said(["b2@corp.example"], name="bob")})
    several = ostiary("show", "Bob")
    assert several.exit_code == 1
    assert world.people()["Bob"].id in several.stderr
    assert ostiary("preview", "Nothing").stderr == "There is no app Nothing.\n"


def test_scenario_35_the_preview_tells_whom_a_condition_would_remove(
    ostiary: Command, world: World, entra: App
) -> None:
    strict = "!('userType' in account.profile) || account.profile.userType != 'Guest'"
    before = world.everything()
    [told] = objects(ostiary("preview", "entra", "--condition", strict, "--json"))
    assert [each["name"] for each in told["removed"]] == ["Eve"]
    assert (told["added"], told["undecided"]) == ([], [])
    shown = ostiary("preview", "Entra", "--condition", strict).stdout
    assert "0 people would be added and 1 removed" in shown
    wrong = ostiary("preview", "Entra", "--condition", "account.nothing")
    assert wrong.exit_code == 1
    assert wrong.stderr
    refused = ostiary("directory", "Entra", "--condition", strict, answer="n\n")
    assert refused.exit_code == 2
    assert world.everything() == before
    saved = ostiary("directory", "Entra", "--condition", strict, answer="y\n")
    assert saved.stdout.endswith("0 people added, 1 removed, 0 changed.\n")
    assert world.people().keys() == {"Alice", "Bob", "Dave"}
    [directory] = objects(ostiary("directories", "--json"))
    assert (directory["app"], directory["condition"]) == ("Entra", strict)
    back = ostiary("directory", "Entra", "--condition", "")
    assert back.stdout == "1 people added, 0 removed, 0 changed.\n"
    gone = ostiary("directory", "Entra", "--remove", "--yes")
    assert gone.stdout == "0 people added, 4 removed, 0 changed.\n"


def test_a_refresh_takes_in_what_was_reported(ostiary: Command, world: World, entra: App) -> None:
    world.report(entra, {**TENANT, "new": Said(["new@corp.example"], name="New")})
    [told] = objects(ostiary("refresh", "--json"))
    assert told["people"] == {"added": 1, "removed": 0, "changed": 0}
    assert ostiary("refresh").stdout == (
        "people: 0 added, 0 removed, 0 changed\nowners: 0 added, 0 removed, 0 changed\n"
    )


def test_scenario_26_domains_make_accounts_external(
    ostiary: Command, world: World, entra: App
) -> None:
    assert objects(ostiary("domains", "--json")) == []
    assert objects(ostiary("domains", "--add", "Corp.Example", "--json")) == [
        {"domain": "corp.example"}
    ]
    [eve] = objects(ostiary("show", "Eve", "--json"))
    assert [each["external"] for each in eve["accounts"]] == [True]
    assert ostiary("domains", "--add", "%").stderr == "'%' is no domain\n"
    assert ostiary("domains", "--remove", "gmail.com").exit_code == 1
    assert objects(ostiary("domains", "--remove", "corp.example", "--json")) == []


def test_scenario_32_a_wrong_owner_is_cleared_and_stays_so(
    ostiary: Command, world: World, entra: App
) -> None:
    mail = world.app("Mail")
    staff = {"1": BOB, "2": Said([], "bob.smith", "Bob Smith")}
    world.sync(mail, staff)

    def because(*words: str) -> Any:
        [told] = objects(ostiary("owner", "Mail", *words, "--json"))
        return told["because"]

    assert because("bob.smith") is None
    [matched] = objects(ostiary("match", "Mail", "broad", "--json"))
    assert matched["matching"] == "broad"
    assert because("bob.smith") == "name"
    assert because("bob.smith", "--nobody") == "cleared"
    world.sync(mail, staff)
    assert because("bob.smith") == "cleared"
    assert because("bob.smith", "--person", "Alice") == "manual"
    world.sync(mail, staff)
    assert world.owner(mail, "Bob Smith") == "Alice"
    assert because("bob.smith", "--reset") == "name"
    both = ostiary("owner", "Mail", "bob.smith", "--nobody", "--reset")
    assert both.exit_code == 2
    assert ostiary("owner", "Mail", "nobody.there").exit_code == 1


def test_scenario_33_type_and_owner_take_an_account_off_the_orphans(
    ostiary: Command, world: World, entra: App
) -> None:
    mail = world.app("Mail")
    backup = {"svc": Said([], "svc-backup", "Svc-Backup")}
    world.sync(mail, backup)

    def orphans(*words: str) -> list[str]:
        return [each["account"] for each in objects(ostiary("orphans", *words, "--json"))]

    assert orphans() == ["Dave", "Svc-Backup"]
    assert orphans("--app", "Mail") == ["Svc-Backup"]
    [typed] = objects(ostiary("type", "Mail", "svc-backup", "service", "--json"))
    assert (typed["account"], typed["type"]) == ("Svc-Backup", "service")
    assert ostiary("owner", "Mail", "svc-backup", "--person", "Bob").exit_code == 0
    world.sync(mail, backup)
    assert orphans() == ["Dave"]
    assert world.account(mail, "Svc-Backup").account_type == "service"


def test_a_preview_of_one_person_is_told_in_the_singular(
    capsys: pytest.CaptureFixture[str],
) -> None:
    one = {"id": "1", "name": "Eve", "email": "eve@corp.example"}
    show_preview({"added": [one], "removed": [], "undecided": [one]})
    assert "1 person would be added and 0 removed; for 1 account the" in capsys.readouterr().out
