"""The demo does what it says, says where it fails, and harms nothing that is not its own."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ostiary.baton.c1z import C1zReader
from ostiary.cli.demo import programs
from ostiary.cli.demo.changes import make
from ostiary.cli.demo.comparison import Cost, compare
from ostiary.cli.demo.contents import Contents
from ostiary.cli.demo.folder import fresh
from ostiary.cli.demo.narrator import Narrator, StepFailedError
from ostiary.cli.main import app
from ostiary.tenant.stories import story

COMMAND = [sys.executable, "-m", "ostiary.cli.main", "demo", "--once"]
MISLEADING = {"BATON_ENTRA_TENANT_ID": "someone-elses", "BATON_SYNC_RESOURCE_TYPES": "group"}


@dataclass(frozen=True)
class Run:
    folder: Path
    output: str
    lines: list[str]

    @property
    def file(self) -> Path:
        return self.folder / "demo" / "sync.c1z"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run where an earlier demo was cut short, with settings around that point elsewhere."""
    folder = tmp_path_factory.mktemp("clone")
    (folder / ".baton.yaml").write_text("entra-client-secret: of-production\n")
    earlier = folder / "demo"
    (earlier / ".sync.c1z.state").mkdir(parents=True)
    (earlier / ".sync.c1z.state" / "tenant.sqlite").write_bytes(b"torn")
    (earlier / ".ostiary-demo.yaml").touch()
    (earlier / "sync.c1z").write_bytes(b"torn")
    done = subprocess.run(
        COMMAND,
        cwd=folder,
        env=os.environ | MISLEADING,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout
    return Run(folder, done.stdout, done.stdout.splitlines())


def test_every_step_is_announced_before_it_is_proven(finished: Run) -> None:
    steps = [line.split()[0] for line in finished.lines if line[1:3] == "/6"]
    assert steps == ["1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]
    assert finished.output.count("Microsoft Entra ID is synced in") == 2
    assert "All 5 changes are in the file." in finished.output
    assert "Every step did what it said." in finished.output


def test_both_syncs_are_in_the_file_and_only_the_second_knows_the_changes(finished: Run) -> None:
    before, after = (names(finished.file, sync) for sync in syncs(finished.file))
    assert after - before == {"Nadia Benali", "SG-Month-End"}
    assert before - after == {"Dave Quinn", "SG-Nested"}


def test_the_explained_path_goes_through_the_inner_group(finished: Run) -> None:
    assert "Quentin Leroy, through SG-Finance, inside SG-Month-End, holds" in finished.output


def test_a_pipe_gets_plain_text(finished: Run) -> None:
    assert "\x1b" not in finished.output


def test_the_commands_it_suggests_work(finished: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(finished.folder)
    suggested = [
        line.strip() for line in finished.lines if line.strip().startswith("$ ostiary c1z")
    ]
    assert len(suggested) == 5
    for line in suggested:
        ran = CliRunner().invoke(app, shlex.split(line)[2:])
        assert ran.exit_code == 0, ran.output
        assert ran.output


def test_ctrl_c_ends_both_processes_and_leaves_no_file(tmp_path: Path) -> None:
    command = [*COMMAND, "--dir", str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, process_group=0
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "$ baton-microsoft-entra" in line:
                break
        os.killpg(process.pid, signal.SIGINT)
        rest = process.stdout.read()
    assert process.returncode == 130
    assert "Stopped in step 2/6." in rest
    assert not (tmp_path / "sync.c1z").exists()


def test_a_failing_connector_is_named_with_its_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "_installed", lambda name: Path("/bin/false"))
    ran = CliRunner().invoke(app, ["demo", "--once", "--dir", str(tmp_path)])
    assert ran.exit_code == 1
    assert "Step 2/6 failed: Sync it into" in ran.output
    assert "The connector ended with exit code 1" in " ".join(ran.output.split())


def test_a_file_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "sync.c1z"
    file.write_bytes(b"from production")
    ran = CliRunner().invoke(app, ["demo", "--once", "--dir", str(tmp_path)])
    assert ran.exit_code == 1
    assert "was not made by a demo" in " ".join(ran.output.split())
    assert [path.name for path in tmp_path.iterdir()] == ["sync.c1z"]
    assert file.read_bytes() == b"from production"


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


SYNC = Contents("first", resources=2, entitlements=1, grants=1, facts=frozenset({"a", "b"}))


def test_a_change_the_file_does_not_show_fails_the_step() -> None:
    made = make(story("small"))
    assert len(made) == 5
    facts = SYNC.facts | set().union(*(change.appears for change in made[:-1]))
    gone = set().union(*(change.disappears for change in made))
    before = replace(SYNC, facts=SYNC.facts | gone)
    after = replace(SYNC, sync_id="second", facts=facts)
    with pytest.raises(StepFailedError, match=r"SG-Nested, .* is renamed SG-Month-End"):
        compare(Narrator(1), (Cost(8, 15), before), (Cost(6, 11), after), made, 10)


@pytest.mark.parametrize("cost", [Cost(11, 11), Cost(8, 15)])
def test_a_second_sync_that_is_not_cheaper_fails_the_step(cost: Cost) -> None:
    after = replace(SYNC, sync_id="second")
    with pytest.raises(StepFailedError, match="should take fewer, and at most 10"):
        compare(Narrator(1), (Cost(8, 15), SYNC), (cost, after), [], 10)


def test_a_second_run_without_a_sync_of_its_own_fails_the_step() -> None:
    with pytest.raises(StepFailedError, match="no sync of its own"):
        compare(Narrator(1), (Cost(8, 15), SYNC), (Cost(6, 11), SYNC), [], 10)


def syncs(file: Path) -> list[str]:
    with C1zReader(file) as reader:
        return [run.sync_id for run in sorted(reader.syncs, key=lambda run: run.started_at)]


def names(file: Path, sync_id: str) -> set[str]:
    with C1zReader(file, sync_id=sync_id) as reader:
        return set(_names(reader))


def _names(reader: C1zReader) -> Iterator[str]:
    for kind in ("user", "group"):
        for resource in reader.resources(resource_type=kind):
            yield resource.display_name
