"""The demo does what it says, says where it fails, and harms nothing that is not its own."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ostiary.cli.demo import server
from ostiary.cli.demo.changes import Access, Change, make
from ostiary.cli.demo.difference import check_changes
from ostiary.cli.demo.folder import fresh
from ostiary.cli.demo.narrator import StepFailedError
from ostiary.cli.demo.server import stop_database
from ostiary.cli.demo.surroundings import environment, open_port
from ostiary.cli.main import app
from ostiary.tenant.stories import story

COMMAND = [sys.executable, "-m", "ostiary.cli.main", "demo"]
PATIENCE = 600
MISLEADING = {
    "BATON_ENTRA_TENANT_ID": "someone-elses",
    "BATON_SYNC_RESOURCE_TYPES": "group",
    "OSTIARY_DATABASE_URL": "postgresql://production.example/ostiary",
    "OSTIARY_ROLE": "web",
    "PGPORT": "1",
}


@dataclass(frozen=True)
class Run:
    folder: Path
    output: str
    lines: list[str]


@pytest.fixture
def folder() -> Iterator[Path]:
    """For PostgreSQL, which may run under an account that pytest's own folders keep out."""
    with tempfile.TemporaryDirectory(prefix="ostiary-demo-") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def finished() -> Iterator[Run]:
    """A run where an earlier demo was cut short, with settings around that point elsewhere."""
    with tempfile.TemporaryDirectory(prefix="ostiary-demo-") as name:
        yield run_over_an_earlier_one(Path(name))


