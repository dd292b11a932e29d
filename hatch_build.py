"""Puts the web's files into the wheel: what npm brings is built here and kept nowhere else."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WITHOUT_WEB = "OSTIARY_BUILD_WITHOUT_WEB"
MANIFEST = "src/ostiary/server/web/static/manifest.json"


class WebFiles(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """A checkout builds them with `make install`; an image of the connector needs none."""
        if version == "editable" or os.environ.get(WITHOUT_WEB):
            return
        root = Path(self.root)
        npm = shutil.which("npm")
        if npm is None:
            if (root / MANIFEST).exists():
                return
            raise RuntimeError(
                "building the web needs Node.js 20 or later with npm; "
                f"{WITHOUT_WEB}=1 leaves the web out"
            )
        for words in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            subprocess.run([npm, *words], cwd=root, check=True)  # noqa: S603
