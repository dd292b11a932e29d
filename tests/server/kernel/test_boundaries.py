"""Rules of the design that import-linter cannot express."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import ostiary.server

ROOT = Path(ostiary.server.__path__[0])
CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
}
INPUT_AND_OUTPUT = {
    "aiohttp",
    "fastapi",
    "grpc",
    "httpx2",
    "os",
    "pathlib",
    "random",
    "secrets",
    "socket",
    "sqlalchemy",
    "structlog",
    "subprocess",
    "time",
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(ROOT.rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


def calls(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_only_the_clock_tells_the_time() -> None:
    for name, tree in modules():
        if name != "kernel/clock.py":
            assert CLOCKS.isdisjoint(calls(tree)), name


def test_only_the_kernel_commits() -> None:
    for name, tree in modules():
        if not name.startswith("kernel/"):
            ending = {call.rpartition(".")[2] for call in calls(tree)}
            assert ending.isdisjoint({"commit", "begin", "writing"}), name


def test_rules_touch_nothing_outside_of_themselves() -> None:
    for name, tree in modules():
        if "rules" in Path(name).with_suffix("").parts:
            roots = {imported.partition(".")[0] for imported in imports(tree)}
            assert roots.isdisjoint(INPUT_AND_OUTPUT), name


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc", "manager"])
def test_no_module_is_named_for_what_has_no_place(name: str) -> None:
    assert not [path for path in ROOT.rglob(f"{name}*") if path.suffix in {"", ".py"}]
