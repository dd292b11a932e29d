"""The README and the files in deploy/ say what the connector really takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ostiary.cli.demo.next_steps import permissions
from ostiary.connector.sources import FALSE, TRUE
from ostiary.entra.definition import DEFINITION
from ostiary.entra.types import RESOURCE_TYPES

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FIELDS = {field.env: field for field in DEFINITION.all_fields}
ELSEWHERE = {
    "--all", "--as-of", "--data-dir", "--entitlement", "--help", "--id", "--inherited", "--json",
    "--match", "--principal", "--resource", "--type",
}  # fmt: skip
"""Flags in the README that belong to the commands of `ostiary`."""
NOT_IN_README = {"skip-entitlements-and-grants"}
"""What only `baton-microsoft-entra help` tells of."""


def test_it_names_every_permission_that_is_needed() -> None:
    assert [name for name in permissions() if f"`{name}`" not in README] == []


def test_it_names_every_resource_type() -> None:
    assert [name for name in RESOURCE_TYPES if f"| `{name}` |" not in README] == []


def test_it_explains_every_option_people_see() -> None:
    shown = {field for field in DEFINITION.all_fields if not field.hidden}
    missing = {
        field.name
        for field in shown
        if not re.search(rf"--{field.name}(?![\w-])", README) and field.env not in README
    }
    assert missing == NOT_IN_README


def test_it_names_no_flag_that_does_not_exist() -> None:
    flags = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) - ELSEWHERE
    assert flags - {f"--{field.name}" for field in DEFINITION.all_fields} == set()


def test_its_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)]+)\)", README) + re.findall(r'src="([^"]+)"', README)
    local = [target for target in targets if "://" not in target and target[0] != "#"]
    assert local
    assert [target for target in local if not (ROOT / target).exists()] == []


def containers() -> Iterator[dict[str, Any]]:
    for manifest in yaml.safe_load_all((ROOT / "deploy/cronjob.yaml").read_text()):
        if manifest["kind"] == "CronJob":
            yield from manifest["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]


def test_the_manifest_gives_settings_that_exist_as_strings() -> None:
    (container,) = containers()
    for variable in container["env"]:
        field = FIELDS[variable["name"]]
        if field.secret:
            assert "secretKeyRef" in variable["valueFrom"]
            continue
        assert isinstance(variable["value"], str)
        if field.kind == "bool":
            assert variable["value"] in TRUE | FALSE


@pytest.mark.parametrize("path", ["/data", "/tmp"])
def test_the_manifest_mounts_what_the_connector_writes_to(path: str) -> None:
    (container,) = containers()
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert path in {mount["mountPath"] for mount in container["volumeMounts"]}
