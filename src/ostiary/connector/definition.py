"""What a connector declares about itself: fields, resource types, and how to open it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from ostiary.baton.pb.connector_v2 import (
    CAPABILITY_SYNC,
    Capability,
    CredentialDetails,
    ResourceType,
)
from ostiary.connector.connector import Connector
from ostiary.connector.context import RunContext
from ostiary.connector.settings import Settings, Value

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


@dataclass(frozen=True)
class ResourceTypeDefinition:
    """A resource type as written to the file, what can be done with it, and what that needs."""

    message: ResourceType
    capabilities: tuple[Capability, ...] = (CAPABILITY_SYNC,)
    permissions: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.message.id


@dataclass(frozen=True, kw_only=True)
class ConnectorDefinition:
    """Everything the runtime needs to offer a connector as a command.

    `open` is entered once per run, after the settings were checked and the state directory locked.
    """

    name: str
    display_name: str
    description: str
    version: str
    resource_types: tuple[ResourceTypeDefinition, ...]
    open: Callable[[Settings, RunContext], AbstractAsyncContextManager[Connector]]
    help_url: str = ""
    icon_url: str = ""
    is_directory: bool = False
    fields: tuple[Field, ...] = ()
    groups: tuple[FieldGroup, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    capabilities: tuple[Capability, ...] = ()
    credential_details: CredentialDetails | None = field(default=None)

    def __post_init__(self) -> None:
        known = {declared.name for declared in self.fields}
        if unknown := sorted(set(self._referenced()) - known):
            raise ValueError(f"{self.name}: groups or constraints name unknown fields {unknown}")

    def type_ids(self) -> frozenset[str]:
        return frozenset(declared.id for declared in self.resource_types)

    def _referenced(self) -> Iterator[str]:
        for group in self.groups:
            yield from (*group.fields, *group.required)
        for constraint in self.constraints:
            yield from (*constraint.fields, *constraint.secondary)
