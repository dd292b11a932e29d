"""The stock `baton` command reads a synced tenant, where that command is at hand."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ostiary.tenant.directory import Kind
from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story

from .expected import Expected, expected
from .running import sync

BATON = os.environ.get("OSTIARY_STOCK_BATON") or shutil.which("baton")
pytestmark = pytest.mark.skipif(
    BATON is None, reason="no stock baton command (OSTIARY_STOCK_BATON or PATH)"
)


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Expected, str]]:
    file = tmp_path_factory.mktemp("stock") / "sync.c1z"
    with SimulatedTenant(story("small")) as tenant:
        assert sync(tenant, file).code == 0
        directory = tenant.directory
        yield file, expected(directory), directory.id_of("Bob", Kind.USER)


def baton(file: Path, *arguments: str) -> Any:
    assert BATON is not None
    command = [BATON, "--file", str(file), *arguments, "-o", "json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def test_it_lists_the_resources(synced: tuple[Path, Expected, str]) -> None:
    file, wanted, _ = synced
    ids = [row["resource"]["id"] for row in baton(file, "resources")["resources"]]
    assert {f"{i['resourceType']}:{i['resource']}" for i in ids} == wanted.resources


def test_it_lists_the_entitlements(synced: tuple[Path, Expected, str]) -> None:
    file, wanted, _ = synced
    rows = baton(file, "entitlements")["entitlements"]
    assert {row["entitlement"]["id"] for row in rows} == wanted.entitlements


def test_it_lists_the_grants(synced: tuple[Path, Expected, str]) -> None:
    file, wanted, _ = synced
    rows = baton(file, "grants")["grants"]
    assert {row["grant"]["id"] for row in rows} == wanted.expanded


def test_it_tells_what_a_person_has(synced: tuple[Path, Expected, str]) -> None:
    file, wanted, bob = synced
    rows = baton(file, "access", "-t", "user", "-r", bob)["access"]
    found = {entitlement["id"] for row in rows for entitlement in row["entitlements"]}
    suffix = f":user:{bob}"
    assert found == {g.removesuffix(suffix) for g in wanted.expanded if g.endswith(suffix)}
