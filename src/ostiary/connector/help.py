"""The page that `--help` shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ostiary.connector.arguments import COMMANDS
from ostiary.connector.definition import ConnectorDefinition
from ostiary.connector.fields import Field, FieldGroup
from ostiary.connector.resolve import own_fields

METAVARS = {"string": "TEXT", "file": "PATH", "int": "NUMBER", "strings": "LIST", "bool": ""}
WIDEST = 100
WIDEST_NAME = 36

PRECEDENCE = (
    "A flag wins over its environment variable, which wins over the YAML file: .baton.yaml in "
    "the working directory, or the one BATON_CONFIG_PATH names."
)

Rows = Iterable[tuple[str, str]]


def show_help(definition: ConnectorDefinition, console: Console) -> None:
    """Every flag that is not hidden, with its environment variable."""
    width = min(console.width, WIDEST)
    console.print(f"Usage: {definition.name} [FLAGS] [COMMAND]", markup=False, width=width)
    console.print(Text(f"\n{definition.description}"), width=width)
    if definition.help_url:
        console.print(Text(definition.help_url), soft_wrap=True)
    for title, rows in _sections(definition):
        console.print(Text(f"\n{title}:", style="bold"))
        console.print(_listing(rows), width=width)
    console.print(Text(f"\n{PRECEDENCE}"), width=width)


def _sections(definition: ConnectorDefinition) -> Iterator[tuple[str, Rows]]:
    yield "Commands", [("(none)", "Sync into a file."), *COMMANDS.items()]
    groups = definition.groups
    if groups:
        title = "Ways to authenticate, picked by what is given or by --auth-method"
        yield title, [_way(definition, group) for group in groups]
    own = {name for group in groups for name in own_fields(group, groups)}
    shown = [declared for declared in definition.all_fields if not declared.hidden]
    names = {declared.name for declared in definition.fields}
    general = names - own
    yield definition.display_name, _rows(f for f in shown if f.name in general)
    for group in groups:
        if rows := _rows(f for f in shown if f.name in own_fields(group, groups)):
            yield f"For {group.name}", rows
    yield "Every connector", _rows(f for f in shown if f.name not in names)


def _way(definition: ConnectorDefinition, group: FieldGroup) -> tuple[str, str]:
    always = {declared.name for declared in definition.fields if declared.required}
    needed = dict.fromkeys((*(n for n in group.fields if n in always), *group.required))
    words = f"{group.help.rstrip('.')}."
    if needed:
        words += f" Needs {', '.join(f'--{name}' for name in needed)}."
    return group.name, words


def _rows(fields: Iterable[Field]) -> list[tuple[str, str]]:
    return [(_name(declared), f"{declared.description} {_facts(declared)}") for declared in fields]


def _name(declared: Field) -> str:
    short = f"-{declared.short}, " if declared.short else ""
    return f"{short}--{declared.name} {METAVARS[declared.kind]}".rstrip()


def _facts(declared: Field) -> str:
    facts = [declared.env]
    if declared.required:
        facts.append("required")
    if declared.choices:
        facts.append(f"one of {', '.join(declared.choices)}")
    if declared.initial != declared.empty:
        facts.append(f"default {declared.initial}")
    return f"[{'; '.join(facts)}]"


def _listing(rows: Rows) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(max_width=WIDEST_NAME, overflow="fold")
    table.add_column()
    for name, words in rows:
        table.add_row(Text(f"  {name}"), Text(words.strip()))
    return table
