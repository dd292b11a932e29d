from __future__ import annotations

import json
import logging
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psycopg
import pytest
import structlog
from typer.testing import CliRunner, Result

from ostiary.cli.main import app
from ostiary.server.kernel.postgres import EmbeddedPostgres, PostgresError
from tests.server.kernel.running import command, starting


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Outside of pytest's own folders, which nobody but their owner can pass."""
    with tempfile.TemporaryDirectory(prefix="ostiary-data-") as folder:
        yield Path(folder)


@pytest.fixture
def elsewhere(data_dir: Path, empty_database: str) -> dict[str, str]:
    """Settings for a new server on a database of the operator's."""
    return {"OSTIARY_DATA_DIR": str(data_dir), "OSTIARY_DATABASE_URL": empty_database}


@pytest.fixture
def told() -> Iterator[Callable[..., Result]]:
    """Runs a command that is expected to end at once, in this process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def run(environment: dict[str, str], *words: str) -> Result:
        return CliRunner().invoke(app, words, env=environment)

    yield run
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def is_running(data_dir: Path) -> bool:
    return (data_dir / "postgres" / "data" / "postmaster.pid").exists()


def test_one_command_starts_everything_and_a_signal_ends_it(data_dir: Path) -> None:
    with starting(data_dir, {"OSTIARY_DATA_DIR": str(data_dir)}) as server:
        server.wait_until_it_listens()
        assert any(str(data_dir) in line for line in server.greeting)
        assert server.get("/ready") == (200, {"status": "ready"})
        assert is_running(data_dir)
        assert server.stop() == 0, server.log
    assert not is_running(data_dir)


def test_a_signal_in_the_middle_of_the_first_start_leaves_no_database_running(
    data_dir: Path,
) -> None:
    with starting(data_dir, {"OSTIARY_DATA_DIR": str(data_dir)}) as server:
        while not is_running(data_dir):
            with suppress(subprocess.TimeoutExpired):
                pytest.fail(f"it ended with {server.process.wait(0.05)}: {server.log}")
        assert server.stop() == 0, server.log
        assert server.greeting == []
    assert not is_running(data_dir)


def test_three_processes_that_start_at_once_share_one_database(
    data_dir: Path, elsewhere: dict[str, str]
) -> None:
    with ExitStack() as stack:
        roles = ("all", "web", "worker")
        servers = [
            stack.enter_context(starting(data_dir, elsewhere, "--role", role)) for role in roles
        ]
        for server in servers:
            server.wait_until_it_listens()
        assert [server.get("/ready")[0] for server in servers] == [200, 200, 200]
        assert [server.stop() for server in servers] == [0, 0, 0]
    with psycopg.connect(elsewhere["OSTIARY_DATABASE_URL"]) as connection:
        keys = connection.execute("SELECT count(*) FROM encryption_keys").fetchone()
        versions = connection.execute("SELECT count(*) FROM alembic_version").fetchone()
    assert (keys, versions) == ((1,), (1,))


def test_processes_on_one_data_directory_share_its_database_until_the_last_ends(
    data_dir: Path,
) -> None:
    environment = {"OSTIARY_DATA_DIR": str(data_dir)}
    with (
        starting(data_dir, environment) as first,
        starting(data_dir, environment, "--role", "worker") as second,
    ):
        first.wait_until_it_listens()
        second.wait_until_it_listens()
        assert first.stop() == 0, first.log
        assert is_running(data_dir)
        assert second.get("/ready")[0] == 200
        assert second.stop() == 0, second.log
    assert not is_running(data_dir)


def test_what_was_committed_survives_a_kill(data_dir: Path) -> None:
    environment = {"OSTIARY_DATA_DIR": str(data_dir)}
    with starting(data_dir, environment) as server:
        server.wait_until_it_listens()
        assert command(environment, "keys", "rotate").returncode == 0
        server.signal(signal.SIGKILL)
        server.end()
    assert command(environment, "audit", "verify").returncode == 0
    found = command(environment, "audit", "list", "--action", "kernel", "--json")
    assert json.loads(found.stdout)["action"] == "kernel.encryption_key.rotate"
    assert not is_running(data_dir)


def test_the_first_administrators_link_names_the_port_that_was_free(
    data_dir: Path, elsewhere: dict[str, str]
) -> None:
    with starting(data_dir, elsewhere) as server:
        address = server.wait_until_it_listens()
        assert server.process.stdout
        link = next(line for line in server.process.stdout if "/auth/start#" in line)
        assert link.strip().startswith(f"{address}/auth/start#")
        assert server.stop() == 0, server.log


def test_a_taken_port_is_named_and_nothing_is_left_running(data_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with starting(data_dir, {"OSTIARY_DATA_DIR": str(data_dir)}, "--http-port", port) as server:
            assert server.end() == 1
            assert f"cannot listen on 127.0.0.1:{port}" in server.log
            assert "Traceback" not in server.log
    assert not is_running(data_dir)


@pytest.mark.parametrize(
    ("environment", "words", "status"),
    [
        ({"OSTIARY_HTTP_PORT": "none"}, "OSTIARY_HTTP_PORT: Input should be a valid integer", 2),
        ({"OSTIARY_CONFIG": "/none.toml"}, "OSTIARY_CONFIG names /none.toml", 2),
        (
            {"OSTIARY_DATABASE_URL": "postgresql://x:hunter2@127.0.0.1:1/none"},
            "the database cannot be reached",
            1,
        ),
        ({"OSTIARY_ENCRYPTION_KEY": "hunter2"}, "not base64 of 32 bytes", 1),
    ],
)
def test_a_wrong_setting_is_told_in_a_line_without_its_secrets(
    data_dir: Path,
    told: Callable[..., Result],
    environment: dict[str, str],
    words: str,
    status: int,
) -> None:
    found = told({"OSTIARY_DATA_DIR": str(data_dir), **environment}, "serve")
    assert found.exit_code == status, found.stderr
    assert words in found.stderr
    assert "Traceback" not in found.stderr
    assert "hunter2" not in found.stderr


def test_a_database_of_a_later_version_is_left_alone(
    elsewhere: dict[str, str], told: Callable[..., Result]
) -> None:
    url = elsewhere["OSTIARY_DATABASE_URL"]
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num text PRIMARY KEY)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999_future')")
    found = told(elsewhere, "serve")
    assert found.exit_code == 1
    assert "later version of Ostiary (9999_future)" in found.stderr


@pytest.mark.parametrize("words", [("audit", "verify"), ("keys", "rotate")])
def test_a_command_starts_no_empty_server_by_mistake(
    data_dir: Path, told: Callable[..., Result], words: tuple[str, str]
) -> None:
    found = told({"OSTIARY_DATA_DIR": str(data_dir / "typo")}, *words)
    assert found.exit_code == 1
    assert "no server has run with its data" in found.stderr
    assert list(data_dir.iterdir()) == []


def test_a_file_can_hold_the_settings(data_dir: Path, told: Callable[..., Result]) -> None:
    file = data_dir / "ostiary.toml"
    file.write_text('http_port = "none"\n')
    found = told({"OSTIARY_CONFIG": str(file)}, "serve")
    assert "OSTIARY_HTTP_PORT" in found.stderr


def test_a_start_that_was_killed_half_way_does_not_hinder_the_next(data_dir: Path) -> None:
    (data_dir / "postgres" / "new-left" / "data").mkdir(parents=True)
    (data_dir / "postgres" / "data").mkdir()
    server = EmbeddedPostgres(data_dir / "postgres", {"fsync": "off"})
    server.start()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()


def test_a_data_directory_with_a_long_or_strange_name_works(data_dir: Path) -> None:
    folder = data_dir / ("deep " * 12) / "and 'quoted'" / ("long" * 10)
    server = EmbeddedPostgres(folder, {"fsync": "off"})
    server.start()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        [elsewhere] = connection.execute("SHOW unix_socket_directories").fetchone() or [""]
    assert len(elsewhere) < 100
    assert Path(elsewhere).stat().st_mode & 0o777 == 0o700
    server.stop()
    assert not Path(elsewhere).exists()


def test_a_folder_for_sockets_that_somebody_else_made_is_not_used(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data_dir / "tmp").mkdir()
    (data_dir / "theirs").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(data_dir / "tmp"))
    server = EmbeddedPostgres(data_dir / ("long" * 30))
    Path(server.url().partition("host=")[2]).symlink_to(data_dir / "theirs")
    with pytest.raises(PostgresError, match="belongs to somebody else"):
        server.start()


@pytest.mark.parametrize("name", ["a$(touch x)", 'a"b', "a`b`"])
def test_a_directory_that_a_shell_would_take_apart_is_refused(data_dir: Path, name: str) -> None:
    with pytest.raises(PostgresError, match="cannot work in a directory"):
        EmbeddedPostgres(data_dir / name).start()


def test_data_of_another_postgresql_are_left_alone(data_dir: Path) -> None:
    version = data_dir / "postgres" / "data" / "PG_VERSION"
    version.parent.mkdir(parents=True)
    version.write_text("17\n")
    with pytest.raises(PostgresError, match=r"are of PostgreSQL 17, and this Ostiary has 18"):
        EmbeddedPostgres(data_dir / "postgres").start()
    assert version.read_text() == "17\n"
