"""Settings as they are declared: fields, groups of them, and rules between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

Value = str | bool | int | tuple[str, ...]
"""What a field can hold. An empty string, 0, False and () mean "not given"."""

Kind = Literal["string", "bool", "int", "strings", "file"]
"""`strings` is a comma separated list; `file` is a path here and an upload in a web form."""

EMPTY: dict[Kind, Value] = {"string": "", "bool": False, "int": 0, "strings": (), "file": ""}


@dataclass(frozen=True)
class Field:
    """One setting: flag `--name`, environment `BATON_NAME`, YAML key `name`, `config` field.

    `ops` marks what the operator of the process sets rather than who fills in the form;
    `exported` is False for flags that only make sense on a command line.
    """

    name: str
    display_name: str = ""
    description: str = ""
    kind: Kind = "string"
    default: Value | None = None
    required: bool = False
    secret: bool = False
    hidden: bool = False
    placeholder: str = ""
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    allowed_extensions: tuple[str, ...] = ()
    short: str = ""
    ops: bool = False
    exported: bool = True

    @property
    def env(self) -> str:
        return "BATON_" + self.name.upper().replace("-", "_")

    @property
    def empty(self) -> Value:
        return EMPTY[self.kind]

    @property
    def initial(self) -> Value:
        """The value when nobody gives one."""
        return self.empty if self.default is None else self.default


@dataclass(frozen=True)
class FieldGroup:
    """One of several exclusive ways to authenticate, picked by `--auth-method` or by what is given.

    `fields` lists every field that belongs to this way; `required` those without which it cannot
    work (a field marked `required` is required in every group that lists it).
    """

    name: str
    display_name: str
    help: str
    fields: tuple[str, ...]
    required: tuple[str, ...] = ()
    default: bool = False


class ConstraintKind(Enum):
    REQUIRED_TOGETHER = 1
    AT_LEAST_ONE = 2
    MUTUALLY_EXCLUSIVE = 3
    DEPENDENT_ON = 4


@dataclass(frozen=True)
class Constraint:
    """A rule between fields; with DEPENDENT_ON, `fields` need all of `secondary`."""

    kind: ConstraintKind
    fields: tuple[str, ...]
    secondary: tuple[str, ...] = ()
