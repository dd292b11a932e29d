"""Objects that a reply refers to, sent along when asked for (c1-api reference 1.6).

C1 does not document its path for several objects; ours is JSONPath's union, `$.expanded[0,2]`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ostiary.server.kernel.rest import Message


class Expansion:
    """Every object once, in the order of first mention."""

    def __init__(self) -> None:
        self.objects: list[dict[str, Any]] = []
        self._places: dict[tuple[str, str], int] = {}

    def add(self, kind: str, key: str, message: Message) -> None:
        """`kind` is the protobuf name, such as c1.api.app.v1.App."""
        if (kind, key) not in self._places:
            self._places[kind, key] = len(self.objects)
            rendered = message.model_dump(mode="json", by_alias=True)
            self.objects.append({"@type": f"type.googleapis.com/{kind}", **rendered})

    def path(self, kind: str, keys: Iterable[str]) -> str:
        """Empty when none of them is there."""
        places = [self._places[kind, key] for key in keys if (kind, key) in self._places]
        return f"$.expanded[{','.join(map(str, places))}]" if places else ""
