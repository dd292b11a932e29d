"""Accounts by text: in names, logins and any address, and never by what LIKE makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ostiary.baton.annotations import pack
from ostiary.baton.pb import connector_v2 as v2
from ostiary.server.access.store.accounts import AccountFilter, accounts
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.access.asking import Story
from tests.server.ingest.tenants import Key, Tenant

MANY = 40


class Addressed(Tenant):
    """Everybody signs in by their name and has two addresses; who is named `off…` is disabled."""

    def _resource_message(self, key: Key) -> v2.Resource:
        resource = v2.Resource(
            id=v2.ResourceId(resource_type=key[0], resource=key[1]),
            display_name=self.resources[key],
        )
        if key[0] == "user":
            trait = v2.UserTrait(login=f"{key[1]}@example.com")
            trait.emails.add(address=f"{key[1]}@example.com", is_primary=True)
            trait.emails.add(address=f"{key[1]}@other.test")
            enabled = v2.UserTrait.Status.STATUS_ENABLED
            disabled = v2.UserTrait.Status.STATUS_DISABLED
            trait.status.status = disabled if key[1].startswith("off") else enabled
            resource.annotations.append(pack(trait))
        return resource


@pytest.fixture
def story(kernel: Kernel, clock: FixedClock, tmp_path: Path) -> Story:
    story = Story(kernel, clock, tmp_path)
    tenant = Addressed()
    for number in range(MANY):
        tenant.user(f"off{number:02}")
    for name in ("ann", "per_cent", "percent"):
        tenant.user(name)
    tenant.resources["user", "ann"] = "Ann Ölmez"
    tenant.group("example")
    story.sync(tenant)
    return story


def found(story: Story, query: str, **wanted: list[str]) -> list[str]:
    with story.kernel.read() as connection:
        told = accounts(connection, AccountFilter(query=query, **wanted), size=5)  # type: ignore[arg-type]
    return [account.login.partition("@")[0] for account in told]


@pytest.mark.parametrize("query", ["ann öL", "ANN@EX", "ann@other"])
def test_accounts_are_found_by_name_login_and_every_address(story: Story, query: str) -> None:
    assert found(story, query) == ["ann"]


def test_signs_of_patterns_stand_for_themselves(story: Story) -> None:
    assert found(story, "r_c") == ["per_cent"]
    assert found(story, "%") == []
    assert found(story, "\\") == []


def test_groups_are_no_accounts(story: Story) -> None:
    assert len(found(story, "example")) == 5
    assert found(story, "zzz") == []


def test_few_behind_many_of_the_same_text_are_found(story: Story) -> None:
    enabled = found(story, "example", statuses=["enabled"])
    assert sorted(enabled) == ["ann", "per_cent", "percent"]
