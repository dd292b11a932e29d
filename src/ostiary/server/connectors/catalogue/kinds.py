"""Kinds of connectors: those that this server can run itself, and the one that others run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ostiary.server.kernel.settings import Settings

SELF_HOSTED: Final = "2HErg7BRmNdHgX8sTCWVq4E1fyh"
ENTRA: Final = "2UUdYir252rR6PVSASeUFNaJOIB"
"""What C1's catalogue calls these kinds (c1-api reference 3.1)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`program` is a path or a name, empty where somebody else runs it. Clients of C1 put
    `prefix` before the names of fields that the program calls without it."""

    catalog_id: str
    name: str
    display_name: str
    program: str = ""
    prefix: str = ""

    @property
    def hosted(self) -> bool:
        return bool(self.program)


BUILT_IN: Final = (
    Kind(ENTRA, "microsoft-entra", "Microsoft Entra ID", "baton-microsoft-entra", "entra"),
    Kind(SELF_HOSTED, "baton", "Baton (self-hosted)"),
)


def kinds(settings: Settings) -> Iterator[Kind]:
    """Those built in, with the programs that the operator names for them, then the operator's."""
    programs = dict(settings.connector_programs)
    for kind in BUILT_IN:
        named = programs.pop(kind.name, None) or programs.pop(kind.catalog_id, None)
        yield kind if named is None else _run_by(kind, named)
    for name, program in sorted(programs.items()):
        yield Kind(name, name, name, program)


def find_kind(settings: Settings, name: str) -> Kind | None:
    """By catalogue id or by name."""
    return next((kind for kind in kinds(settings) if name in (kind.catalog_id, kind.name)), None)


def _run_by(kind: Kind, program: str) -> Kind:
    return Kind(kind.catalog_id, kind.name, kind.display_name, program, kind.prefix)
