"""Who does something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["user", "service_principal", "connector", "operator", "system"]


@dataclass(frozen=True)
class Actor:
    """`id` is the public id of a person, credential or connector; an operator is at the console."""

    kind: ActorKind
    id: str
    name: str = ""


SYSTEM = Actor("system", "system", "Ostiary")
