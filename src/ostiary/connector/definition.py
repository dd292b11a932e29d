"""What a connector declares about itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from ostiary.baton.pb.connector_v2 import (
    CAPABILITY_SYNC,
    Capability,
    CredentialDetails,
    ResourceType,
)
from ostiary.connector.connector import Connector
from ostiary.connector.context import RunContext
from ostiary.connector.fields import Constraint as Constraint
from ostiary.connector.fields import ConstraintKind as ConstraintKind
from ostiary.connector.fields import Field as Field
from ostiary.connector.fields import FieldGroup as FieldGroup
from ostiary.connector.runtime_fields import RUNTIME_FIELDS
from ostiary.connector.settings import Settings


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
        names = [declared.name for declared in self.all_fields]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"{self.name}: fields declared twice: {twice}")
        if unknown := sorted(set(self._referenced()) - set(names)):
            raise ValueError(f"{self.name}: groups or constraints name unknown fields: {unknown}")

    @property
    def all_fields(self) -> tuple[Field, ...]:
        """The runtime's fields, then the connector's own."""
        return (*RUNTIME_FIELDS, *self.fields)

    @property
    def type_ids(self) -> frozenset[str]:
        return frozenset(declared.id for declared in self.resource_types)

    def _referenced(self) -> Iterator[str]:
        for group in self.groups:
            yield from (*group.fields, *group.required)
        for constraint in self.constraints:
            yield from (*constraint.fields, *constraint.secondary)
