"""What a careful client makes of delta pages: objects merged by id, links in order."""

from dataclasses import dataclass, field
from typing import Any

from tests.tenant.surface.api import Answer, Api


@dataclass
class Image:
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    links: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)

    def merge(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            if "@removed" in row:
                self._drop(row["id"], row["@removed"]["reason"])
                continue
            self.gone.pop(row["id"], None)
            known = self.objects.setdefault(row["id"], {})
            for name, value in row.items():
                if name.endswith("@delta"):
                    self._relink(row["id"], name.removesuffix("@delta"), value)
                else:
                    known[name] = value

    def linked(self, object_id: str, relation: str = "members") -> set[str]:
        return self.links.get((object_id, relation), set())

    def _relink(self, object_id: str, relation: str, links: list[dict[str, Any]]) -> None:
        held = self.links.setdefault((object_id, relation), set())
        for link in links:
            if "@removed" in link:
                held.discard(link["id"])
            else:
                held.add(link["id"])

    def _drop(self, object_id: str, reason: str) -> None:
        self.objects.pop(object_id, None)
        for key in [key for key in self.links if key[0] == object_id]:
            del self.links[key]
        self.gone[object_id] = reason


async def follow(api: Api, image: Image, path: str, **settings: Any) -> tuple[str, list[Answer]]:
    """Merges a whole round; returns its delta link and its pages."""
    pages = await api.pages(path, **settings)
    for page in pages:
        image.merge(page.value)
    assert pages[-1].delta is not None
    return pages[-1].delta, pages
