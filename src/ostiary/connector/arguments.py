"""The command line of a connector: flags from its fields, and a few commands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import click

from ostiary.connector.definition import ConnectorDefinition
from ostiary.connector.fields import Field
from ostiary.connector.status import UsageError

COMMANDS = {
    "check": "Try the settings and the credentials, and say what works (--json for programs).",
    "capabilities": "Print what the connector can do, as JSON.",
    "config": "Print the settings it takes, as JSON.",
    "service": "Work for a server; the same as giving --client-id and --client-secret.",
    "health-check": "Ask a running service how it is (--endpoint health, ready or live; "
    "--timeout seconds).",
    "help": "Show this page.",
}


PROBE_OPTIONS = (
    click.Option(
        ["--endpoint", "probe_endpoint"],
        type=click.Choice(["health", "ready", "live"]),
        default="health",
    ),
    click.Option(
        ["--timeout", "probe_timeout"], type=click.FloatRange(min=0, min_open=True), default=5.0
    ),
)

CHECK_OPTIONS = (click.Option(["--json", "check_json"], is_flag=True),)


@dataclass(frozen=True)
class Probe:
    """What `health-check` asks for, and how many seconds it waits."""

    endpoint: str = "health"
    timeout: float = 5.0


@dataclass(frozen=True)
class Arguments:
    """A parsed command line. `command` is "" for a sync, or one of COMMANDS, or "version"."""

    command: str = ""
    flags: dict[str, Sequence[str]] = field(default_factory=dict)
    probe: Probe = Probe()
    json: bool = False
    """Whether `check` answers for programs."""


def parse(definition: ConnectorDefinition, words: Sequence[str]) -> Arguments:
    """`UsageError` for unknown flags and commands."""
    command = _Command(definition, probes="health-check" in words, checks="check" in words)
    spelled = list(_spelled_out(definition.all_fields, words))
    try:
        context = command.make_context(definition.name, spelled)
    except click.UsageError as error:
        raise _usage(definition, error) from error
    given = context.params
    positional: tuple[str, ...] = given.pop("command")
    as_json = bool(given.pop("check_json", False))
    if given.pop("help"):
        return Arguments("help")
    if given.pop("version"):
        return Arguments("version")
    probe = Probe(given.pop("probe_endpoint", "health"), given.pop("probe_timeout", 5.0))
    if len(positional) > 1 or (positional and positional[0] not in COMMANDS):
        raise _unknown_command(definition, positional[-1])
    flags = {_flag(name): values for name, values in given.items() if values}
    return Arguments(positional[0] if positional else "", flags, probe, as_json)


class _Command(click.Command):
    def __init__(self, definition: ConnectorDefinition, *, probes: bool, checks: bool) -> None:
        super().__init__(
            definition.name,
            params=[
                click.Argument(["command"], nargs=-1, required=False),
                *(_option(declared) for declared in definition.all_fields),
                *(PROBE_OPTIONS if probes else ()),
                *(CHECK_OPTIONS if checks else ()),
                click.Option(["--version", "-v"], is_flag=True),
                click.Option(["--help", "-h"], is_flag=True),
            ],
            add_help_option=False,
        )


def _option(declared: Field) -> click.Option:
    names = [f"--{declared.name}", _parameter(declared.name)]
    if declared.short:
        names.append(f"-{declared.short}")
    return click.Option(names, multiple=True, hidden=declared.hidden)


def _parameter(flag: str) -> str:
    return "flag_" + flag.replace("-", "_")


def _flag(parameter: str) -> str:
    return parameter.removeprefix("flag_").replace("_", "-")


def _spelled_out(fields: Sequence[Field], words: Sequence[str]) -> Iterator[str]:
    """A bare boolean flag means true; like Go's flags it never takes the next word."""
    switches = {f"--{declared.name}" for declared in fields if declared.kind == "bool"}
    for word in words:
        yield f"{word}=true" if word in switches else word


def _usage(definition: ConnectorDefinition, error: click.UsageError) -> UsageError:
    if isinstance(error, click.NoSuchOption):
        near = ", ".join(sorted(error.possibilities or ()))
        hint = f"Did you mean {near}?" if near else f"{definition.name} --help lists all flags."
        return UsageError(f"unknown flag: {error.option_name}.", remedy=hint)
    return UsageError(error.format_message(), remedy=f"See {definition.name} --help.")


def _unknown_command(definition: ConnectorDefinition, word: str) -> UsageError:
    """Repeats the word only if it looks like a command: it may be a secret out of place."""
    shown = f" {word!r}" if re.fullmatch(r"[a-z][a-z-]{1,15}", word) else ""
    return UsageError(
        f"unknown command{shown}.",
        remedy=f"{definition.name} knows: {', '.join(COMMANDS)}. Without one it syncs.",
    )
