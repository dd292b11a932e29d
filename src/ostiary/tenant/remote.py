"""Asking a simulator that runs in another process."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Self
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

SERVING_FILE = "serving.json"
"""In the data directory while a simulator serves from it."""

_PATIENCE = 120.0


class UnreachableError(Exception):
    """No simulator answered there, or it refused."""


@dataclass(frozen=True, slots=True)
class RunningTenant:
    url: str
    ca_file: Path | None = None

    @classmethod
    def find(cls, url: str | None, ca_file: Path | None, data_dir: Path | None) -> Self:
        """By address, or by the data directory of a simulator that runs."""
        if url:
            if not url.startswith(("http://", "https://")):
                raise UnreachableError(f"{url!r} is no address: it starts with https:// or http://")
            return cls(url.rstrip("/"), ca_file)
        if data_dir is None:
            raise UnreachableError("say which simulator: --url or --data-dir")
        try:
            told = json.loads((data_dir / SERVING_FILE).read_text())
        except FileNotFoundError:
            raise UnreachableError(f"no simulator runs with {data_dir} as its --data-dir") from None
        known = told["ca_file"]
        return cls(told["url"], ca_file or (Path(known) if known else None))

    def ask(self, path: str, body: object | None = None) -> str:
        """Text of the answer; posts when there is a body."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}{path}", data=data)  # noqa: S310
        try:
            with urlopen(request, timeout=_PATIENCE, context=self._context()) as answer:  # noqa: S310
                return bytes(answer.read()).decode()
        except HTTPError as error:
            with error:
                raise UnreachableError(f"{error.code}: {error.read().decode()}") from error
        except (URLError, HTTPException, OSError) as error:
            reason = getattr(error, "reason", error)
            raise UnreachableError(
                f"no simulator answers at {self.url}: {reason}{self._hint(reason)}"
            ) from error

    def _context(self) -> ssl.SSLContext | None:
        if not self.url.startswith("https://"):
            return None
        return ssl.create_default_context(cafile=str(self.ca_file) if self.ca_file else None)

    def _hint(self, reason: object) -> str:
        """What to do about a certificate that is not trusted."""
        if isinstance(reason, ssl.SSLCertVerificationError):
            return " (pass its --ca-file, or set SSL_CERT_FILE)"
        return ""
