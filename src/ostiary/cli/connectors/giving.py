"""Settings as an operator gives them: on the command line, but secrets from elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import typer

from ostiary.server.connectors.configuration.names import AUTH_METHOD, own_names
from ostiary.server.connectors.configuration.rules import group_of
from ostiary.server.connectors.configuration.schema import Schema, is_secret
from ostiary.server.connectors.configuration.values import INLINE
from ostiary.server.connectors.programs.starting import variable
from ostiary.server.kernel.errors import invalid


def given_settings(
    schema: Schema,
    prefix: str,
    words: Sequence[str],
    files: Sequence[str],
    stored: Mapping[str, str],
) -> dict[str, str]:
    """`words` and `files` are NAME=VALUE and NAME=PATH. Secrets come from files, from the
    variables that the connector itself reads (BATON_...), or are asked for at a terminal.

    AppError for a secret among the words: others can read a command line.
    """
    given = own_names(dict(_pairs(words)), schema.fields, prefix)
    for name in given:
        if name in schema.fields and is_secret(schema.fields[name]):
            raise invalid(
                f"{name} does not belong on a command line, which others can read: set "
                f"{variable(name)}, give --from-file {name}=PATH, or wait to be asked."
            )
    paths = own_names(dict(_pairs(files)), schema.fields, prefix)
    given |= {name: _content(name, path) for name, path in paths.items()}
    present = {**stored, **given}
    for name in _secrets(schema, group_of(schema, present)):
        if name not in present and (secret := _from_elsewhere(schema, name)):
            given[name] = secret
    return given


def _pairs(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise invalid("A setting is given as NAME=VALUE.")
        yield name, value


def _secrets(schema: Schema, group: str) -> list[str]:
    """Those that can be typed; files are named."""
    foreign = schema.foreign_to(group)
    return [
        name
        for name, field in schema.fields.items()
        if field.is_secret and name not in foreign and name != AUTH_METHOD
    ]


def _from_elsewhere(schema: Schema, name: str) -> str:
    if held := os.environ.get(variable(name)):
        return held
    if not sys.stdin.isatty():
        return ""
    label = schema.fields[name].display_name or name
    answer: str = typer.prompt(label, default="", hide_input=True, show_default=False, err=True)
    return answer


def _content(name: str, path: str) -> str:
    try:
        text = Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise invalid(f"{path}, which is to hold {name}, cannot be read: {error}") from error
    return text if text.startswith(INLINE) else text.strip()
