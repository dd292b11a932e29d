"""The command line of a connector: flags from its fields, help, version."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import click

from ostiary.connector.definition import ConnectorDefinition
from ostiary.connector.fields import Field, FieldGroup
from ostiary.connector.resolve import own_fields
from ostiary.connector.status import UsageError

COMMANDS = {
    "capabilities": "Print what the connector can do, as JSON.",
    "config": "Print the settings it takes, as JSON.",
    "help": "Show this page.",
}

METAVARS = {"string": "TEXT", "file": "PATH", "int": "NUMBER", "strings": "LIST", "bool": ""}


@dataclass(frozen=True)
class Arguments:
    """A parsed command line. `command` is "" for a sync; `text` is to be printed, and then the
    process ends."""

    command: str = ""
    flags: dict[str, Sequence[str]] = field(default_factory=dict)
    text: str = ""


def parse(definition: ConnectorDefinition, words: Sequence[str]) -> Arguments:
    """`UsageError` for unknown flags and commands."""
    command = _Command(definition)
    spelled = list(_spelled_out(definition.all_fields, words))
    try:
        context = command.make_context(definition.name, spelled)
    except click.UsageError as error:
        raise _usage(definition, error) from error
    given = context.params
    positional: tuple[str, ...] = given.pop("command")
    if given.pop("help") or positional == ("help",):
        return Arguments(text=command.get_help(context))
    if given.pop("version"):
        return Arguments(text=f"{definition.name} version {definition.version}")
    if len(positional) > 1 or (positional and positional[0] not in COMMANDS):
        raise _unknown_command(definition, positional[-1])
    flags = {_flag(name): values for name, values in given.items() if values}
    return Arguments(command=positional[0] if positional else "", flags=flags)


class _Command(click.Command):
    def __init__(self, definition: ConnectorDefinition) -> None:
        super().__init__(
            definition.name,
            params=[
                click.Argument(["command"], nargs=-1, required=False),
                *(_option(declared) for declared in definition.all_fields),
                click.Option(["--version", "-v"], is_flag=True),
                click.Option(["--help", "-h"], is_flag=True),
            ],
            add_help_option=False,
            context_settings={"max_content_width": 100, "auto_envvar_prefix": None},
        )
        self.definition = definition

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        definition = self.definition
        formatter.write_usage(definition.name, "[FLAGS] [COMMAND]")
        formatter.write_paragraph()
        formatter.write_text(definition.description)
        if definition.help_url:
            formatter.write_text(definition.help_url)
        with formatter.section("Commands"):
            formatter.write_dl([("(none)", "Sync into a file."), *COMMANDS.items()])
        for title, rows in _sections(definition):
            with formatter.section(title):
                formatter.write_dl([_row(declared) for declared in rows])
        formatter.write_paragraph()
        formatter.write_text(
            "A flag wins over its environment variable, which wins over the YAML file: "
            ".baton.yaml in the working directory, or the one BATON_CONFIG_PATH names."
        )


def _sections(definition: ConnectorDefinition) -> Iterator[tuple[str, list[Field]]]:
    groups = definition.groups
    own = {name for group in groups for name in own_fields(group, groups)}
    fields = {declared.name: declared for declared in definition.fields if not declared.hidden}
    if general := [declared for name, declared in fields.items() if name not in own]:
        yield definition.display_name, general
    for group in groups:
        if rows := [fields[name] for name in own_fields(group, groups) if name in fields]:
            yield _heading(group), rows
    connector_names = {declared.name for declared in definition.fields}
    yield (
        "Every connector",
        [
            declared
            for declared in definition.all_fields
            if declared.name not in connector_names and not declared.hidden
        ],
    )


def _heading(group: FieldGroup) -> str:
    return f"{group.display_name} (--auth-method {group.name})"


def _row(declared: Field) -> tuple[str, str]:
    short = f"-{declared.short}, " if declared.short else ""
    facts = [declared.env]
    if declared.required:
        facts.append("required")
    if declared.choices:
        facts.append(f"one of {', '.join(declared.choices)}")
    if declared.initial != declared.empty:
        facts.append(f"default {declared.initial}")
    name = f"{short}--{declared.name} {METAVARS[declared.kind]}".rstrip()
    return name, f"{declared.description} [{'; '.join(facts)}]".lstrip()


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
