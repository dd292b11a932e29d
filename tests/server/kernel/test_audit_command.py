from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from ostiary.cli.audit import app
from ostiary.server.kernel.actor import Actor
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel

Command = Callable[..., Result]


@pytest.fixture
def audit(kernel: Kernel, tmp_path: Path) -> Command:
    """`ostiary audit …` on the test's database."""
    environment = {"OSTIARY_DATABASE_URL": kernel.database.url, "OSTIARY_DATA_DIR": str(tmp_path)}

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, words, env=environment)

    return run


@pytest.fixture(autouse=True)
def told(kernel: Kernel, clock: FixedClock) -> None:
    for name, before, after in (
        ("Ada", None, {"displayName": "Mail", "owners": []}),
        ("Bob", {"displayName": "Mail"}, {"displayName": "[red]Post"}),
        ("Ada", {"displayName": "[red]Post"}, None),
    ):
        with kernel.work(Actor("user", f"id-{name}", name)) as work:
            work.audit("catalog.app.change", "app", "app-1", before, after)
        clock.advance(timedelta(days=1))


def test_verify_tells_the_anchor_for_later_runs(audit: Command) -> None:
    first = audit("verify")
    assert first.exit_code == 0
    count, anchor = first.stdout.splitlines()
    assert count.startswith("3 entries")
    assert audit("verify", "--expect", anchor).exit_code == 0


def test_verify_fails_when_the_log_was_changed(audit: Command, kernel: Kernel) -> None:
    with kernel.database.engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(sa.text("UPDATE audit_entries SET actor_name = 'Eve' WHERE sequence=2"))
    found = audit("verify")
    assert found.exit_code == 1
    assert "entry 2 is not what was written" in found.stderr
    assert "NOT whole" in found.stderr


def test_verify_fails_when_the_anchor_is_not_in_the_log(audit: Command) -> None:
    found = audit("verify", "--expect", f"2:{'00' * 32}")
    assert found.exit_code == 1
    assert "is not in the log" in found.stderr


@pytest.mark.parametrize("anchor", ["2", "x:00", "2:xyz"])
def test_what_is_no_anchor_is_refused(audit: Command, anchor: str) -> None:
    assert audit("verify", "--expect", anchor).exit_code == 2


def test_the_list_shows_what_changed_as_it_was_written(audit: Command) -> None:
    text = audit("list", "--limit", "1", "--actor", "Bob").stdout
    for part in ("2026-03-03 09:00:00", "Bob", "app app-1", '"[red]Post"'):
        assert part in " ".join(text.split()).replace('"[red] Post"', '"[red]Post"')


@pytest.mark.parametrize(
    ("words", "sequences"),
    [
        ((), [3, 2, 1]),
        (("--actor", "Bob"), [2]),
        (("--actor", "id-Ada"), [3, 1]),
        (("--action", "catalog"), [3, 2, 1]),
        (("--type", "app", "--object", "app-2"), []),
        (("--since", "2026-03-03"), [3, 2]),
        (("--until", "2026-03-03"), [1]),
        (("--limit", "1"), [3]),
    ],
)
def test_entries_can_be_filtered_and_read_by_scripts(
    audit: Command, words: tuple[str, ...], sequences: list[int]
) -> None:
    lines = audit("list", "--json", *words).stdout.splitlines()
    assert [json.loads(line)["sequence"] for line in lines] == sequences
