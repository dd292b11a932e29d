from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ostiary.cli.users import app as commands
from ostiary.server.kernel.authz.roles import BASIC_USER, SUPER_ADMINISTRATOR
from tests.server.auth.people import PASSWORD, People, code_in

Command = Callable[..., Result]


@pytest.fixture
def run(people: People, tmp_path: Path) -> Command:
    """`ostiary users …` on the test's database."""
    environment = {
        "OSTIARY_DATABASE_URL": people.kernel.database.url,
        "OSTIARY_DATA_DIR": str(tmp_path),
    }

    def run(*words: str) -> Result:
        return CliRunner().invoke(commands, words, env=environment)

    return run


def test_an_operator_lets_a_super_administrator_in(people: People, run: Command) -> None:
    added = run("add", "carol@corp.test", "--name", "Carol", "--role", "super_admin")
    assert added.exit_code == 0, added.output
    data = {"code": code_in(added.stdout.strip()), "password": PASSWORD}
    carol = people.anonymous()
    # the link is made on the machine's clock, the server of this test stands at an earlier instant
    assert carol.post("/auth/password", data=data).status_code == 303
    assert carol.get("/api/v1/iam/roles").status_code == 200
    with people.kernel.read() as connection:
        actors = connection.exec_driver_sql(
            "SELECT DISTINCT actor_kind FROM audit_entries WHERE action = 'auth.user.create'"
        ).scalars()
        assert list(actors) == ["operator"]


def test_an_operator_lists_disables_and_gives_roles(people: People, run: Command) -> None:
    people.add("bob@corp.test", BASIC_USER)
    assert run("roles", "BOB@corp.test", "read_only_admin").stdout == "read_only_admin\n"
    assert run("disable", "bob@corp.test").exit_code == 0
    [bob] = [json.loads(line) for line in run("list", "--json").stdout.splitlines()]
    assert (bob["status"], bob["roles"]) == ("disabled", ["read_only_admin"])
    assert run("enable", "bob@corp.test").exit_code == 0
    assert "bob@corp.test" in run("list").stdout
    assert people.sign_in("bob@corp.test").get("/auth/session").status_code == 200


def test_programs_get_objects(people: People, run: Command) -> None:
    added = json.loads(run("add", "carol@corp.test", "--role", "super_admin", "--json").stdout)
    assert added["roles"] == ["basic_user", "super_admin"]
    assert code_in(added["passwordLink"])
    assert json.loads(run("roles", "carol@corp.test", "super_admin", "--json").stdout) == {
        "id": added["id"],
        "email": "carol@corp.test",
        "displayName": "carol@corp.test",
        "status": "enabled",
        "origin": "local",
        "roles": ["super_admin"],
    }
    people.add("root@corp.test", SUPER_ADMINISTRATOR)
    assert json.loads(run("disable", "carol@corp.test", "--json").stdout)["status"] == "disabled"
    assert json.loads(run("enable", "carol@corp.test", "--json").stdout)["status"] == "enabled"


@pytest.mark.parametrize(
    "words",
    [
        ("link", "nobody@corp.test"),
        ("roles", "bob@corp.test", "emperor"),
        ("add", "bob@corp.test"),
        ("add", "no address"),
    ],
)
def test_what_cannot_be_is_explained(people: People, run: Command, words: tuple[str, ...]) -> None:
    people.add("bob@corp.test", BASIC_USER)
    refused = run(*words)
    assert refused.exit_code == 1
    assert refused.stderr.strip()
    assert refused.exception is None or isinstance(refused.exception, SystemExit)
