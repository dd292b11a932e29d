"""What npm brought and we made of it, as it is served."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from fastapi import FastAPI

from ostiary.server.kernel.errors import AppError
from ostiary.server.web.assets import STATIC, Assets
from tests.server.auth.people import People
from tests.web.conftest import Reader

MOST = 350 * 1024
"""Bytes of all scripts and styles together, compressed."""


def test_scripts_and_styles_are_small() -> None:
    sizes = {
        path.name: len(gzip.compress(path.read_bytes(), 9))
        for path in STATIC.iterdir()
        if path.suffix in {".js", ".css"}
    }
    assert len(sizes) == 3
    assert sum(sizes.values()) < MOST, sizes


def test_files_are_named_by_content_and_kept_for_long(people: People) -> None:
    browser = people.anonymous()
    names = json.loads((STATIC / "manifest.json").read_bytes())
    for name in names.values():
        path = f"/static/{name}"
        packed = browser.get(path, headers={"accept-encoding": "gzip"})
        plain = browser.get(path, headers={"accept-encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.content == plain.content
        assert "immutable" in plain.headers["cache-control"]


@pytest.mark.parametrize("name", ["app.js", "manifest.json", "..%2fassets.py", "nothing.js"])
def test_nothing_else_is_served(people: People, name: str) -> None:
    assert people.anonymous().get(f"/static/{name}").status_code == 404


def test_styles_and_scripts_ask_no_other_host() -> None:
    for path in STATIC.iterdir():
        if path.suffix == ".css":
            assert not re.search(r"url\(['\"]?(?:https?:)?//|@import", path.read_text()), path.name


def test_what_was_not_built_is_named(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="make install"):
        Assets(tmp_path).url("app.js")


def test_pages_that_cannot_be_drawn_say_why(app: FastAPI, admin: Reader, tmp_path: Path) -> None:
    environment = app.state.web.templates
    environment.globals["asset"] = Assets(tmp_path).url
    answer = admin.get("/")
    assert answer.status_code == 503
    assert "make install" in answer.json()["message"]
