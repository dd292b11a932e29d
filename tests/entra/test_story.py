"""The file holds exactly what the story tenant holds, under each option."""

from pathlib import Path

import pytest

from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story

from .expected import Shown, differences, expected
from .running import read, sync

OPTIONS = {
    "plain": ((), Shown()),
    "skip AD groups": (("--skip-ad-groups",), Shown(skip_ad_groups=True)),
    "skip AD groups, show members": (
        ("--skip-ad-groups", "--include-on-prem-group-members"),
        Shown(skip_ad_groups=True, include_on_prem_group_members=True),
    ),
    "include on-prem members alone": (("--include-on-prem-group-members",), Shown()),
    "skip unassigned apps": (("--skip-unassigned-apps",), Shown(skip_unassigned_apps=True)),
    "sign-in activity": (("--sign-in-activity",), Shown()),
    "extension attributes": (("--on-premises-extension-attributes",), Shown()),
}


@pytest.mark.parametrize("option", OPTIONS)
def test_the_file_equals_the_tenant(option: str, tmp_path: Path) -> None:
    flags, shown = OPTIONS[option]
    file = tmp_path / "sync.c1z"
    with SimulatedTenant(story("small")) as tenant:
        outcome = sync(tenant, file, *flags)
        assert outcome.code == 0, outcome.stderr
        assert differences(read(file), expected(tenant.directory, shown)) == ""
