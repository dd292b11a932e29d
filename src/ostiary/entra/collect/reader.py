"""What every stream works with: the client, the image, and somewhere to tell how far it is."""

from __future__ import annotations

from dataclasses import dataclass

from ostiary.connector.progress import Progress
from ostiary.entra.image import Image
from ostiary.graph import GraphClient


@dataclass(frozen=True)
class Reader:
    """Passed to every function that reads Graph into the image."""

    graph: GraphClient
    image: Image
    progress: Progress

    def took(self, stream: str, objects: int) -> None:
        """Tell that a page with so many objects was taken in."""
        self.progress.start(stream).advance(objects=objects)

    def finished(self, stream: str) -> None:
        """Tell that a stream is complete."""
        self.progress.start(stream).done()
