"""Application registrations, by delta: they hold most of the secrets and certificates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ostiary.entra.collect.changes import changes_of, runs
from ostiary.entra.collect.query import Query
from ostiary.entra.image import Image, Kind
from ostiary.entra.records import Application, encode, fields_of

ApplicationChange = changes_of(Application)


class Applications:
    """The applications/delta collection."""

    name = cursor = "applications"
    item = ApplicationChange
    query = Query("/applications/delta", select=fields_of(Application))

    def apply(self, image: Image, page: Sequence[Any]) -> None:
        for present, applications in runs(page):
            if present:
                rows = [(application.id, encode(application)) for application in applications]
                image.objects.patch(Kind.APPLICATION, rows)
            else:
                image.objects.remove([application.id for application in applications])

    def reset(self, image: Image) -> None:
        image.objects.reset(Kind.APPLICATION)
