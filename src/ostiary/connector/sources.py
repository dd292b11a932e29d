"""Where settings come from: flags, the environment, a YAML file (protocol reference 4.1)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from ostiary.connector.fields import Field, Value
from ostiary.connector.status import ConnectorError, Status

DEFAULT_FILE = ".baton.yaml"
FILE_VARIABLE = "BATON_CONFIG_PATH"

TRUE = frozenset({"1", "t", "T", "true", "True", "TRUE"})
FALSE = frozenset({"0", "f", "F", "false", "False", "FALSE"})


@dataclass(frozen=True)
class Document:
    """A parsed configuration file; empty when there is none."""

    path: Path
    values: Mapping[str, object]


@dataclass(frozen=True)
class Given:
    """A value as someone wrote it, and where: `--name`, `BATON_NAME`, or a file's `name`."""

    raw: object
    origin: str


def load_document(environment: Mapping[str, str], folder: Path) -> Document:
    """The file BATON_CONFIG_PATH names, else `.baton.yaml` in `folder` if there is one."""
    named = environment.get(FILE_VARIABLE, "")
    path = folder / (named or DEFAULT_FILE)
    if not named and not path.exists():
        return Document(path, {})
    if path.suffix not in (".yaml", ".yml"):
        raise _unusable(path, "its name must end in .yaml or .yml")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _unusable(path, _place(error)) from error
    if content is None:
        return Document(path, {})
    if not isinstance(content, dict):
        raise _unusable(path, "it must hold `name: value` lines")
    return Document(path, {str(name): value for name, value in content.items()})


def find(
    declared: Field,
    flags: Mapping[str, Sequence[str]],
    environment: Mapping[str, str],
    document: Document,
) -> Given | None:
    """The value with the highest rank: flag, then environment, then file. Empty variables and
    keys without a value count as absent."""
    if words := flags.get(declared.name):
        raw = list(words) if declared.kind == "strings" else words[-1]
        return Given(raw, f"--{declared.name}")
    if text := environment.get(declared.env, ""):
        return Given(text, declared.env)
    if (value := document.values.get(declared.name)) is not None:
        return Given(value, f"{declared.name} in {document.path}")
    return None


def convert(declared: Field, given: Given) -> Value:
    """The typed value; `ValueError` tells what is wrong without repeating a secret."""
    value = _typed(declared, given)
    if declared.choices and value not in ("", *declared.choices):
        raise ValueError(f"{_quoted(declared, given)} is not one of {', '.join(declared.choices)}")
    if isinstance(value, int) and not isinstance(value, bool):
        _check_range(declared, given, value)
    return value


def _typed(declared: Field, given: Given) -> Value:
    raw = given.raw
    if declared.kind == "strings":
        return tuple(_words(raw))
    if isinstance(raw, list | dict):
        raise ValueError(f"{given.origin} must be a single value")
    text = _text(raw)
    if declared.kind == "bool":
        if text not in TRUE | FALSE:
            raise ValueError(f"{_quoted(declared, given)} is neither true nor false")
        return text in TRUE
    if declared.kind == "int":
        try:
            return int(text)
        except ValueError:
            raise ValueError(f"{_quoted(declared, given)} is not a whole number") from None
    return text.rstrip("\r\n")  # what `echo secret | base64` leaves in a Kubernetes Secret


def _check_range(declared: Field, given: Given, value: int) -> None:
    low, high = declared.minimum, declared.maximum
    if low is not None and value < low:
        raise ValueError(f"{_quoted(declared, given)} is less than {low}")
    if high is not None and value > high:
        raise ValueError(f"{_quoted(declared, given)} is more than {high}")


def _words(raw: object) -> Iterator[str]:
    entries: Iterable[object] = raw if isinstance(raw, list) else [raw]
    for row in csv.reader(_text(entry) for entry in entries):
        yield from (word.strip() for word in row if word.strip())


def _text(raw: object) -> str:
    return str(raw).lower() if isinstance(raw, bool) else str(raw)


def _quoted(declared: Field, given: Given) -> str:
    return given.origin if declared.secret else f"{given.origin}={_text(given.raw)}"


def _place(error: yaml.YAMLError | UnicodeDecodeError) -> str:
    """Where a file is broken, without quoting it: the line may hold a secret."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 1} is not YAML"
    return "it is not YAML text"


def _unusable(path: Path, reason: str) -> ConnectorError:
    return ConnectorError(
        Status.INVALID_ARGUMENT,
        f"The configuration file {path} cannot be used: {reason}.",
        remedy=f"Mend the file, or name another with {FILE_VARIABLE}.",
    )
