from __future__ import annotations

from tests.server.kernel.running import command


def test_reading_a_file_loads_no_server() -> None:
    found = command({"PYTHONPROFILEIMPORTTIME": "1"}, "c1z", "--help")
    assert found.returncode == 0
    assert "ostiary.cli.c1z" in found.stderr
    assert not any(name in found.stderr for name in ("ostiary.server", "sqlalchemy", "fastapi"))


def test_help_lists_the_commands_of_the_server() -> None:
    found = command({}, "--help")
    assert all(f" {name} " in found.stdout for name in ("serve", "audit", "keys", "c1z", "demo"))
