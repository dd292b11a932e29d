"""What a path names a resource by: `…/{resource_type_id}/…/{resource_id}` of an app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends


@dataclass(frozen=True)
class ResourcePath:
    app_id: str
    resource_type_id: str
    resource_id: str


ResourceOf = Annotated[ResourcePath, Depends()]
"""For the signature of a route."""
