from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostiary.server.directory.rules.standing import (
    directory_status,
    domain_of,
    is_deactivated,
    is_external,
    is_orphaned,
)

REPORTED = ("enabled", "disabled", "deleted", "unspecified")


@pytest.mark.parametrize(
    ("reported", "status"),
    [
        ([], "deleted"),
        (["enabled"], "enabled"),
        (["disabled"], "disabled"),
        (["deleted"], "deleted"),
        (["unspecified"], "unknown"),
        (["17"], "unknown"),
        (["disabled", "enabled"], "disabled"),
        (["unspecified", "enabled"], "enabled"),
        (["enabled", "deleted"], "enabled"),
    ],
)
def test_the_first_directory_that_says_anything_decides(reported: list[str], status: str) -> None:
    assert directory_status(reported) == status


def test_a_status_is_unknown_only_when_nobody_says_anything() -> None:
    for reported in product(REPORTED, repeat=3):
        unknown = directory_status(reported) == "unknown"
        assert unknown == (set(reported) == {"unspecified"})


@pytest.mark.parametrize(
    ("owner", "orphaned"),
    [(None, True), ("disabled", True), ("deleted", True), ("enabled", False), ("unknown", False)],
)
def test_an_account_is_orphaned_without_an_owner_who_is_there(
    owner: str | None, orphaned: bool
) -> None:
    assert is_orphaned(owner) is orphaned  # type: ignore[arg-type]
    assert owner is None or is_deactivated(owner) is orphaned  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("emails", "login", "external"),
    [
        (["eve@gmail.com"], "", True),
        (["bob@corp.example"], "", False),
        (["bob@CORP.example."], "", False),
        (["bob@eu.corp.example"], "", False),
        (["bob@notcorp.example"], "", True),
        (["bob@corp.example.evil.test"], "", True),
        (["eve@gmail.com", "eve@corp.example"], "", True),
        (["bob@corp.example", "bob@gmail.com"], "", False),
        (["no address", "bob@corp.example"], "x@gmail.com", False),
        ([], "eve@gmail.com", True),
        ([], "eve", False),
        ([], "", False),
    ],
)
def test_who_has_an_address_elsewhere_is_external(
    emails: list[str], login: str, external: bool
) -> None:
    assert is_external(emails, login, {"corp.example"}) is external


@given(st.lists(st.emails()), st.text())
def test_nobody_is_external_while_no_domain_is_trusted(emails: list[str], login: str) -> None:
    assert not is_external(emails, login, set())


@given(st.emails())
def test_everybody_of_a_trusted_domain_is_one_of_us(email: str) -> None:
    assert not is_external([email], "", {domain_of(email)})
