"""What `make install` or the wheel's build made of our assets and of npm's: `static/`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ostiary.server.kernel.errors import not_found, unavailable

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""Best first, with how the files end that are compressed so."""


@dataclass(frozen=True)
class File:
    content: bytes
    media_type: str
    encoding: str
    """Empty when it is not compressed."""


@dataclass(frozen=True)
class Assets:
    folder: Path = field(default=STATIC)

    def url(self, name: str) -> str:
        """`app.js` → `/static/app-<hash>.js`. Unavailable when nothing was built."""
        return f"/static/{self._names[name]}"

    def file(self, name: str, accepted: str) -> File:
        """By its hashed name; `accepted` is the Accept-Encoding of who asks."""
        if name not in self._names.values():
            raise not_found("there is no such file")
        offered = {part.partition(";")[0].strip() for part in accepted.split(",")}
        for encoding, ending in ENCODINGS.items():
            if encoding in offered:
                return self._read(name, encoding, ending)
        return self._read(name, "", "")

    def _read(self, name: str, encoding: str, ending: str) -> File:
        content = (self.folder / f"{name}{ending}").read_bytes()
        return File(content, TYPES[Path(name).suffix], encoding)

    @cached_property
    def _names(self) -> dict[str, str]:
        try:
            names: dict[str, str] = json.loads((self.folder / "manifest.json").read_bytes())
        except FileNotFoundError:
            raise unavailable("the web's files were not built: run `make install`") from None
        return names
