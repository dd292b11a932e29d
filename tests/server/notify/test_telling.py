"""Who gets a mail, how often, and what administrators and operators see of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from typer.testing import CliRunner, Result

from ostiary.cli.mail import app as commands
from ostiary.server.app import create_app
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth import users
from ostiary.server.kernel.authz.roles import SUPER_ADMINISTRATOR
from ostiary.server.kernel.metrics import Metrics
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel
from ostiary.server.notify.actions import first_reachable, tell
from ostiary.server.notify.templates import TEMPLATES, Kind
from tests.server.auth.people import People
from tests.server.notify.post import PostOffice
from tests.server.notify.world import OWNED, administrator, outbox, person, states, told


def test_who_is_disabled_unknown_or_no_person_gets_no_mail(kernel: Kernel) -> None:
    gone, dana = person(kernel, "Gone", enabled=False), person(kernel, "Dana")
    with kernel.work(SYSTEM) as work:
        service = users.create_service(work, "robot")
        ids = [gone.public_id, dana.public_id, "0" * 27, service.public_id, dana.public_id]
        assert tell(work, ids, Kind.CONNECTOR_OWNER, OWNED) == 1
    assert [mail.address for mail in outbox(kernel)] == ["dana@corp.test"]


def test_a_key_is_used_once_for_each_recipient(kernel: Kernel) -> None:
    dana, erin = person(kernel, "Dana"), person(kernel, "Erin")
    assert told(kernel, dana, once="a") == 1
    assert told(kernel, dana, erin, once="a") == 1
    assert told(kernel, dana, erin, once="b") == 2
    assert told(kernel, dana) + told(kernel, dana) == 2
    assert [mail.once for mail in outbox(kernel)] == ["a", "a", "b", "b", None, None]


def test_the_first_choice_with_somebody_to_reach_is_taken(kernel: Kernel) -> None:
    gone, dana = person(kernel, "Gone", enabled=False).public_id, person(kernel, "Dana").public_id
    admin = administrator(kernel).public_id
    person(kernel, "Left", SUPER_ADMINISTRATOR, enabled=False)
    with kernel.read() as connection:
        assert first_reachable(connection, [gone], [], [gone, dana], [admin]) == [dana]
        assert first_reachable(connection, [gone], []) == [admin]
        assert first_reachable(connection) == [admin]


def test_a_context_without_what_the_template_shows_is_refused(kernel: Kernel) -> None:
    with kernel.work(SYSTEM) as work, pytest.raises(ValueError, match="needs app_id, connector_id"):
        tell(work, [], Kind.CONNECTOR_OWNER, {"by": "Carol", "connector": "Entra"})


def test_every_kind_has_words() -> None:
    assert set(TEMPLATES) == set(Kind)


def test_administrators_read_the_outbox_page_by_page(kernel: Kernel) -> None:
    people = People(kernel, _app(kernel))
    dana = person(kernel, "Dana")
    for _ in range(12):
        told(kernel, dana)
    client = people.session_of(administrator(kernel))
    first = client.get("/api/v1/mails", params={"page_size": 10}).json()
    token = first["nextPageToken"]
    second = client.get("/api/v1/mails", params={"page_size": 10, "page_token": token}).json()
    ids = [mail["id"] for mail in first["list"] + second["list"]]
    assert ids == [mail.id for mail in reversed(outbox(kernel))]
    assert first["list"][0]["state"] == "queued"
    assert first["list"][0]["address"] == "dana@corp.test"
    assert "context" not in first["list"][0]
    assert client.get("/api/v1/mails", params={"state": "failed"}).json()["list"] == []
    assert client.get("/api/v1/mails", params={"state": "lost"}).status_code == 400


def test_metrics_tell_how_much_waits(kernel: Kernel) -> None:
    metrics = Metrics()
    create_app(kernel, metrics)
    told(kernel, person(kernel, "Dana"))
    lines = metrics.text().decode().splitlines()
    assert 'ostiary_mails{state="queued"} 1.0' in lines
    assert 'ostiary_mails{state="failed"} 0.0' in lines


def _app(kernel: Kernel) -> FastAPI:
    return create_app(kernel)


def run(kernel: Kernel, folder: Path, *words: str, **environment: str) -> Result:
    where = {"OSTIARY_DATABASE_URL": kernel.database.url, "OSTIARY_DATA_DIR": str(folder)}
    return CliRunner().invoke(commands, words, env=where | environment)


def test_an_operator_lists_mails_and_why_they_were_not_sent(kernel: Kernel, tmp_path: Path) -> None:
    off = run(kernel, tmp_path, "off")
    assert off.exit_code == 0, off.output
    told(kernel, person(kernel, "Dana"))
    assert run(kernel, tmp_path, "on").exit_code == 0
    listed = run(kernel, tmp_path, "list", "--state", "suppressed", "--json")
    shown: dict[str, Any] = json.loads(listed.stdout)
    assert shown["address"] == "dana@corp.test"
    assert shown["error"] == "mail was switched off by an operator"
    assert "suppressed" in run(kernel, tmp_path, "list").stdout
    with kernel.read() as connection:
        found = connection.exec_driver_sql(
            "SELECT before, after FROM audit_entries WHERE action = 'notify.mail.switch' "
            "ORDER BY sequence"
        ).all()
    assert [tuple(row) for row in found] == [
        ({"on": True}, {"on": False}),
        ({"on": False}, {"on": True}),
    ]
    assert states(kernel) == ["suppressed"]


def test_an_operator_sends_a_test_mail(kernel: Kernel, office: PostOffice, tmp_path: Path) -> None:
    through = {
        "OSTIARY_SMTP_HOST": "127.0.0.1",
        "OSTIARY_SMTP_PORT": str(office.port),
        "OSTIARY_SMTP_SECURITY": "none",
        "OSTIARY_MAIL_FROM": "ostiary@corp.test",
    }
    done = run(kernel, tmp_path, "test", "ada@corp.test", **through)
    assert done.exit_code == 0, done.output
    assert [recipients for recipients, _ in office.received] == [["ada@corp.test"]]
    office.refusals["ada@corp.test"] = "550 no such mailbox"
    refused = run(kernel, tmp_path, "test", "ada@corp.test", **through)
    assert (refused.exit_code, refused.stderr) == (1, "550 no such mailbox\n")
    off = run(kernel, tmp_path, "test", "ada@corp.test")
    assert (off.exit_code, "OSTIARY_SMTP_HOST" in off.stderr) == (1, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"smtp_host": "mail.corp.test"},
        {"smtp_host": "mail.corp.test", "mail_from": "nobody"},
        {"mail_from": "a@corp.test\r\nBcc: b@evil.test"},
        {"smtp_security": "none", "smtp_user": "ostiary"},
        {"base_url": "javascript:alert(1)"},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Settings(**wrong)
