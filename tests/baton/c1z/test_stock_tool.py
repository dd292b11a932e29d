"""The stock `baton` command reads what we write. Skipped where it is not installed."""

import json
import os
import shutil
import subprocess
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from ostiary.baton.annotations import to_json
from ostiary.baton.c1z import C1zReader, C1zWriter
from tests.baton.samples import put_small_tenant

BATON = os.environ.get("OSTIARY_STOCK_BATON") or shutil.which("baton")

pytestmark = pytest.mark.skipif(
    BATON is None, reason="no stock baton command (OSTIARY_STOCK_BATON or PATH)"
)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "sync.c1z"
    for _ in range(2):
        with C1zWriter(path) as writer:
            put_small_tenant(writer)
            writer.begin_expansion()
            writer.seal()
    return path


def baton(command: str, path: Path) -> Any:
    """Runs on a copy: the tool may bring the file up to its own version."""
    copy = path.with_name("copy.c1z")
    shutil.copy(path, copy)
    arguments = [str(BATON), command, "--file", str(copy), "--output-format", "json"]
    result = subprocess.run(arguments, capture_output=True, text=True, check=True)
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    ("command", "key", "record"),
    [("grants", "grant", "grants"), ("entitlements", "entitlement", "entitlements")],
)
def test_it_reads_the_records_we_read(written: Path, command: str, key: str, record: str) -> None:
    with C1zReader(written) as reader:
        ours = [to_json(found) for found in getattr(reader, record)()]
    theirs = [entry[key] for entry in baton(command, written)[command]]
    by_id = itemgetter("id")
    without = [{name: entry[name] for name in entry if name != "annotations"} for entry in ours]
    seen = [{name: entry[name] for name in entry if name != "annotations"} for entry in theirs]
    assert sorted(seen, key=by_id) == sorted(without, key=by_id)


def test_it_reads_resources_and_types(written: Path) -> None:
    found = baton("resources", written)["resources"]
    assert {entry["resource"]["id"]["resource"] for entry in found} == {
        "ada",
        "bob",
        "staff",
        "all",
    }
    kinds = baton("resource-types", written)["resourceTypes"]
    assert {entry["resourceType"]["id"] for entry in kinds} == {"user", "group"}


def test_it_lists_both_syncs(written: Path) -> None:
    with C1zReader(written) as reader:
        expected = {run.sync_id for run in reader.syncs}
    assert {entry["id"] for entry in baton("syncs", written)["syncs"]} == expected
