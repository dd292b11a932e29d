from __future__ import annotations

from typing import Any

import pytest

from ostiary.server.directory.rules.attributes import (
    Managers,
    Mappings,
    Origin,
    Part,
    describe,
    mappings_of,
)
from ostiary.server.directory.rules.subjects import Account, Source
from tests.server.directory.samples import account


def parts(*accounts: Account, mappings: Mappings | None = None) -> list[Part]:
    return [Part(each, mappings or {}) for each in accounts]


@pytest.mark.parametrize(
    ("attribute", "profile", "value"),
    [
        ("department", {"department": "Finance"}, "Finance"),
        ("job_title", {"jobTitle": "Clerk", "title": "Other"}, "Clerk"),
        ("job_title", {"title": "Clerk"}, "Clerk"),
        ("employment_type", {"employeeType": "Contractor"}, "Contractor"),
        ("employment_status", {"employeeStatus": "active"}, "active"),
        ("department", {"department": ""}, ""),
        ("department", {"department": None}, ""),
        ("department", {"department": {"a": 1}}, ""),
        ("department", {"department": 42}, "42"),
        ("department", {"department": ["", "Two"]}, "Two"),
        ("department", {}, ""),
    ],
)
def test_attributes_come_from_the_profile(
    attribute: str, profile: dict[str, Any], value: str
) -> None:
    assert getattr(describe("p", parts(account(1, profile=profile))), attribute) == value


def test_what_the_first_directory_lacks_the_next_one_tells() -> None:
    hr = account(1, "hr", profile={"department": "Finance"}, display_name="")
    entra = account(
        2, "entra", profile={"department": "FIN", "jobTitle": "Clerk"}, display_name="Bob"
    )
    bob = describe("p", parts(hr, entra))
    assert (bob.department, bob.job_title, bob.display_name) == ("Finance", "Clerk", "Bob")
    assert bob.sources["department"] == (
        Source("hr", "account-1", "department", "Finance"),
        Source("entra", "account-2", "department", "FIN"),
    )
    assert bob.sources["job_title"] == (Source("entra", "account-2", "jobTitle", "Clerk"),)


def test_addresses_usernames_and_employee_ids_of_all_accounts_count() -> None:
    hr = account(1, "hr", emails=("Bob@corp.example",), employee_ids=("7",), login="bob")
    entra = account(
        2,
        emails=("bob@corp.example", "b@corp.example"),
        profile={"employeeId": "8"},
        login_aliases=("BOB", "bsmith"),
    )
    bob = describe("p", parts(hr, entra))
    assert bob.emails == ("Bob@corp.example", "b@corp.example")
    assert bob.email == "Bob@corp.example"
    assert bob.usernames == ("bob", "bsmith")
    assert bob.employee_ids == ("7", "8")


def test_a_directory_may_name_other_sources_and_expressions() -> None:
    mappings = mappings_of(
        {
            "department": [{"cel": "account.profile.unit.split('/')[0]"}, {"key": "division"}],
            "additional_email": [{"key": "private"}],
        }
    )
    first = account(1, profile={"unit": "Finance/EU", "department": "x", "private": "b@home.test"})
    second = account(2, profile={"division": "Sales"})
    assert describe("p", parts(first, mappings=mappings)).department == "Finance"
    assert describe("p", parts(first, mappings=mappings)).emails == ("b@home.test",)
    assert describe("p", parts(second, mappings=mappings)).department == "Sales"
    assert mappings["department"][0] == Origin(cel="account.profile.unit.split('/')[0]")


def managed(**profile: Any) -> tuple[str, ...]:
    """Managers of somebody whose account says this, among Alice and two who share an address."""
    managers = Managers()
    alice = account(1, external_id="a-id", emails=("alice@corp.example",), login="alice")
    sharing = [account(n, emails=("team@corp.example",)) for n in (2, 3)]
    for each in (alice, *sharing):
        managers.add(describe(f"P{each.id}", parts(each)), parts(each))
    mine = parts(account(4, emails=("self@corp.example",), profile=profile))
    bob = describe("P4", mine)
    managers.add(bob, mine)
    return managers.of(bob)


@pytest.mark.parametrize(
    ("profile", "managers"),
    [
        ({"managerId": "a-id"}, ("P1",)),
        ({"managerEmail": "Alice@corp.example"}, ("P1",)),
        ({"managerId": "unknown", "supervisorEmail": "alice@corp.example"}, ("P1",)),
        ({"manager": "alice"}, ("P1",)),
        ({"managerEmail": ["alice@corp.example", "nobody@corp.example"]}, ("P1",)),
        ({"managerEmail": "team@corp.example"}, ()),
        ({"managerEmail": "self@corp.example"}, ()),
        ({"managerEmail": "gone@corp.example"}, ()),
        ({}, ()),
    ],
)
def test_managers_are_people_by_account_or_address(
    profile: dict[str, Any], managers: tuple[str, ...]
) -> None:
    assert managed(**profile) == managers


def test_an_accounts_id_names_a_manager_only_in_its_own_app() -> None:
    managers = Managers()
    elsewhere = parts(account(1, "hr", external_id="a-id"))
    managers.add(describe("P1", elsewhere), elsewhere)
    bob = describe("P2", parts(account(2, "entra", profile={"managerId": "a-id"})))
    assert managers.of(bob) == ()
