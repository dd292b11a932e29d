"""The tenant image: a local mirror of what Graph told us, so that later syncs ask for changes.

Each page is applied in one transaction with the link to the next, so the image is always a state
Graph described, whatever is killed. Losing it costs a full sync, never a wrong one.
"""

from ostiary.entra.image.assignments import Assignment
from ostiary.entra.image.image import Identity, Image
from ostiary.entra.image.schema import Kind, Relation

__all__ = ["Assignment", "Identity", "Image", "Kind", "Relation"]
