"""The connector as a process of its own: signals, locks, terminals."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ostiary.connector.status import Status
from tests.connector.fake import CREDENTIALS
from tests.connector.running import Runner, read

REPOSITORY = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "tests.connector.fake"]
INHERITED = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


@contextmanager
def paused(file: Path, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """A run that has begun to collect and waits."""
    environment = INHERITED | CREDENTIALS | {"FAKE_PAUSE": "1", **variables}
    with subprocess.Popen(
        [*COMMAND, "--file", str(file)],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "collecting\n"
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_run_and_leaves_nothing_behind(
    tmp_path: Path, number: signal.Signals
) -> None:
    file = tmp_path / "out.c1z"
    with paused(file) as process:
        process.send_signal(number)
        out, err = process.communicate()
    assert process.returncode == Status.CANCELED
    assert out == ""
    last = json.loads(err.splitlines()[-1])
    assert last["code"] == "Canceled"
    assert "nothing was written" in last["msg"]
    assert [path.name for path in tmp_path.iterdir()] == [".out.c1z.state"]


def test_a_killed_run_neither_locks_nor_spoils_the_next_one(runner: Runner) -> None:
    with paused(runner.file) as process:
        process.kill()
        process.communicate()
    assert [path.name for path in runner.folder.iterdir()] == [".out.c1z.state"]
    assert runner().code == 0


def test_a_second_run_on_the_same_state_is_refused_and_names_the_first(runner: Runner) -> None:
    with paused(runner.file) as process:
        ran = runner()
        assert ran.code == Status.FAILED_PRECONDITION
        assert f"process {process.pid}" in ran.last["msg"]
        assert "--state-dir" in ran.last["remedy"]
        elsewhere = runner("--state-dir", str(runner.folder / "other"))
        assert elsewhere.code == 0


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder nobody can write to")
def test_an_output_folder_that_cannot_be_written_is_found_at_once(runner: Runner) -> None:
    ran = runner("--file", "/proc/out.c1z", "--state-dir", str(runner.folder))
    assert ran.code == Status.FAILED_PRECONDITION
    assert "/proc/out.c1z failed" in ran.last["msg"]


def on_a_terminal(*words: str, **variables: str) -> tuple[int, str, str]:
    """Exit code, standard output, and what a terminal on standard error was sent."""
    master, slave = os.openpty()
    environment = INHERITED | CREDENTIALS | {"TERM": "xterm", "COLUMNS": "100", **variables}
    with subprocess.Popen(
        [*COMMAND, *words],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=slave,
    ) as process:
        os.close(slave)
        shown = b"".join(iter(lambda: _read(master), b""))
        assert process.stdout is not None
        out = process.stdout.read().decode()
    os.close(master)
    return process.returncode, out, shown.decode()


def _read(descriptor: int) -> bytes:
    """Linux answers EIO when the other end of a terminal is closed."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


COLOR = re.compile(r"\x1b\[[0-9;]*m")
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def test_a_terminal_shows_progress_and_a_summary(tmp_path: Path) -> None:
    file = tmp_path / "out.c1z"
    code, out, shown = on_a_terminal("--file", str(file))
    assert (code, out) == (0, "")
    plain = ESCAPE.sub("", shown)
    assert "people" in plain
    assert "✓ done" in plain
    assert f"✓ Fake is synced in 0.0 s: {file}" in re.sub(r"\d+\.\d s", "0.0 s", plain)
    assert "5 more grants follow through groups." in plain
    assert "Waited once because the source asked to: 4.0 s in all." in plain
    assert "2 devices: no accounts" in plain
    assert '{"level"' not in plain
    assert COLOR.search(shown)
    assert len(read(file).resources) == 8


def test_no_color_means_no_color(tmp_path: Path) -> None:
    _, _, shown = on_a_terminal("--file", str(tmp_path / "out.c1z"), NO_COLOR="1")
    assert "is synced" in shown
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", shown)


def test_an_error_on_a_terminal_says_what_to_do(tmp_path: Path) -> None:
    code, _, shown = on_a_terminal("--file", str(tmp_path / "no" / "out.c1z"))
    assert code == Status.FAILED_PRECONDITION
    plain = ESCAPE.sub("", shown)
    assert "Error: " in plain
    assert "Create the folder, or name another file with --file." in plain


def test_without_a_terminal_the_console_format_is_plain(runner: Runner) -> None:
    ran = runner("--log-format", "console")
    assert "Fake is synced" in ran.err
    assert "\x1b" not in ran.err
