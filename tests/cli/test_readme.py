"""The README says what the programs really take."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from ostiary.cli.demo.next_steps import permissions
from ostiary.cli.main import app
from ostiary.entra.definition import DEFINITION
from ostiary.entra.types import RESOURCE_TYPES
from tests.cli.server_settings import SETTINGS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OSTIARY: Any = typer.main.get_command(app)
NOT_IN_README = {"skip-entitlements-and-grants"}
"""What only `baton-microsoft-entra help` tells of."""


def commands() -> list[str]:
    """Lines of the README that a shell would hand to `ostiary`, without comments."""
    lines = (line.strip() for line in README.splitlines())
    return [line.partition("  #")[0].strip() for line in lines if line.startswith("ostiary ")]


def every_command(command: Any) -> Iterator[Any]:
    yield command
    if isinstance(command, TyperGroup):
        context = typer.Context(command)
        for name in command.list_commands(context):
            yield from every_command(command.get_command(context, name))


def flags_of(command: Any) -> set[str]:
    return {flag for each in command.params for flag in (*each.opts, *each.secondary_opts)}


def test_it_names_every_permission_that_is_needed() -> None:
    assert [name for name in permissions() if f"`{name}`" not in README] == []


def test_it_names_every_resource_type() -> None:
    assert [name for name in RESOURCE_TYPES if f"| `{name}` |" not in README] == []


def test_it_explains_every_option_people_see() -> None:
    shown = {field for field in DEFINITION.all_fields if not field.hidden}
    missing = {
        field.name
        for field in shown
        if not re.search(rf"--{field.name}(?![\w-])", README) and field.env not in README
    }
    assert missing == NOT_IN_README


def test_it_names_no_flag_that_does_not_exist() -> None:
    flags = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) - {"--help"}
    ours = {flag for command in every_command(OSTIARY) for flag in flags_of(command)}
    assert flags - {f"--{field.name}" for field in DEFINITION.all_fields} - ours == set()


def test_it_names_no_setting_of_the_server_that_does_not_exist() -> None:
    assert set(re.findall(r"OSTIARY_[A-Z_]*[A-Z]", README)) - SETTINGS == set()


@pytest.mark.parametrize("line", commands())
def test_its_commands_are_taken_as_they_stand(line: str) -> None:
    """As far as a command line can be judged: names, flags, and how many arguments."""
    command, words = OSTIARY, shlex.split(re.sub(r"<[^>]+>", "placeholder", line))[1:]
    while isinstance(command, TyperGroup):
        command, words = command.get_command(typer.Context(command), words[0]), words[1:]
        assert command is not None, line
    with command.make_context("ostiary", words):
        pass


def test_its_commands_are_all_of_the_servers() -> None:
    named = {line.split()[1] for line in commands()}
    assert named >= {"serve", "connectors", "access", "people", "apps", "mail", "audit"}


def test_its_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)]+)\)", README) + re.findall(r'src="([^"]+)"', README)
    local = [target for target in targets if "://" not in target and target[0] != "#"]
    assert local
    assert [target for target in local if not (ROOT / target).exists()] == []


def test_its_links_to_itself_lead_to_headings() -> None:
    headings = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}
    named = re.findall(r"\]\(#([^)]+)\)", README)
    assert named
    assert set(named) - anchors == set()