def run_over_an_earlier_one(folder: Path) -> Run:
    earlier = folder / "demo"
    (earlier / "server").mkdir(parents=True)
    (earlier / "server" / "keys.json").write_bytes(b"torn")
    (earlier / ".ostiary-demo.yaml").touch()
    done = subprocess.run(
        [*COMMAND, "--once"],
        cwd=folder,
        env=os.environ | MISLEADING,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout
    return Run(folder, done.stdout, done.stdout.splitlines())


def test_every_step_is_announced_before_it_is_proven(finished: Run) -> None:
    steps = [line.split()[0] for line in finished.lines if line[1:3] == "/6"]
    assert steps == ["1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]
    assert finished.output.count("The connector reads the tenant.") == 2
    assert "Every user and group is there" in finished.output
    assert "All 5 changes show" in finished.output
    assert "Every step did what it said." in finished.output


def test_the_questions_are_answered_for_now_and_for_before(finished: Run) -> None:
    now, before = finished.output.split("$ ostiary access explain")
    assert "Kira Novak " in now.split("$ ostiary access who")[1]
    assert "Quentin Leroy → SG-Finance (members) → SG-Month-End (members)" in before
    then = before.split("--as-of")[1]
    assert "Alice Marlow " in then
    assert "Kira Novak " not in then


def test_a_pipe_gets_plain_text(finished: Run) -> None:
    assert "\x1b" not in finished.output


def test_the_commands_it_suggests_work_on_what_it_left(
    finished: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(finished.folder)
    after = finished.lines[finished.lines.index("To look around") :]
    suggested = [line.strip() for line in after if line.strip().startswith("$ ostiary")]
    assert len(suggested) == 6
    exported = (finished.folder / "demo" / "environment").read_text().split()[1::2]
    with environment(dict(each.split("=", 1) for each in exported)):
        for line in suggested[:-1]:
            ran = CliRunner().invoke(app, shlex.split(line)[2:])
            assert ran.exit_code == 0, ran.output
            assert ran.output


def test_it_stays_up_until_ctrl_c_and_leaves_nothing_running(folder: Path) -> None:
    with running(folder) as process:
        said = until(process, "Ctrl-C stops everything.")
        link = next(line.strip() for line in said if "/auth/start#" in line)
        with urllib.request.urlopen(link.partition("#")[0], timeout=PATIENCE) as page:
            assert page.status == 200
        drift = next(line for line in said if "ostiary tenant drift" in line)
        ran = CliRunner().invoke(app, shlex.split(drift)[2:])
        assert ran.exit_code == 0, ran.output
        os.killpg(process.pid, signal.SIGINT)
        rest = read(process)
    assert (process.returncode, "Stopped. Nothing of the demo" in rest) == (0, True), rest
    assert at_work_in(folder) == []


def test_ctrl_c_in_the_middle_ends_every_process(folder: Path) -> None:
    with running(folder, "--once") as process:
        until(process, "$ ostiary connectors create")
        os.killpg(process.pid, signal.SIGINT)
        rest = read(process)
    assert "Stopped in step 3/6." in rest
    # CPython ends itself by the signal when that came while it ran a string, as imports do
    assert process.returncode in (130, -signal.SIGINT), rest
    assert at_work_in(folder) == []


def test_a_server_that_does_not_start_is_named_with_its_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "COMMAND", ["/bin/false"])
    ran = CliRunner().invoke(app, ["demo", "--once", "--dir", str(tmp_path)])
    assert ran.exit_code == 1
    assert "Step 2/6 failed: Start the server" in ran.output
    assert "The server ended with exit code 1" in " ".join(ran.output.split())


def test_data_that_no_demo_made_are_left_alone(tmp_path: Path) -> None:
    keys = tmp_path / "server" / "keys.json"
    keys.parent.mkdir()
    keys.write_bytes(b"of production")
    ran = CliRunner().invoke(app, ["demo", "--once", "--dir", str(tmp_path)])
    assert ran.exit_code == 1
    assert "was not made by a demo" in " ".join(ran.output.split())
    assert [path.name for path in tmp_path.iterdir()] == ["server"]
    assert keys.read_bytes() == b"of production"


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    ran = CliRunner().invoke(app, ["demo", "--once", "--dir", str(tmp_path / "taken")])
    assert ran.exit_code == 1
    assert "Name another with --dir." in " ".join(ran.output.split())


def test_two_demos_do_not_share_a_folder(tmp_path: Path) -> None:
    with (
        fresh(tmp_path),
        pytest.raises(StepFailedError, match="Another demo is running"),
        fresh(tmp_path),
    ):
        pass


def test_a_port_that_is_taken_is_replaced(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        assert open_port(taken) not in (0, taken)


def test_a_database_that_a_killed_server_left_is_stopped(folder: Path) -> None:
    killed = (
        "import os; from pathlib import Path\n"
        "from ostiary.server.kernel.postgres import EmbeddedPostgres\n"
        f"EmbeddedPostgres(Path({str(folder)!r}) / 'postgres').start()\n"
        "os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", killed], timeout=PATIENCE).returncode == 9
    process_id = folder / "postgres" / "data" / "postmaster.pid"
    assert process_id.exists()
    stop_database(folder)
    assert not process_id.exists()


def test_a_change_the_server_does_not_show_fails_the_step() -> None:
    made = make(story("small"))
    rows = [row("added", each) for change in made for each in change.comes]
    rows += [row("removed", each) for change in made for each in change.goes]
    check_changes(made, rows)
    renamed = next(change for change in made if change.mark == "~")
    kept = [each for each in rows if each["resource"] != "SG-Month-End"]
    with pytest.raises(StepFailedError, match=r"SG-Nested, .* is renamed SG-Month-End"):
        check_changes(made, kept)
    assert not Change("+", "", comes=renamed.comes).shows(
        [each | {"change": "removed"} for each in rows]
    )


def row(change: str, access: Access) -> dict[str, str]:
    return {
        "change": change,
        "principal": access.person,
        "entitlement": access.entitlement,
        "resource": access.resource,
    }


@contextmanager
def running(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*COMMAND, "--dir", str(folder), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    ) as process:
        yield process


def until(process: subprocess.Popen[str], text: str) -> list[str]:
    """What it says up to there."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if text in line:
            return said
    raise AssertionError("".join(said))


def read(process: subprocess.Popen[str]) -> str:
    """The rest."""
    assert process.stdout is not None
    return process.stdout.read()


def at_work_in(folder: Path) -> list[str]:
    """Command lines and directories of processes that have to do with it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_text().replace("\0", " ")
            place = os.readlink(process / "cwd")
        except OSError:
            continue
        if str(folder) in words + place:
            found.append(f"{words} in {place}")
    return found
